/** Any event and any state of the domain, as far as the codecs allow it. */
import fc from 'fast-check';
import type { CardState } from '../../../actors/card/card.js';
import type { VisitorEntry, VisitorIncarnation } from '../../../actors/card/visitor.js';
import type { RecordState } from '../../../actors/center/record.js';
import { MAX_TERM } from '../../../actors/money/amounts.js';
import type { Answer, Movement } from '../../../actors/money/answer.js';
import type { Balances } from '../../../actors/money/balances.js';
import { MAX_TIME } from '../../../actors/money/businessDate.js';
import type { CardTerms } from '../../../actors/money/cardTerms.js';
import { idTableOf, type Numbered } from '../../../actors/money/idTable.js';
import { isValidId, isValidText, MAX_NUMBER, type TransactionId } from '../../../actors/money/ids.js';
import { type Outcome, OUTCOMES } from '../../../actors/money/outcomes.js';
import { NO_PARTS, type Parts } from '../../../actors/money/parts.js';
import { type ListVersion, PROHIBITION_REASONS } from '../../../actors/money/prohibition.js';
import {
  type BatchTotals,
  type CountedAmount,
  NO_COMPILED_PARTS,
  NOTHING_COUNTED,
} from '../../../actors/money/totals.js';
import { type Asked, KINDS } from '../../../actors/money/transaction.js';
import type { Event } from '../../../actors/registry/event.js';
import type { State } from '../../../actors/registry/unit.js';
import {
  isOpen,
  type Opened,
  type OpenedReversal,
  type TerminalEntry,
  type TerminalIncarnation,
  type TerminalState,
} from '../../../actors/terminal/terminal.js';

const UINT32 = 0xffff_ffff;
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

export const anyId = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 64, unit: 'grapheme' }),
    fc.stringMatching(/^[A-Z]{1,3}-\d{1,4}$/),
  )
  .filter(isValidId);
const text = fc.string({ maxLength: 100, unit: 'grapheme' }).filter(isValidText);
const count = fc.oneof(fc.maxSafeNat(), fc.nat(1_000));
const positive = fc.oneof(
  fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  fc.integer({ min: 1, max: 9 }),
);
const incarnation = fc.integer({ min: 1, max: UINT32 });
const batch = fc.integer({ min: 1, max: UINT32 });
const partition = fc.nat(1_000);
const time = fc.integer({ min: 0, max: MAX_TIME });
const date = fc
  .tuple(
    fc.integer({ min: 1970, max: 9999 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 31 }),
  )
  .map(([year, month, day]) => year * 10_000 + month * 100 + day);
const digest = fc.nat(2 ** 48 - 1);
const term = fc.integer({ min: 0, max: MAX_TERM });

export const anyOutcome = fc.constantFrom(...(Object.keys(OUTCOMES) as Outcome[]));
export const anyVersion: fc.Arbitrary<ListVersion> = fc.record({ incarnation: count, sequence: count });
const reasons = fc.subarray([...PROHIBITION_REASONS]);
const transactionId: fc.Arbitrary<TransactionId> = fc.record({
  terminal: anyId,
  incarnation,
  number: fc.integer({ min: 1, max: MAX_NUMBER }),
});

const anyParts: fc.Arbitrary<Parts> = fc.oneof(
  fc.constant(NO_PARTS),
  fc.record({ value: count, account: count, loan: count, interest: count, fare: count, restoredLoan: count }),
);
const balances: fc.Arbitrary<Balances> = fc.record({
  storedValue: count,
  loan: count,
  interest: count,
  fareOwed: count,
  limit: count,
});

export const anyAnswer: fc.Arbitrary<Answer> = fc.record({
  outcome: anyOutcome,
  amount: count,
  parts: anyParts,
  balances: maybe(balances),
  creditFlag: fc.boolean(),
  fits: maybe(count),
  receiveTime: time,
  position: count,
  original: maybe(anyOutcome),
});

export const anyTerms: fc.Arbitrary<CardTerms> = fc
  .record({
    storedValue: term,
    loan: term,
    interest: term,
    fareOwed: term,
    creditFlag: fc.boolean(),
    limit: term,
    storedValueCap: maybe(term),
    expiryDate: maybe(date),
    active: fc.boolean(),
  })
  .map((terms) => ({
    ...terms,
    storedValueCap:
      terms.storedValueCap === undefined ? undefined : Math.max(terms.storedValueCap, terms.storedValue),
  }));

export const anyAsked: fc.Arbitrary<Asked> = fc.record({
  id: transactionId,
  card: anyId,
  kind: maybe(fc.constantFrom(...KINDS)),
  amount: count,
  digest,
  batch,
  businessDate: date,
  terminalTime: time,
  mark: count,
  oldestIncarnation: fc.nat(UINT32),
  fromSource: fc.boolean(),
  openedTime: time,
});

