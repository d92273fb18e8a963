import { DIFFERENCES_PAGE, MAX_COMPARED_LINES, MAX_COMPARISONS } from '../../actors/bounds.js';
import { v1 } from '../../proto/generated/emoney.js';
import { fromInteger, toUnsigned } from '../../proto/guard.js';
import type { Exchange } from '../exchange.js';
import { HistoryRefusedError, type Histories } from '../histories.js';
import { identifierProblem } from '../identifier.js';
import { Comparison, type Circumstances, type Column, type ComparedLine } from './comparison.js';
import type { Line, LineKey } from './line.js';
import { centerLine, openLine, reportedLines, terminalLine } from './read.js';
import { sumsOf } from './sums.js';
import { limited } from '../limit.js';

const { Rejection } = v1;

const COLUMNS: Readonly<Record<Column, v1.Column>> = {
  device: v1.Column.COLUMN_DEVICE,
  terminal: v1.Column.COLUMN_TERMINAL,
  center: v1.Column.COLUMN_CENTER,
};

/** What became of a batch, as its terminal has journaled it. */
interface Fate {
  /** Before we began to read. */
  closed: boolean;
  /** The device's own sums; undefined: it reported none. */
  device: v1.BatchTotals.$Properties | undefined;
  settled: v1.BatchSettled.$Properties | undefined;
}

/** LIST_DIFFERENCES: reads the three columns from the histories, the terminal's partition first, and compares them. */
export class Comparing {
  private readonly histories: Histories;
  private readonly partitions: number;
  private readonly partitionOf: (id: string) => number;
  private working = 0;

  constructor(histories: Histories, partitions: number, partitionOf: (id: string) => number) {
    this.histories = histories;
    this.partitions = partitions;
    this.partitionOf = partitionOf;
  }

  serve(wanted: v1.ListDifferences.$Properties, exchange: Exchange): void {
    const problem = problemOf(wanted);
    if (problem !== undefined) {
      exchange.refuse(Rejection.REJECTION_MALFORMED, problem);
    } else if (this.working >= MAX_COMPARISONS) {
      exchange.refuse(Rejection.REJECTION_OVERLOADED, `${MAX_COMPARISONS} batches are being compared`);
    } else void this.answer(wanted, exchange);
  }

  private async answer(wanted: v1.ListDifferences.$Properties, exchange: Exchange): Promise<void> {
    this.working += 1;
    try {
      exchange.answer({ differences: await this.differences(wanted) });
    } catch (error) {
      exchange.failed(error);
    } finally {
      this.working -= 1;
    }
  }

  private async differences(wanted: v1.ListDifferences.$Properties): Promise<v1.Differences.$Properties> {
    const of = { terminal: wanted.terminal ?? '', batch: wanted.batch ?? 0 };
    const comparison = new Comparison();
    const { closed, device, settled } = await this.readTerminal(of, comparison);
    const away = new Set<number>();
    const isAway = (card: string): boolean =>
      card === '' ? away.size > 0 : away.has(this.partitionOf(card));
    const sums = device === undefined ? undefined : sumsOf(device);
    const circumstances = { closed, sums, isAway };
    await this.readCenter(of, comparison, circumstances, away);
    const found = comparison.differences(circumstances, readToken(wanted.after));
    const limit = limited(wanted.limit, DIFFERENCES_PAGE);
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    return {
      ...of,
      differences: page.map((line) => wireLine(of.terminal, line)),
      next: last === undefined ? new Uint8Array(0) : writeToken(last),
      compared: comparison.compared,
      closed,
      reported: comparison.reported,
      deviceCompared: comparison.reported > 0 || sums !== undefined,
      away: [...away].sort((one, other) => one - other),
      settled: settled ?? null,
    };
  }

  /** What is open first: what is closed meanwhile is then in flight, and never missing. */
  private async readTerminal(of: Of, comparison: Comparison): Promise<Fate> {
    const fate: Fate = { closed: false, device: undefined, settled: undefined };
    const partition = this.partitionOf(of.terminal);
    let begun = 0;
    const openings = this.pages(partition, (after) => ({ listOpened: { ...of, after } }));
    for await (const { entries, sequence } of openings) {
      begun ||= toUnsigned(sequence, 'sequence');
      for (const entry of entries) comparison.open(openLine(entry));
    }
    const lines = this.pages(partition, (after) => ({ listBatch: { ...of, own: true, after } }));
    for await (const { entries } of lines) {
      for (const entry of entries) readOwn(entry, begun, comparison, fate);
      requireRoom(comparison);
    }
    return fate;
  }

