/** A terminal's batches that were closed: until every transaction is final, then until every partition has told. */
import { KEPT_SETTLEMENTS } from '../bounds.js';
import { type BatchTotals, sumOf } from '../money/totals.js';
import type { Kind } from '../money/transaction.js';
import { findId } from '../money/idTable.js';
import { subjectOf, type TerminalEntry, type TerminalIncarnation, type TerminalState } from './terminal.js';

export interface ClosedBatch {
  readonly batch: number;
  /** Business time at which it was closed. */
  readonly time: number;
  /** As the device reported; undefined: it reported none. */
  readonly device: BatchTotals | undefined;
  /** Everything of it is final: nothing is booked into it any more (D15). */
  readonly final: boolean;
  /** Partitions whose part of the center's column is not there yet, and the sum of those that are. */
  readonly compiling: readonly number[];
  readonly center: BatchTotals | undefined;
  /** Business time at which all three columns were complete; undefined: not yet. */
  readonly settledTime: number | undefined;
}

/** What a device holds of its batch: an approved transaction, or the reversal of one. */
export interface ReportedTransaction {
  readonly incarnation: number;
  readonly number: number;
  readonly kind: Kind;
  readonly reversal: boolean;
  readonly amount: number;
}

export type BatchEvent =
  | {
      readonly type: 'BatchReported';
      readonly terminal: string;
      readonly batch: number;
      readonly transactions: readonly ReportedTransaction[];
    }
  | {
      readonly type: 'BatchClosing';
      readonly terminal: string;
      readonly batch: number;
      readonly device: BatchTotals | undefined;
      readonly time: number;
    }
  | {
      readonly type: 'BatchFinal';
      readonly terminal: string;
      readonly batch: number;
      readonly partitions: number;
    }
  | {
      readonly type: 'BatchCompiled';
      readonly terminal: string;
      readonly batch: number;
      readonly partition: number;
      readonly totals: BatchTotals | undefined;
    }
  /** The settlement: three columns, each over the batch's business dates. */
  | {
      readonly type: 'BatchSettled';
      readonly terminal: string;
      readonly batch: number;
      readonly time: number;
      readonly device: BatchTotals | undefined;
      readonly own: BatchTotals | undefined;
      readonly center: BatchTotals | undefined;
    };

export function isBatchEvent(event: { readonly type: string }): event is BatchEvent {
  return event.type.startsWith('Batch');
}

export function evolveBatches(state: TerminalState, event: BatchEvent): TerminalState {
  switch (event.type) {
    case 'BatchReported':
      return state;
    case 'BatchClosing':
      return closing(state, event);
    case 'BatchFinal':
      return changed(state, event.batch, (each) => ({
        ...each,
        final: true,
        compiling: Array.from({ length: event.partitions }, (_, partition) => partition),
      }));
    case 'BatchCompiled':
      return changed(state, event.batch, (each) => compiled(each, event.partition, event.totals));
    case 'BatchSettled':
      return kept(changed(state, event.batch, (each) => ({ ...each, settledTime: event.time })));
  }
}

function closing(
  state: TerminalState,
  { batch, time, device }: Extract<BatchEvent, { type: 'BatchClosing' }>,
): TerminalState {
  const closed: ClosedBatch = {
    batch,
    time,
    device,
    final: false,
    compiling: [],
    center: undefined,
    settledTime: undefined,
  };
  return { ...state, batch: batch + 1, closedBatches: [...state.closedBatches, closed] };
}

function compiled(each: ClosedBatch, partition: number, totals: BatchTotals | undefined): ClosedBatch {
  if (!each.compiling.includes(partition)) return each;
  const { center } = each;
  const sum = center === undefined || totals === undefined ? (center ?? totals) : sumOf(center, totals);
  return { ...each, compiling: each.compiling.filter((waiting) => waiting !== partition), center: sum };
}

function changed(
  state: TerminalState,
  batch: number,
  change: (each: ClosedBatch) => ClosedBatch,
): TerminalState {
  const closedBatches = state.closedBatches.map((each) => (each.batch === batch ? change(each) : each));
  return { ...state, closedBatches };
}

/** Older settlements are in the journal. */
function kept(state: TerminalState): TerminalState {
  const settled = state.closedBatches.filter(isSettled);
  const forgotten = new Set(settled.slice(0, Math.max(0, settled.length - KEPT_SETTLEMENTS)));
  return { ...state, closedBatches: state.closedBatches.filter((each) => !forgotten.has(each)) };
}

export function isSettled({ settledTime }: ClosedBatch): boolean {
  return settledTime !== undefined;
}

/** A batch that waits for transactions or for partitions is unfinished work (D12). */
export function hasClosingBatch({ closedBatches }: TerminalState): boolean {
  for (const each of closedBatches) if (each.settledTime === undefined) return true;
  return false;
}

export interface OpenEntry {
  readonly incarnation: TerminalIncarnation;
  readonly entry: TerminalEntry;
}

/** The ids of a batch that are not final: stamped when they were opened, or reversed in it. */
export function openEntriesOf(state: TerminalState, batch: number): readonly OpenEntry[] {
  return state.incarnations.flatMap((incarnation) =>
    incarnation.open.flatMap((number) => {
      const entry = findId(incarnation.entries, number);
      return entry !== undefined && isOfBatch(entry, batch) ? [{ incarnation, entry }] : [];
    }),
  );
}

/** A transaction of an older batch that is being reversed in this one belongs to both. */
function isOfBatch(entry: TerminalEntry, batch: number): boolean {
  return subjectOf(entry).batch === batch || entry.reversal?.batch === batch;
}
