/** Totals of a terminal, by batch and business date, as three parties count them (rule 10). */
import { Kind } from './codes.js';
import { NO_PARTS, type Parts } from './wire/money.js';

/** Lines of a batch. Undoing is a line of its own; nothing is ever taken out. */
export const LINES = [
  ...(['purchases', 'deposits', 'refunds', 'voids', 'fares', 'unloads'] as const),
  ...(['purchaseReversals', 'depositReversals', 'refundReversals'] as const),
  ...(['voidReversals', 'fareReversals', 'unloadReversals'] as const),
  ...(['declines', 'ownRefusals'] as const),
] as const;
export type Line = (typeof LINES)[number];

/** What a line adds up. */
export const SUMS = [
  ...(['amount', 'value', 'account', 'loan', 'interest', 'fare'] as const),
  ...(['restoredLoan', 'excess', 'accountAsLoan'] as const),
] as const;
export type Sum = (typeof SUMS)[number];

/** Where a kind that moves money is counted: when it is approved, and when that is reversed. */
const LINES_OF: ReadonlyMap<number, readonly [approved: Line, reversed: Line]> = new Map([
  [Kind.purchase, ['purchases', 'purchaseReversals']],
  [Kind.deposit, ['deposits', 'depositReversals']],
  [Kind.refund, ['refunds', 'refundReversals']],
  [Kind.void, ['voids', 'voidReversals']],
  [Kind.fare, ['fares', 'fareReversals']],
  [Kind.unload, ['unloads', 'unloadReversals']],
]);

/** Count and sums of one line. Numbers until one leaves 2^53, then a bigint beside it. */
export class Tally {
  count = 0;
  readonly #near = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  #far: bigint[] | undefined;

  /** `sums` in the order of SUMS. */
  static of(count: number, sums: readonly bigint[]): Tally {
    const tally = new Tally();
    tally.count = count;
    sums.forEach((sum, index) => tally.#addFar(index, sum));
    return tally;
  }

  add(amount: number, parts: Parts, sign: 1 | -1 = 1): void {
    this.count += sign;
    this.#add(0, sign * amount);
    this.#add(1, sign * parts.value);
    this.#add(2, sign * parts.account);
    this.#add(3, sign * parts.loan);
    this.#add(4, sign * parts.interest);
    this.#add(5, sign * parts.fare);
    this.#add(6, sign * parts.restoredLoan);
    this.#add(7, sign * parts.excess);
    this.#add(8, sign * parts.accountAsLoan);
  }

  #add(index: number, amount: number): void {
    if (amount === 0) return;
    const near = this.#near[index] ?? 0;
    const sum = near + amount;
    if (Number.isSafeInteger(sum)) {
      this.#near[index] = sum;
      return;
    }
    this.#near[index] = 0;
    this.#addFar(index, BigInt(near) + BigInt(amount));
  }

  total(sum: Sum): bigint {
    const index = SUMS.indexOf(sum);
    return (this.#far?.[index] ?? 0n) + BigInt(this.#near[index] ?? 0);
  }

  addAll(other: Tally): void {
    this.count += other.count;
    SUMS.forEach((sum, index) => {
      const total = other.total(sum);
      if (total !== 0n) this.#addFar(index, total);
    });
  }

  #addFar(index: number, amount: bigint): void {
    this.#far ??= [0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n];
    this.#far[index] = (this.#far[index] ?? 0n) + amount;
  }
}

/** One batch on one business date. A line without movements has no Tally. */
export class BatchBook {
  readonly batch: number;
  readonly businessDate: number;
  readonly lines: Partial<Record<Line, Tally>> = {};
  enquiries = 0;
  entries = 0;

  constructor(batch: number, businessDate: number) {
    this.batch = batch;
    this.businessDate = businessDate;
  }

  line(line: Line): Tally {
    return (this.lines[line] ??= new Tally());
  }

  approved(kind: number, amount: number, parts: Parts, sign: 1 | -1 = 1): void {
    const lines = LINES_OF.get(kind);
    if (lines !== undefined) this.line(lines[0]).add(amount, parts, sign);
    else if (kind === Kind.entry) this.entries += sign;
    else this.enquiries += sign;
  }

  /** Of what was approved, whatever its amount was: where nothing had been approved there is nothing to count. */
  reversed(kind: number, amount: number, parts: Parts, sign: 1 | -1 = 1): void {
    const lines = LINES_OF.get(kind);
    if (lines !== undefined) this.line(lines[1]).add(amount, parts, sign);
  }

  declined(amount: number, sign: 1 | -1 = 1): void {
    this.line('declines').add(amount, NO_PARTS, sign);
  }

  addAll(other: BatchBook): void {
    this.enquiries += other.enquiries;
    this.entries += other.entries;
    for (const line of LINES) {
      const tally = other.lines[line];
      if (tally !== undefined) this.line(line).addAll(tally);
    }
  }
}

/** All batches of one terminal, as one party counts them. */
export class TotalsBook {
  readonly batches: BatchBook[] = [];

  find(batch: number, businessDate: number): BatchBook | undefined {
    // Nearly always the newest.
    for (let index = this.batches.length - 1; index >= 0; index -= 1) {
      const book = this.batches[index];
      if (book?.batch === batch && book.businessDate === businessDate) return book;
    }
    return undefined;
  }

  on(batch: number, businessDate: number): BatchBook {
    const known = this.find(batch, businessDate);
    if (known !== undefined) return known;
    const book = new BatchBook(batch, businessDate);
    this.batches.push(book);
    return book;
  }

  /** Of all dates: a book with one row, of date 0. */
  ofBatch(batch: number): TotalsBook {
    const sum = new TotalsBook();
    const row = sum.on(batch, 0);
    for (const each of this.batches) if (each.batch === batch) row.addAll(each);
    return sum;
  }

  addAll(other: TotalsBook): void {
    for (const from of other.batches) this.on(from.batch, from.businessDate).addAll(from);
  }
}

const NOTHING = new Tally();
const EMPTY = new BatchBook(0, 0);

/** Calls back with every sum in which two books differ, named. Returns the number of sums compared. */
export function compareTotals(
  left: TotalsBook,
  right: TotalsBook,
  differs: (what: string, left: bigint, right: bigint) => void,
  without?: Line,
): number {
  const keys = new Map<string, readonly [number, number]>();
  for (const { batch, businessDate } of [...left.batches, ...right.batches]) {
    keys.set(`${batch}/${businessDate}`, [batch, businessDate]);
  }
  let compared = 0;
  const check = (what: string, one: bigint, other: bigint): void => {
    compared += 1;
    if (one !== other) differs(what, one, other);
  };
  for (const [key, [batch, date]] of keys) {
    const one = left.find(batch, date) ?? EMPTY;
    const other = right.find(batch, date) ?? EMPTY;
    check(`batch ${key} enquiries`, BigInt(one.enquiries), BigInt(other.enquiries));
    check(`batch ${key} entries`, BigInt(one.entries), BigInt(other.entries));
    for (const line of LINES) {
      if (line !== without) compareLine(`batch ${key} ${line}`, one.lines[line], other.lines[line], check);
    }
  }
  return compared;
}

function compareLine(
  what: string,
  left: Tally | undefined,
  right: Tally | undefined,
  check: (what: string, left: bigint, right: bigint) => void,
): void {
  if (left === undefined && right === undefined) return;
  const one = left ?? NOTHING;
  const other = right ?? NOTHING;
  check(`${what} count`, BigInt(one.count), BigInt(other.count));
  for (const sum of SUMS) check(`${what} ${sum}`, one.total(sum), other.total(sum));
}
