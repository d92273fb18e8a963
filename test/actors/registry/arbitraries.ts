/** Any event and any state of the domain, as far as the codecs allow it. */
import fc from 'fast-check';
import type { CardState } from '../../../actors/card/card.js';
import type { VisitorEntry, VisitorIncarnation } from '../../../actors/card/visitor.js';
import type { RecordState } from '../../../actors/center/record.js';
import { MAX_AMOUNT } from '../../../actors/bounds.js';
import type { OfficeState, RunProgress } from '../../../actors/center/office.js';
import type { ShardState } from '../../../actors/center/shard.js';
import { MAX_TERM } from '../../../actors/money/amounts.js';
import { type Answer, type Inside, type Movement, OBSTACLES } from '../../../actors/money/answer.js';
import type { Adjustment, Balances } from '../../../actors/money/balances.js';
import { dateOfDay, dayOf, MAX_DATE, MAX_TIME, MIN_DATE } from '../../../actors/money/businessDate.js';
import type { CardPolicy, TimeWindow } from '../../../actors/money/cardPolicy.js';
import type { CardTerms } from '../../../actors/money/cardTerms.js';
import { idTableOf, type Numbered } from '../../../actors/money/idTable.js';
import { isValidId, isValidText, MAX_NUMBER, type TransactionId } from '../../../actors/money/ids.js';
import type { Instruction } from '../../../actors/money/instruction.js';
import { FREQUENCIES } from '../../../actors/money/interest.js';
import { type Outcome, OUTCOMES } from '../../../actors/money/outcomes.js';
import type { Fare, Parameters } from '../../../actors/money/parameters.js';
import { ALL_LOAN, type ShareRule } from '../../../actors/money/shareRule.js';
import type { ReportedTransaction } from '../../../actors/terminal/batch.js';
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
  TERMINAL_ROLES,
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
const date = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(MIN_DATE, MAX_DATE) },
  { weight: 9, arbitrary: fc.integer({ min: dayOf(MIN_DATE), max: dayOf(MAX_DATE) }).map(dateOfDay) },
);
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
  fc.record({
    value: count,
    account: count,
    loan: count,
    interest: count,
    fare: count,
    restoredLoan: count,
    excess: count,
    accountAsLoan: count,
  }),
);
const balances: fc.Arbitrary<Balances> = fc.record({
  storedValue: count,
  loan: count,
  interest: count,
  fareOwed: count,
  limit: count,
});

const inside: fc.Arbitrary<Inside> = fc.record({ zone: anyId, gate: anyId, time });

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
  originalParts: anyParts,
  remainder: count,
  pinVerified: fc.boolean(),
  triesLeft: maybe(fc.nat(15)),
  obstacle: maybe(fc.constantFrom(...OBSTACLES)),
  pending: count,
  inside: maybe(inside),
  entered: maybe(inside),
});

const cap = maybe(term);
const weights = { accountWeight: fc.constant(0), loanWeight: fc.constant(0) };
const uncapped = { capTransaction: fc.constant(undefined), capDay: fc.constant(undefined) };
const shareRule: fc.Arbitrary<ShareRule> = fc.oneof(
  fc.constant(ALL_LOAN),
  fc.record({ kind: fc.constant('ALL_ACCOUNT' as const), ...weights, capTransaction: cap, capDay: cap }),
  fc.record({
    kind: fc.constant('RATIO' as const),
    accountWeight: fc.integer({ min: 1, max: 1_000_000 }),
    loanWeight: fc.nat(1_000_000),
    ...uncapped,
  }),
  fc.record({ kind: fc.constant('WATERFALL' as const), ...weights, capTransaction: term, capDay: cap }),
);
const window: fc.Arbitrary<TimeWindow> = fc.record({
  days: fc.integer({ min: 1, max: 127 }),
  fromMinute: fc.nat(1_000),
  toMinute: fc.integer({ min: 1_001, max: 1_440 }),
});
export const anyPolicy: fc.Arbitrary<CardPolicy> = fc.record({
  creditFlag: fc.boolean(),
  storedValueCap: maybe(term),
  expiryDate: maybe(date),
  shareRule,
  account: text,
  cvmLimit: maybe(term),
  pinForDeferral: fc.boolean(),
  pinTries: fc.integer({ min: 1, max: 15 }),
  zones: fc.array(anyId, { maxLength: 3 }),
  hours: fc.array(window, { maxLength: 2 }),
});
const pinHash = fc.oneof(
  fc.constant(''),
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('hex')),
);

