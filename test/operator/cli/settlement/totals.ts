import { batchTotalsOf, type BatchTotals } from '../../../../client/totals.js';
import type { v1 } from '../../../../proto/generated/emoney.js';

export function totals(lines: v1.BatchTotals.$Properties = {}): BatchTotals {
  return batchTotalsOf({ batch: 1, businessDate: 20260105, ...lines });
}
