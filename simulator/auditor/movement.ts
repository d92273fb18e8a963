/** Balances that an event states, compared with those that its parts lead to from the balances before (I1, I7, I10). */
import type { Findings } from './findings.js';
import type { Ledger } from './ledger.js';
import { sumOf } from './split.js';
import type { Balances, Parts, Terms } from './wire.js';

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
  const lowest = Math.min(
    found.value,
    found.account,
    found.loan,
    found.interest,
    found.fare,
    found.restoredLoan,
  );
  findings.holds('I2', lowest >= 0, () => `a part is below 0: ${shown(found)}`);
}

export function sameParts(one: Parts, other: Parts): boolean {
  return (
    one.value === other.value &&
    one.account === other.account &&
    one.loan === other.loan &&
    one.interest === other.interest &&
    one.fare === other.fare &&
    one.restoredLoan === other.restoredLoan
  );
}

export function sameBalances(one: Balances, other: Balances): boolean {
  return (
    one.storedValue === other.storedValue &&
    one.loan === other.loan &&
    one.interest === other.interest &&
    one.fareOwed === other.fareOwed &&
    one.limit === other.limit
  );
}

/** A card and its record are issued alike. */
export function sameTerms(one: Terms, other: Terms): boolean {
  return (
    sameBalances(one, other) &&
    one.creditFlag === other.creditFlag &&
    one.cap === other.cap &&
    one.expiryDate === other.expiryDate &&
    one.active === other.active
  );
}

/** Parts that are not 0, by name. */
export function shown(amounts: Parts | Balances): string {
  const named = Object.entries(amounts).filter(([, amount]) => amount !== 0);
  return named.length === 0
    ? 'nothing'
    : named.map(([name, amount]) => `${name} ${String(amount)}`).join(' + ');
}