export const anyTerms: fc.Arbitrary<CardTerms> = fc
  .record({
    storedValue: term,
    loan: term,
    interest: term,
    fareOwed: term,
    limit: term,
    active: fc.boolean(),
    policy: anyPolicy,
    pinHash,
  })
  .map((terms) => {
    const { storedValueCap } = terms.policy;
    if (storedValueCap === undefined) return terms;
    const atLeast = Math.max(storedValueCap, terms.storedValue);
    return { ...terms, policy: { ...terms.policy, storedValueCap: atLeast } };
  });

const device = fc.integer({ min: 1, max: UINT32 });

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
  device,
  partial: fc.boolean(),
  original: maybe(transactionId),
});

const movement: fc.Arbitrary<Movement> = fc.record({
  id: maybe(transactionId),
  kind: fc.constantFrom(...KINDS),
  reversal: fc.boolean(),
  amount: count,
  parts: anyParts,
  storedValueAfter: count,
  loanAfter: count,
  terminalTime: time,
  receiveTime: time,
  reference: text,
  original: maybe(transactionId),
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
  device,
  partial: fc.boolean(),
  original: maybe(transactionId),
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
const ofCard = fc.record({ card: anyId });
const instruction: fc.Arbitrary<Instruction> = fc.record({ reference: anyId, amount: positive, time });
const signed = fc.integer({ min: -MAX_AMOUNT, max: MAX_AMOUNT });
const adjustment: fc.Arbitrary<Adjustment> = fc.record({
  storedValue: signed,
  loan: signed,
  interest: signed,
  fareOwed: signed,
});
const fare: fc.Arbitrary<Fare> = fc.record({ fromZone: anyId, toZone: anyId, amount: term });
export const anyParameters: fc.Arbitrary<Parameters> = fc.record({
  number: fc.nat(UINT32),
  effectiveFrom: date,
  ratePpm: fc.nat(10_000_000),
  frequency: fc.constantFrom(...FREQUENCIES),
  fares: fc.array(fare, { maxLength: 3 }),
  refundDays: fc.integer({ min: 1, max: 3_660 }),
});
const sum = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
const counted: fc.Arbitrary<CountedAmount> = fc.oneof(
  fc.constant(NOTHING_COUNTED),
  fc.record({ count: positive, amount: sum, parts: fc.constant(NO_COMPILED_PARTS) }),
  fc.record({
    count: positive,
    amount: sum,
    parts: fc.record({
      value: sum,
      account: sum,
      loan: sum,
      interest: sum,
      fare: sum,
      restoredLoan: sum,
      excess: sum,
      accountAsLoan: sum,
    }),
  }),
);
const totals: fc.Arbitrary<BatchTotals> = fc.record({
  batch,
  businessDate: date,
  purchases: counted,
  deposits: counted,
  refunds: counted,
  voids: counted,
  fares: counted,
  unloads: counted,
  purchaseReversals: counted,
  depositReversals: counted,
  refundReversals: counted,
  voidReversals: counted,
  fareReversals: counted,
  unloadReversals: counted,
  declines: counted,
  ownRefusals: counted,
  enquiries: count,
  entries: count,
});
const runProgress: fc.Arbitrary<RunProgress> = fc.record({
  partition,
  chunk: fc.nat(256),
  after: text,
  done: fc.boolean(),
  cards: count,
  amount: sum,
});
const reported: fc.Arbitrary<ReportedTransaction> = fc.record({
  incarnation,
  number: positive,
  kind: fc.constantFrom(...KINDS),
  reversal: fc.boolean(),
  amount: count,
});
const ofBatch = { terminal: anyId, batch };

const terminalTerms = {
  role: fc.constantFrom(...TERMINAL_ROLES),
  mayDefer: fc.boolean(),
  zone: text,
  card: text,
  device: fc.nat(UINT32),
};

const forgot = fc.record({ card: anyId, payments: fc.array(transactionId, { maxLength: 3 }) });
const charged = fc.record({
  through: date,
  settlement: fc.nat(UINT32),
  chunk: fc.nat(255),
  after: text,
  last: anyId,
  cards: count,
  amount: sum,
});

const events: Readonly<Record<Event['type'], fc.Arbitrary<unknown>>> = {
  CardIssued: tagged('CardIssued', changed),
  CardActivated: tagged('CardActivated', fc.record({ card: anyId })),
  CardLimitChanged: tagged('CardLimitChanged', fc.record({ card: anyId, limit: term })),
  CardProhibitionChanged: tagged('CardProhibitionChanged', fc.record({ card: anyId, reasons })),
  CardMoved: tagged('CardMoved', decided),
  CardDeclined: tagged('CardDeclined', decided),
  CardReversed: tagged('CardReversed', fc.record({ asked: anyAsked, answer: anyAnswer, bookedDate: date })),
  CardPolicyChanged: tagged('CardPolicyChanged', fc.record({ card: anyId, policy: anyPolicy })),
  CardPinSet: tagged('CardPinSet', fc.record({ card: anyId, pinHash })),
  CardPinUnblocked: tagged('CardPinUnblocked', ofCard),
  CardReplaced: tagged('CardReplaced', fc.record({ card: anyId, device })),
  CardInstructed: tagged('CardInstructed', fc.record({ card: anyId, instruction })),
  CardInstructionCancelled: tagged('CardInstructionCancelled', fc.record({ card: anyId, reference: anyId })),
  CardStored: tagged('CardStored', fc.record({ card: anyId, instruction, parts: anyParts, balances, time })),
  CardInterestPosted: tagged(
    'CardInterestPosted',
    fc.record({ card: anyId, amount: count, through: date, balances }),
  ),
  CardCollectionReturned: tagged(
    'CardCollectionReturned',
    fc.record({ card: anyId, transaction: transactionId, amount: count, balances, time }),
  ),
  CardForgot: tagged('CardForgot', forgot),
  RecordForgot: tagged('RecordForgot', forgot),
  CardsCharged: tagged('CardsCharged', fc.record({ partition, charged })),
  CardAdjusted: tagged(
    'CardAdjusted',
    fc.record({ card: anyId, reference: anyId, adjustment, balances, time }),
  ),
  RecordOpened: tagged('RecordOpened', fc.record({ card: anyId, terms: anyTerms, time, businessDate: date })),
  RecordPolicyChanged: tagged('RecordPolicyChanged', fc.record({ card: anyId, policy: anyPolicy })),
  RecordPinSet: tagged('RecordPinSet', ofCard),
  RecordPinUnblocked: tagged('RecordPinUnblocked', ofCard),
  RecordReplaced: tagged('RecordReplaced', fc.record({ card: anyId, device, note: text })),
  RecordInstructed: tagged('RecordInstructed', fc.record({ card: anyId, instruction, note: text })),
  RecordInstructionCancelled: tagged(
    'RecordInstructionCancelled',
    fc.record({ card: anyId, reference: anyId, note: text, time: maybe(time) }),
  ),
  RecordStored: tagged(
    'RecordStored',
    fc.record({
      card: anyId,
      instruction,
      parts: anyParts,
      balances,
      time,
      businessDate: date,
      accrualDate: date,
    }),
  ),
  RecordInterestPosted: tagged(
    'RecordInterestPosted',
    fc.record({ card: anyId, amount: count, through: date, balances, carry: count, dropped: count }),
  ),
  RecordCollectionReturned: tagged(
    'RecordCollectionReturned',
    fc.record({
      card: anyId,
      order: anyId,
      transaction: transactionId,
      amount: count,
      balances,
      businessDate: date,
      time,
      accrualDate: date,
    }),
  ),
  RecordCollectionOrdered: tagged(
    'RecordCollectionOrdered',
    fc.record({
      card: anyId,
      order: anyId,
      settlement: batch,
      transaction: transactionId,
      amount: positive,
      credit: fc.boolean(),
      account: text,
      businessDate: date,
      time,
    }),
  ),
  RecordCollectionConfirmed: tagged('RecordCollectionConfirmed', fc.record({ card: anyId, order: anyId })),
  RecordAdjusted: tagged(
    'RecordAdjusted',
    fc.record({
      card: anyId,
      reference: anyId,
      adjustment,
      balances,
      note: text,
      businessDate: date,
      time,
      accrualDate: date,
    }),
  ),
  RecordAlerted: tagged(
    'RecordAlerted',
    fc.record({ card: anyId, above: fc.boolean(), owed: count, limit: count }),
  ),
  RecordListed: tagged('RecordListed', fc.record({ card: anyId, listed: fc.boolean() })),
  ParametersSet: tagged('ParametersSet', fc.record({ partition, parameters: anyParameters })),
  InterestRunBegun: tagged('InterestRunBegun', fc.record({ partition, through: date })),
  ParametersDecided: tagged(
    'ParametersDecided',
    fc.record({ parameters: anyParameters, note: text, partitions: batch }),
  ),
  ParametersAdopted: tagged('ParametersAdopted', fc.record({ partition, number: fc.nat(UINT32) })),
  RunBegun: tagged(
    'RunBegun',
    fc.record({ through: date, settlement: fc.nat(UINT32), byOperator: fc.boolean(), partitions: batch }),
  ),
  RunProgressed: tagged('RunProgressed', fc.record({ progress: runProgress })),
  RunEnded: tagged(
    'RunEnded',
    fc.record({ through: date, settlement: fc.nat(UINT32), cards: count, amount: sum }),
  ),
  BatchReported: tagged(
    'BatchReported',
    fc.record({ ...ofBatch, transactions: fc.array(reported, { maxLength: 3 }) }),
  ),
  BatchClosing: tagged('BatchClosing', fc.record({ ...ofBatch, device: maybe(totals), time })),
  BatchFinal: tagged('BatchFinal', fc.record({ ...ofBatch, partitions: batch })),
  BatchCompiled: tagged('BatchCompiled', fc.record({ ...ofBatch, partition, totals: maybe(totals) })),
  BatchSettled: tagged(
    'BatchSettled',
    fc.record({ ...ofBatch, time, device: maybe(totals), own: maybe(totals), center: maybe(totals) }),
  ),
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
    fc.record({
      asked: anyAsked,
      parts: anyParts,
      balances,
      receiveTime: time,
      accrualDate: date,
      pinVerified: fc.boolean(),
      account: fc.constantFrom('', 'bank-1', 'Kärntner Sparkasse 7'),
    }),
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
      undone: fc.boolean(),
      accrualDate: date,
    }),
  ),
  TerminalRegistered: tagged('TerminalRegistered', fc.record({ terminal: anyId, ...terminalTerms })),
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

