/** A card and the center's record of it, as their partition puts them together; they must never disagree (I3). */
import { expect } from 'chai';
import { isAccess } from '../../../actors/card/access.js';
import type { CardTransactionEvent } from '../../../actors/card/card.js';
import { evolveVisitorIds, NO_IDS, recall, type VisitorIds } from '../../../actors/card/visitor.js';
import { closingTerms } from '../../../actors/center/chargeInterest.js';
import type { RecordCommand } from '../../../actors/center/decideRecord.js';
import type { RecordDecision } from '../../../actors/center/decision.js';
import type { Answer } from '../../../actors/money/answer.js';
import { createBusinessCalendar } from '../../../actors/money/businessDate.js';
import type { TransactionId } from '../../../actors/money/ids.js';
import { projected } from '../../../actors/money/instruction.js';
import type { Original } from '../../../actors/money/original.js';
import { inForce, type Parameters, refundableFrom } from '../../../actors/money/parameters.js';
import { amountOf } from '../../../actors/money/parts.js';
import type { Asked, Kind } from '../../../actors/money/transaction.js';
import { CardStage, type StageTime } from '../../../actors/registry/cardStage.js';
import { applyAtOnce } from '../../../actors/registry/cardTurn.js';
import { type Event, isCardEvent } from '../../../actors/registry/event.js';
import type { CardUnit } from '../../../actors/registry/unit.js';
import {
  askedOf,
  idOf,
  minuteOf,
  NOON,
  PARAMETERS,
  RIGHT_PIN,
  type TermsChange,
  termsOf,
} from '../money/samples.js';

const dateOf = createBusinessCalendar('Asia/Tokyo');
const DAY = 86_400_000;

export interface How extends Partial<Asked> {
  readonly pinHash?: string;
  readonly mayDefer?: boolean;
  readonly zone?: string;
}

export type Answered = Answer & { readonly id: TransactionId };

export class Pair {
  now = NOON;
  schedule: readonly Parameters[] = [PARAMETERS];
  chargedThrough = 0;
  #unit: CardUnit | undefined;
  #ids: VisitorIds = NO_IDS;
  #position = 0;
  #number = 0;
  readonly #payments = new Map<number, Original>();

  constructor(change: TermsChange = {}) {
    this.operate({ type: 'IssueCard', card: 'C1', terms: termsOf(change) });
  }

  get unit(): CardUnit & { card: NonNullable<CardUnit['card']>; record: NonNullable<CardUnit['record']> } {
    const { card, record } = this.#unit ?? {};
    if (card === undefined || record === undefined) throw new Error('it was not issued');
    return { unit: 'card', card, record };
  }

  /** On both: the balances without the limit. */
  get holds() {
    const { storedValue, loan, interest, fareOwed } = this.unit.card.balances;
    return { storedValue, loan, interest, fareOwed };
  }

  get reasons(): readonly string[] {
    return this.unit.card.reasons;
  }

  /** As if all that is pending were applied now. */
  get projected() {
    const { balances, pending, policy } = this.unit.record;
    return projected(balances, pending, policy.storedValueCap);
  }

  /** Days after the issue. */
  onDay(day: number): this {
    this.now = NOON + day * DAY;
    return this;
  }

  operate(command: RecordCommand): RecordDecision {
    const stage = this.#stage();
    const decision = stage.center(command);
    applyAtOnce(stage);
    this.#take(stage);
    return decision;
  }

  store(reference: string, amount: number): RecordDecision {
    const common = { card: 'C1', reference, date: undefined, note: '' };
    return this.operate({ type: 'StoreValue', amount, ...common });
  }

  changeLimit(limit: number): RecordDecision {
    return this.operate({ type: 'ChangeLimit', card: 'C1', limit, expectedVersion: undefined });
  }

  prohibit(reason: 'OPERATOR' | 'LOST', prohibited = true): RecordDecision {
    const common = { card: 'C1', note: '', expectedVersion: undefined };
    return this.operate({ type: 'ChangeProhibition', reason, prohibited, ...common });
  }

  /** An interest run brings it to the end of this day after the issue. */
  charge(day: number): RecordDecision {
    const through = dateOf(NOON + day * DAY);
    this.onDay(day + 1);
    this.chargedThrough = Math.max(this.chargedThrough, through);
    return this.operate({ type: 'Charge', through });
  }

  ask(kind: Kind, amount = 0, how: How = {}): Answered {
    const { pinHash = amount > 3_000 ? RIGHT_PIN : '', mayDefer = true, zone = '', ...change } = how;
    this.#number += 1;
    const time = { terminalTime: this.now, openedTime: this.now, businessDate: dateOf(this.now) };
    const asked = askedOf({ id: idOf(this.#number), kind, amount, ...time, ...change });
    const stage = this.#stage();
    if (isAccess(stage.card, asked.device)) stage.decide({ type: 'Access' });
    const original = asked.original && this.#payments.get(asked.original.number);
    const closing =
      kind === 'UNLOAD' && stage.record !== undefined ? closingTerms(stage.record, this.#at) : undefined;
    stage.decide({ type: 'Execute', asked, at: { mayDefer, zone }, pinHash, original, closing });
    const { answer } = this.#decided(stage);
    if (answer.outcome === 'APPROVED') {
      const { parts, receiveTime } = answer;
      const { batch, businessDate } = asked;
      const payment = { kind, amount: amountOf(parts), parts, receiveTime, businessDate, batch };
      this.#payments.set(asked.id.number, payment);
    }
    return { ...answer, id: asked.id };
  }

  reverse({ id }: { readonly id: TransactionId }): Answered {
    const asked = askedOf({ id, kind: undefined, amount: 0, businessDate: dateOf(this.now) });
    const recalled = recall(this.#ids, 'REVERSE', asked, this.now);
    if (recalled.kind === 'tooOld') throw new Error('forgotten');
    if (recalled.kind === 'answer') return { ...recalled.answer, id };
    const stage = this.#stage();
    stage.decide({ type: 'Reverse', asked, original: recalled.original });
    return { ...this.#decided(stage).answer, id };
  }

  get #at(): StageTime {
    const { now, schedule, chargedThrough } = this;
    const today = dateOf(now);
    return {
      now,
      today,
      position: this.#position,
      minuteOf,
      chargedThrough,
      parametersOn: (date) => inForce(schedule, date),
      refundableFrom: () => refundableFrom(schedule, today),
      forgetBefore: () => 0,
    };
  }

  #stage(): CardStage {
    this.#position += 1;
    return new CardStage(this.#unit, this.#at);
  }

  #decided(stage: CardStage): CardTransactionEvent {
    const decided = stage.events.find(isDecision);
    if (decided === undefined) throw new Error('the card decided nothing');
    applyAtOnce(stage);
    this.#take(stage);
    this.#ids = evolveVisitorIds(this.#ids, decided);
    return decided;
  }

  #take({ card, record }: CardStage): void {
    this.#unit = { unit: 'card', card, record };
    const told = ['balances', 'reasons', 'policy', 'device', 'pending', 'closed', 'active'] as const;
    for (const name of told) expect(card?.[name], `${name} (I3)`).to.deep.equal(record?.[name]);
  }
}

function isDecision(event: Event): event is CardTransactionEvent {
  return isCardEvent(event) && 'asked' in event;
}
