/** What parts do to balances, by kind (rules 1, 4, 5, 9, 13, 14). */
import { Kind } from '../codes.js';
import type { Balances, Parts } from '../wire/money.js';

/** Signed. */
export interface Change {
  readonly storedValue: number;
  readonly loan: number;
  readonly interest: number;
  readonly fareOwed: number;
}

export const NO_CHANGE: Change = { storedValue: 0, loan: 0, interest: 0, fareOwed: 0 };

/** Of an approved transaction. */
export function changeOf(kind: number, parts: Parts): Change {
  switch (kind) {
    case Kind.purchase:
    case Kind.fare:
      return { ...NO_CHANGE, storedValue: -parts.value, loan: parts.loan, fareOwed: parts.fare };
    case Kind.deposit:
    case Kind.store:
      return {
        storedValue: parts.value,
        loan: -parts.loan,
        interest: -parts.interest,
        fareOwed: -parts.fare,
      };
    case Kind.refund:
    case Kind.void:
      return givenBack(parts);
    case Kind.unload:
      return { ...NO_CHANGE, storedValue: -parts.value };
    default:
      return NO_CHANGE;
  }
}

/** Of the reversal of such a transaction. */
export function undoingOf(kind: number, parts: Parts): Change {
  if (kind === Kind.purchase || kind === Kind.fare) return givenBack(parts);
  const done = changeOf(kind, parts);
  return {
    storedValue: parts.restoredLoan - done.storedValue,
    loan: parts.restoredLoan - done.loan,
    interest: -done.interest,
    fareOwed: -done.fareOwed,
  };
}

/** A fare has either a deferred or an uncollected part, so the excess is of one of them. */
function givenBack(parts: Parts): Change {
  const asLoan = parts.loan + parts.accountAsLoan;
  const [loanExcess, fareExcess] = asLoan > 0 ? [parts.excess, 0] : [0, parts.excess];
  return {
    storedValue: parts.value + parts.excess,
    loan: loanExcess - asLoan,
    interest: 0,
    fareOwed: fareExcess - parts.fare,
  };
}

export function changed(before: Balances, change: Change): Balances {
  return {
    storedValue: before.storedValue + change.storedValue,
    loan: before.loan + change.loan,
    interest: before.interest + change.interest,
    fareOwed: before.fareOwed + change.fareOwed,
    limit: before.limit,
  };
}