const movement: fc.Arbitrary<Movement> = fc.record({
  id: transactionId,
  kind: fc.constantFrom(...KINDS),
  reversal: fc.boolean(),
  amount: count,
  parts: anyParts,
  storedValueAfter: count,
  loanAfter: count,
  terminalTime: time,
  receiveTime: time,
});

const opened: fc.Arbitrary<Opened> = fc.record({
  id: transactionId,
  card: anyId,
  kind: fc.constantFrom(...KINDS),
  amount: count,
  digest,
  batch,
  businessDate: date,
  terminalTime: time,
  time,
  mark: count,
  list: maybe(anyVersion),
  towards: partition,
});

const reversal: fc.Arbitrary<OpenedReversal> = fc.record({
  id: transactionId,
  card: anyId,
  time,
  batch,
  businessDate: date,
  terminalTime: time,
  towards: partition,
  mark: count,
});

function tagged<const Type extends Event['type'], Fields>(type: Type, fields: fc.Arbitrary<Fields>) {
  return fields.map((plain) => ({ type, ...plain }));
}

const decided = fc.record({ asked: anyAsked, answer: anyAnswer });
const changed = fc.record({ card: anyId, terms: anyTerms, time });

const events: Readonly<Record<Event['type'], fc.Arbitrary<unknown>>> = {
  CardIssued: tagged('CardIssued', changed),
  CardActivated: tagged('CardActivated', fc.record({ card: anyId })),
  CardLimitChanged: tagged('CardLimitChanged', fc.record({ card: anyId, limit: term })),
  CardProhibitionChanged: tagged('CardProhibitionChanged', fc.record({ card: anyId, reasons })),
  CardMoved: tagged('CardMoved', decided),
  CardDeclined: tagged('CardDeclined', decided),
  CardReversed: tagged('CardReversed', decided),
  RecordOpened: tagged('RecordOpened', changed),
  RecordActivated: tagged('RecordActivated', fc.record({ card: anyId })),
  RecordLimitChanged: tagged(
    'RecordLimitChanged',
    fc.record({ card: anyId, limit: term, previousLimit: term }),
  ),
  RecordProhibitionChanged: tagged(
    'RecordProhibitionChanged',
    fc.record({ card: anyId, reasons, position: positive, note: text }),
  ),
  ProhibitionPublished: tagged(
    'ProhibitionPublished',
    fc.record({ card: anyId, position: positive, version: anyVersion }),
  ),
  RecordMoved: tagged(
    'RecordMoved',
    fc.record({ asked: anyAsked, parts: anyParts, balances, receiveTime: time }),
  ),
  RecordDeclined: tagged(
    'RecordDeclined',
    fc.record({ asked: anyAsked, outcome: anyOutcome, receiveTime: time }),
  ),
  RecordReversed: tagged(
    'RecordReversed',
    fc.record({
      asked: anyAsked,
      parts: anyParts,
      balances: maybe(balances),
      receiveTime: time,
      amount: count,
    }),
  ),
  TerminalRegistered: tagged(
    'TerminalRegistered',
    fc.record({ terminal: anyId, role: fc.constantFrom('PURCHASE', 'DEPOSIT'), mayDefer: fc.boolean() }),
  ),
  SessionOpened: tagged(
    'SessionOpened',
    fc.record({ terminal: anyId, incarnation, session: positive, source: text, list: maybe(anyVersion) }),
  ),
  ListHeld: tagged('ListHeld', fc.record({ terminal: anyId, version: anyVersion })),
  TransactionOpened: tagged('TransactionOpened', fc.record({ opened })),
  TransactionClosed: tagged('TransactionClosed', fc.record({ id: transactionId, answer: anyAnswer })),
  TransactionRefused: tagged('TransactionRefused', fc.record({ opened, outcome: anyOutcome })),
  ReversalOpened: tagged('ReversalOpened', fc.record({ reversal })),
  ReversalClosed: tagged('ReversalClosed', fc.record({ id: transactionId, answer: anyAnswer })),
};

export const eventTypes = Object.keys(events) as Event['type'][];

/** An event of one type. The record above makes sure that none is missing, the codecs that none is wrong. */
export function anyEvent(type: Event['type']): fc.Arbitrary<Event> {
  return events[type] as fc.Arbitrary<Event>;
}

