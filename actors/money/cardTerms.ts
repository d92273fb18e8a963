/** How a card is issued. Starting amounts are an opening entry on card and center, compiled apart. */
import type { Balances } from './balances.js';
import { type CardPolicy, samePolicy } from './cardPolicy.js';

export interface CardTerms {
  readonly storedValue: number;
  readonly loan: number;
  readonly interest: number;
  readonly fareOwed: number;
  readonly limit: number;
  readonly active: boolean;
  readonly policy: CardPolicy;
  /** Keyed hash of the holder's PIN, in hexadecimal; empty: the card has none. */
  readonly pinHash: string;
}

export function openingBalances(terms: CardTerms): Balances {
  const { storedValue, loan, interest, fareOwed, limit } = terms;
  return { storedValue, loan, interest, fareOwed, limit };
}

export function sameTerms(one: CardTerms, other: CardTerms): boolean {
  return (
    one.storedValue === other.storedValue &&
    one.loan === other.loan &&
    one.interest === other.interest &&
    one.fareOwed === other.fareOwed &&
    one.limit === other.limit &&
    one.active === other.active &&
    one.pinHash === other.pinHash &&
    samePolicy(one.policy, other.policy)
  );
}
