/** Totals of a terminal, by batch and business date, as three parties count them (rule 10). */
import type { Parts } from './wire.js';

/** Lines of a batch. Undoing is a line of its own; nothing is ever taken out. */
export const LINES = [
  'purchases',
  'deposits',
  'purchaseReversals',
  'depositReversals',
  'declines',
  'ownRefusals',
] as const;
export type Line = (typeof LINES)[number];

/** What a line adds up. */
export const SUMS = ['amount', 'value', 'account', 'loan', 'interest', 'fare', 'restoredLoan'] as const;
export type Sum = (typeof SUMS)[number];

/** Count and sums of one line. Numbers until one leaves 2^53, then a bigint beside it. */
export class Tally {
  count = 0;
  readonly #near = [0, 0, 0, 0, 0, 0, 0];
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
    this.#far ??= [0n, 0n, 0n, 0n, 0n, 0n, 0n];
    this.#far[index] = (this.#far[index] ?? 0n) + amount;
  }
}

/** One batch on one business date. A line without movements has no Tally. */
export class BatchBook {
  readonly batch: number;
  readonly businessDate: number;
  readonly lines: Partial<Record<Line, Tally>> = {};
  enquiries = 0;

  constructor(batch: number, businessDate: number) {
    this.batch = batch;
    this.businessDate = businessDate;
  }

  line(line: Line): Tally {
    return (this.lines[line] ??= new Tally());
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

  addAll(other: TotalsBook): void {
    for (const from of other.batches) {
      const to = this.on(from.batch, from.businessDate);
      to.enquiries += from.enquiries;
      for (const line of LINES) {
        const tally = from.lines[line];
        if (tally !== undefined) to.line(line).addAll(tally);
      }
    }
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
