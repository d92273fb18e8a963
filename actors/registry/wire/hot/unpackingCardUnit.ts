/**
 * Unpacks what a snapshot holds of an ordinary card. Undefined: it is something else, or wrong, and the codecs of the
 * folder above have to read it.
 */
import { v1 } from '../../../../proto/generated/emoney.js';
import { decodeMessage } from '../../../../proto/message.js';
import { CARD_LOG_LENGTH } from '../../../bounds.js';
import type { AccountDay } from '../../../card/accountDays.js';
import type { CardState, LastExit, LastPayment } from '../../../card/card.js';
import type { Undone } from '../../../card/undone.js';
import type { RecordState } from '../../../center/record.js';
import type { SettledReference } from '../../../center/references.js';
import type { AccountShare } from '../../../center/shares.js';
import type { Movement } from '../../../money/answer.js';
import type { Accrual, PrincipalChange } from '../../../money/interest.js';
import { NO_PARTS } from '../../../money/parts.js';
import type { CardUnit } from '../../unit.js';
import { toDate, toTime } from '../guards.js';
import { decodePinHash, decodePolicy } from '../policyCodec.js';
import { kinds } from '../vocabulary.js';
import {
  ACCOUNT_DAY,
  ACCRUAL,
  CARD,
  CARD_UNIT,
  CHANGE,
  EXIT,
  FORMAT,
  MOVEMENT,
  PAYMENT,
  RECORD,
  SETTLED,
  SHARE,
  UNDONE,
  UNIT,
} from './cardUnitTags.js';
import { Lately } from './lately.js';
import {
  balances,
  flag,
  id,
  list,
  message,
  optionalBytes,
  optionalMessage,
  parts,
  place,
  positive,
  positive32,
  requiredBytes,
  terms,
  text,
  transactionId,
  uint,
  uint32,
  unpackAfter,
} from './unpacking.js';

export function unpackCardUnit(bytes: Uint8Array): CardUnit | undefined {
  return unpackAfter(bytes, UNIT.format, FORMAT, UNIT.card, unit);
}

/** The fields in the order in which the card makes them: V8 knows objects by it. */
function unit(): CardUnit {
  const state = message(CARD_UNIT.card, card);
  return { unit: 'card', card: state, record: message(CARD_UNIT.record, record) };
}

const policies = new Lately((bytes) => decodePolicy(decodeMessage(v1.CardPolicy, bytes)));
/** Nothing of what few cards have. */
const NONE: readonly never[] = [];

function card(): CardState {
  const named = id(CARD.card);
  const issued = terms(CARD.terms);
  const held = message(CARD.balances, balances);
  const active = flag(CARD.active);
  const log = list(CARD.log, movement);
  if (log.length > CARD_LOG_LENGTH) throw new Error('has too many movements');
  const policy = policies.of(requiredBytes(CARD.policy));
  const pinHash = decodePinHash(optionalBytes(CARD.pinHash), 'pin_hash');
  const triesLeft = uint32(CARD.triesLeft);
  const device = uint32(CARD.device);
  const closed = flag(CARD.closed);
  const inside = optionalMessage(CARD.inside, place);
  const undone = list(CARD.undone, undonePayment);
  const accountDays = list(CARD.accountDays, accountDay);
  const lastPayment = optionalMessage(CARD.lastPayment, payment);
  const enteredBy = optionalMessage(CARD.enteredBy, transactionId);
  if ((enteredBy === undefined) !== (inside === undefined)) throw new Error('is inside by no entry');
  const lastExit = optionalMessage(CARD.lastExit, exit);
  return {
    card: named,
    terms: issued,
    policy,
    balances: held,
    active,
    closed,
    reasons: NONE,
    device: device === 0 ? 1 : device,
    pinHash,
    triesLeft,
    inside,
    enteredBy,
    lastExit,
    pending: NONE,
    undone,
    accountDays,
    lastPayment,
    log,
  };
}

function record(): RecordState {
  const named = id(RECORD.card);
  const issued = terms(RECORD.terms);
  const held = message(RECORD.balances, balances);
  const active = flag(RECORD.active);
  const version = positive(RECORD.version);
  const approvedCount = uint(RECORD.approvedCount);
  const declinedCount = uint(RECORD.declinedCount);
  const policy = policies.of(requiredBytes(RECORD.policy));
  const device = uint32(RECORD.device);
  const closed = flag(RECORD.closed);
  const settled = list(RECORD.settled, settledReference);
  const accrued = message(RECORD.accrual, accrual);
  const shares = list(RECORD.shares, share);
  const listed = flag(RECORD.listed);
  const alerted = flag(RECORD.alerted);
  return {
    card: named,
    terms: issued,
    policy,
    balances: held,
    active,
    closed,
    reasons: NONE,
    device: device === 0 ? 1 : device,
    pending: NONE,
    settled,
    accrual: accrued,
    listed,
    alerted,
    shares,
    changedPosition: 0,
    publishedPosition: 0,
    publishedVersion: undefined,
    version,
    approvedCount,
    declinedCount,
  };
}

