/** Tags of a card's unit as snapshots hold it. */
import { v1 } from '../../../../proto/generated/emoney.js';
import { tagsOf } from '../../../../proto/tags.js';

/** Of all states. */
export const FORMAT = 1;

export const UNIT = tagsOf(v1.UnitState, { format: 1, card: {} });

export const CARD_UNIT = tagsOf(v1.CardUnit, { card: {}, record: {} });

export const CARD = tagsOf(v1.CardState, {
  card: 'x',
  terms: {},
  balances: {},
  active: true,
  log: [{}],
  policy: {},
  pinHash: new Uint8Array(1),
  triesLeft: 1,
  device: 1,
  closed: true,
  inside: {},
  undone: [{}],
  accountDays: [{}],
  lastPayment: {},
  enteredBy: {},
  lastExit: {},
});

export const UNDONE = tagsOf(v1.Undone, {
  id: {},
  parts: {},
  returned: true,
  reversed: true,
  voidedDate: 1,
  timeMs: 1,
});

export const ACCOUNT_DAY = tagsOf(v1.AccountDay, { businessDate: 1, amount: 1 });

export const EXIT = tagsOf(v1.LastExit, { fare: {}, entered: {}, enteredBy: {} });

export const RECORD = tagsOf(v1.RecordState, {
  card: 'x',
  terms: {},
  balances: {},
  active: true,
  version: 1,
  approvedCount: 1,
  declinedCount: 1,
  policy: {},
  device: 1,
  closed: true,
  settled: [{}],
  accrual: {},
  shares: [{}],
  listed: true,
  alerted: true,
});

export const SETTLED = tagsOf(v1.SettledReference, { reference: 'x', amount: 1, timeMs: 1, cancelled: true });

/** Its earlier orders are left to protobufjs. */
export const SHARE = tagsOf(v1.AccountShare, {
  id: {},
  amount: 1,
  givenBack: 1,
  timeMs: 1,
  businessDate: 1,
  order: 'x',
  ordered: 1,
  returned: true,
  debit: 1,
  collected: true,
  account: 'x',
});

export const TERMS = tagsOf(v1.CardTerms, {
  storedValue: 1,
  loan: 1,
  interest: 1,
  fareOwed: 1,
  limit: 1,
  active: true,
  policy: {},
  pinHash: new Uint8Array(1),
});

export const POLICY = tagsOf(v1.CardPolicy, {
  creditFlag: true,
  storedValueCap: 1,
  expiryDate: 1,
  cvmLimit: 1,
  pinForDeferral: true,
  pinTries: 1,
  account: 'x',
});

export const MOVEMENT = tagsOf(v1.Movement, {
  id: {},
  kind: 1,
  reversal: true,
  amount: 1,
  parts: {},
  storedValueAfter: 1,
  loanAfter: 1,
  terminalTimeMs: 1,
  receiveTimeMs: 1,
  reference: 'x',
  original: {},
});

export const PAYMENT = tagsOf(v1.LastPayment, {
  id: {},
  kind: 1,
  amount: 1,
  parts: {},
  batch: 1,
  timeMs: 1,
  businessDate: 1,
});

export const ACCRUAL = tagsOf(v1.Accrual, { through: 1, principal: 1, carry: 1, changes: [{}] });

export const CHANGE = tagsOf(v1.PrincipalChange, { businessDate: 1, amount: 1 });
