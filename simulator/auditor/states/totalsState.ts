/** Totals of a terminal, as an actor describes them, line by line against the books. */
import type { v1 } from '../../../proto/generated/emoney.js';
import { compareTotals, type TotalsBook } from '../tally.js';
import { readTotals } from '../totals.js';
import type { Differ } from './differ.js';

export function compareTotalsState(
  expected: TotalsBook,
  totals: readonly v1.BatchTotals.$Properties[] | null | undefined,
  differ: Differ,
): void {
  compareTotals(expected, readTotals(totals ?? []), differ);
}
