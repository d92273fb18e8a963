/**
 * What was given back of payments (rule 9): each refund, void and reversal raises one number per payment, which never
 * passes its amount. Only payments of which something was undone are kept here; ids.ts has the rest.
 */
import type { Findings } from './findings.js';
import type { IdTable } from './ids.js';
import { minus, sumOf } from './rules/split.js';
import type { Inside } from './wire/answer.js';
import { NO_PARTS, type Parts } from './wire/money.js';
import type { Fare } from './wire/parameters.js';

/** What a fare was decided by, to be judged when the gate is known. */
export interface FareFacts {
  readonly entered: Inside & { readonly row: number };
  /** The table in force. */
  readonly fares: readonly Fare[];
}

export class Payments {
  readonly #ids: IdTable;
  readonly #findings: Findings;
  readonly #givenBack = new Map<number, Parts>();
  /** Payments whose collection came back. */
  readonly #returned = new Set<number>();
  /** Payments that are voided. */
  readonly voided = new Set<number>();
  /** Payments about which the cards have forgotten what was given back. */
  readonly #forgotten = new Set<number>();
  /** From the row of a refund or void to the row of its payment. */
  readonly #targets = new Map<number, number>();
  /** By row of a fare. */
  readonly fares = new Map<number, FareFacts>();
  /** Zone that an entry stated, by its row. */
  readonly entries = new Map<number, string>();
  /** Rows of payments that were not deferred although the card could have: only the terminal's policy explains it. */
  readonly notDeferred = new Set<number>();

  constructor(ids: IdTable, findings: Findings) {
    this.#ids = ids;
    this.#findings = findings;
  }

  givenBack(row: number): Parts {
    return this.#givenBack.get(row) ?? NO_PARTS;
  }

  /** Parts of a payment that were not given back. */
  remaining(row: number): Parts {
    return minus(this.#ids.partsOf(row), this.givenBack(row));
  }

  giveBack(row: number, parts: Parts): void {
    this.#change(row, minus(this.givenBack(row), minus(NO_PARTS, parts)));
  }

  /** A refund or void of the payment was reversed. */
  takeAgain(row: number, parts: Parts): void {
    this.#change(row, minus(this.givenBack(row), parts));
  }

  forget(row: number): void {
    this.#findings.holds('I5', this.#givenBack.has(row) || this.#returned.has(row), () => {
      return 'what is forgotten of a payment was never there';
    });
    this.#forgotten.add(row);
  }

  #change(row: number, after: Parts): void {
    const known = !this.#forgotten.has(row);
    this.#findings.holds('I5', known, () => 'a payment is undone of which the card has forgotten what was');
    this.#givenBack.set(row, after);
    const amount = sumOf(this.#ids.partsOf(row));
    const undone = sumOf(after);
    const within = undone >= 0 && undone <= amount;
    this.#findings.holds('I5', within, () => `${undone} of a payment of ${amount} is undone`);
  }

  isReturned(row: number): boolean {
    return this.#returned.has(row);
  }

  /** False: its collection had come back before. */
  collectionReturned(row: number): boolean {
    if (this.#returned.has(row)) return false;
    this.#returned.add(row);
    return true;
  }

  aims(row: number, payment: number): void {
    this.#targets.set(row, payment);
  }

  /** The payment that a refund or void gave back; undefined: this row is none. */
  targetOf(row: number): number | undefined {
    return this.#targets.get(row);
  }
}
