import type { Output } from '../output.js';
import { aligned, type Cell } from '../table.js';
import { splitText } from '../text.js';
import { widthOf } from '../width.js';
import type { EventView } from './eventView.js';

type Colors = Output['colors'];

/** As wide as what they usually hold. The last one takes what is left. */
const COLUMNS = [
  { name: 'TIME (UTC)', least: 23 },
  { name: 'FRAME', least: 9 },
  { name: 'EVENT', least: 20 },
  { name: 'CARD', least: 14 },
  { name: 'ID', least: 22 },
  { name: 'KIND', least: 8 },
  { name: 'OUTCOME', least: 13 },
  { name: 'AMOUNT', least: 9, right: true },
  { name: 'SPLIT', least: 22 },
  { name: 'BALANCES AFTER', least: 24 },
  { name: '', least: 0 },
] as const;

/**
 * Events in aligned lines. Nothing is ever cut: a column becomes as wide as the widest that it was given, and stays so,
 * since of events that are still to come nobody knows.
 */
export class EventColumns {
  readonly #colors: Colors;
  readonly #widths: number[] = COLUMNS.map(({ least }) => least);

  constructor(colors: Colors) {
    this.#colors = colors;
  }

  header(): string {
    return this.#line(COLUMNS.map(({ name }) => ({ text: name, paint: this.#colors.dim })));
  }

  line(event: EventView): string {
    this.fit([event]);
    return this.#line(cellsOf(event, this.#colors));
  }

  /** For events that are all known: their lines, and the header, are aligned from the first on. */
  fit(events: readonly EventView[]): void {
    for (const event of events) {
      for (const [at, { text }] of cellsOf(event, this.#colors).entries()) {
        this.#widths[at] = Math.max(this.#widths[at] ?? 0, widthOf(text));
      }
    }
  }

  #line(cells: readonly Painted[]): string {
    return cells
      .map((cell, at) => {
        const column = COLUMNS[at];
        return aligned(cell, this.#widths[at] ?? 0, column !== undefined && 'right' in column);
      })
      .join(' ')
      .trimEnd();
  }
}

type Painted = Exclude<Cell, string>;

function cellsOf(event: EventView, colors: Colors): readonly Painted[] {
  const plain = (text: string): string => text;
  return [
    { text: event.time.slice(0, -1).replace('T', ' '), paint: colors.dim },
    { text: `${event.partition}:${event.sequence}`, paint: colors.dim },
    { text: event.type, paint: typeColor(event, colors) },
    { text: event.card ?? '', paint: colors.cyan },
    { text: event.id ?? event.terminal ?? '', paint: plain },
    { text: event.kind?.toLowerCase() ?? '', paint: plain },
    { text: event.outcome ?? '', paint: outcomeColor(event, colors) },
    { text: event.amount?.toString() ?? '', paint: colors.bold },
    { text: event.parts === undefined ? '' : splitText(event.parts), paint: plain },
    { text: balancesText(event), paint: colors.dim },
    { text: remarks(event), paint: plain },
  ];
}

function typeColor({ type }: EventView, colors: Colors): (text: string) => string {
  if (/Refused|Declined|Prohibition/.test(type)) return colors.yellow;
  if (type.includes('Revers')) return colors.magenta;
  return /^(Genesis|Epoch|Released|Sealed)$/.test(type) ? colors.blue : (text) => text;
}

function outcomeColor({ outcome }: EventView, colors: Colors): (text: string) => string {
  if (outcome === 'APPROVED') return colors.green;
  return outcome === 'REVERSED' || outcome === 'REVERSING' ? colors.magenta : colors.red;
}

function balancesText({ balances }: EventView): string {
  if (balances === undefined) return '';
  const { storedValue, loan, interest, fareOwed, limit } = balances;
  const owed = `${interest === 0 ? '' : ` interest ${interest}`}${fareOwed === 0 ? '' : ` fare ${fareOwed}`}`;
  return `SV ${storedValue} loan ${loan}/${limit}${owed}`;
}

function remarks(event: EventView): string {
  const { original, limit, reasons, reference, order, adjustment, device, through, note } = event;
  const parts = [
    original === undefined ? '' : `of ${original}`,
    limit === undefined ? '' : `limit ${limit}`,
    reasons === undefined ? '' : `reasons ${reasons.length === 0 ? 'none' : reasons.join(', ')}`,
    reference === undefined ? '' : `reference ${reference}`,
    order === undefined ? '' : `order ${order}`,
    ...Object.entries(adjustment ?? {}).map(([name, change]) => `${name} ${change > 0 ? '+' : ''}${change}`),
    device === undefined ? '' : `device ${device}`,
    through === undefined ? '' : `through ${through}`,
    note ?? '',
  ];
  return parts.filter((part) => part !== '').join('; ');
}
