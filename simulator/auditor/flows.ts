/** All money that moved, in sums over all cards: I1 and I10 once more, independent of the order of events. */
import { Kind } from './codes.js';
import { ExactSum } from './exact.js';
import type { Findings } from './findings.js';
import { sumOf } from './split.js';
import type { Balances, Parts } from './wire.js';

const NAMES = [
  ...(['openingValue', 'openingLoan', 'openingInterest', 'openingFare'] as const),
  /** Amounts of deposits, and of deposits that were reversed. */
  ...(['deposited', 'depositsReversed'] as const),
  /** Purchases paid from stored value, and what purchases that were undone gave back to it. */
  ...(['spentValue', 'returnedValue'] as const),
  /** Principal: drawn, repaid by deposits, given back by undone purchases, restored by undone deposits. */
  ...(['drawn', 'repaid', 'givenBack', 'restored'] as const),
  /** Interest and fares paid by deposits, less what undone deposits restored. */
  ...(['interestPaid', 'farePaid'] as const),
  ...(['finalValue', 'finalLoan', 'finalInterest', 'finalFare'] as const),
] as const;

export type Flow = (typeof NAMES)[number];

/** Decimal strings: sums may exceed what a JSON number can hold. */
export type Money = Readonly<Record<Flow, string>>;

export class Flows {
  readonly #sums = Object.fromEntries(NAMES.map((name) => [name, new ExactSum()])) as Record<Flow, ExactSum>;

  opened(balances: Balances): void {
    this.#sums.openingValue.add(balances.storedValue);
    this.#sums.openingLoan.add(balances.loan);
    this.#sums.openingInterest.add(balances.interest);
    this.#sums.openingFare.add(balances.fareOwed);
  }

  moved(kind: number, parts: Parts): void {
    const sums = this.#sums;
    if (kind === Kind.purchase) {
      sums.spentValue.add(parts.value);
      sums.drawn.add(parts.loan);
    } else if (kind === Kind.deposit) {
      sums.deposited.add(sumOf(parts));
      sums.repaid.add(parts.loan);
      sums.interestPaid.add(parts.interest);
      sums.farePaid.add(parts.fare);
    }
  }

  /** `loan`: the principal before. */
  reversed(kind: number, parts: Parts, loan: number): void {
    const sums = this.#sums;
    if (kind === Kind.deposit) {
      sums.depositsReversed.add(sumOf(parts));
      sums.restored.add(parts.loan);
      sums.restored.add(parts.restoredLoan);
      sums.interestPaid.add(-parts.interest);
      sums.farePaid.add(-parts.fare);
      return;
    }
    const lowered = parts.loan < loan ? parts.loan : loan;
    sums.givenBack.add(lowered);
    sums.returnedValue.add(parts.value);
    sums.returnedValue.add(parts.loan - lowered);
  }

  /** One card's last balances. */
  ended(balances: Balances): void {
    this.#sums.finalValue.add(balances.storedValue);
    this.#sums.finalLoan.add(balances.loan);
    this.#sums.finalInterest.add(balances.interest);
    this.#sums.finalFare.add(balances.fareOwed);
  }

  verify(findings: Findings): void {
    const of = (flow: Flow): bigint => this.#sums[flow].value;
    const change = of('finalValue') - of('openingValue');
    // Principal that a reversed deposit restored beyond its own part stood for value that was gone already.
    const payments = of('repaid') - of('restored') + of('interestPaid') + of('farePaid');
    const deposits = of('deposited') - of('depositsReversed');
    const used = change + of('spentValue') - of('returnedValue') + payments;
    findings.same('I1', 'all deposits = change of SV + spent − given back + payments', deposits, used);
    const loan = of('openingLoan') + of('drawn') + of('restored') - of('repaid') - of('givenBack');
    findings.same(
      'I10',
      'all principal = opening + drawn + restored − paid − given back',
      loan,
      of('finalLoan'),
    );
    const interest = of('openingInterest') - of('interestPaid');
    findings.same('I7', 'all interest = opening − paid (no run yet)', interest, of('finalInterest'));
    const fare = of('openingFare') - of('farePaid');
    findings.same('I10', 'all fare owed = opening − paid', fare, of('finalFare'));
  }

  money(): Money {
    return Object.fromEntries(NAMES.map((name) => [name, this.#sums[name].value.toString()])) as Money;
  }
}