const cardAnywhere = fc.record({
  card: anyId,
  terms: anyTerms,
  balances,
  active: fc.boolean(),
  reasons,
  log: fc.array(movement, { maxLength: 20 }),
  policy: anyPolicy,
  closed: fc.boolean(),
  device,
  pinHash,
  triesLeft: fc.nat(15),
  inside: maybe(inside),
  enteredBy: transactionId,
  lastExit: maybe(fc.record({ fare: transactionId, entered: inside, enteredBy: transactionId })),
  pending: fc.array(instruction, { maxLength: 3 }),
  undone: fc.array(
    fc.record({
      id: transactionId,
      parts: anyParts,
      returned: fc.boolean(),
      reversed: fc.boolean(),
      voidedDate: maybe(date),
      time,
    }),
    {
      maxLength: 2,
    },
  ),
  accountDays: fc.array(fc.record({ businessDate: date, amount: count }), { maxLength: 2 }),
  lastPayment: maybe(
    fc.record({
      id: transactionId,
      kind: fc.constantFrom(...KINDS),
      amount: count,
      parts: anyParts,
      batch,
      businessDate: date,
      time,
    }),
  ),
});

const card: fc.Arbitrary<CardState> = cardAnywhere.map((state) =>
  state.inside === undefined ? { ...state, enteredBy: undefined } : state,
);

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
  policy: anyPolicy,
  closed: fc.boolean(),
  device,
  pending: fc.array(instruction, { maxLength: 3 }),
  settled: fc.array(
    fc.record({ reference: anyId, content: fc.oneof(count, adjustment), time, cancelled: fc.boolean() }),
    { maxLength: 2 },
  ),
  accrual: fc.record({
    through: date,
    principal: count,
    carry: fc.nat(364_999_999),
    changes: fc.array(fc.record({ businessDate: date, amount: signed }), { maxLength: 2 }),
  }),
  listed: fc.boolean(),
  alerted: fc.boolean(),
  shares: fc.array(
    fc.record({
      id: transactionId,
      amount: count,
      account: fc.constantFrom('', 'bank-1', 'Kärntner Sparkasse 7'),
      givenBack: count,
      time,
      businessDate: date,
      ordered: signed,
      debits: fc.array(
        fc.record({ order: anyId, amount: count, returned: fc.boolean(), collected: fc.boolean() }),
        { maxLength: 3 },
      ),
    }),
    { maxLength: 2 },
  ),
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
    original: maybe(transactionId),
    businessDate: date,
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
  ...terminalTerms,
  session: count,
  incarnation: fc.nat(UINT32),
  lastIncarnation: fc.nat(UINT32),
  incarnations: fc.array(terminalIncarnation, { maxLength: 3 }).map(ascendingIncarnations),
  list: maybe(anyVersion),
  highestList: maybe(anyVersion),
  batch,
  totals: fc.array(totals, { maxLength: 3 }),
  closedBatches: fc.array(
    fc.record({
      batch,
      time,
      device: maybe(totals),
      final: fc.boolean(),
      compiling: fc.array(partition, { maxLength: 3 }),
      center: maybe(totals),
      settledTime: maybe(time),
    }),
    { maxLength: 2 },
  ),
});

const shard: fc.Arbitrary<ShardState> = fc.record({
  parameters: fc.array(anyParameters, { maxLength: 2 }),
  chargedThrough: fc.nat(9999_12_31),
  borrowers: fc.array(fc.nat(1_000), { maxLength: 3 }),
  charged: maybe(charged),
  ordered: maybe(charged),
});

const office: fc.Arbitrary<OfficeState> = fc.record({
  parameters: fc.array(anyParameters, { maxLength: 2 }),
  adopting: fc.array(partition, { maxLength: 3 }),
  chargedThrough: fc.nat(9999_12_31),
  run: maybe(
    fc.record({
      through: date,
      settlement: fc.nat(UINT32),
      progress: fc.array(runProgress, { maxLength: 2 }),
    }),
  ),
  settlements: fc.nat(UINT32),
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
  fc.record({ unit: fc.constant('shard' as const), state: shard }),
  fc.record({
    unit: fc.constant('borrowers' as const),
    state: fc.record({ cards: fc.array(anyId, { maxLength: 3 }) }),
  }),
  fc.record({ unit: fc.constant('office' as const), state: office }),
);
