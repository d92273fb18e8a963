/** Aligned text: names and values, and tables whose columns are as wide as what they hold. */
import type { Output } from './output.js';
import { widthOf } from './width.js';

type Colors = Output['colors'];
type Paint = (text: string) => string;

/** A text, or one that is painted after it was aligned: escape codes have no width. */
export type Cell = string | { readonly text: string; readonly paint: Paint };

export interface ColumnHead {
  readonly name: string;
  /** Numbers stand to the right. */
  readonly right?: boolean;
}

const GAP = '  ';

export function renderTable(
  heads: readonly ColumnHead[],
  rows: readonly (readonly Cell[])[],
  { dim }: Colors,
): string {
  const header = heads.map(({ name }): Cell => ({ text: name, paint: dim }));
  const widths = heads.map((_, at) => Math.max(...[header, ...rows].map((row) => widthOf(textOf(row[at])))));
  return [header, ...rows]
    .map((row) =>
      heads
        .map(({ right = false }, at) => aligned(row[at], widths[at] ?? 0, right))
        .join(GAP)
        .trimEnd(),
    )
    .join('\n');
}

/** One a line; what is empty is left out. */
export function renderFields(
  fields: readonly (readonly [name: string, value: string])[],
  { dim }: Colors,
): string {
  const shown = fields.filter(([, value]) => value !== '');
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${dim(name.padEnd(width))}${GAP}${value}`).join('\n');
}

export function aligned(cell: Cell | undefined, width: number, right: boolean): string {
  const text = textOf(cell);
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  const painted = text === '' || cell === undefined || typeof cell === 'string' ? text : cell.paint(text);
  return right ? `${space}${painted}` : `${painted}${space}`;
}

function textOf(cell: Cell | undefined): string {
  return cell === undefined || typeof cell === 'string' ? (cell ?? '') : cell.text;
}
