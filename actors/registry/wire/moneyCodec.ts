/** Amounts, ids and answers on the wire: money.proto and what events share. */
import type { v1 } from '../../../proto/generated/emoney.js';
import type { Answer, Inside, Movement } from '../../money/answer.js';
import type { Adjustment, Balances } from '../../money/balances.js';
import type { Instruction } from '../../money/instruction.js';
import { MAX_NUMBER, type TransactionId } from '../../money/ids.js';
import { NO_PARTS, type Parts } from '../../money/parts.js';
import type { ListVersion } from '../../money/prohibition.js';
import type { Asked } from '../../money/transaction.js';
import { MAX_AMOUNT } from '../../bounds.js';
import {
  fromInteger,
  fromUint32,
  fromUnsigned,
  GuardError,
  noUnknowns,
  optional,
  required,
  toCount,
  toDate,
  toId,
  toNumber,
  toPositive,
  toText,
  toTime,
  toUnsigned,
  type WireLong,
} from './guards.js';
import { kinds, obstacles, optionalFromWire, optionalToWire, outcomes } from './vocabulary.js';

type Maybe<Message> = Message | null | undefined;

/** The id itself, checked: its fields have the wire's names. */
export function encodeId(id: TransactionId): v1.TransactionId.$Properties {
  fromUint32(id.incarnation, 'incarnation');
  fromUnsigned(id.number, 'number');
  return id;
}

export function decodeId(wire: Maybe<v1.TransactionId.$Properties>, field = 'id'): TransactionId {
  const id = required(wire, field);
  noUnknowns(id, field);
  const number = toPositive(id.number, 'id.number');
  if (number > MAX_NUMBER) throw new GuardError('id.number', 'is too large');
  return {
    terminal: toId(id.terminal, 'id.terminal'),
    incarnation: toPositive(id.incarnation, 'id.incarnation'),
    number,
  };
}

/** The parts themselves, checked; null, which is no field at all, where all are 0. */
export function encodeParts(parts: Parts): v1.Parts.$Properties | null {
  if (parts === NO_PARTS) return null;
  const { value, account, loan, interest, fare, restoredLoan, excess, accountAsLoan } = parts;
  fromUnsigned(value, 'parts.value');
  fromUnsigned(account, 'parts.account');
  fromUnsigned(loan, 'parts.loan');
  fromUnsigned(interest, 'parts.interest');
  fromUnsigned(fare, 'parts.fare');
  fromUnsigned(restoredLoan, 'parts.restored_loan');
  fromUnsigned(excess, 'parts.excess');
  fromUnsigned(accountAsLoan, 'parts.account_as_loan');
  const sum = value + account + loan + interest + fare + restoredLoan + excess + accountAsLoan;
  return sum === 0 ? null : parts;
}

export function decodeParts(wire: Maybe<v1.Parts.$Properties>): Parts {
  if (wire === null || wire === undefined) return NO_PARTS;
  noUnknowns(wire, 'parts');
  return {
    value: toCount(wire.value, 'parts.value'),
    account: toCount(wire.account, 'parts.account'),
    loan: toCount(wire.loan, 'parts.loan'),
    interest: toCount(wire.interest, 'parts.interest'),
    fare: toCount(wire.fare, 'parts.fare'),
    restoredLoan: toCount(wire.restoredLoan, 'parts.restored_loan'),
    excess: toCount(wire.excess, 'parts.excess'),
    accountAsLoan: toCount(wire.accountAsLoan, 'parts.account_as_loan'),
  };
}

/** The balances themselves, checked. */
export function encodeBalances(balances: Balances): v1.Balances.$Properties {
  fromUnsigned(balances.storedValue, 'balances.stored_value');
  fromUnsigned(balances.loan, 'balances.loan');
  fromUnsigned(balances.interest, 'balances.interest');
  fromUnsigned(balances.fareOwed, 'balances.fare_owed');
  fromUnsigned(balances.limit, 'balances.limit');
  return balances;
}

export function decodeBalances(wire: v1.Balances.$Properties): Balances {
  noUnknowns(wire, 'balances');
  return {
    storedValue: toCount(wire.storedValue, 'balances.stored_value'),
    loan: toCount(wire.loan, 'balances.loan'),
    interest: toCount(wire.interest, 'balances.interest'),
    fareOwed: toCount(wire.fareOwed, 'balances.fare_owed'),
    limit: toCount(wire.limit, 'balances.limit'),
  };
}

