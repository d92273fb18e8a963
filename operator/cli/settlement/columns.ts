/** The three columns of a batch side by side, line by line. */
import { addTotals, type BatchTotals, type CountedAmount, NOTHING_COUNTED } from '../../../client/totals.js';
import type { Output } from '../output.js';
import { type Cell, renderTable } from '../table.js';
import { splitText } from '../text.js';

type Colors = Output['colors'];

/** Undefined: nothing, or not there yet. */
export interface Columns {
  /** As the device reported. */
  readonly device: BatchTotals | undefined;
  /** As the terminal's actor compiled. */
  readonly terminal: BatchTotals | undefined;
  readonly center: BatchTotals | undefined;
}

/** Lines and their names for people; `counts` have no amount, and no device reports them. */
export const LINES = {
  purchases: 'purchases',
  deposits: 'deposits',
  refunds: 'refunds',
  voids: 'voids',
  fares: 'fares',
  unloads: 'unloads',
  purchaseReversals: 'reversed purchases',
  depositReversals: 'reversed deposits',
  refundReversals: 'reversed refunds',
  voidReversals: 'reversed voids',
  fareReversals: 'reversed fares',
  unloadReversals: 'reversed unloads',
  declines: 'declined',
  ownRefusals: "terminal's own refusals",
} as const;
export const COUNTS = { enquiries: 'enquiries', entries: 'entries' } as const;

export interface ColumnsLine {
  readonly line: keyof typeof LINES | keyof typeof COUNTS;
  readonly name: string;
  readonly device: CountedAmount | undefined;
  readonly terminal: CountedAmount | undefined;
  readonly center: CountedAmount | undefined;
  /** The columns that are there do not say the same. */
  readonly differs: boolean;
}

/** Lines that devices need not report: what nobody has paid. */
const OPTIONAL: ReadonlySet<string> = new Set(['declines', 'ownRefusals']);

/** Those in which some column has something. `settled`: all columns that are there are complete. */
export function linesOf(columns: Columns, settled: boolean): readonly ColumnsLine[] {
  const money = (Object.keys(LINES) as (keyof typeof LINES)[]).map((line) =>
    moneyLine(line, columns, settled),
  );
  const counts = (Object.keys(COUNTS) as (keyof typeof COUNTS)[]).map((line) => {
    return countLine(line, columns, settled);
  });
  return [...money, ...counts].filter((line) =>
    [line.device, line.terminal, line.center].some((counted) => (counted?.count ?? 0) !== 0),
  );
}

function moneyLine(line: keyof typeof LINES, columns: Columns, settled: boolean): ColumnsLine {
  const terminal = columns.terminal?.[line] ?? NOTHING_COUNTED;
  const center = centerOf(columns.center?.[line], settled);
  const said = columns.device?.[line];
  const device = OPTIONAL.has(line) && said?.count === 0 ? undefined : said;
  const reported =
    device === undefined || (device.count === terminal.count && device.amount === terminal.amount);
  // The terminal's own refusals never reach the center.
  const compiled = center === undefined || line === 'ownRefusals' || sameCounted(terminal, center);
  return { line, name: LINES[line], device, terminal, center, differs: !reported || !compiled };
}

/** No device reports these. */
function countLine(line: keyof typeof COUNTS, columns: Columns, settled: boolean): ColumnsLine {
  const terminal = { ...NOTHING_COUNTED, count: columns.terminal?.[line] ?? 0 };
  const there =
    columns.center === undefined ? undefined : { ...NOTHING_COUNTED, count: columns.center[line] };
  const center = centerOf(there, settled);
  const differs = center !== undefined && center.count !== terminal.count;
  return { line, name: COUNTS[line], device: undefined, terminal, center, differs };
}

/** Once it is settled, a column that is not there has nothing. */
function centerOf(counted: CountedAmount | undefined, settled: boolean): CountedAmount | undefined {
  return counted ?? (settled ? NOTHING_COUNTED : undefined);
}

/** Of all business dates of a batch; undefined: there are none. */
export function sumOf(rows: readonly BatchTotals[]): BatchTotals | undefined {
  const [first, ...others] = rows;
  return others.length === 0 || first === undefined ? first : others.reduce(addTotals, first);
}

function sameCounted(one: CountedAmount, other: CountedAmount): boolean {
  return (Object.keys(one) as (keyof CountedAmount)[]).every((field) => one[field] === other[field]);
}

/** `withDevice`: its column too, also where it has said nothing. */
export function renderColumns(lines: readonly ColumnsLine[], withDevice: boolean, colors: Colors): string {
  if (lines.length === 0) return 'nothing was taken';
  const split = (name: string) => [{ name: 'N', right: true }, { name, right: true }, { name: '' }];
  const heads = [
    { name: 'LINE' },
    ...(withDevice ? split('DEVICE').slice(0, 2) : []),
    ...[...split('TERMINAL'), ...split('CENTER'), { name: '' }],
  ];
  const rows = lines.map(({ name, device, terminal, center, differs }): Cell[] => [
    name,
    ...(withDevice ? cellsOf(device).slice(0, 2) : []),
    ...cellsOf(terminal),
    ...cellsOf(center),
    differs ? { text: '≠', paint: colors.red } : '',
  ]);
  return renderTable(heads, rows, colors);
}

/** Number, amount, split. */
function cellsOf(counted: CountedAmount | undefined): string[] {
  if (counted === undefined) return ['–', '–', ''];
  const { count, amount } = counted;
  const split = splitText(counted);
  const sum = amount === 0n && count === 0 ? '0' : amount.toString();
  return [String(count), sum, split === '' ? '' : `= ${split}`];
}
