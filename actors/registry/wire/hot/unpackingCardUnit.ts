/**
 * Unpacks what a snapshot holds of an ordinary card. Undefined: it is something else, or wrong, and the codecs of the
 * folder above have to read it.
 */
import { v1 } from '../../../../proto/generated/emoney.js';
import { decodeMessage } from '../../../../proto/message.js';
import { CARD_LOG_LENGTH } from '../../../bounds.js';
import type { CardState, LastPayment } from '../../../card/card.js';
import type { RecordState } from '../../../center/record.js';
import type { Movement } from '../../../money/answer.js';
import type { Accrual, PrincipalChange } from '../../../money/interest.js';
import { NO_PARTS } from '../../../money/parts.js';
import type { CardUnit } from '../../unit.js';
import { toDate, toTime } from '../guards.js';
import { decodePinHash, decodePolicy } from '../policyCodec.js';
import { kinds } from '../vocabulary.js';
import { ACCRUAL, CARD, CARD_UNIT, CHANGE, FORMAT, MOVEMENT, PAYMENT, RECORD, UNIT } from './cardUnitTags.js';
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
  const lastPayment = optionalMessage(CARD.lastPayment, payment);
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
    inside: undefined,
    enteredBy: undefined,
    lastExit: undefined,
    pending: NONE,
    undone: NONE,
    accountDays: NONE,
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
  const accrued = message(RECORD.accrual, accrual);
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
    settled: NONE,
    accrual: accrued,
    listed,
    alerted,
    shares: NONE,
    changedPosition: 0,
    publishedPosition: 0,
    publishedVersion: undefined,
    version,
    approvedCount,
    declinedCount,
  };
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
