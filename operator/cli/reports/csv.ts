/** What accountants load into their own programs. Amounts are in minor units. */
import { PART_NAMES } from '../../../actors/money/parts.js';
import type { CenterTotals, DayTotals, Loan } from '../../../client/reports.js';
import type { BatchTotals, CountedAmount } from '../../../client/totals.js';
import { csvOf } from '../csv.js';
import { COUNTS, LINES } from '../settlement/columns.js';
import { CENTER_LINES } from './totalsText.js';

/** `card,fare_owed,interest,loan,owed,limit,available`. */
export function loansCsv(loans: readonly Loan[]): string {
  const rows = loans.map(({ card, fareOwed, interest, loan, owed, limit, available }) => {
    return [card, fareOwed, interest, loan, owed, limit, available];
  });
  return csvOf(['card', 'fare_owed', 'interest', 'loan', 'owed', 'limit', 'available'], rows);
}

/** A row for each line of each terminal that has something; of the center's own lines the terminal is empty. */
export function totalsCsv({ terminals, center }: Pick<DayTotals, 'terminals' | 'center'>): string {
  const rows = [
    ...terminals.flatMap(({ terminal, totals }) => terminalRows(terminal, totals)),
    ...(center === undefined ? [] : centerRows(center)),
  ];
  return csvOf(['terminal', 'kind', 'count', 'amount', ...PART_NAMES.map(snakeCase)], rows);
}

type Cells = readonly (string | number | bigint)[];

function terminalRows(terminal: string, totals: BatchTotals): readonly Cells[] {
  const lines = Object.keys(LINES) as (keyof typeof LINES)[];
  const counts = Object.keys(COUNTS) as (keyof typeof COUNTS)[];
  return [
    ...lines.flatMap((line) => rowOf(terminal, line, totals[line])),
    ...counts.flatMap((line) =>
      totals[line] === 0 ? [] : [[terminal, snakeCase(line), totals[line], 0, ...PART_NAMES.map(() => 0)]],
    ),
  ];
}

function centerRows(center: CenterTotals): readonly Cells[] {
  const lines = Object.keys(CENTER_LINES) as (keyof typeof CENTER_LINES)[];
  return lines.flatMap((line) => rowOf('', line, center[line]));
}

function rowOf(terminal: string, line: string, counted: CountedAmount): readonly Cells[] {
  if (counted.count === 0) return [];
  const parts = PART_NAMES.map((part) => counted[part]);
  return [[terminal, snakeCase(line), counted.count, counted.amount, ...parts]];
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
