/** How a card is issued. Starting amounts are an opening entry on card and center, compiled apart. */
import type { Balances } from './balances.js';

export interface CardTerms {
  readonly storedValue: number;
  readonly loan: number;
  readonly interest: number;
  readonly fareOwed: number;
  readonly creditFlag: boolean;
  readonly limit: number;
  /** Highest stored value that a deposit may reach; undefined: none. */
  readonly storedValueCap: number | undefined;
  /** Last day, yyyymmdd, on which the card may pay; undefined: none. */
  readonly expiryDate: number | undefined;
  readonly active: boolean;
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
    one.creditFlag === other.creditFlag &&
    one.limit === other.limit &&
    one.storedValueCap === other.storedValueCap &&
    one.expiryDate === other.expiryDate &&
    one.active === other.active
  );
}