export function encodeAnswer(answer: Answer): v1.Answer.$Properties {
  const { balances, fits, triesLeft, inside, entered } = answer;
  return {
    outcome: outcomes.toWire(answer.outcome),
    amount: fromUnsigned(answer.amount, 'answer.amount'),
    parts: encodeParts(answer.parts),
    balances: balances === undefined ? null : encodeBalances(balances),
    creditFlag: answer.creditFlag,
    fits: fits === undefined ? null : fromUnsigned(fits, 'answer.fits'),
    receiveTimeMs: fromUnsigned(answer.receiveTime, 'answer.receive_time_ms'),
    position: fromUnsigned(answer.position, 'answer.position'),
    original: optionalToWire(outcomes, answer.original),
    originalParts: encodeParts(answer.originalParts),
    remainder: fromUnsigned(answer.remainder, 'answer.remainder'),
    pinVerified: answer.pinVerified,
    triesLeft: triesLeft === undefined ? null : fromUint32(triesLeft, 'answer.tries_left'),
    obstacle: optionalToWire(obstacles, answer.obstacle),
    pending: fromUnsigned(answer.pending, 'answer.pending'),
    inside: inside === undefined ? null : encodeInside(inside),
    entered: entered === undefined ? null : encodeInside(entered),
  };
}

export function decodeAnswer(wire: Maybe<v1.Answer.$Properties>, field = 'answer'): Answer {
  const answer = required(wire, field);
  noUnknowns(answer, field);
  const { balances, inside, entered } = answer;
  return {
    outcome: outcomes.fromWire(answer.outcome, 'answer.outcome'),
    amount: toCount(answer.amount, 'answer.amount'),
    parts: decodeParts(answer.parts),
    balances: balances === null || balances === undefined ? undefined : decodeBalances(balances),
    creditFlag: answer.creditFlag === true,
    fits: optional(answer.fits, 'answer.fits', toUnsigned),
    receiveTime: toTime(answer.receiveTimeMs, 'answer.receive_time_ms'),
    position: toCount(answer.position, 'answer.position'),
    original: optionalFromWire(outcomes, answer.original, 'answer.original'),
    originalParts: decodeParts(answer.originalParts),
    remainder: toCount(answer.remainder, 'answer.remainder'),
    pinVerified: answer.pinVerified === true,
    triesLeft: optional(answer.triesLeft, 'answer.tries_left', toUnsigned),
    obstacle: optionalFromWire(obstacles, answer.obstacle, 'answer.obstacle'),
    pending: toCount(answer.pending, 'answer.pending'),
    inside: inside === null || inside === undefined ? undefined : decodeInside(inside),
    entered: entered === null || entered === undefined ? undefined : decodeInside(entered),
  };
}

export function encodeInside({ zone, gate, time }: Inside): v1.Inside.$Properties {
  return { zone, gate, timeMs: fromUnsigned(time, 'inside.time_ms') };
}

export function decodeInside(wire: v1.Inside.$Properties): Inside {
  noUnknowns(wire, 'inside');
  const { zone, gate, timeMs } = wire;
  return {
    zone: toId(zone, 'inside.zone'),
    gate: toId(gate, 'inside.gate'),
    time: toTime(timeMs, 'inside.time_ms'),
  };
}

/** Devices are numbered from 1, which is left out: nearly every card is its first. */
export function encodeDevice(device: number): number | null {
  return device === 1 ? null : fromUint32(device, 'device');
}

export function decodeDevice(device: number | null | undefined): number {
  return device === null || device === undefined || device === 0 ? 1 : device;
}

export function encodeOptionalId(id: TransactionId | undefined): v1.TransactionId.$Properties | null {
  return id === undefined ? null : encodeId(id);
}

export function decodeOptionalId(
  id: Maybe<v1.TransactionId.$Properties>,
  field: string,
): TransactionId | undefined {
  return id === null || id === undefined ? undefined : decodeId(id, field);
}

export function encodeAdjustment(adjustment: Adjustment): v1.Adjustment.$Properties {
  return {
    storedValue: fromInteger(adjustment.storedValue, 'adjustment.stored_value'),
    loan: fromInteger(adjustment.loan, 'adjustment.loan'),
    interest: fromInteger(adjustment.interest, 'adjustment.interest'),
    fareOwed: fromInteger(adjustment.fareOwed, 'adjustment.fare_owed'),
  };
}

export function decodeAdjustment(wire: Maybe<v1.Adjustment.$Properties>): Adjustment {
  const adjustment = required(wire, 'adjustment');
  noUnknowns(adjustment, 'adjustment');
  return {
    storedValue: toSigned(adjustment.storedValue, 'adjustment.stored_value'),
    loan: toSigned(adjustment.loan, 'adjustment.loan'),
    interest: toSigned(adjustment.interest, 'adjustment.interest'),
    fareOwed: toSigned(adjustment.fareOwed, 'adjustment.fare_owed'),
  };
}

