/** Tags of the messages of which every payment needs several. */
import { v1 } from '../../../../proto/generated/emoney.js';
import { tagsOf } from '../../../../proto/tags.js';

export const ID = tagsOf(v1.TransactionId, { terminal: 'x', incarnation: 1, number: 1 });

export const PARTS = tagsOf(v1.Parts, {
  value: 1,
  account: 1,
  loan: 1,
  interest: 1,
  fare: 1,
  restoredLoan: 1,
  excess: 1,
  accountAsLoan: 1,
});

export const BALANCES = tagsOf(v1.Balances, { storedValue: 1, loan: 1, interest: 1, fareOwed: 1, limit: 1 });

export const INSIDE = tagsOf(v1.Inside, { zone: 'x', gate: 'x', timeMs: 1 });

export const VERSION = tagsOf(v1.ListVersion, { incarnation: 1, sequence: 1 });

export const ANSWER = tagsOf(v1.Answer, {
  outcome: 1,
  amount: 1,
  parts: {},
  balances: {},
  creditFlag: true,
  fits: 1,
  receiveTimeMs: 1,
  position: 1,
  original: 1,
  remainder: 1,
  pinVerified: true,
  triesLeft: 1,
  obstacle: 1,
  pending: 1,
  inside: {},
  entered: {},
  originalParts: {},
});

export const ASKED = tagsOf(v1.Asked, {
  id: {},
  card: 'x',
  kind: 1,
  amount: 1,
  digest: 1,
  batch: 1,
  businessDate: 1,
  terminalTimeMs: 1,
  mark: 1,
  oldestIncarnation: 1,
  fromSource: true,
  openedTimeMs: 1,
  device: 1,
  partial: true,
  original: {},
});

export const OPENED = tagsOf(v1.TransactionOpened, {
  id: {},
  card: 'x',
  kind: 1,
  amount: 1,
  digest: 1,
  batch: 1,
  businessDate: 1,
  terminalTimeMs: 1,
  timeMs: 1,
  mark: 1,
  list: {},
  towards: 1,
  device: 1,
  partial: true,
  original: {},
});

/** Of ReversalClosed too. */
export const CLOSED = tagsOf(v1.TransactionClosed, { id: {}, answer: {} });

export const REVERSAL = tagsOf(v1.ReversalOpened, {
  id: {},
  card: 'x',
  timeMs: 1,
  batch: 1,
  businessDate: 1,
  terminalTimeMs: 1,
  towards: 1,
  mark: 1,
});

/** Of CardMoved and CardDeclined too, but for the date. */
export const DECIDED = tagsOf(v1.CardReversed, { asked: {}, answer: {}, bookedDate: 1 });

export const MOVED = tagsOf(v1.RecordMoved, {
  asked: {},
  parts: {},
  balances: {},
  receiveTimeMs: 1,
  accrualDate: 1,
  pinVerified: true,
  account: 'x',
});

export const DECLINED = tagsOf(v1.RecordDeclined, { asked: {}, outcome: 1, receiveTimeMs: 1 });

export const REVERSED = tagsOf(v1.RecordReversed, {
  asked: {},
  parts: {},
  balances: {},
  receiveTimeMs: 1,
  amount: 1,
  accrualDate: 1,
  undone: true,
});

export const EVENT = tagsOf(v1.Event, {
  transactionOpened: {},
  transactionClosed: {},
  reversalOpened: {},
  reversalClosed: {},
  cardMoved: {},
  cardDeclined: {},
  cardReversed: {},
  recordMoved: {},
  recordDeclined: {},
  recordReversed: {},
  cardIssued: {},
  recordOpened: {},
});

export const ISSUED = tagsOf(v1.CardIssued, { card: 'x', terms: {}, timeMs: 1 });

export const RECORDED = tagsOf(v1.RecordOpened, { card: 'x', terms: {}, timeMs: 1, businessDate: 1 });

export const TRANSACT = tagsOf(v1.Transact, {
  id: {},
  session: 1,
  mark: 1,
  kind: 1,
  card: 'x',
  amount: 1,
  currency: 'x',
  terminalTimeMs: 1,
  device: 1,
  partial: true,
  original: {},
  pinHash: new Uint8Array(1),
});

export const ASK = tagsOf(v1.Ask, {
  mode: 1,
  asked: {},
  mayDefer: true,
  zone: 'x',
  pinHash: new Uint8Array(1),
});

export const COMMAND = tagsOf(v1.Command, { transact: {}, ask: {} });

export const ANSWERED = tagsOf(v1.Answered, { id: {}, kind: 1, card: 'x', answer: {}, terminalTimeMs: 1 });

export const REPLY = tagsOf(v1.CommandReply, { answered: {} });
