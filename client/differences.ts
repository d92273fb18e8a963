/** What the three columns of a terminal's batch do not agree about, as plain TypeScript. */
import { v1 } from '../proto/generated/emoney.js';
import { fromUint32, toNumber, toUnsigned } from '../proto/guard.js';
import { batchSettledOf, type SettledColumns } from './batch.js';
import type { Body } from './connection.js';
import { kindName, outcomeName, type KindName, type OutcomeName } from './names.js';
import { idOf, partsOf, type Parts, type TransactionId } from './reply.js';

/** `device`: as it reported; `terminal`: as the terminal's actor compiled; `center`: as the center did. */
export type ColumnName = 'device' | 'terminal' | 'center';

/** What one column has of a transaction, or of its reversal. */
export interface ColumnLine {
  /** Undefined: the column does not say. */
  readonly kind: KindName | undefined;
  /** REVERSED: of a reversal. */
  readonly outcome: OutcomeName;
  readonly amount: number;
  /** Undefined: the column does not say. */
  readonly parts: Parts | undefined;
}

export interface Difference {
  readonly id: TransactionId;
  /** The line of its reversal. */
  readonly reversal: boolean;
  /** Empty: no column says. */
  readonly card: string;
  /** It is open: the columns are not final about it. */
  readonly inFlight: boolean;
  /** Undefined: the column does not have it. */
  readonly device: ColumnLine | undefined;
  readonly terminal: ColumnLine | undefined;
  readonly center: ColumnLine | undefined;
  /** Columns that should have it and do not. None, and not in flight: they have it otherwise. */
  readonly lacking: readonly ColumnName[];
}

export interface BatchDifferences {
  readonly terminal: string;
  readonly batch: number;
  /** False: it is open, and what is listed may change. */
  readonly closed: boolean;
  /** By incarnation and number. */
  readonly differences: readonly Difference[];
  /** Lines that were compared, of transactions and of reversals. */
  readonly compared: number;
  /** Lines that the device has reported; 0 with `deviceCompared`: its sums only. */
  readonly reported: number;
  /** False: the device has reported nothing. */
  readonly deviceCompared: boolean;
  /** Partitions that did not answer: the center's column was not compared there. */
  readonly away: readonly number[];
  /** Undefined: not settled yet. */
  readonly settled: SettledColumns | undefined;
}

type Ask = (body: Body) => Promise<v1.ServerMessage>;

/** Of all pages. The last one says what became of the batch. */
export async function listDifferences(ask: Ask, terminal: string, batch: number): Promise<BatchDifferences> {
  const differences: Difference[] = [];
  const of = { terminal, batch: fromUint32(batch, 'batch') };
  for (let after: Uint8Array = new Uint8Array(0); ;) {
    const answer = (await ask({ listDifferences: { ...of, after } })).differences ?? {};
    differences.push(...(answer.differences ?? []).map(differenceOf));
    after = answer.next ?? new Uint8Array(0);
    if (after.length === 0) return { ...of, ...circumstancesOf(answer), differences };
  }
}

function circumstancesOf(
  answer: v1.Differences.$Properties,
): Omit<BatchDifferences, 'terminal' | 'batch' | 'differences'> {
  return {
    closed: answer.closed ?? false,
    compared: toUnsigned(answer.compared ?? 0, 'compared'),
    reported: toUnsigned(answer.reported ?? 0, 'reported'),
    deviceCompared: answer.deviceCompared ?? false,
    away: answer.away ?? [],
    settled: answer.settled == null ? undefined : batchSettledOf(answer.settled),
  };
}

const COLUMNS = new Map<v1.Column, ColumnName>([
  [v1.Column.COLUMN_DEVICE, 'device'],
  [v1.Column.COLUMN_TERMINAL, 'terminal'],
  [v1.Column.COLUMN_CENTER, 'center'],
]);

function differenceOf(difference: v1.Difference.$Properties): Difference {
  return {
    id: idOf(difference.id),
    reversal: difference.reversal ?? false,
    card: difference.card ?? '',
    inFlight: difference.inFlight ?? false,
    device: columnLineOf(difference.device),
    terminal: columnLineOf(difference.terminal),
    center: columnLineOf(difference.center),
    lacking: (difference.lacking ?? []).flatMap((column) => COLUMNS.get(column) ?? []),
  };
}

function columnLineOf(line: v1.ColumnLine.$Properties | null | undefined): ColumnLine | undefined {
  if (line == null) return undefined;
  return {
    kind: line.kind ? kindName(line.kind) : undefined,
    outcome: outcomeName(line.outcome),
    amount: toNumber(line.amount ?? 0, 'amount'),
    parts: line.parts == null ? undefined : partsOf(line.parts),
  };
}
