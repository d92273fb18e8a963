/**
 * Sums of what a terminal took, one row for each batch and business date (rules 10 and 12). Terminals and the center
 * each keep their own. Exact whatever the number of transactions: bigint.
 */
import type { Kind } from './transaction.js';
import { amountOf, type Parts } from './parts.js';

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
  'refunds',
  'voids',
  'fares',
  'unloads',
  'purchaseReversals',
  'depositReversals',
  'refundReversals',
  'voidReversals',
  'fareReversals',
  'unloadReversals',
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
  /** Approved entries through a gate. */
  readonly entries: number;
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
  excess: 0n,
  accountAsLoan: 0n,
};

export const NOTHING_COUNTED: CountedAmount = { count: 0, amount: 0n, parts: NO_COMPILED_PARTS };

/** Where an approved transaction of each kind that moves money is counted, and where its reversal. */
const lines: Readonly<Partial<Record<Kind, readonly [approved: Line, reversed: Line]>>> = {
  PURCHASE: ['purchases', 'purchaseReversals'],
  DEPOSIT: ['deposits', 'depositReversals'],
  REFUND: ['refunds', 'refundReversals'],
  VOID: ['voids', 'voidReversals'],
  FARE: ['fares', 'fareReversals'],
  UNLOAD: ['unloads', 'unloadReversals'],
};

/** The line of an approved transaction, or of a reversal. Undefined: it moves no money. */
export function lineOf(kind: Kind, reversed: boolean): Line | undefined {
  return lines[kind]?.[reversed ? 1 : 0];
}

/** Totals with one more approved transaction. Its amount is the sum of its parts. */
export function countApproved(
  totals: readonly BatchTotals[],
  booking: Booking,
  kind: Kind | undefined,
  parts: Parts,
): readonly BatchTotals[] {
  const line = kind === undefined ? undefined : lines[kind];
  if (line !== undefined) return count(totals, booking, line[0], amountOf(parts), parts);
  const index = rowOf(totals, booking);
  const row = totals[index] ?? emptyRow(booking);
  const isEntry = kind === 'ENTRY';
  const after = isEntry ? { ...row, entries: row.entries + 1 } : { ...row, enquiries: row.enquiries + 1 };
  return withRow(totals, index, after);
}

/** Totals with one more reversal of what was approved, also where nothing was left to undo. A tombstone is none. */
export function countReversal(
  totals: readonly BatchTotals[],
  booking: Booking,
  kind: Kind | undefined,
  amount: number,
  parts: Parts,
): readonly BatchTotals[] {
  const line = kind === undefined ? undefined : lines[kind];
  return line === undefined ? totals : count(totals, booking, line[1], amount, parts);
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
  const index = rowOf(totals, booking);
  const row = totals[index] ?? emptyRow(booking);
  return withRow(totals, index, withLine(row, line, added(row[line], amount, parts)));
}

/** Spelled out: a computed key would make every row an object of another kind, and slow. */
function withLine(row: BatchTotals, line: Line, counted: CountedAmount): BatchTotals {
  return {
    batch: row.batch,
    businessDate: row.businessDate,
    purchases: line === 'purchases' ? counted : row.purchases,
    deposits: line === 'deposits' ? counted : row.deposits,
    refunds: line === 'refunds' ? counted : row.refunds,
    voids: line === 'voids' ? counted : row.voids,
    fares: line === 'fares' ? counted : row.fares,
    unloads: line === 'unloads' ? counted : row.unloads,
    purchaseReversals: line === 'purchaseReversals' ? counted : row.purchaseReversals,
    depositReversals: line === 'depositReversals' ? counted : row.depositReversals,
    refundReversals: line === 'refundReversals' ? counted : row.refundReversals,
    voidReversals: line === 'voidReversals' ? counted : row.voidReversals,
    fareReversals: line === 'fareReversals' ? counted : row.fareReversals,
    unloadReversals: line === 'unloadReversals' ? counted : row.unloadReversals,
    declines: line === 'declines' ? counted : row.declines,
    ownRefusals: line === 'ownRefusals' ? counted : row.ownRefusals,
    enquiries: row.enquiries,
    entries: row.entries,
  };
}

