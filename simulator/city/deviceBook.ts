import type { BatchReport, KindName, Reply } from '../../client/index.js';
import type { ReportedTransaction } from '../../client/batch.js';

/** Lines of a device's own sums. */
type Line = keyof NonNullable<BatchReport['totals']>;

const LINES: Readonly<Partial<Record<KindName, readonly [done: Line, undone: Line]>>> = {
  PURCHASE: ['purchases', 'purchaseReversals'],
  DEPOSIT: ['deposits', 'depositReversals'],
  REFUND: ['refunds', 'refundReversals'],
  VOID: ['voids', 'voidReversals'],
  FARE: ['fares', 'fareReversals'],
  UNLOAD: ['unloads', 'unloadReversals'],
};

export interface HeldBatch {
  readonly totals: NonNullable<BatchReport['totals']>;
  readonly transactions: readonly ReportedTransaction[];
  /** Reversals that are pursued without it: what becomes of them the device cannot say. */
  readonly unsure: number;
}

/** What a terminal itself holds of its open batch: it reports this when it closes it. */
export class DeviceBook {
  #transactions: ReportedTransaction[] = [];
  readonly #sums = new Map<Line, { count: number; amount: number }>();
  #unsure = 0;

  /** An approved transaction. */
  approved({ id, kind, amount }: Reply): void {
    this.#add({ ...id, kind, amount: Number(amount) });
  }

  /**
   * `approved`: the device had seen the approval of what was reversed; else all of it is undone, if anything was: of 0
   * it cannot say.
   */
  reversed(reply: Reply, approved: boolean): void {
    const { id, kind, outcome } = reply;
    const amount = Number(reply.amount);
    if (outcome === 'REVERSING') this.#unsure += 1;
    if (outcome === 'REVERSING' || (!approved && amount === 0)) return;
    if (!approved) this.approved(reply);
    this.#add({ ...id, kind, amount, reversal: true });
  }

  /** At position 0 the terminal itself has refused it. */
  declined(amount: number, position: number): void {
    this.#count(position === 0 ? 'ownRefusals' : 'declines', amount);
  }

  /** Everything so far, and begins anew. */
  take(): HeldBatch {
    const held = {
      totals: Object.fromEntries(this.#sums),
      transactions: this.#transactions,
      unsure: this.#unsure,
    };
    this.#transactions = [];
    this.#sums.clear();
    this.#unsure = 0;
    return held;
  }

  #add(transaction: ReportedTransaction): void {
    const lines = LINES[transaction.kind];
    // Entries and enquiries move nothing.
    if (lines === undefined) return;
    this.#transactions.push(transaction);
    this.#count(lines[transaction.reversal === true ? 1 : 0], transaction.amount);
  }

  #count(line: Line, amount: number): void {
    const sum = this.#sums.get(line) ?? { count: 0, amount: 0 };
    this.#sums.set(line, { count: sum.count + 1, amount: sum.amount + amount });
  }
}