const sum = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
const counted: fc.Arbitrary<CountedAmount> = fc.oneof(
  fc.constant(NOTHING_COUNTED),
  fc.record({ count: positive, amount: sum, parts: fc.constant(NO_COMPILED_PARTS) }),
  fc.record({
    count: positive,
    amount: sum,
    parts: fc.record({ value: sum, account: sum, loan: sum, interest: sum, fare: sum, restoredLoan: sum }),
  }),
);
const totals: fc.Arbitrary<BatchTotals> = fc.record({
  batch,
  businessDate: date,
  purchases: counted,
  deposits: counted,
  purchaseReversals: counted,
  depositReversals: counted,
  declines: counted,
  enquiries: count,
  ownRefusals: counted,
});

const card: fc.Arbitrary<CardState> = fc.record({
  card: anyId,
  terms: anyTerms,
  balances,
  active: fc.boolean(),
  reasons,
  log: fc.array(movement, { maxLength: 20 }),
});

const record: fc.Arbitrary<RecordState> = fc.record({
  card: anyId,
  terms: anyTerms,
  balances,
  active: fc.boolean(),
  reasons,
  changedPosition: count,
  publishedPosition: count,
  publishedVersion: maybe(anyVersion),
  version: positive,
  approvedCount: count,
  declinedCount: count,
});

function ascending<Entry extends Numbered>(entries: readonly Entry[]): readonly Entry[] {
  return [...new Map(entries.map((entry) => [entry.number, entry])).values()].sort(
    (one, other) => one.number - other.number,
  );
}

function ascendingIncarnations<Entry extends { readonly incarnation: number }>(entries: readonly Entry[]) {
  return [...new Map(entries.map((entry) => [entry.incarnation, entry])).values()].sort(
    (one, other) => one.incarnation - other.incarnation,
  );
}

const visitorEntry: fc.Arbitrary<VisitorEntry> = fc
  .record({
    number: fc.integer({ min: 1, max: MAX_NUMBER }),
    card: anyId,
    kind: maybe(fc.constantFrom(...KINDS)),
    digest,
    answer: maybe(anyAnswer),
    reversal: maybe(anyAnswer),
  })
  .filter(({ answer, reversal: undone }) => answer !== undefined || undone !== undefined);

const visitorIncarnation: fc.Arbitrary<VisitorIncarnation> = fc.record({
  incarnation,
  mark: count,
  fromSource: fc.boolean(),
  entries: fc.array(visitorEntry, { maxLength: 5 }).map((entries) => idTableOf(ascending(entries))),
});

const terminalEntry: fc.Arbitrary<TerminalEntry> = fc
  .record({
    number: fc.integer({ min: 1, max: MAX_NUMBER }),
    opened: maybe(opened),
    answer: maybe(anyAnswer),
    reversal: maybe(reversal),
    reversed: maybe(anyAnswer),
  })
  .filter((entry) => entry.opened !== undefined || entry.reversal !== undefined)
  .map((entry) => ({
    ...entry,
    opened: entry.opened && { ...entry.opened, id: { ...entry.opened.id, number: entry.number } },
    reversal: entry.reversal && { ...entry.reversal, id: { ...entry.reversal.id, number: entry.number } },
  }));

const terminalIncarnation: fc.Arbitrary<TerminalIncarnation> = fc
  .record({
    incarnation,
    source: text,
    mark: count,
    highest: count,
    entries: fc.array(terminalEntry, { maxLength: 5 }).map(ascending),
  })
  .map(({ entries, ...rest }) => ({
    ...rest,
    entries: idTableOf(entries),
    open: entries.filter(isOpen).map(({ number }) => number),
  }));

const terminal: fc.Arbitrary<TerminalState> = fc.record({
  terminal: anyId,
  role: fc.constantFrom('PURCHASE', 'DEPOSIT'),
  mayDefer: fc.boolean(),
  session: count,
  incarnation: fc.nat(UINT32),
  lastIncarnation: fc.nat(UINT32),
  incarnations: fc.array(terminalIncarnation, { maxLength: 3 }).map(ascendingIncarnations),
  list: maybe(anyVersion),
  highestList: maybe(anyVersion),
  batch,
  totals: fc.array(totals, { maxLength: 3 }),
});

export const anyState: fc.Arbitrary<State> = fc.oneof(
  fc.record({ unit: fc.constant('card' as const), card: maybe(card), record: maybe(record) }),
  fc.record({
    unit: fc.constant('visitor' as const),
    terminal: anyId,
    ids: fc.record({
      oldestIncarnation: fc.nat(UINT32),
      incarnations: fc.array(visitorIncarnation, { maxLength: 3 }).map(ascendingIncarnations),
    }),
    totals: fc.array(totals, { maxLength: 3 }),
  }),
  fc.record({ unit: fc.constant('terminal' as const), state: terminal }),
);
