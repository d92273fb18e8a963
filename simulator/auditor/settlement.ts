/** Closed batches of a terminal (rule 10), and what must be the same in all three columns of their settlement. */
import type { Books } from './books.js';
import { compareTotals, TotalsBook } from './tally.js';
import type { TerminalBook } from './terminalBook.js';

export interface ClosedBatch {
  /** Nothing is booked into it any more. */
  final: boolean;
  /** As the device said when it closed; undefined: it said nothing. */
  readonly device: TotalsBook | undefined;
  /** By partition: its part of the center's totals, as it answered. */
  readonly compiled: Map<number, TotalsBook>;
  settled: boolean;
}

/** D15: what partitions answered is what the journal has. Call when everything was read and nothing runs any more. */
export function verifySettlements(books: Books): void {
  for (const terminal of books.terminalList) {
    for (const [batch, closed] of terminal.closedBatches) verifyBatch(books, terminal, batch, closed);
  }
}

function verifyBatch(books: Books, terminal: TerminalBook, batch: number, { compiled }: ClosedBatch): void {
  for (const [partition, part] of compiled) {
    const visitor = books.visitors[partition]?.get(terminal.id);
    const center = (visitor?.center ?? new TotalsBook()).ofBatch(batch);
    const place = { terminal: terminal.id, partition };
    const differs = (what: string, said: bigint, own: bigint): void => {
      books.findings.report('I8', `a partition's part differs in ${what}: ${said} and ${own}`, place);
    };
    books.findings.counts.I8 += compareTotals(part, center, differs, 'ownRefusals');
  }
}
