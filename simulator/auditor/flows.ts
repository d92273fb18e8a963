/** All money that moved, in sums over all cards: I1, I7 and I10 once more, independent of the order of events. */
import { Kind } from './codes.js';
import { ExactSum } from './exact.js';
import type { Findings } from './findings.js';
import { changeOf, undoingOf, type Change } from './rules/effect.js';
import { sumOf } from './rules/split.js';
import type { Balances, Parts } from './wire/money.js';

const NAMES = [
  ...(['openingValue', 'openingLoan', 'openingInterest', 'openingFare'] as const),
  /** What operators added, less what they took (rule 18). */
  ...(['adjustedValue', 'adjustedLoan', 'adjustedInterest', 'adjustedFare'] as const),
  /** Amounts of deposits, of deposits that were reversed, and of store instructions that were applied. */
  ...(['deposited', 'depositsReversed', 'stored'] as const),
  /** Paid from stored value; given back to it by refunds, voids and reversals; taken again when these were reversed. */
  ...(['spentValue', 'returnedValue', 'retakenValue'] as const),
  /** Paid out when cards were closed, and given back when that was reversed. */
  ...(['unloaded', 'unloadsReversed'] as const),
  /**
   * Principal: drawn; returned collections; repaid; given back by undone payments, and taken again when that was undone;
   * restored for value that undone deposits took although it was gone.
   */
  ...(['drawn', 'collectionsReturned', 'repaid', 'givenBack', 'retakenLoan', 'restored'] as const),
  ...(['interestPosted', 'interestPaid'] as const),
  /** Fares: uncollected, less what was given back of them; paid, less what undone deposits restored. */
  ...(['uncollected', 'farePaid'] as const),
  /** Account shares: taken; given back, less what was taken again and what lowered a loan. */
  ...(['accountTaken', 'accountGivenBack'] as const),
  ...(['finalValue', 'finalLoan', 'finalInterest', 'finalFare', 'finalAccount'] as const),
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

  adjusted(change: Change): void {
    this.#sums.adjustedValue.add(change.storedValue);
    this.#sums.adjustedLoan.add(change.loan);
    this.#sums.adjustedInterest.add(change.interest);
    this.#sums.adjustedFare.add(change.fareOwed);
  }

  interestPosted(amount: number): void {
    this.#sums.interestPosted.add(amount);
  }

  collectionReturned(amount: number): void {
    this.#sums.collectionsReturned.add(amount);
  }

  /** An approved transaction, or an applied instruction. */
  moved(kind: number, parts: Parts): void {
    const sums = this.#sums;
    switch (kind) {
      case Kind.purchase:
      case Kind.fare:
        sums.spentValue.add(parts.value);
        sums.drawn.add(parts.loan);
        sums.uncollected.add(parts.fare);
        sums.accountTaken.add(parts.account);
        break;
      case Kind.deposit:
        sums.deposited.add(sumOf(parts));
        this.#repaid(parts);
        break;
      case Kind.store:
        sums.stored.add(sumOf(parts));
        this.#repaid(parts);
        break;
      case Kind.refund:
      case Kind.void:
        this.#gaveBack(changeOf(kind, parts), parts);
        break;
      case Kind.unload:
        sums.unloaded.add(parts.value);
        break;
      default:
    }
  }

  reversed(kind: number, parts: Parts): void {
    const sums = this.#sums;
    switch (kind) {
      case Kind.purchase:
      case Kind.fare:
        this.#gaveBack(undoingOf(kind, parts), parts);
        break;
      case Kind.deposit:
        sums.depositsReversed.add(sumOf(parts));
        sums.repaid.add(-parts.loan);
        sums.restored.add(parts.restoredLoan);
        sums.interestPaid.add(-parts.interest);
        sums.farePaid.add(-parts.fare);
        break;
      case Kind.refund:
      case Kind.void:
        this.#retook(undoingOf(kind, parts), parts);
        break;
      case Kind.unload:
        sums.unloadsReversed.add(parts.value);
        break;
      default:
    }
  }

  #repaid(parts: Parts): void {
    this.#sums.repaid.add(parts.loan);
    this.#sums.interestPaid.add(parts.interest);
    this.#sums.farePaid.add(parts.fare);
  }

  #gaveBack(change: Change, parts: Parts): void {
    this.#sums.returnedValue.add(change.storedValue);
    this.#sums.givenBack.add(-change.loan);
    this.#sums.uncollected.add(change.fareOwed);
    this.#sums.accountGivenBack.add(parts.account - parts.accountAsLoan);
  }

  #retook(change: Change, parts: Parts): void {
    this.#sums.retakenValue.add(-change.storedValue);
    this.#sums.retakenLoan.add(change.loan);
    this.#sums.uncollected.add(change.fareOwed);
    this.#sums.accountGivenBack.add(parts.accountAsLoan - parts.account);
  }

  /** One card's last balances, and what the record's open account shares are in all. */
  ended(balances: Balances, account: number): void {
    this.#sums.finalValue.add(balances.storedValue);
    this.#sums.finalLoan.add(balances.loan);
    this.#sums.finalInterest.add(balances.interest);
    this.#sums.finalFare.add(balances.fareOwed);
    this.#sums.finalAccount.add(account);
  }

  verify(findings: Findings): void {
    this.#verifyValue(findings);
    const of = (flow: Flow): bigint => this.#sums[flow].value;
    const loan =
      of('openingLoan') +
      of('adjustedLoan') +
      of('drawn') +
      of('collectionsReturned') +
      of('restored') +
      of('retakenLoan') -
      of('repaid') -
      of('givenBack');
    const lines = 'opening + adjusted + drawn + returned + restored − paid − given back';
    findings.same('I10', `all principal = ${lines}`, loan, of('finalLoan'));
    const interest =
      of('openingInterest') + of('adjustedInterest') + of('interestPosted') - of('interestPaid');
    findings.same('I10', 'all interest = opening + adjusted + posted − paid', interest, of('finalInterest'));
    const fare = of('openingFare') + of('adjustedFare') + of('uncollected') - of('farePaid');
    findings.same('I10', 'all fare owed = opening + adjusted + uncollected − paid', fare, of('finalFare'));
    const account = of('accountTaken') - of('accountGivenBack') - of('collectionsReturned');
    findings.same('I10', 'all account shares = open + given back + returned', account, of('finalAccount'));
  }

  /** I1, over everything. */
  #verifyValue(findings: Findings): void {
    const of = (flow: Flow): bigint => this.#sums[flow].value;
    const given = of('deposited') - of('depositsReversed') + of('stored');
    const change = of('finalValue') - of('openingValue') - of('adjustedValue');
    const spent = of('spentValue') - of('returnedValue') + of('retakenValue');
    // What a deposit's reversal took although it was spent became loan: value that was never given back.
    const payments = of('repaid') + of('interestPaid') + of('farePaid');
    const unloads = of('unloaded') - of('unloadsReversed');
    const used = change + spent + payments + unloads - of('restored');
    const lines = 'change of SV + spent − given back + payments + unloads';
    findings.same('I1', `all deposits and stores = ${lines}`, given, used);
  }

  money(): Money {
    return Object.fromEntries(NAMES.map((name) => [name, this.#sums[name].value.toString()])) as Money;
  }
}
