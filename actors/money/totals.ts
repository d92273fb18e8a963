/**
 * Sums of what a terminal took, one row for each batch and business date (rules 10 and 12). Terminals and the center
 * each keep their own. Exact whatever the number of transactions: bigint.
 */
import type { Kind } from './transaction.js';
import type { Parts } from './parts.js';

export type CompiledParts = Readonly<Record<keyof Parts, bigint>>;

export interface CountedAmount {
  readonly count: number;
  readonly amount: bigint;
  readonly parts: CompiledParts;
}

/** Lines of a row. Undoing is a line of its own; nothing is ever taken out of a batch. */
export const LINES = [
  'purchases',
  'deposits',
  'purchaseReversals',
  'depositReversals',
  'declines',
  'ownRefusals',
] as const;
export type Line = (typeof LINES)[number];

export type BatchTotals = Readonly<Record<Line, CountedAmount>> & {
  readonly batch: number;
  /** yyyymmdd. */
  readonly businessDate: number;
  /** Approved enquiries. */
  readonly enquiries: number;
};

/** Where a transaction is booked: the batch that was open when its terminal accepted it, the date of its time. */
export interface Booking {
  readonly batch: number;
  readonly businessDate: number;
}

export const NO_COMPILED_PARTS: CompiledParts = {
  value: 0n,
  account: 0n,
  loan: 0n,
  interest: 0n,
  fare: 0n,
  restoredLoan: 0n,
};

export const NOTHING_COUNTED: CountedAmount = { count: 0, amount: 0n, parts: NO_COMPILED_PARTS };

/** Totals with one more approved transaction. */
export function countApproved(
  totals: readonly BatchTotals[],
  booking: Booking,
  kind: Kind | undefined,
  amount: number,
  parts: Parts,
): readonly BatchTotals[] {
  if (kind === 'PURCHASE') return count(totals, booking, 'purchases', amount, parts);
  if (kind === 'DEPOSIT') return count(totals, booking, 'deposits', amount, parts);
  return inRow(totals, booking, (row) => ({ ...row, enquiries: row.enquiries + 1 }));
}

/** Totals with one more reversal; a tombstone, which undoes nothing, is none. */
export function countReversal(
  totals: readonly BatchTotals[],
  booking: Booking,
  kind: Kind | undefined,
  amount: number,
  parts: Parts,
): readonly BatchTotals[] {
  if (amount === 0) return totals;
  const line = kind === 'DEPOSIT' ? 'depositReversals' : 'purchaseReversals';
  return count(totals, booking, line, amount, parts);
}

/** Totals with one more refusal: by the card, or the terminal's own, which never reaches the center. */
export function countRefusal(
  totals: readonly BatchTotals[],
  booking: Booking,
  line: 'declines' | 'ownRefusals',
  amount: number,
): readonly BatchTotals[] {
  return count(totals, booking, line, amount, undefined);
}

function count(
  totals: readonly BatchTotals[],
  booking: Booking,
  line: Line,
  amount: number,
  parts: Parts | undefined,
): readonly BatchTotals[] {
  return inRow(totals, booking, (row) => withLine(row, line, added(row[line], amount, parts)));
}

/** Spelled out: a computed key would make every row an object of another kind, and slow. */
function withLine(row: BatchTotals, line: Line, counted: CountedAmount): BatchTotals {
  return {
    batch: row.batch,
    businessDate: row.businessDate,
    purchases: line === 'purchases' ? counted : row.purchases,
    deposits: line === 'deposits' ? counted : row.deposits,
    purchaseReversals: line === 'purchaseReversals' ? counted : row.purchaseReversals,
    depositReversals: line === 'depositReversals' ? counted : row.depositReversals,
    declines: line === 'declines' ? counted : row.declines,
    enquiries: row.enquiries,
    ownRefusals: line === 'ownRefusals' ? counted : row.ownRefusals,
  };
}

function inRow(
  totals: readonly BatchTotals[],
  { batch, businessDate }: Booking,
  change: (row: BatchTotals) => BatchTotals,
): readonly BatchTotals[] {
  // Nearly always: the newest row.
  let index = totals.length - 1;
  for (; index >= 0; index -= 1) {
    const row = totals[index];
    if (row?.batch === batch && row.businessDate === businessDate) return totals.with(index, change(row));
  }
  return [...totals, change(emptyRow(batch, businessDate))];
}

function emptyRow(batch: number, businessDate: number): BatchTotals {
  return {
    batch,
    businessDate,
    purchases: NOTHING_COUNTED,
    deposits: NOTHING_COUNTED,
    purchaseReversals: NOTHING_COUNTED,
    depositReversals: NOTHING_COUNTED,
    declines: NOTHING_COUNTED,
    enquiries: 0,
    ownRefusals: NOTHING_COUNTED,
  };
}

function added(sum: CountedAmount, amount: number, parts: Parts | undefined): CountedAmount {
  return {
    count: sum.count + 1,
    amount: sum.amount + BigInt(amount),
    parts: parts === undefined ? sum.parts : addedParts(sum.parts, parts),
  };
}

function addedParts(sum: CompiledParts, parts: Parts): CompiledParts {
  return {
    value: plus(sum.value, parts.value),
    account: plus(sum.account, parts.account),
    loan: plus(sum.loan, parts.loan),
    interest: plus(sum.interest, parts.interest),
    fare: plus(sum.fare, parts.fare),
    restoredLoan: plus(sum.restoredLoan, parts.restoredLoan),
  };
}

/** Most parts are 0, and a bigint that does not change costs nothing. */
function plus(sum: bigint, part: number): bigint {
  return part === 0 ? sum : sum + BigInt(part);
}
