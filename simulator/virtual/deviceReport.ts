/** What a device knows of its batch by itself: the first of the three columns of a settlement (rule 10). */
import { v1 } from '../../proto/generated/emoney.js';
import type { Reply } from './told.js';

const { Kind } = v1;
const APPROVED: number = v1.Outcome.OUTCOME_APPROVED;

/** What devices count: what moved money. */
const COUNTED: readonly v1.Kind[] = [
  ...[
    Kind.KIND_PURCHASE,
    Kind.KIND_DEPOSIT,
    Kind.KIND_REFUND,
    Kind.KIND_VOID,
    Kind.KIND_UNLOAD,
    Kind.KIND_FARE,
  ],
];
/** Lines in a message: few, so that a report has several. */
const PORTION = 8;

export interface Portion {
  /** Lines before it. */
  readonly from: number;
  readonly transactions: v1.ReportedTransaction.$Properties[];
  /** Another one follows. */
  readonly more: boolean;
}

export class DeviceReport {
  readonly #lines: v1.ReportedTransaction.$Properties[] = [];
  #sent = 0;
  #complete = true;

  /** False: something happened of which this device cannot know everything; its column may lack it. */
  get isComplete(): boolean {
    return this.#complete;
  }

  /** A transaction has its answer. */
  add({ id, kind, outcome, amount }: Reply): void {
    if (outcome !== APPROVED) return;
    const { incarnation, number } = id;
    const counted: v1.Kind | undefined = COUNTED.find((each: number) => each === kind);
    if (counted === undefined) return;
    this.#lines.push({ incarnation, number, kind: counted, reversal: false, amount });
  }

  spoil(): void {
    this.#complete = false;
  }

  /** From the first portion again: the connection was lost. */
  rewind(): void {
    this.#sent = 0;
  }

  get portion(): Portion {
    const from = this.#sent;
    const end = from + PORTION;
    return { from, transactions: this.#lines.slice(from, end), more: end < this.#lines.length };
  }

  /** It was taken, perhaps for the second time. */
  taken({ from }: Portion): void {
    this.#sent = Math.max(this.#sent, from + PORTION);
  }
}
