/** How an amount is split, as BEHAVIOUR has it (rules 1, 2, 4, 5, 9, 14), with arithmetic of its own. */
import { NO_PARTS, type Balances, type Parts } from '../wire/money.js';
import { inProportion } from './proportion.js';
import type { Shared } from './share.js';

/** Everything that was split, in one sum: the amount of the transaction (I2). */
export function sumOf(parts: Parts): number {
  return parts.value + parts.account + parts.loan + parts.interest + parts.fare;
}

export function owed(balances: Balances): number {
  return balances.fareOwed + balances.interest + balances.loan;
}

/** Rule 1: the stored value first, then what the share rule makes of the rest. */
export function splitPayment(amount: number, before: Balances, shared: Shared): Parts {
  const value = smaller(amount, before.storedValue);
  return { ...NO_PARTS, value, account: shared.account, loan: shared.loan };
}

/** Rule 14: what neither the stored value nor a deferral pays stays uncollected. */
export function splitUncollected(amount: number, before: Balances): Parts {
  const value = smaller(amount, before.storedValue);
  return { ...NO_PARTS, value, fare: amount - value };
}

/** Rule 4: fare, then posted interest, then principal, then stored value. */
export function splitTopUp(amount: number, before: Balances): Parts {
  let left = amount;
  const pay = (debt: number): number => {
    const paid = smaller(debt, left);
    left -= paid;
    return paid;
  };
  const fare = pay(before.fareOwed);
  const interest = pay(before.interest);
  const loan = pay(before.loan);
  return { ...NO_PARTS, value: left, loan, interest, fare };
}

/** Rule 9: a refund's parts, of those that were not given back yet, in their proportion. */
export function splitRefund(amount: number, remaining: Parts): Parts {
  const [loan = 0, account = 0, value = 0] = inProportion(amount, [
    remaining.loan,
    remaining.account,
    remaining.value,
  ]);
  return { ...NO_PARTS, value, account, loan };
}

/**
 * Rule 9: `back` is given back to a card that holds `now`: what is owed no more goes to the stored value. `returned`:
 * the account share's collection came back, and that share is loan.
 */
export function giveBack(back: Parts, now: Balances, returned: boolean): Parts {
  const accountAsLoan = returned ? back.account : 0;
  const asLoan = back.loan + accountAsLoan;
  const lowered = smaller(asLoan, now.loan) + smaller(back.fare, now.fareOwed);
  return { ...back, accountAsLoan, excess: asLoan + back.fare - lowered, restoredLoan: 0 };
}

/** `given` is taken back from a card that holds `now`: value that it no longer has becomes loan. */
export function takeBack(given: Parts, now: Balances): Parts {
  const missing = given.value + given.excess - now.storedValue;
  return { ...given, restoredLoan: missing > 0 ? missing : 0 };
}

/** What is left of a payment when `less` was given back of it. */
export function minus(parts: Parts, less: Parts): Parts {
  return {
    ...NO_PARTS,
    value: parts.value - less.value,
    account: parts.account - less.account,
    loan: parts.loan - less.loan,
    fare: parts.fare - less.fare,
  };
}

function smaller(one: number, other: number): number {
  return one < other ? one : other;
}
