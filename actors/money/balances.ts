/** What a card holds and owes, and the arithmetic of rules 1, 4 and 9. Card and center each apply it to their own. */
import { MAX_HELD_VALUE } from '../bounds.js';
import { exact } from './amounts.js';
import { NO_PARTS, type Parts } from './parts.js';

export interface Balances {
  readonly storedValue: number;
  /** Principal. */
  readonly loan: number;
  /** Posted interest. */
  readonly interest: number;
  readonly fareOwed: number;
  /** Loan limit. */
  readonly limit: number;
}

/** Owed = U + I + L: what a prohibition looks at (rule 7). */
export function owed(balances: Balances): number {
  return balances.fareOwed + balances.interest + balances.loan;
}

/** Rule 1: stored value first, the rest is due, and all of it becomes loan. */
export function splitPurchase(balances: Balances, amount: number): Parts {
  const value = Math.min(amount, balances.storedValue);
  return { ...NO_PARTS, value, loan: amount - value };
}

/** Rule 4: fare owed, then posted interest, then principal, then stored value. */
export function splitDeposit(balances: Balances, amount: number): Parts {
  const fare = Math.min(amount, balances.fareOwed);
  const interest = Math.min(amount - fare, balances.interest);
  const loan = Math.min(amount - fare - interest, balances.loan);
  return { ...NO_PARTS, fare, interest, loan, value: amount - fare - interest - loan };
}

/** Rule 4: the largest deposit, cap − SV + owed. Without a cap there must still be room for every later reversal. */
export function depositThatFits(balances: Balances, cap: number | undefined): number {
  return Math.max(0, (cap ?? MAX_HELD_VALUE) - balances.storedValue + owed(balances));
}

export function applyPurchase(balances: Balances, parts: Parts): Balances {
  const { storedValue, loan, interest, fareOwed, limit } = balances;
  return checked(storedValue - parts.value, loan + parts.loan, interest, fareOwed, limit);
}

export function applyDeposit(balances: Balances, parts: Parts): Balances {
  const { storedValue, loan, interest, fareOwed, limit } = balances;
  return checked(
    storedValue + parts.value,
    loan - parts.loan,
    interest - parts.interest,
    fareOwed - parts.fare,
    limit,
  );
}

/** Rule 9: value goes to SV; the loan part lowers the principal as it is now, and what exceeds it goes to SV. */
export function undoPurchase(balances: Balances, parts: Parts): Balances {
  const { storedValue, loan, interest, fareOwed, limit } = balances;
  const lowered = Math.min(parts.loan, loan);
  const given = parts.value + (parts.loan - lowered);
  return checked(storedValue + given, loan - lowered, interest, fareOwed, limit);
}

/** Rule 9: what was paid is owed again; what SV no longer holds becomes loan. */
export function undoDeposit(balances: Balances, parts: Parts): Balances {
  const { storedValue, loan, interest, fareOwed, limit } = balances;
  const restored = restoredLoan(balances, parts);
  return checked(
    storedValue - (parts.value - restored),
    loan + parts.loan + restored,
    interest + parts.interest,
    fareOwed + parts.fare,
    limit,
  );
}

/** The part of a deposit's value that the card no longer holds. */
export function restoredLoan(balances: Balances, parts: Parts): number {
  return Math.max(0, parts.value - balances.storedValue);
}

function checked(
  storedValue: number,
  loan: number,
  interest: number,
  fareOwed: number,
  limit: number,
): Balances {
  return {
    storedValue: exact(storedValue, 'stored value'),
    loan: exact(loan, 'loan'),
    interest: exact(interest, 'interest'),
    fareOwed: exact(fareOwed, 'fare owed'),
    limit,
  };
}
