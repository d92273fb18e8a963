/** What an event states, compared with what the rules lead to from the balances before it (I1, I2, I4, I7, I10). */
import type { Findings } from '../findings.js';
import type { Ledger } from '../ledger.js';
import { sumOf } from '../rules/split.js';
import { sameParts, shown, type Balances, type Parts } from '../wire/money.js';

export type Side = 'card' | 'record';

/** Takes over what the event states, after comparing. */
export function settle(
  findings: Findings,
  side: Side,
  ledger: Ledger,
  expected: Balances,
  found: Balances,
): void {
  findings.same('I1', `${side}: stored value after`, expected.storedValue, found.storedValue);
  findings.same('I10', `${side}: loan after`, expected.loan, found.loan);
  findings.same('I7', `${side}: interest after`, expected.interest, found.interest);
  findings.same('I10', `${side}: fare owed after`, expected.fareOwed, found.fareOwed);
  findings.same('I4', `${side}: limit in force`, expected.limit, found.limit);
  const lowest = Math.min(found.storedValue, found.loan, found.interest, found.fareOwed);
  findings.holds('I10', lowest >= 0, () => `${side}: a balance is below 0: ${JSON.stringify(found)}`);
  ledger.balances = found;
}

/** I2: the parts are those of the rules, sum up to the amount, and none is below 0. */
export function checkParts(findings: Findings, amount: number, expected: Parts, found: Parts): void {
  const right = sameParts(expected, found);
  findings.holds('I2', right, () => `split: expected ${shown(expected)}, found ${shown(found)}`);
  findings.same('I2', 'sum of the parts', amount, sumOf(found));
  const { value, account, loan, interest, fare, restoredLoan, excess, accountAsLoan } = found;
  const lowest = Math.min(value, account, loan, interest, fare, restoredLoan, excess, accountAsLoan);
  findings.holds('I2', lowest >= 0, () => `a part is below 0: ${shown(found)}`);
}
