/** What accountants ask: loans as at a date, and what business dates were compiled to, as plain TypeScript. */
import type { v1 } from '../proto/generated/emoney.js';
import { fromUint32, toNumber, toUnsigned } from '../proto/guard.js';
import type { Body } from './connection.js';
import {
  addCounted,
  addTotals,
  type BatchTotals,
  batchTotalsOf,
  type CountedAmount,
  countedOf,
} from './totals.js';

/** A partition that was asked, and the frame up to which everything counts. */
export interface PartitionPosition {
  readonly partition: number;
  readonly sequence: number;
}

/** What a card owed. */
export interface Loan {
  readonly card: string;
  readonly fareOwed: number;
  readonly interest: number;
  /** Principal. */
  readonly loan: number;
  /** fareOwed + interest + loan */
  readonly owed: number;
  readonly limit: number;
  /** limit − loan */
  readonly available: number;
}

/** What was owed at the end of a business date, by what was decided until then (time of receipt). */
export interface Loans {
  /** yyyymmdd */
  readonly businessDate: number;
  /** False: the date is not over, and this is how it is now. */
  readonly over: boolean;
  /** Who owes most first; at most as many as were wanted. */
  readonly loans: readonly Loan[];
  /** There are more, who owe less. */
  readonly more: boolean;
  /** Of all cards that owed something, also those that are not listed. */
  readonly cards: number;
  readonly sums: {
    readonly fareOwed: bigint;
    readonly interest: bigint;
    readonly loan: bigint;
    readonly owed: bigint;
  };
  readonly asOf: readonly PartitionPosition[];
}

/** What was compiled of the dates that were asked for, in all. */
export interface DayTotals {
  /** yyyymmdd, both included. */
  readonly from: number;
  readonly to: number;
  /** By name; those that had something. Of all batches, hence batch 0. */
  readonly terminals: readonly { readonly terminal: string; readonly totals: BatchTotals }[];
  /** Their sum; undefined: none had anything. */
  readonly all: BatchTotals | undefined;
  /** What no terminal asked for; only where all terminals were asked for. */
  readonly center: CenterTotals | undefined;
  /** The frame up to which each partition had compiled when it was first asked. */
  readonly asOf: readonly PartitionPosition[];
}

/** What the center did by itself, or an operator. */
export interface CenterTotals {
  /** Starting amounts of cards that were issued. */
  readonly openings: CountedAmount;
  /** Store instructions that were applied. */
  readonly stores: CountedAmount;
  readonly interest: CountedAmount;
  /** Collection orders, and what was ordered back. */
  readonly debits: CountedAmount;
  readonly credits: CountedAmount;
  /** Collections that came back. */
  readonly returns: CountedAmount;
  /** Each part is signed; the amount is their sum. */
  readonly adjustments: CountedAmount;
}

export interface DateRange {
  /** yyyymmdd, both included. */
  readonly from: number;
  readonly to: number;
  /** Default: all, and what no terminal asked for. */
  readonly terminal?: string | undefined;
}

type Ask = (body: Body) => Promise<v1.ServerMessage>;

/** `limit`: cards that are listed. */
export async function listLoans(ask: Ask, date: number, limit: number): Promise<Loans> {
  const businessDate = fromUint32(date, 'business_date');
  const sums = { fareOwed: 0n, interest: 0n, loan: 0n, owed: 0n };
  const asOf = new Map<number, number>();
  let [cards, over] = [0, true];
  let listed: Loan[] = [];
  for (let after: Uint8Array = new Uint8Array(0); ;) {
    const { loans: page } = await ask({ listLoans: { businessDate, after } });
    for (const loan of (page?.loans ?? []).map(loanOf)) {
      cards += 1;
      for (const part of Object.keys(sums) as (keyof typeof sums)[]) sums[part] += BigInt(loan[part]);
      listed.push(loan);
    }
    if (listed.length > 2 * limit) listed = listed.sort(byOwed).slice(0, limit);
    over &&= page?.over ?? false;
    note(asOf, page?.asOf);
    after = page?.next ?? new Uint8Array(0);
    if (after.length > 0) continue;
    const loans = listed.sort(byOwed).slice(0, limit);
    return { businessDate, over, loans, more: cards > loans.length, cards, sums, asOf: positions(asOf) };
  }
}

