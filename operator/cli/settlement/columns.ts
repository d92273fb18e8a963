/** The three columns of a batch side by side, line by line. */
import type { BatchTotals, CountedAmount } from '../../../client/totals.js';
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
const LINES = {
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
const COUNTS = { enquiries: 'enquiries', entries: 'entries' } as const;

export interface ColumnsLine {
  readonly line: keyof typeof LINES | keyof typeof COUNTS;
  readonly name: string;
  readonly device: CountedAmount | undefined;
  readonly terminal: CountedAmount | undefined;
  readonly center: CountedAmount | undefined;
  /** The columns that are there do not say the same. */
  readonly differs: boolean;
}

const NOTHING: CountedAmount = {
  count: 0,
  amount: 0n,
  value: 0n,
  account: 0n,
  loan: 0n,
  interest: 0n,
  fare: 0n,
  restoredLoan: 0n,
  excess: 0n,
  accountAsLoan: 0n,
};

/** Those in which some column has something. `complete`: what is not there is nothing, but for a silent device. */
export function linesOf({ device, terminal, center }: Columns, complete: boolean): readonly ColumnsLine[] {
  const has = (totals: BatchTotals | undefined): boolean => complete || totals !== undefined;
  const money = Object.entries(LINES).map(([line, name]): ColumnsLine => {
    const key = line as keyof typeof LINES;
    const [own, theirs] = [terminal?.[key] ?? NOTHING, center?.[key] ?? NOTHING];
    // What never reached the center is no difference.
    const atCenter = key === 'ownRefusals' ? own : theirs;
    const reported =
      device === undefined || (device[key].count === own.count && device[key].amount === own.amount);
    const compiled = !has(center) || sameCounted(own, atCenter);
    return {
      ...{ line: key, name, device: device?.[key] },
      ...{ terminal: has(terminal) ? own : undefined, center: has(center) ? theirs : undefined },
      differs: !reported || !compiled,
    };
  });
  const counts = Object.entries(COUNTS).map(([line, name]): ColumnsLine => {
    const key = line as keyof typeof COUNTS;
    const [own, theirs] = [terminal?.[key] ?? 0, center?.[key] ?? 0];
    return {
      ...{ line: key, name, device: undefined },
      terminal: has(terminal) ? { ...NOTHING, count: own } : undefined,
      center: has(center) ? { ...NOTHING, count: theirs } : undefined,
      differs: has(center) && own !== theirs,
    };
  });
  return [...money, ...counts].filter((line) =>
    [line.device, line.terminal, line.center].some((counted) => (counted?.count ?? 0) !== 0),
  );
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
