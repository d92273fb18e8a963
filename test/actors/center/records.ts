/** The center's record of a card, and short ways to speak to it: every decision is applied at once. */
import { decideRecord, type RecordCommand } from '../../../actors/center/decideRecord.js';
import type { RecordContext, RecordDecision } from '../../../actors/center/decision.js';
import type { OperatorCommand } from '../../../actors/center/operate.js';
import { evolveRecord, type RecordEvent, type RecordState } from '../../../actors/center/record.js';
import { createBusinessCalendar } from '../../../actors/money/businessDate.js';
import { inForce, type Parameters } from '../../../actors/money/parameters.js';
import type { Parts } from '../../../actors/money/parts.js';
import type { RecordTell } from '../../../actors/money/tells.js';
import type { Asked, Kind } from '../../../actors/money/transaction.js';
import {
  askedOf,
  idOf,
  NOON,
  PARAMETERS,
  partsOf,
  TODAY,
  type TermsChange,
  termsOf,
} from '../money/samples.js';

const dateOf = createBusinessCalendar('Asia/Tokyo');
const DAY = 86_400_000;

export function opened(change: TermsChange = {}): RecordEvent {
  return { type: 'RecordOpened', card: 'C1', terms: termsOf(change), time: NOON, businessDate: TODAY };
}

type CommandOf<Type, Each = OperatorCommand> = Each extends { readonly type: infer Types }
  ? Type extends Types
    ? Each
    : never
  : never;

/** What the operator has to say; the rest is the same for all. */
type Said<Type extends OperatorCommand['type']> = Omit<
  CommandOf<Type>,
  'type' | 'card' | 'note' | 'expectedVersion'
>;

export class Record {
  state: RecordState;
  now = NOON;
  position = 42;
  /** An interest run has closed these dates. */
  chargedThrough = 0;
  schedule: readonly Parameters[] = [PARAMETERS];
  forgetBefore = 0;
  readonly events: RecordEvent[] = [];
  readonly tells: RecordTell[] = [];
  #number = 0;

  constructor(change: TermsChange = {}) {
    const state = evolveRecord(undefined, opened(change));
    if (state === undefined) throw new Error('it was not opened');
    this.state = state;
  }

  get context(): RecordContext {
    const { now, position, chargedThrough, schedule } = this;
    return {
      now,
      today: dateOf(now),
      position,
      chargedThrough,
      parametersOn: (date) => inForce(schedule, date),
      forgetBefore: () => this.forgetBefore,
    };
  }

  /** The balances, without the limit. */
  get owes(): { readonly storedValue: number; readonly loan: number; interest: number; fareOwed: number } {
    const { storedValue, loan, interest, fareOwed } = this.state.balances;
    return { storedValue, loan, interest, fareOwed };
  }

  /** Days after the issue. */
  onDay(day: number): this {
    this.now = NOON + day * DAY;
    return this;
  }

  do(command: RecordCommand): RecordDecision {
    const decision = decideRecord(this.state, command, this.context);
    for (const event of decision.events) {
      this.events.push(event);
      const state = evolveRecord(this.state, event);
      if (state === undefined) throw new Error('the record is gone');
      this.state = state;
    }
    this.tells.push(...decision.tells);
    return decision;
  }

  operate<Type extends OperatorCommand['type']>(
    type: Type,
    fields: Said<Type>,
    expectedVersion?: number,
  ): RecordDecision {
    const plain = { type, card: 'C1', note: 'by telephone', expectedVersion, ...fields };
    return this.do(plain as unknown as RecordCommand);
  }

  /** The card tells that it has approved something. */
  moved(kind: Kind, parts: Partial<Parts>, change: Partial<Asked> = {}): Asked {
    this.#number += 1;
    const id = idOf(this.#number);
    const asked = askedOf({ id, kind, businessDate: dateOf(this.now), terminalTime: this.now, ...change });
    this.do({ type: 'Moved', asked, parts: partsOf(parts), pinVerified: false });
    return asked;
  }

  reversed(asked: Asked, parts: Partial<Parts>): RecordDecision {
    const businessDate = dateOf(this.now);
    return this.do({
      type: 'Reversed',
      asked: { ...asked, businessDate },
      parts: partsOf(parts),
      undone: true,
    });
  }

  /** An interest run brings it to the end of this day after the issue. */
  charge(day: number): RecordDecision {
    const through = dateOf(NOON + day * DAY);
    this.onDay(day + 1);
    this.chargedThrough = Math.max(this.chargedThrough, through);
    return this.do({ type: 'Charge', through });
  }

  store(reference: string, amount: number, date?: number): RecordDecision {
    return this.operate('StoreValue', { reference, amount, date });
  }
}
