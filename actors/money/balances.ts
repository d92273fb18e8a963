/** What a card holds and owes, and the arithmetic of rules 1, 4, 9, 11 and 18. Card and center each apply it to their own. */
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

/** Four fifths of the limit are owed: the operator is told before the card is prohibited. */
export function isNearLimit(balances: Balances): boolean {
  return balances.limit > 0 && owed(balances) * 5 >= balances.limit * 4;
}

/** Rule 1: stored value first, the rest is due. */
export function dueOf(balances: Balances, amount: number): number {
  return Math.max(0, amount - balances.storedValue);
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

/** A purchase, a fare or an unload: what stays uncollected of a fare is owed from now on. */
export function applyPayment(balances: Balances, parts: Parts): Balances {
  const { storedValue, loan, interest, fareOwed, limit } = balances;
  return checked(storedValue - parts.value, loan + parts.loan, interest, fareOwed + parts.fare, limit);
}

/** A deposit, or a store instruction. */
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

/**
 * Rule 9: some of a payment's parts are given back. Value goes to SV; the loan part, and the account part whose
 * collection was returned, lower the principal as it is now; an uncollected fare lowers what is owed of fares; what
 * exceeds these goes to SV. An account part whose collection was not returned moves nothing here.
 * @param returned the collection of the account part was returned
 */
export function giveBack(
  balances: Balances,
  given: Parts,
  returned: boolean,
): { readonly parts: Parts; readonly balances: Balances } {
  const { storedValue, loan, interest, fareOwed, limit } = balances;
  const accountAsLoan = returned ? given.account : 0;
  const lowered = Math.min(given.loan + accountAsLoan, loan);
  const fareLowered = Math.min(given.fare, fareOwed);
  const excess = given.loan + accountAsLoan - lowered + (given.fare - fareLowered);
  return {
    parts: { ...given, excess, accountAsLoan },
    balances: checked(
      storedValue + given.value + excess,
      loan - lowered,
      interest,
      fareOwed - fareLowered,
      limit,
    ),
  };
}

/**
 * Rule 9, the reversal of a refund or void: what was given back is taken again. The excess counts as the loan's first.
 * What SV no longer holds becomes loan, and an account part whose collection was returned since.
 * @param returned the collection of the account part was returned
 */
export function takeAgain(
  balances: Balances,
  given: Parts,
  returned: boolean,
): { readonly parts: Parts; readonly balances: Balances } {
  const { storedValue, loan, interest, fareOwed, limit } = balances;
  const accountAsLoan = returned ? given.account : 0;
  const loanExcess = Math.min(given.excess, given.loan + given.accountAsLoan);
  const taken = given.value + given.excess;
  const restored = Math.max(0, taken - storedValue);
  return {
    parts: { ...given, restoredLoan: restored, accountAsLoan },
    balances: checked(
      storedValue - (taken - restored),
      loan + (given.loan + accountAsLoan - loanExcess) + restored,
      interest,
      fareOwed + given.fare - (given.excess - loanExcess),
      limit,
    ),
  };
}

/** Rule 9, the reversal of a deposit: what was paid is owed again; what SV no longer holds becomes loan. */
export function undoDeposit(
  balances: Balances,
  deposited: Parts,
): { readonly parts: Parts; readonly balances: Balances } {
  const { storedValue, loan, interest, fareOwed, limit } = balances;
  const restored = Math.max(0, deposited.value - storedValue);
  return {
    parts: { ...deposited, restoredLoan: restored },
    balances: checked(
      storedValue - (deposited.value - restored),
      loan + deposited.loan + restored,
      interest + deposited.interest,
      fareOwed + deposited.fare,
      limit,
    ),
  };
}

/** What an operator adds or takes, each signed. */
export interface Adjustment {
  readonly storedValue: number;
  readonly loan: number;
  readonly interest: number;
  readonly fareOwed: number;
}

/** Rule 18. Undefined: a balance would fall below 0. */
export function adjusted(balances: Balances, change: Adjustment): Balances | undefined {
  const storedValue = balances.storedValue + change.storedValue;
  const loan = balances.loan + change.loan;
  const interest = balances.interest + change.interest;
  const fareOwed = balances.fareOwed + change.fareOwed;
  if (Math.min(storedValue, loan, interest, fareOwed) < 0) return undefined;
  return checked(storedValue, loan, interest, fareOwed, balances.limit);
}

/** The whole amount becomes loan: a collection came back (rule 11). */
export function addLoan(balances: Balances, amount: number): Balances {
  const { storedValue, loan, interest, fareOwed, limit } = balances;
  return checked(storedValue, loan + amount, interest, fareOwed, limit);
}

/** Interest of whole minor units is owed from now on (rule 6). */
export function addInterest(balances: Balances, amount: number): Balances {
  const { storedValue, loan, interest, fareOwed, limit } = balances;
  return checked(storedValue, loan, interest + amount, fareOwed, limit);
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
