/** What business dates were compiled to, as an operator reads it. */
import type { CenterTotals, DayTotals } from '../../../client/reports.js';
import type { BatchTotals, CountedAmount } from '../../../client/totals.js';
import type { Output } from '../output.js';
import { COUNTS, LINES } from '../settlement/columns.js';
import { renderTable } from '../table.js';
import { counted, splitText } from '../text.js';

type Colors = Output['colors'];

/** Lines that no terminal asked for, and their names for people. */
export const CENTER_LINES = {
  openings: 'opening amounts',
  stores: 'stored by the center',
  interest: 'interest posted',
  debits: 'collections ordered',
  credits: 'ordered back',
  returns: 'collections returned',
  adjustments: 'adjustments',
} as const;

/** `most`: terminals that are shown, by name: those with the most transactions. */
export function totalsText({ terminals, all, center }: DayTotals, most: number, colors: Colors): string {
  const busiest = terminals
    .toSorted((one, other) => weight(other.totals) - weight(one.totals))
    .slice(0, most);
  const shown = busiest.sort((one, other) =>
    one.terminal.localeCompare(other.terminal, 'en', { numeric: true }),
  );
  const heads = [{ name: 'TERMINAL' }, ...HEADS];
  const rows = shown.flatMap(({ terminal, totals }) =>
    linesOf(totals).map((cells, at) => [at === 0 ? terminal : '', ...cells]),
  );
  const left = terminals.length - shown.length;
  const more =
    left === 0
      ? ''
      : `and ${counted(left, 'terminal')} more, with fewer transactions: --terminal, --csv or --json`;
  const parts = [
    terminals.length === 0 ? 'no terminal took anything' : renderTable(heads, rows, colors),
    more,
    all === undefined || terminals.length === 1 ? '' : section('ALL TERMINALS', linesOf(all), colors),
    center === undefined ? '' : section('THE CENTER BY ITSELF', centerLines(center), colors),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

const HEADS = [
  { name: 'KIND' },
  { name: 'N', right: true },
  { name: 'AMOUNT', right: true },
  { name: '' },
] as const;

function section(title: string, rows: readonly string[][], colors: Colors): string {
  return rows.length === 0 ? '' : `${colors.bold(title)}\n${renderTable(HEADS, rows, colors)}`;
}

function weight(totals: BatchTotals): number {
  const lines = Object.keys(LINES) as (keyof typeof LINES)[];
  return lines.reduce((sum, line) => sum + totals[line].count, totals.enquiries + totals.entries);
}

function linesOf(totals: BatchTotals): string[][] {
  const money = Object.entries(LINES).flatMap(([line, name]) =>
    cellsOf(name, totals[line as keyof typeof LINES]),
  );
  const counts = Object.entries(COUNTS).flatMap(([line, name]) => {
    const count = totals[line as keyof typeof COUNTS];
    return count === 0 ? [] : [[name, String(count), '', '']];
  });
  return [...money, ...counts];
}

function centerLines(center: CenterTotals): string[][] {
  return Object.entries(CENTER_LINES).flatMap(([line, name]) =>
    cellsOf(name, center[line as keyof CenterTotals]),
  );
}

function cellsOf(name: string, line: CountedAmount): string[][] {
  if (line.count === 0) return [];
  const split = splitText(line);
  return [[name, String(line.count), line.amount.toString(), split === '' ? '' : `= ${split}`]];
}
