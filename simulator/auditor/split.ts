/** The rules of money as the auditor reads them in BEHAVIOUR (1, 4, 9), with arithmetic of its own. */
import { Kind } from './codes.js';
import type { Balances, Parts } from './wire.js';

/** Rule 1 and 2, share rule "all loan": the value first, the rest becomes loan. */
export function splitPurchase(amount: number, before: Balances): Parts {
  const value = amount < before.storedValue ? amount : before.storedValue;
  return { value, account: 0, loan: amount - value, interest: 0, fare: 0, restoredLoan: 0 };
}

/** Rule 4: fare, then posted interest, then principal, then stored value. */
export function splitDeposit(amount: number, before: Balances): Parts {
  let left = amount;
  const pay = (owed: number): number => {
    const paid = owed < left ? owed : left;
    left -= paid;
    return paid;
  };
  const fare = pay(before.fareOwed);
  const interest = pay(before.interest);
  const loan = pay(before.loan);
  return { value: left, account: 0, loan, interest, fare, restoredLoan: 0 };
}

/** What the undoing of `original` does to a card that holds `now` (rule 9). */
export function splitReversal(kind: number, original: Parts, now: Balances): Parts {
  if (kind !== Kind.deposit) return original;
  const missing = original.value - now.storedValue;
  return { ...original, restoredLoan: missing > 0 ? missing : 0 };
}

/** Balances after a movement of these parts. */
export function move(kind: number, parts: Parts, before: Balances): Balances {
  if (kind === Kind.deposit) {
    return {
      storedValue: before.storedValue + parts.value,
      loan: before.loan - parts.loan,
      interest: before.interest - parts.interest,
      fareOwed: before.fareOwed - parts.fare,
      limit: before.limit,
    };
  }
  return {
    storedValue: before.storedValue - parts.value,
    loan: before.loan + parts.loan,
    interest: before.interest,
    fareOwed: before.fareOwed,
    limit: before.limit,
  };
}

/** Balances after the undoing of a movement. */
export function undo(kind: number, parts: Parts, before: Balances): Balances {
  if (kind === Kind.deposit) {
    return {
      storedValue: before.storedValue - (parts.value - parts.restoredLoan),
      loan: before.loan + parts.loan + parts.restoredLoan,
      interest: before.interest + parts.interest,
      fareOwed: before.fareOwed + parts.fare,
      limit: before.limit,
    };
  }
  // The principal may have been paid since: what exceeds it goes to the stored value.
  const lowered = parts.loan < before.loan ? parts.loan : before.loan;
  return {
    ...before,
    storedValue: before.storedValue + parts.value + (parts.loan - lowered),
    loan: before.loan - lowered,
  };
}

export function owed(balances: Balances): number {
  return balances.fareOwed + balances.interest + balances.loan;
}

/** Everything that was split, in one sum: the amount of the transaction (I2). */
export function sumOf(parts: Parts): number {
  return parts.value + parts.account + parts.loan + parts.interest + parts.fare;
}
