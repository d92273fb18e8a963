/** Batches of a terminal (rule 10): closed by its device or an operator, final, compiled by every partition, settled. */
import type { v1 } from '../../../proto/generated/emoney.js';
import type { ClosedBatch } from '../settlement.js';
import { compareTotals, TotalsBook } from '../tally.js';
import type { TerminalBook } from '../terminalBook.js';
import { readTotals } from '../totals.js';
import type { Stage } from './stage.js';

/** Names a terminal and a batch. */
interface OfBatch {
  readonly terminal?: string | null;
  readonly batch?: number | null;
}

export class BatchEvents {
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  reported(event: v1.BatchReported.$Properties): void {
    const terminal = this.#terminal(event);
    this.#stage.findings.same('I8', 'batch that is reported', terminal.batch, event.batch ?? 0);
  }

  /** What the terminal accepts from here on belongs to the next. */
  closing(event: v1.BatchClosing.$Properties): void {
    const terminal = this.#terminal(event);
    const batch = event.batch ?? 0;
    this.#stage.findings.same('I8', 'batch that is closed', terminal.batch, batch);
    const device = event.device == null ? undefined : sumOf(batch, event.device);
    terminal.closedBatches.set(batch, { final: false, device, compiled: new Map(), settled: false });
    terminal.batch = batch + 1;
  }

  final(event: v1.BatchFinal.$Properties): void {
    const { findings, books } = this.#stage;
    const closed = this.#closed(event);
    const pending = this.#terminal(event).pendingIn(event.batch ?? 0);
    findings.holds('I8', pending === 0, () => `final although ${pending} of the batch are not`);
    findings.same('FORMAT', 'partitions of the deployment', books.partitions, event.partitions ?? 0);
    closed.final = true;
  }

  compiled(event: v1.BatchCompiled.$Properties): void {
    const { findings } = this.#stage;
    const closed = this.#closed(event);
    const { partition, totals, batch } = event;
    findings.holds('I8', closed.final, () => 'compiled before it was final');
    const again = closed.compiled.has(partition ?? 0);
    findings.holds('I5', !again, () => `compiled by partition ${partition ?? 0} a second time`);
    closed.compiled.set(partition ?? 0, sumOf(batch ?? 0, totals));
  }

  /** Three columns: the device's, the terminal actor's, the center's. */
  settled(event: v1.BatchSettled.$Properties): void {
    const { findings, books } = this.#stage;
    const batch = event.batch ?? 0;
    const terminal = this.#terminal(event);
    const closed = this.#closed(event);
    findings.holds('I5', !closed.settled, () => 'settled a second time');
    findings.same('I8', 'partitions that were asked', books.partitions, closed.compiled.size);
    closed.settled = true;
    const center = new TotalsBook();
    for (const part of closed.compiled.values()) center.addAll(part);
    this.#same('device', closed.device ?? new TotalsBook(), sumOf(batch, event.device));
    this.#same('terminal', terminal.totals.ofBatch(batch), sumOf(batch, event.own));
    this.#same('center', center, sumOf(batch, event.center));
  }

  #same(column: string, expected: TotalsBook, found: TotalsBook): void {
    const { findings } = this.#stage;
    const differs = (what: string, own: bigint, said: bigint): void => {
      findings.report('I8', `settled ${column} ${what}: expected ${own}, found ${said}`);
    };
    findings.counts.I8 += compareTotals(expected, found, differs);
  }

  #terminal({ terminal }: OfBatch): TerminalBook {
    this.#stage.findings.at.terminal = terminal ?? '';
    return this.#stage.books.terminal(terminal ?? '');
  }

  /** Throws: it was never closed. */
  #closed(event: OfBatch): ClosedBatch {
    const closed = this.#terminal(event).closedBatches.get(event.batch ?? 0);
    if (closed === undefined) throw new Error(`batch ${event.batch ?? 0} was never closed`);
    return closed;
  }
}

/** One row of all dates. A device may name its batch as it likes. */
function sumOf(batch: number, totals: v1.BatchTotals.$Properties | null | undefined): TotalsBook {
  return readTotals(totals == null ? [] : [{ ...totals, batch, businessDate: 0 }]);
}
