import type { v1 } from '../proto/generated/emoney.js';
import { fromInteger, fromUnsigned } from '../proto/guard.js';

/** How a card is issued; what is left out is 0, false, or none. Amounts in minor units. */
export interface CardTerms {
  readonly storedValue?: number | undefined;
  readonly loan?: number | undefined;
  readonly interest?: number | undefined;
  readonly fareOwed?: number | undefined;
  /** Default: true. */
  readonly creditFlag?: boolean | undefined;
  readonly limit: number;
  readonly storedValueCap?: number | undefined;
  /** Last day on which it may pay, yyyymmdd. */
  readonly expiryDate?: number | undefined;
  /** Default: true. */
  readonly active?: boolean | undefined;
}

/** @throws GuardError for an amount that is no integer */
export function wireTerms(terms: CardTerms): v1.CardTerms.$Properties {
  const { storedValueCap, expiryDate } = terms;
  const wire: v1.CardTerms.$Properties = {
    storedValue: fromInteger(terms.storedValue ?? 0, 'stored_value'),
    loan: fromInteger(terms.loan ?? 0, 'loan'),
    interest: fromInteger(terms.interest ?? 0, 'interest'),
    fareOwed: fromInteger(terms.fareOwed ?? 0, 'fare_owed'),
    creditFlag: terms.creditFlag ?? true,
    limit: fromInteger(terms.limit, 'limit'),
    active: terms.active ?? true,
  };
  if (storedValueCap !== undefined) wire.storedValueCap = fromInteger(storedValueCap, 'stored_value_cap');
  if (expiryDate !== undefined) wire.expiryDate = fromUnsigned(expiryDate, 'expiry_date');
  return wire;
}
