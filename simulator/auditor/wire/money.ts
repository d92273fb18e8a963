/** Parts and balances as plain numbers. Minor units. */
import type { v1 } from '../../../proto/generated/emoney.js';
import { plain } from './basics.js';

export interface Parts {
  readonly value: number;
  readonly account: number;
  readonly loan: number;
  readonly interest: number;
  readonly fare: number;
  readonly restoredLoan: number;
  readonly excess: number;
  readonly accountAsLoan: number;
}

export interface Balances {
  readonly storedValue: number;
  readonly loan: number;
  readonly interest: number;
  readonly fareOwed: number;
  readonly limit: number;
}

export const NO_PARTS: Parts = {
  value: 0,
  account: 0,
  loan: 0,
  interest: 0,
  fare: 0,
  restoredLoan: 0,
  excess: 0,
  accountAsLoan: 0,
};
export const NO_BALANCES: Balances = { storedValue: 0, loan: 0, interest: 0, fareOwed: 0, limit: 0 };

export function readParts(message: v1.Parts.$Properties | null | undefined): Parts {
  if (message == null) return NO_PARTS;
  return {
    value: plain(message.value, 'parts.value'),
    account: plain(message.account, 'parts.account'),
    loan: plain(message.loan, 'parts.loan'),
    interest: plain(message.interest, 'parts.interest'),
    fare: plain(message.fare, 'parts.fare'),
    restoredLoan: plain(message.restoredLoan, 'parts.restored_loan'),
    excess: plain(message.excess, 'parts.excess'),
    accountAsLoan: plain(message.accountAsLoan, 'parts.account_as_loan'),
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

export function sameParts(one: Parts, other: Parts): boolean {
  return (
    one.value === other.value &&
    one.account === other.account &&
    one.loan === other.loan &&
    one.interest === other.interest &&
    one.fare === other.fare &&
    one.restoredLoan === other.restoredLoan &&
    one.excess === other.excess &&
    one.accountAsLoan === other.accountAsLoan
  );
}

export function sameBalances(one: Balances, other: Balances): boolean {
  return (
    one.storedValue === other.storedValue &&
    one.loan === other.loan &&
    one.interest === other.interest &&
    one.fareOwed === other.fareOwed &&
    one.limit === other.limit
  );
}

/** Those that are not 0, by name. */
export function shown(amounts: Parts | Balances): string {
  const named = Object.entries(amounts).filter(([, amount]) => amount !== 0);
  return named.length === 0
    ? 'nothing'
    : named.map(([name, amount]) => `${name} ${String(amount)}`).join(' + ');
}
