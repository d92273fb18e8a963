/** Amounts, ids and answers on the wire: money.proto and what events share. */
import type { v1 } from '../../../proto/generated/emoney.js';
import { MAX_TERM } from '../../money/amounts.js';
import type { Answer, Movement } from '../../money/answer.js';
import type { Balances } from '../../money/balances.js';
import type { CardTerms } from '../../money/cardTerms.js';
import { MAX_NUMBER, type TransactionId } from '../../money/ids.js';
import { NO_PARTS, type Parts } from '../../money/parts.js';
import type { ListVersion } from '../../money/prohibition.js';
import type { Asked } from '../../money/transaction.js';
import {
  fromUint32,
  fromUnsigned,
  GuardError,
  noUnknowns,
  optional,
  required,
  toCount,
  toDate,
  toId,
  toPositive,
  toTime,
  toUnsigned,
  type WireLong,
} from './guards.js';
import { kinds, optionalFromWire, optionalToWire, outcomes } from './vocabulary.js';

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
  const { value, account, loan, interest, fare, restoredLoan } = parts;
  fromUnsigned(value, 'parts.value');
  fromUnsigned(account, 'parts.account');
  fromUnsigned(loan, 'parts.loan');
  fromUnsigned(interest, 'parts.interest');
  fromUnsigned(fare, 'parts.fare');
  fromUnsigned(restoredLoan, 'parts.restored_loan');
  const sum = value + account + loan + interest + fare + restoredLoan;
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
  const { balances, fits } = answer;
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
  };
}

export function decodeAnswer(wire: Maybe<v1.Answer.$Properties>, field = 'answer'): Answer {
  const answer = required(wire, field);
  noUnknowns(answer, field);
  const { balances } = answer;
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
  };
}

export function encodeAsked(asked: Asked): v1.Asked.$Properties {
  return {
    id: encodeId(asked.id),
    card: asked.card,
    kind: optionalToWire(kinds, asked.kind),
    amount: fromUnsigned(asked.amount, 'asked.amount'),
    digest: fromUnsigned(asked.digest, 'asked.digest'),
    batch: fromUint32(asked.batch, 'asked.batch'),
    businessDate: fromUint32(asked.businessDate, 'asked.business_date'),
    terminalTimeMs: fromUnsigned(asked.terminalTime, 'asked.terminal_time_ms'),
    mark: fromUnsigned(asked.mark, 'asked.mark'),
    oldestIncarnation: fromUint32(asked.oldestIncarnation, 'asked.oldest_incarnation'),
    fromSource: asked.fromSource,
    openedTimeMs: fromUnsigned(asked.openedTime, 'asked.opened_time_ms'),
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
  };
}

export function encodeMovement(movement: Movement): v1.Movement.$Properties {
  return {
    id: encodeId(movement.id),
    kind: kinds.toWire(movement.kind),
    reversal: movement.reversal,
    amount: fromUnsigned(movement.amount, 'movement.amount'),
    parts: encodeParts(movement.parts),
    storedValueAfter: fromUnsigned(movement.storedValueAfter, 'movement.stored_value_after'),
    loanAfter: fromUnsigned(movement.loanAfter, 'movement.loan_after'),
    terminalTimeMs: fromUnsigned(movement.terminalTime, 'movement.terminal_time_ms'),
    receiveTimeMs: fromUnsigned(movement.receiveTime, 'movement.receive_time_ms'),
  };
}

export function decodeMovement(wire: v1.Movement.$Properties): Movement {
  noUnknowns(wire, 'movement');
  return {
    id: decodeId(wire.id, 'movement.id'),
    kind: kinds.fromWire(wire.kind, 'movement.kind'),
    reversal: wire.reversal === true,
    amount: toCount(wire.amount, 'movement.amount'),
    parts: decodeParts(wire.parts),
    storedValueAfter: toCount(wire.storedValueAfter, 'movement.stored_value_after'),
    loanAfter: toCount(wire.loanAfter, 'movement.loan_after'),
    terminalTime: toTime(wire.terminalTimeMs, 'movement.terminal_time_ms'),
    receiveTime: toTime(wire.receiveTimeMs, 'movement.receive_time_ms'),
  };
}

export function encodeTerms(terms: CardTerms): v1.CardTerms.$Properties {
  const { storedValueCap, expiryDate } = terms;
  return {
    storedValue: fromUnsigned(terms.storedValue, 'terms.stored_value'),
    loan: fromUnsigned(terms.loan, 'terms.loan'),
    interest: fromUnsigned(terms.interest, 'terms.interest'),
    fareOwed: fromUnsigned(terms.fareOwed, 'terms.fare_owed'),
    creditFlag: terms.creditFlag,
    limit: fromUnsigned(terms.limit, 'terms.limit'),
    storedValueCap:
      storedValueCap === undefined ? null : fromUnsigned(storedValueCap, 'terms.stored_value_cap'),
    expiryDate: expiryDate === undefined ? null : fromUint32(expiryDate, 'terms.expiry_date'),
    active: terms.active,
  };
}

export function decodeTerms(wire: Maybe<v1.CardTerms.$Properties>): CardTerms {
  const terms = required(wire, 'terms');
  noUnknowns(terms, 'terms');
  const storedValue = toTerm(terms.storedValue, 'terms.stored_value');
  const storedValueCap = optional(terms.storedValueCap, 'terms.stored_value_cap', toTerm);
  if (storedValueCap !== undefined && storedValueCap < storedValue) {
    throw new GuardError('terms.stored_value_cap', 'is below the stored value');
  }
  return {
    storedValue,
    loan: toTerm(terms.loan, 'terms.loan'),
    interest: toTerm(terms.interest, 'terms.interest'),
    fareOwed: toTerm(terms.fareOwed, 'terms.fare_owed'),
    creditFlag: terms.creditFlag === true,
    limit: toTerm(terms.limit, 'terms.limit'),
    storedValueCap,
    expiryDate: optional(terms.expiryDate, 'terms.expiry_date', toDate),
    active: terms.active === true,
  };
}

/** An amount of a card's terms: an integer, 0 … MAX_TERM minor units. */
export function toTerm(value: WireLong | null | undefined, field: string): number {
  const amount = toCount(value, field);
  if (amount > MAX_TERM) throw new GuardError(field, `${amount} is more than ${MAX_TERM}`);
  return amount;
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
