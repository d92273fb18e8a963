/** A card, and short ways to speak to it: every decision is applied at once, as in its partition. */
import { access, isAccess } from '../../../actors/card/access.js';
import { type CardEvent, type CardState, evolveCard } from '../../../actors/card/card.js';
import { type CardCommand, decideCard } from '../../../actors/card/decideCard.js';
import type { CardContext } from '../../../actors/card/decision.js';
import { evolveVisitorIds, NO_IDS, recall, type VisitorIds } from '../../../actors/card/visitor.js';
import type { Answer } from '../../../actors/money/answer.js';
import { createBusinessCalendar } from '../../../actors/money/businessDate.js';
import type { TransactionId } from '../../../actors/money/ids.js';
import type { Original } from '../../../actors/money/original.js';
import { inForce, type Parameters, refundableFrom } from '../../../actors/money/parameters.js';
import { amountOf } from '../../../actors/money/parts.js';
import type { CardTell, ClosingTerms, RecordTell } from '../../../actors/money/tells.js';
import { type Asked, isPayment, type Kind } from '../../../actors/money/transaction.js';
import {
  askedOf,
  idOf,
  minuteOf,
  NOON,
  PARAMETERS,
  RIGHT_PIN,
  TODAY,
  type TermsChange,
  termsOf,
} from '../money/samples.js';

const dateOf = createBusinessCalendar('Asia/Tokyo');

/** A purchase above C1's limit for it carries the right PIN, unless the test says something else. */
const NEEDS_PIN = 3_000;

export const context: CardContext = {
  now: NOON,
  today: TODAY,
  position: 42,
  parametersOn: () => PARAMETERS,
  refundableFrom: () => refundableFrom([PARAMETERS], TODAY),
  forgetBefore: () => 0,
  minuteOf,
};

export function issued(change: TermsChange = {}): CardEvent {
  return { type: 'CardIssued', card: 'C1', terms: termsOf(change), time: NOON };
}

export interface How extends Partial<Asked> {
  readonly pinHash?: string;
  readonly mayDefer?: boolean;
  /** A gate's. */
  readonly zone?: string;
  /** UNLOAD. */
  readonly closing?: ClosingTerms;
}

/** An answer, under the id that it is about. */
export type Answered = Answer & { readonly id: TransactionId };

/** What the center says of a card that owes nothing to anybody. */
const FREE: ClosingTerms = { interestDue: 0, collectionOpen: false };

export class Card {
  state: CardState | undefined;
  /** Business time; every command may come at another. */
  now = NOON;
  schedule: readonly Parameters[] = [PARAMETERS];
  forgetBefore = 0;
  readonly tells: CardTell[] = [];
  readonly events: CardEvent[] = [];
  #ids: VisitorIds = NO_IDS;
  #number = 0;
  /** As the journal has them. */
  readonly #payments = new Map<number, Original>();

  constructor(change: TermsChange = {}, ...told: readonly RecordTell[]) {
    this.#apply(issued(change));
    this.tell(...told);
  }

  get context(): CardContext {
    const { now, schedule } = this;
    const today = dateOf(now);
    return {
      ...context,
      now,
      today,
      parametersOn: (date) => inForce(schedule, date),
      refundableFrom: () => refundableFrom(schedule, today),
      forgetBefore: () => this.forgetBefore,
    };
  }

  /** The balances, without the limit. */
  get holds(): { readonly storedValue: number; readonly loan: number; interest: number; fareOwed: number } {
    const { storedValue = 0, loan = 0, interest = 0, fareOwed = 0 } = this.state?.balances ?? {};
    return { storedValue, loan, interest, fareOwed };
  }

  tell(...told: readonly RecordTell[]): this {
    for (const tell of told) for (const event of this.#decide(tell)) this.#apply(event);
    return this;
  }

  purchase(amount: number, how: How = {}): Answered {
    return this.ask('PURCHASE', { amount, ...(amount > NEEDS_PIN ? { pinHash: RIGHT_PIN } : {}), ...how });
  }

  deposit(amount: number, how: How = {}): Answered {
    return this.ask('DEPOSIT', { amount, ...how });
  }

  enquire(how: How = {}): Answered {
    return this.ask('ENQUIRY', how);
  }

  refund({ id }: { readonly id: TransactionId }, amount: number, how: How = {}): Answered {
    return this.ask('REFUND', { amount, original: id, ...how });
  }

  void(how: How = {}): Answered {
    return this.ask('VOID', how);
  }

  unload(how: How = {}): Answered {
    return this.ask('UNLOAD', how);
  }

  /** Through a gate into its zone. */
  enter(zone = 'A', how: How = {}): Answered {
    return this.ask('ENTRY', { zone, ...how });
  }

  leave(zone = 'B', how: How = {}): Answered {
    return this.ask('FARE', { zone, ...how });
  }

  /** A new id, unless `how` has one. */
  ask(kind: Kind, how: How = {}): Answered {
    const { pinHash = '', mayDefer = true, zone = '', closing = FREE, ...change } = how;
    this.#number += 1;
    const id = idOf(this.#number);
    const time = { terminalTime: this.now, openedTime: this.now, businessDate: dateOf(this.now) };
    const asked = askedOf({ id, kind, amount: 0, ...time, ...change });
    if (isAccess(this.state, asked.device) && this.state !== undefined) {
      for (const event of this.#decide({ type: 'Forget' })) this.#apply(event);
      const { events, tells } = access(this.state, this.context);
      this.tells.push(...tells);
      for (const event of events) this.#apply(event);
    }
    const original = asked.original && this.#payments.get(asked.original.number);
    return this.#answer(asked, {
      type: 'Execute',
      asked,
      at: { mayDefer, zone },
      pinHash,
      original,
      closing: kind === 'UNLOAD' ? closing : undefined,
    });
  }

  reverse({ id }: { readonly id: TransactionId }, change: Partial<Asked> = {}): Answered {
    const asked = askedOf({ id, kind: undefined, amount: 0, terminalTime: this.now, ...change });
    const recalled = recall(this.#ids, 'REVERSE', asked, this.now);
    if (recalled.kind === 'answer') return { ...recalled.answer, id };
    if (recalled.kind === 'tooOld') throw new Error('forgotten');
    return this.#answer(asked, { type: 'Reverse', asked, original: recalled.original });
  }

  #answer(asked: Asked, command: CardCommand): Answered {
    const [event] = this.#decide(command);
    if (event === undefined || !('answer' in event)) throw new Error('the card did not answer');
    this.#apply(event);
    this.#ids = evolveVisitorIds(this.#ids, event);
    const { answer } = event;
    if (event.type === 'CardMoved' && isPayment(asked.kind)) this.#remember(asked, answer);
    return { ...answer, id: asked.id };
  }

  #remember({ id, kind = 'PURCHASE', businessDate, batch }: Asked, { parts, receiveTime }: Answer): void {
    const amount = amountOf(parts);
    this.#payments.set(id.number, { kind, amount, parts, receiveTime, businessDate, batch });
  }

  #decide(command: CardCommand): readonly CardEvent[] {
    const { events, tells } = decideCard(this.state, command, this.context);
    this.tells.push(...tells);
    return events;
  }

  #apply(event: CardEvent): void {
    this.events.push(event);
    this.state = evolveCard(this.state, event);
  }
}
