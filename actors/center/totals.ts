/** The center's totals of a terminal, as far as its transactions reached this partition's cards (rules 10 and 12). */
import { type BatchTotals, countApproved, countRefusal, countReversal } from '../money/totals.js';
import type { RecordTransactionEvent } from './record.js';

/** The totals after a record's event about a transaction of the terminal. */
export function evolveTotals(
  totals: readonly BatchTotals[],
  event: RecordTransactionEvent,
): readonly BatchTotals[] {
  const { asked } = event;
  switch (event.type) {
    case 'RecordMoved':
      return countApproved(totals, asked, asked.kind, event.parts);
    case 'RecordDeclined':
      return countRefusal(totals, asked, 'declines', asked.amount);
    case 'RecordReversed':
      return event.undone ? countReversal(totals, asked, asked.kind, event.amount, event.parts) : totals;
  }
}
