/** What became of a terminal's batch, and what its columns do not agree about, for people. */
import { idText } from '../../../actors/money/idText.js';
import type { BatchSettlement } from '../../../client/batch.js';
import type { BatchDifferences, ColumnLine, Difference } from '../../../client/differences.js';
import type { Output } from '../output.js';
import { type Cell, renderTable } from '../table.js';
import { counted, splitText, timeText } from '../text.js';
import { type ColumnsLine, renderColumns } from './columns.js';

type Colors = Output['colors'];

/** All that is known of one batch. */
export interface BatchView {
  readonly terminal: string;
  readonly batch: number;
  /** As the terminal has it; undefined: it is open, or was settled long ago. */
  readonly settlement: BatchSettlement | undefined;
  readonly lines: readonly ColumnsLine[];
  readonly found: BatchDifferences;
}

export function renderBatch(view: BatchView, colors: Colors): string {
  const { terminal, batch, lines, found } = view;
  const head = `${colors.bold(`${terminal}, batch ${batch}`)}: ${stateText(view, colors)}`;
  const parts = [head, renderColumns(lines, true, colors), listing(found, colors)];
  const notes = notesOf(view);
  return [...parts, ...(notes.length === 0 ? [] : [notes.join('\n')])].join('\n\n');
}

function stateText({ settlement, found }: BatchView, { green, yellow }: Colors): string {
  const settled = found.settled?.settledTimeMs ?? settlement?.settledTimeMs;
  if (settled !== undefined) return green(`settled ${timeText(settled)}`);
  if (settlement !== undefined) return yellow(waitingText(settlement));
  return found.closed ? yellow('closed') : 'open';
}

/** What a batch that was closed and is not settled waits for. */
export function waitingText({ closedTimeMs, openIds, awaited, compiling }: BatchSettlement): string {
  const waits = [
    openIds === 0 ? '' : `${counted(openIds, 'transaction')} in flight to ${partitionsText(awaited)}`,
    compiling.length === 0 ? '' : `the center's column of ${partitionsText(compiling)}`,
  ].filter((text) => text !== '');
  const what = waits.length === 0 ? 'its settlement, which is under way' : waits.join(' and ');
  return `closed ${timeText(closedTimeMs)}, waits for ${what}`;
}

function partitionsText(partitions: readonly number[]): string {
  return `${partitions.length === 1 ? 'partition' : 'partitions'} ${partitions.join(', ')}`;
}

function listing({ differences, compared }: BatchDifferences, colors: Colors): string {
  if (differences.length === 0) {
    return colors.green(`no differences: ${comparedText(compared)} compared`);
  }
  const title = `${counted(differences.length, 'difference')} in ${comparedText(compared)}`;
  const heads = ['ID', 'WHAT', 'CARD', 'DIFFERENCE', 'DEVICE', 'TERMINAL', 'CENTER'].map((name) => ({
    name,
  }));
  const rows = differences.map((difference): Cell[] => [
    idText(difference.id),
    whatText(difference),
    difference.card,
    { text: differenceText(difference), paint: difference.inFlight ? colors.yellow : colors.red },
    ...[difference.device, difference.terminal, difference.center].map(lineText),
  ]);
  return `${colors.bold(title)}\n${renderTable(heads, rows, colors)}`;
}

function comparedText(compared: number): string {
  return counted(compared, 'transaction or reversal', 'transactions and reversals');
}

function whatText({ reversal, device, terminal, center }: Difference): string {
  const kind = (center?.kind ?? terminal?.kind ?? device?.kind ?? '').toLowerCase();
  return reversal ? `reversal${kind === '' ? '' : ` of ${kind}`}` : kind;
}

function differenceText({ inFlight, lacking }: Difference): string {
  if (inFlight) return 'in flight';
  return lacking.length === 0 ? 'otherwise' : `missing at the ${lacking.join(' and the ')}`;
}

function lineText(line: ColumnLine | undefined): string {
  if (line === undefined) return '–';
  const { outcome, amount, parts } = line;
  const split = parts === undefined ? '' : splitText(parts);
  const sum = `${amount}${split === '' ? '' : ` = ${split}`}`;
  return outcome === 'APPROVED' || outcome === 'REVERSED' ? sum : `${outcome} ${sum}`;
}

function notesOf({ found, lines }: BatchView): readonly string[] {
  const { deviceCompared, reported, away, closed } = found;
  const sumsOnly = deviceCompared && reported === 0;
  return [
    closed && !deviceCompared ? 'The device has reported nothing: its column was not compared.' : '',
    sumsOnly && lines.some(({ device, differs }) => differs && (device?.count ?? 0) > 0)
      ? 'The device has reported its sums only: which transactions make up a difference is not known.'
      : '',
    away.length === 0
      ? ''
      : `The center's column of ${partitionsText(away)} was not compared: no answer. Ask again later.`,
  ].filter((note) => note !== '');
}
