/** Closing a terminal's batch, and what became of it. */
import { v1 } from '../proto/generated/emoney.js';
import { fromUint32, fromInteger, fromUnsigned, toNumber } from '../proto/guard.js';
import type { KindName } from './names.js';
import { batchTotalsOf, type BatchTotals } from './totals.js';

/** What a device holds of its batch: an approved transaction, or the reversal of one. */
export interface ReportedTransaction {
  readonly incarnation: number;
  readonly number: number;
  readonly kind: KindName;
  readonly reversal?: boolean | undefined;
  readonly amount: number;
}

/** One line of a device's own sums. */
export interface ReportedLine {
  readonly count: number;
  readonly amount: number;
}

export interface BatchReport {
  /** Default: the open one. */
  readonly batch?: number | undefined;
  /** The device's own sums, by line: purchases, refunds, declines … */
  readonly totals?: Partial<Record<ReportedLineName, ReportedLine>> | undefined;
  /** At most 1,000 in one report. */
  readonly transactions?: readonly ReportedTransaction[] | undefined;
  /** There is more to report before the batch is closed. */
  readonly more?: boolean | undefined;
}

export type ReportedLineName = Exclude<keyof BatchTotals, 'batch' | 'businessDate' | 'enquiries' | 'entries'>;

export interface BatchClosed {
  readonly terminal: string;
  readonly batch: number;
  /** The batch that is open now; the same as `batch` while more is to be reported. */
  readonly openBatch: number;
}

/** @throws GuardError for a number that its field cannot hold */
export function wireReport(terminal: string, report: BatchReport): v1.CloseBatch.$Properties {
  const { totals, transactions = [], more = false } = report;
  return {
    terminal,
    batch: fromUint32(report.batch ?? 0, 'batch'),
    totals: totals === undefined ? null : wireTotals(totals),
    transactions: transactions.map((each) => ({
      incarnation: fromUint32(each.incarnation, 'incarnation'),
      number: fromUnsigned(each.number, 'number'),
      kind: v1.Kind[`KIND_${each.kind}`],
      reversal: each.reversal ?? false,
      amount: fromInteger(each.amount, 'amount'),
    })),
    more,
  };
}

function wireTotals(totals: NonNullable<BatchReport['totals']>): v1.BatchTotals.$Properties {
  const wire: Record<string, v1.CountedAmount.$Properties> = {};
  for (const [line, { count, amount }] of Object.entries(totals)) {
    wire[line] = {
      count: fromUnsigned(count, `${line}.count`),
      amount: fromInteger(amount, `${line}.amount`),
    };
  }
  return wire;
}

export function batchClosedOf(closed: v1.BatchClosed.$Properties): BatchClosed {
  return { terminal: closed.terminal ?? '', batch: closed.batch ?? 0, openBatch: closed.openBatch ?? 0 };
}

/** A batch that was closed. The three columns are sums over its business dates; undefined: nothing. */
export interface BatchSettlement {
  readonly batch: number;
  readonly closedTimeMs: number;
  /** Transactions that are not final yet, and the partitions for which they wait. */
  readonly openIds: number;
  readonly awaited: readonly number[];
  /** Partitions whose part of the center's column is not there yet. */
  readonly compiling: readonly number[];
  /** Undefined: not settled yet. */
  readonly settledTimeMs: number | undefined;
  readonly device: BatchTotals | undefined;
  readonly terminal: BatchTotals | undefined;
  readonly center: BatchTotals | undefined;
}

/** The three columns as they were stored, for ever. */
export interface SettledColumns extends Pick<BatchSettlement, 'device' | 'terminal' | 'center'> {
  readonly settledTimeMs: number;
}

export function batchSettledOf({ device, own, center, timeMs }: v1.BatchSettled.$Properties): SettledColumns {
  return {
    settledTimeMs: toNumber(timeMs ?? 0, 'time_ms'),
    device: column(device),
    terminal: column(own),
    center: column(center),
  };
}

function column(totals: v1.BatchTotals.$Properties | null | undefined): BatchTotals | undefined {
  return totals == null ? undefined : batchTotalsOf(totals);
}

export function settlementOf(settlement: v1.BatchSettlement.$Properties): BatchSettlement {
  const { device, terminal, center, settledTimeMs } = settlement;
  return {
    batch: settlement.batch ?? 0,
    closedTimeMs: toNumber(settlement.closedTimeMs ?? 0, 'closed_time_ms'),
    openIds: settlement.openIds ?? 0,
    awaited: settlement.awaited ?? [],
    compiling: settlement.compiling ?? [],
    settledTimeMs: settledTimeMs == null ? undefined : toNumber(settledTimeMs, 'settled_time_ms'),
    device: column(device),
    terminal: column(terminal),
    center: column(center),
  };
}
