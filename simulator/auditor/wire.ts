/** Protobuf messages as plain numbers and strings. Every reader throws GuardError, which names the field. */
import type { v1 } from '../../proto/generated/emoney.js';
import { GuardError, toNumber, toUnsigned, toWide, type WireLong } from '../../proto/guard.js';

/** Minor units. */
export interface Parts {
  readonly value: number;
  readonly account: number;
  readonly loan: number;
  readonly interest: number;
  readonly fare: number;
  readonly restoredLoan: number;
}

/** Minor units. */
export interface Balances {
  readonly storedValue: number;
  readonly loan: number;
  readonly interest: number;
  readonly fareOwed: number;
  readonly limit: number;
}

export interface Answer {
  readonly outcome: number;
  readonly amount: number;
  readonly parts: Parts;
  readonly balances: Balances;
  readonly creditFlag: boolean;
  readonly fits: number | undefined;
  readonly receiveTime: number;
  /** Sequence of the deciding frame in the journal of the card's partition. */
  readonly position: number;
  /** Of a reversal: the outcome that the card had recorded for the id, 0: none. */
  readonly original: number;
}

export interface Id {
  readonly terminal: string;
  readonly incarnation: number;
  readonly number: number;
}

/** What an id stands for: the same in OPENED and in the card's event. */
export interface Content {
  readonly card: string;
  readonly kind: number;
  readonly amount: number;
  readonly digest: number;
  readonly batch: number;
  readonly businessDate: number;
  readonly terminalTime: number;
}

export interface Asked extends Content {
  readonly id: Id;
  readonly mark: number;
  readonly oldestIncarnation: number;
  readonly fromSource: boolean;
}

export interface Version {
  readonly incarnation: number;
  readonly sequence: number;
}

export const NO_PARTS: Parts = { value: 0, account: 0, loan: 0, interest: 0, fare: 0, restoredLoan: 0 };
export const NO_BALANCES: Balances = { storedValue: 0, loan: 0, interest: 0, fareOwed: 0, limit: 0 };

export function need<T>(value: T | null | undefined, field: string): T {
  if (value === null || value === undefined) throw new GuardError(field, 'is missing');
  return value;
}

/** Absent is 0, as proto3 has it. */
function plain(value: WireLong | null | undefined, field: string): number {
  return value === null || value === undefined ? 0 : toNumber(value, field);
}

/** Amounts of refused commands may be any 64-bit integer; beyond 2^53 the nearest number does for comparing. */
function readAmount(value: WireLong | null | undefined, field: string): number {
  return value === null || value === undefined ? 0 : Number(toWide(value, field));
}

export function readId(message: v1.TransactionId.$Properties | null | undefined): Id {
  const { terminal, incarnation, number } = need(message, 'id');
  if (terminal == null || terminal === '') throw new GuardError('id.terminal', 'is missing');
  return { terminal, incarnation: incarnation ?? 0, number: toUnsigned(number ?? 0, 'id.number') };
}

export function readParts(message: v1.Parts.$Properties | null | undefined): Parts {
  if (message == null) return NO_PARTS;
  return {
    value: plain(message.value, 'parts.value'),
    account: plain(message.account, 'parts.account'),
    loan: plain(message.loan, 'parts.loan'),
    interest: plain(message.interest, 'parts.interest'),
    fare: plain(message.fare, 'parts.fare'),
    restoredLoan: plain(message.restoredLoan, 'parts.restored_loan'),
  };
}

export function readBalances(message: v1.Balances.$Properties | null | undefined): Balances {
  if (message == null) return NO_BALANCES;
  return {
    storedValue: plain(message.storedValue, 'balances.stored_value'),
    loan: plain(message.loan, 'balances.loan'),
    interest: plain(message.interest, 'balances.interest'),
    fareOwed: plain(message.fareOwed, 'balances.fare_owed'),
    limit: plain(message.limit, 'balances.limit'),
  };
}