/** An operator's amount: at most what a command may state, in either direction. */
function toSigned(value: Maybe<WireLong>, field: string): number {
  const amount = toNumber(value ?? 0, field);
  if (Math.abs(amount) > MAX_AMOUNT) throw new GuardError(field, `is beyond ${MAX_AMOUNT}`);
  return amount;
}

export function encodeInstruction({ reference, amount, time }: Instruction): v1.Instruction.$Properties {
  return {
    reference,
    amount: fromUnsigned(amount, 'instruction.amount'),
    timeMs: fromUnsigned(time, 'instruction.time_ms'),
  };
}

export function decodeInstruction(wire: Maybe<v1.Instruction.$Properties>): Instruction {
  const instruction = required(wire, 'instruction');
  noUnknowns(instruction, 'instruction');
  return {
    reference: toId(instruction.reference, 'instruction.reference'),
    amount: toPositive(instruction.amount, 'instruction.amount'),
    time: toTime(instruction.timeMs, 'instruction.time_ms'),
  };
}

export function decodeAsked(wire: Maybe<v1.Asked.$Properties>): Asked {
  const asked = required(wire, 'asked');
  noUnknowns(asked, 'asked');
  return {
    id: decodeId(asked.id, 'asked.id'),
    card: toId(asked.card, 'asked.card'),
    kind: optionalFromWire(kinds, asked.kind, 'asked.kind'),
    amount: toCount(asked.amount, 'asked.amount'),
    digest: toCount(asked.digest, 'asked.digest'),
    batch: toPositive(asked.batch, 'asked.batch'),
    businessDate: toDate(asked.businessDate, 'asked.business_date'),
    terminalTime: toTime(asked.terminalTimeMs, 'asked.terminal_time_ms'),
    mark: toCount(asked.mark, 'asked.mark'),
    oldestIncarnation: toCount(asked.oldestIncarnation, 'asked.oldest_incarnation'),
    fromSource: asked.fromSource === true,
    openedTime: toTime(asked.openedTimeMs, 'asked.opened_time_ms'),
    device: decodeDevice(asked.device),
    partial: asked.partial === true,
    original: decodeOptionalId(asked.original, 'asked.original'),
  };
}

export function encodeMovement(movement: Movement): v1.Movement.$Properties {
  return {
    id: encodeOptionalId(movement.id),
    kind: kinds.toWire(movement.kind),
    reversal: movement.reversal,
    amount: fromUnsigned(movement.amount, 'movement.amount'),
    parts: encodeParts(movement.parts),
    storedValueAfter: fromUnsigned(movement.storedValueAfter, 'movement.stored_value_after'),
    loanAfter: fromUnsigned(movement.loanAfter, 'movement.loan_after'),
    terminalTimeMs: fromUnsigned(movement.terminalTime, 'movement.terminal_time_ms'),
    receiveTimeMs: fromUnsigned(movement.receiveTime, 'movement.receive_time_ms'),
    reference: movement.reference,
    original: encodeOptionalId(movement.original),
  };
}

export function decodeMovement(wire: v1.Movement.$Properties): Movement {
  noUnknowns(wire, 'movement');
  return {
    id: decodeOptionalId(wire.id, 'movement.id'),
    kind: kinds.fromWire(wire.kind, 'movement.kind'),
    reversal: wire.reversal === true,
    amount: toCount(wire.amount, 'movement.amount'),
    parts: decodeParts(wire.parts),
    storedValueAfter: toCount(wire.storedValueAfter, 'movement.stored_value_after'),
    loanAfter: toCount(wire.loanAfter, 'movement.loan_after'),
    terminalTime: toTime(wire.terminalTimeMs, 'movement.terminal_time_ms'),
    receiveTime: toTime(wire.receiveTimeMs, 'movement.receive_time_ms'),
    reference: toText(wire.reference, 'movement.reference'),
    original: decodeOptionalId(wire.original, 'movement.original'),
  };
}

export function encodeVersion(version: ListVersion): v1.ListVersion.$Properties {
  return {
    incarnation: fromUnsigned(version.incarnation, 'version.incarnation'),
    sequence: fromUnsigned(version.sequence, 'version.sequence'),
  };
}

export function decodeVersion(wire: Maybe<v1.ListVersion.$Properties>, field = 'version'): ListVersion {
  const version = required(wire, field);
  noUnknowns(version, field);
  return {
    incarnation: toCount(version.incarnation, 'version.incarnation'),
    sequence: toCount(version.sequence, 'version.sequence'),
  };
}

export function optionalVersion(wire: Maybe<v1.ListVersion.$Properties>): ListVersion | undefined {
  return wire === null || wire === undefined ? undefined : decodeVersion(wire);
}