function undonePayment(): Undone {
  const named = message(UNDONE.id, transactionId);
  const split = optionalMessage(UNDONE.parts, parts) ?? NO_PARTS;
  const returned = flag(UNDONE.returned);
  const reversed = flag(UNDONE.reversed);
  const voided = uint32(UNDONE.voidedDate);
  return {
    id: named,
    parts: split,
    returned,
    reversed,
    voidedDate: voided === 0 ? undefined : toDate(voided, 'undone.voided_date'),
    time: toTime(uint(UNDONE.timeMs), 'undone.time_ms'),
  };
}

function accountDay(): AccountDay {
  return {
    businessDate: toDate(uint32(ACCOUNT_DAY.businessDate), 'account_days.business_date'),
    amount: uint(ACCOUNT_DAY.amount),
  };
}

function exit(): LastExit {
  const fare = message(EXIT.fare, transactionId);
  const entered = message(EXIT.entered, place);
  return { fare, entered, enteredBy: message(EXIT.enteredBy, transactionId) };
}

function settledReference(): SettledReference {
  return {
    reference: id(SETTLED.reference),
    content: uint(SETTLED.amount),
    time: toTime(uint(SETTLED.timeMs), 'settled.time_ms'),
    cancelled: flag(SETTLED.cancelled),
  };
}

function share(): AccountShare {
  const named = message(SHARE.id, transactionId);
  const amount = uint(SHARE.amount);
  const givenBack = uint(SHARE.givenBack);
  const time = toTime(uint(SHARE.timeMs), 'shares.time_ms');
  const businessDate = toDate(uint32(SHARE.businessDate), 'shares.business_date');
  const order = text(SHARE.order);
  const ordered = uint(SHARE.ordered);
  const returned = flag(SHARE.returned);
  const debit = uint(SHARE.debit);
  const collected = flag(SHARE.collected);
  const account = text(SHARE.account);
  const debits = order === '' ? [] : [{ order, amount: debit, returned, collected }];
  return { id: named, amount, account, givenBack, time, businessDate, ordered, debits };
}

function movement(): Movement {
  return {
    id: optionalMessage(MOVEMENT.id, transactionId),
    kind: kinds.fromWire(uint(MOVEMENT.kind), 'movement.kind'),
    reversal: flag(MOVEMENT.reversal),
    amount: uint(MOVEMENT.amount),
    parts: optionalMessage(MOVEMENT.parts, parts) ?? NO_PARTS,
    storedValueAfter: uint(MOVEMENT.storedValueAfter),
    loanAfter: uint(MOVEMENT.loanAfter),
    terminalTime: toTime(uint(MOVEMENT.terminalTimeMs), 'movement.terminal_time_ms'),
    receiveTime: toTime(uint(MOVEMENT.receiveTimeMs), 'movement.receive_time_ms'),
    reference: text(MOVEMENT.reference),
    original: optionalMessage(MOVEMENT.original, transactionId),
  };
}

function payment(): LastPayment {
  const named = message(PAYMENT.id, transactionId);
  const kind = kinds.fromWire(uint(PAYMENT.kind), 'last_payment.kind');
  const amount = uint(PAYMENT.amount);
  const split = optionalMessage(PAYMENT.parts, parts) ?? NO_PARTS;
  const batch = positive32(PAYMENT.batch);
  const time = toTime(uint(PAYMENT.timeMs), 'last_payment.time_ms');
  const businessDate = toDate(uint32(PAYMENT.businessDate), 'last_payment.business_date');
  return { id: named, kind, amount, parts: split, batch, businessDate, time };
}

function accrual(): Accrual {
  return {
    through: toDate(uint32(ACCRUAL.through), 'accrual.through'),
    principal: uint(ACCRUAL.principal),
    carry: uint(ACCRUAL.carry),
    changes: list(ACCRUAL.changes, change),
  };
}

function change(): PrincipalChange {
  return {
    businessDate: toDate(uint32(CHANGE.businessDate), 'accrual.business_date'),
    amount: uint(CHANGE.amount),
  };
}
