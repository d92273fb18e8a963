import type { v1 } from '../proto/generated/emoney.js';
import { fromInteger } from '../proto/guard.js';
import { wirePolicy, type CardPolicy } from './cardPolicy.js';

/** How a card is issued: what it holds and owes, and its policy. What is left out is 0. Amounts in minor units. */
export interface CardTerms extends CardPolicy {
  readonly storedValue?: number | undefined;
  readonly loan?: number | undefined;
  readonly interest?: number | undefined;
  readonly fareOwed?: number | undefined;
  readonly limit: number;
  /** Default: true. */
  readonly active?: boolean | undefined;
}

/** @throws GuardError for a number that its field cannot hold */
export function wireTerms(terms: CardTerms): v1.CardTerms.$Properties {
  return {
    storedValue: fromInteger(terms.storedValue ?? 0, 'stored_value'),
    loan: fromInteger(terms.loan ?? 0, 'loan'),
    interest: fromInteger(terms.interest ?? 0, 'interest'),
    fareOwed: fromInteger(terms.fareOwed ?? 0, 'fare_owed'),
    limit: fromInteger(terms.limit, 'limit'),
    active: terms.active ?? true,
    policy: wirePolicy(terms),
  };
}
