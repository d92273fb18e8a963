/** A device's own sums, where it reports no transactions: what it has none of at all, it lacks. */
import { v1 } from '../../proto/generated/emoney.js';
import { toUnsigned } from '../../proto/guard.js';

const { Kind } = v1;

export interface BatchSums {
  /** Undefined: of such lines there is no sum. */
  countOf(kind: v1.Kind, reversal: boolean): number | undefined;
}

const LINES = new Map([
  [Kind.KIND_PURCHASE, ['purchases', 'purchaseReversals']],
  [Kind.KIND_DEPOSIT, ['deposits', 'depositReversals']],
  [Kind.KIND_REFUND, ['refunds', 'refundReversals']],
  [Kind.KIND_VOID, ['voids', 'voidReversals']],
  [Kind.KIND_FARE, ['fares', 'fareReversals']],
  [Kind.KIND_UNLOAD, ['unloads', 'unloadReversals']],
] as const);

export function sumsOf(totals: v1.BatchTotals.$Properties): BatchSums {
  return {
    countOf: (kind, reversal) => {
      const line = LINES.get(kind as v1.Kind.KIND_PURCHASE)?.[reversal ? 1 : 0];
      return line === undefined ? undefined : toUnsigned(totals[line]?.count ?? 0, 'count');
    },
  };
}