export async function listDayTotals(ask: Ask, { from, to, terminal = '' }: DateRange): Promise<DayTotals> {
  const range = { fromDate: fromUint32(from, 'from_date'), toDate: fromUint32(to, 'to_date'), terminal };
  const terminals = new Map<string, BatchTotals>();
  const asOf = new Map<number, number>();
  let center = terminal === '' ? centerOf({}) : undefined;
  for (let after: Uint8Array = new Uint8Array(0); ;) {
    const { dayTotals: page } = await ask({ listDayTotals: { ...range, after } });
    for (const row of page?.totals ?? []) {
      if (row.center != null && center !== undefined) center = addCenter(center, centerOf(row.center));
      if (row.totals == null) continue;
      const name = row.terminal ?? '';
      const totals = batchTotalsOf(row.totals);
      const present = terminals.get(name);
      terminals.set(name, present === undefined ? totals : addTotals(present, totals));
    }
    note(asOf, page?.asOf);
    after = page?.next ?? new Uint8Array(0);
    if (after.length > 0) continue;
    const rows = [...terminals].map(([name, totals]) => ({ terminal: name, totals })).sort(byTerminal);
    const [first, ...others] = rows.map(({ totals }) => totals);
    const all = first && others.reduce(addTotals, first);
    return { from, to, terminals: rows, all, center, asOf: positions(asOf) };
  }
}

function loanOf(loan: v1.Loan.$Properties): Loan {
  return {
    card: loan.card ?? '',
    fareOwed: toNumber(loan.fareOwed ?? 0, 'fare_owed'),
    interest: toNumber(loan.interest ?? 0, 'interest'),
    loan: toNumber(loan.loan ?? 0, 'loan'),
    owed: toNumber(loan.owed ?? 0, 'owed'),
    limit: toNumber(loan.limit ?? 0, 'limit'),
    available: toNumber(loan.available ?? 0, 'available'),
  };
}

function centerOf(center: v1.CenterTotals.$Properties): CenterTotals {
  return {
    openings: countedOf(center.openings),
    stores: countedOf(center.stores),
    interest: countedOf(center.interest),
    debits: countedOf(center.debits),
    credits: countedOf(center.credits),
    returns: countedOf(center.returns),
    adjustments: countedOf(center.adjustments),
  };
}

function addCenter(one: CenterTotals, other: CenterTotals): CenterTotals {
  return {
    openings: addCounted(one.openings, other.openings),
    stores: addCounted(one.stores, other.stores),
    interest: addCounted(one.interest, other.interest),
    debits: addCounted(one.debits, other.debits),
    credits: addCounted(one.credits, other.credits),
    returns: addCounted(one.returns, other.returns),
    adjustments: addCounted(one.adjustments, other.adjustments),
  };
}

/** Later pages of a partition are of the same frame, or of a later one. */
function note(
  asOf: Map<number, number>,
  position: v1.PartitionPosition.$Properties | null | undefined,
): void {
  const partition = position?.partition ?? 0;
  if (!asOf.has(partition)) asOf.set(partition, toUnsigned(position?.sequence ?? 0, 'sequence'));
}

function positions(asOf: ReadonlyMap<number, number>): readonly PartitionPosition[] {
  return [...asOf].map(([partition, sequence]) => ({ partition, sequence }));
}

/** Of those who owe the same, by name. */
function byOwed(one: Loan, other: Loan): number {
  return other.owed - one.owed || (one.card < other.card ? -1 : 1);
}

function byTerminal(one: { readonly terminal: string }, other: { readonly terminal: string }): number {
  return one.terminal < other.terminal ? -1 : 1;
}
