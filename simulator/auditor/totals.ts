/** Totals as the wire has them, as books. */
import type { v1 } from '../../proto/generated/emoney.js';
import { toBigInt, toNumber } from '../../proto/guard.js';
import { LINES, SUMS, Tally, TotalsBook } from './tally.js';
import { plain } from './wire/basics.js';

/** Rows of the same batch and date are added up. */
export function readTotals(rows: readonly v1.BatchTotals.$Properties[]): TotalsBook {
  const book = new TotalsBook();
  for (const row of rows) {
    const batch = book.on(row.batch ?? 0, row.businessDate ?? 0);
    batch.enquiries += plain(row.enquiries, 'enquiries');
    batch.entries += plain(row.entries, 'entries');
    for (const line of LINES) {
      const counted = row[line];
      if (counted == null) continue;
      const sums = { ...counted.parts, amount: counted.amount };
      const exact = SUMS.map((sum) => toBigInt(sums[sum] ?? 0, sum));
      batch.line(line).addAll(Tally.of(toNumber(counted.count ?? 0, 'count'), exact));
    }
  }
  return book;
}
