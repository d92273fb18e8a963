/** A card's state in snapshots and descriptions. */
import type { v1 } from '../../../proto/generated/emoney.js';
import { CARD_LOG_LENGTH } from '../../bounds.js';
import type { AccountDay } from '../../card/accountDays.js';
import type { CardState, LastExit, LastPayment } from '../../card/card.js';
import type { Undone } from '../../card/undone.js';
import {
  fromUint32,
  fromUnsigned,
  GuardError,
  listOf,
  noUnknowns,
  required,
  toCount,
  toDate,
  toId,
  toPositive,
  toTime,
} from './guards.js';
import {
  decodeBalances,
  decodeDevice,
  decodeId,
  decodeInside,
  decodeInstruction,
  decodeMovement,
  decodeParts,
  encodeBalances,
  encodeDevice,
  encodeId,
  encodeInside,
  encodeInstruction,
  encodeMovement,
  encodeOptionalId,
  encodeParts,
} from './moneyCodec.js';
import {
  decodePinHash,
  decodePolicy,
  decodeTerms,
  encodePinHash,
  encodePolicy,
  encodeTerms,
} from './policyCodec.js';
import { kinds, reasons } from './vocabulary.js';

export function encodeCard(state: CardState): v1.CardState.$Properties {
  const { inside, lastExit, lastPayment } = state;
  return {
    card: state.card,
    terms: encodeTerms(state.terms),
    balances: encodeBalances(state.balances),
    active: state.active,
    reasons: state.reasons.map(reasons.toWire),
    log: state.log.map(encodeMovement),
    policy: encodePolicy(state.policy),
    pinHash: encodePinHash(state.pinHash),
    triesLeft: fromUint32(state.triesLeft, 'tries_left'),
    device: encodeDevice(state.device),
    closed: state.closed,
    inside: inside === undefined ? null : encodeInside(inside),
    pending: state.pending.map(encodeInstruction),
    undone: state.undone.map(encodeUndone),
    accountDays: state.accountDays.map(encodeAccountDay),
    lastPayment: lastPayment === undefined ? null : encodePayment(lastPayment),
    enteredBy: encodeOptionalId(state.enteredBy),
    lastExit: lastExit === undefined ? null : encodeExit(lastExit),
  };
}

export function decodeCard(wire: v1.CardState.$Properties): CardState {
  noUnknowns(wire, 'card');
  const log = listOf(wire.log, decodeMovement);
  if (log.length > CARD_LOG_LENGTH) throw new GuardError('log', `has ${log.length} movements`);
  return {
    card: toId(wire.card, 'card.card'),
    terms: decodeTerms(wire.terms),
    balances: decodeBalances(required(wire.balances, 'balances')),
    active: wire.active === true,
    reasons: listOf(wire.reasons, (each) => reasons.fromWire(each, 'reasons')),
    log,
    policy: decodePolicy(wire.policy),
    pinHash: decodePinHash(wire.pinHash, 'pin_hash'),
    triesLeft: wire.triesLeft ?? 0,
    device: decodeDevice(wire.device),
    closed: wire.closed === true,
    inside: wire.inside ? decodeInside(wire.inside) : undefined,
    enteredBy: wire.inside ? decodeId(wire.enteredBy, 'entered_by') : undefined,
    lastExit: wire.lastExit ? decodeExit(wire.lastExit) : undefined,
    pending: listOf(wire.pending, decodeInstruction),
    undone: listOf(wire.undone, decodeUndone),
    accountDays: listOf(wire.accountDays, decodeAccountDay),
    lastPayment: wire.lastPayment ? decodePayment(wire.lastPayment) : undefined,
  };
}

function encodeExit({ fare, entered, enteredBy }: LastExit): v1.LastExit.$Properties {
  return { fare: encodeId(fare), entered: encodeInside(entered), enteredBy: encodeId(enteredBy) };
}

function decodeExit(wire: v1.LastExit.$Properties): LastExit {
  noUnknowns(wire, 'last_exit');
  return {
    fare: decodeId(wire.fare, 'last_exit.fare'),
    entered: decodeInside(required(wire.entered, 'last_exit.entered')),
    enteredBy: decodeId(wire.enteredBy, 'last_exit.entered_by'),
  };
}

function encodeUndone(undone: Undone): v1.Undone.$Properties {
  const { id, parts, returned, reversed, voidedDate, time } = undone;
  return {
    id: encodeId(id),
    parts: encodeParts(parts),
    returned,
    reversed,
    voidedDate: voidedDate === undefined ? 0 : fromUint32(voidedDate, 'undone.voided_date'),
    timeMs: fromUnsigned(time, 'undone.time_ms'),
  };
}

function decodeUndone(wire: v1.Undone.$Properties): Undone {
  noUnknowns(wire, 'undone');
  const { id, parts, returned, reversed, voidedDate, timeMs } = wire;
  return {
    id: decodeId(id, 'undone.id'),
    parts: decodeParts(parts),
    returned: returned === true,
    reversed: reversed === true,
    voidedDate: voidedDate ? toDate(voidedDate, 'undone.voided_date') : undefined,
    time: toTime(timeMs, 'undone.time_ms'),
  };
}

function encodeAccountDay({ businessDate, amount }: AccountDay): v1.AccountDay.$Properties {
  return {
    businessDate: fromUint32(businessDate, 'account_days.business_date'),
    amount: fromUnsigned(amount, 'account_days.amount'),
  };
}

function decodeAccountDay(wire: v1.AccountDay.$Properties): AccountDay {
  noUnknowns(wire, 'account_days');
  return {
    businessDate: toDate(wire.businessDate, 'account_days.business_date'),
    amount: toCount(wire.amount, 'account_days.amount'),
  };
}

function encodePayment(payment: LastPayment): v1.LastPayment.$Properties {
  return {
    id: encodeId(payment.id),
    kind: kinds.toWire(payment.kind),
    amount: fromUnsigned(payment.amount, 'last_payment.amount'),
    parts: encodeParts(payment.parts),
    batch: fromUint32(payment.batch, 'last_payment.batch'),
    timeMs: fromUnsigned(payment.time, 'last_payment.time_ms'),
    businessDate: fromUint32(payment.businessDate, 'last_payment.business_date'),
  };
}

function decodePayment(wire: v1.LastPayment.$Properties): LastPayment {
  noUnknowns(wire, 'last_payment');
  return {
    id: decodeId(wire.id, 'last_payment.id'),
    kind: kinds.fromWire(wire.kind, 'last_payment.kind'),
    amount: toCount(wire.amount, 'last_payment.amount'),
    parts: decodeParts(wire.parts),
    batch: toPositive(wire.batch, 'last_payment.batch'),
    time: toTime(wire.timeMs, 'last_payment.time_ms'),
    businessDate: toDate(wire.businessDate, 'last_payment.business_date'),
  };
}