/** Where the booking's row is, nearly always the newest; −1: nowhere yet. */
function rowOf(totals: readonly BatchTotals[], { batch, businessDate }: Booking): number {
  let index = totals.length - 1;
  for (; index >= 0; index -= 1) {
    const row = totals[index];
    if (row?.batch === batch && row.businessDate === businessDate) break;
  }
  return index;
}

function withRow(totals: readonly BatchTotals[], index: number, row: BatchTotals): readonly BatchTotals[] {
  if (index < 0) return [...totals, row];
  return totals.length === 1 ? [row] : totals.with(index, row);
}

function emptyRow({ batch, businessDate }: Booking): BatchTotals {
  return {
    batch,
    businessDate,
    purchases: NOTHING_COUNTED,
    deposits: NOTHING_COUNTED,
    refunds: NOTHING_COUNTED,
    voids: NOTHING_COUNTED,
    fares: NOTHING_COUNTED,
    unloads: NOTHING_COUNTED,
    purchaseReversals: NOTHING_COUNTED,
    depositReversals: NOTHING_COUNTED,
    refundReversals: NOTHING_COUNTED,
    voidReversals: NOTHING_COUNTED,
    fareReversals: NOTHING_COUNTED,
    unloadReversals: NOTHING_COUNTED,
    declines: NOTHING_COUNTED,
    ownRefusals: NOTHING_COUNTED,
    enquiries: 0,
    entries: 0,
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
    excess: plus(sum.excess, parts.excess),
    accountAsLoan: plus(sum.accountAsLoan, parts.accountAsLoan),
  };
}

/** Most parts are 0, and a bigint that does not change costs nothing. */
function plus(sum: bigint, part: number): bigint {
  return part === 0 ? sum : sum + BigInt(part);
}

/** A batch over all its business dates, under the newest of them. Undefined: nothing was booked in it. */
export function sumOfBatch(totals: readonly BatchTotals[], batch: number): BatchTotals | undefined {
  let sum: BatchTotals | undefined;
  for (const row of totals) {
    if (row.batch === batch) sum = sum === undefined ? row : sumOf(sum, row);
  }
  return sum;
}

/** Line by line. */
export function sumOf(one: BatchTotals, other: BatchTotals): BatchTotals {
  return {
    batch: one.batch,
    businessDate: Math.max(one.businessDate, other.businessDate),
    purchases: together(one.purchases, other.purchases),
    deposits: together(one.deposits, other.deposits),
    refunds: together(one.refunds, other.refunds),
    voids: together(one.voids, other.voids),
    fares: together(one.fares, other.fares),
    unloads: together(one.unloads, other.unloads),
    purchaseReversals: together(one.purchaseReversals, other.purchaseReversals),
    depositReversals: together(one.depositReversals, other.depositReversals),
    refundReversals: together(one.refundReversals, other.refundReversals),
    voidReversals: together(one.voidReversals, other.voidReversals),
    fareReversals: together(one.fareReversals, other.fareReversals),
    unloadReversals: together(one.unloadReversals, other.unloadReversals),
    declines: together(one.declines, other.declines),
    ownRefusals: together(one.ownRefusals, other.ownRefusals),
    enquiries: one.enquiries + other.enquiries,
    entries: one.entries + other.entries,
  };
}

function together(one: CountedAmount, other: CountedAmount): CountedAmount {
  if (one.count === 0) return other;
  if (other.count === 0) return one;
  const { parts } = one;
  return {
    count: one.count + other.count,
    amount: one.amount + other.amount,
    parts: {
      value: parts.value + other.parts.value,
      account: parts.account + other.parts.account,
      loan: parts.loan + other.parts.loan,
      interest: parts.interest + other.parts.interest,
      fare: parts.fare + other.parts.fare,
      restoredLoan: parts.restoredLoan + other.parts.restoredLoan,
      excess: parts.excess + other.parts.excess,
      accountAsLoan: parts.accountAsLoan + other.parts.accountAsLoan,
    },
  };
}