export function readAnswer(message: v1.Answer.$Properties | null | undefined): Answer {
  const answer = need(message, 'answer');
  return {
    outcome: answer.outcome ?? 0,
    amount: readAmount(answer.amount, 'answer.amount'),
    parts: readParts(answer.parts),
    balances: readBalances(answer.balances),
    creditFlag: answer.creditFlag ?? false,
    fits: answer.fits == null ? undefined : toNumber(answer.fits, 'answer.fits'),
    receiveTime: plain(answer.receiveTimeMs, 'answer.receive_time_ms'),
    position: plain(answer.position, 'answer.position'),
    original: answer.original ?? 0,
  };
}

export function readAsked(message: v1.Asked.$Properties | null | undefined): Asked {
  const asked = need(message, 'asked');
  return {
    card: asked.card ?? '',
    kind: asked.kind ?? 0,
    amount: readAmount(asked.amount, 'amount'),
    digest: plain(asked.digest, 'digest'),
    batch: asked.batch ?? 0,
    businessDate: asked.businessDate ?? 0,
    terminalTime: plain(asked.terminalTimeMs, 'terminal_time_ms'),
    id: readId(asked.id),
    mark: plain(asked.mark, 'asked.mark'),
    oldestIncarnation: asked.oldestIncarnation ?? 0,
    fromSource: asked.fromSource ?? false,
  };
}

export interface Opened extends Content {
  readonly id: Id;
  readonly time: number;
  readonly mark: number;
  readonly list: Version | undefined;
  readonly towards: number;
}

export function readOpened(message: v1.TransactionOpened.$Properties | null | undefined): Opened {
  const opened = need(message, 'opened');
  return {
    card: opened.card ?? '',
    kind: opened.kind ?? 0,
    amount: readAmount(opened.amount, 'amount'),
    digest: plain(opened.digest, 'digest'),
    batch: opened.batch ?? 0,
    businessDate: opened.businessDate ?? 0,
    terminalTime: plain(opened.terminalTimeMs, 'terminal_time_ms'),
    id: readId(opened.id),
    time: plain(opened.timeMs, 'time_ms'),
    mark: plain(opened.mark, 'mark'),
    list: readVersion(opened.list),
    towards: opened.towards ?? 0,
  };
}

export function readVersion(message: v1.ListVersion.$Properties | null | undefined): Version | undefined {
  if (message == null) return undefined;
  return {
    incarnation: plain(message.incarnation, 'version.incarnation'),
    sequence: plain(message.sequence, 'version.sequence'),
  };
}

/** How a card was issued, as both states keep it. */
export interface Terms extends Balances {
  readonly creditFlag: boolean;
  readonly cap: number | undefined;
  /** yyyymmdd, the last day on which the card may pay. */
  readonly expiryDate: number | undefined;
  readonly active: boolean;
}

export function readTerms(message: v1.CardTerms.$Properties | null | undefined): Terms {
  const terms = need(message, 'terms');
  return {
    storedValue: plain(terms.storedValue, 'terms.stored_value'),
    loan: plain(terms.loan, 'terms.loan'),
    interest: plain(terms.interest, 'terms.interest'),
    fareOwed: plain(terms.fareOwed, 'terms.fare_owed'),
    limit: plain(terms.limit, 'terms.limit'),
    creditFlag: terms.creditFlag ?? false,
    cap: terms.storedValueCap == null ? undefined : toNumber(terms.storedValueCap, 'terms.stored_value_cap'),
    expiryDate: terms.expiryDate ?? undefined,
    active: terms.active ?? false,
  };
}

/** Reasons as a set: bit n is reason n. */
export function readReasons(reasons: readonly number[] | null | undefined): number {
  let set = 0;
  for (const reason of reasons ?? []) {
    const bit = 1 << reason;
    if (reason < 1 || reason > 30) throw new GuardError('reasons', `${reason} is no reason`);
    if ((set & bit) !== 0) throw new GuardError('reasons', `${reason} is there twice`);
    set |= bit;
  }
  return set;
}