  /** Of all partitions at once; one that does not answer is away. */
  private async readCenter(
    of: Of,
    comparison: Comparison,
    circumstances: Circumstances,
    away: Set<number>,
  ): Promise<void> {
    const all = Array.from({ length: this.partitions }, (_, partition) => partition);
    await Promise.all(
      all.map(async (partition) => {
        try {
          const pages = this.pages(partition, (after) => ({ listBatch: { ...of, after } }));
          for await (const { entries } of pages) {
            for (const { event } of entries) {
              const line = centerLine(event);
              if (line !== undefined) comparison.center(line, circumstances);
            }
            requireRoom(comparison);
          }
        } catch (error) {
          if (!(error instanceof HistoryRefusedError) || error.code !== Rejection.REJECTION_UNAVAILABLE)
            throw error;
          away.add(partition);
        }
      }),
    );
  }

  private async *pages(
    partition: number,
    request: (after: Uint8Array) => v1.HistoryRequest.$Properties,
  ): AsyncGenerator<v1.HistoryReply> {
    let after: Uint8Array = new Uint8Array(0);
    do {
      const page = await this.histories.ask(partition, request(after));
      yield page;
      after = page.next;
    } while (after.length > 0);
  }
}

interface Of {
  readonly terminal: string;
  readonly batch: number;
}

/** `begun`: the terminal's journal as it was when we began. */
function readOwn(
  entry: v1.HistoryEntry.$Properties,
  begun: number,
  comparison: Comparison,
  fate: Fate,
): void {
  const { batchReported, batchClosing, batchSettled } = entry.event ?? {};
  if (batchReported != null) for (const line of reportedLines(batchReported)) comparison.device(line);
  else if (batchClosing != null) {
    fate.closed = toUnsigned(entry.sequence ?? 0, 'sequence') <= begun;
    fate.device = batchClosing.device ?? undefined;
  } else if (batchSettled != null) fate.settled = batchSettled;
  else {
    const line = terminalLine(entry);
    if (line !== undefined) comparison.terminal(line);
  }
}

function requireRoom({ size }: Comparison): void {
  if (size <= MAX_COMPARED_LINES) return;
  const detail = `the batch has more than ${MAX_COMPARED_LINES} lines that are not alike`;
  throw new HistoryRefusedError(Rejection.REJECTION_MALFORMED, detail);
}

function problemOf({ terminal, batch, after }: v1.ListDifferences.$Properties): string | undefined {
  const problem = identifierProblem('listDifferences.terminal', terminal ?? '');
  if (problem !== undefined) return problem;
  if (!batch) return 'listDifferences.batch: is missing';
  if (after?.length && readToken(after) === undefined)
    return 'listDifferences.after: is no `next` of an answer';
  return undefined;
}

const TOKEN_BYTES = 13;

/** Incarnation (4 bytes), number (8), reversal (1). */
function writeToken({ incarnation, number, reversal }: LineKey): Uint8Array {
  const token = Buffer.alloc(TOKEN_BYTES);
  token.writeUInt32BE(incarnation, 0);
  token.writeDoubleBE(number, 4);
  token[12] = reversal ? 1 : 0;
  return Uint8Array.from(token);
}

/** Undefined: none. */
function readToken(bytes: Uint8Array | null | undefined): LineKey | undefined {
  if (bytes?.length !== TOKEN_BYTES) return undefined;
  const token = Buffer.from(bytes);
  const key = {
    incarnation: token.readUInt32BE(0),
    number: token.readDoubleBE(4),
    reversal: token[12] === 1,
  };
  return Number.isSafeInteger(key.number) ? key : undefined;
}

function wireLine(terminal: string, line: ComparedLine): v1.Difference.$Properties {
  const { incarnation, number, reversal, card, inFlight } = line;
  return {
    id: { terminal, incarnation, number },
    reversal,
    card,
    inFlight,
    device: wireColumn(line.device),
    terminal: wireColumn(line.terminal),
    center: wireColumn(line.center),
    lacking: line.lacking.map((column) => COLUMNS[column]),
  };
}

function wireColumn(line: Line | undefined): v1.ColumnLine.$Properties | null {
  if (line === undefined) return null;
  const { kind, outcome, amount, parts } = line;
  return { kind, outcome, amount: fromInteger(amount, 'amount'), parts: parts ?? null };
}
