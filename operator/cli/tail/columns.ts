import type { Output } from '../output.js';
import { splitText } from '../text.js';
import type { EventView } from './eventView.js';

type Colors = Output['colors'];

/** One aligned line an event; what does not fit its column pushes the rest to the right, and is never cut. */
export function renderEvent(event: EventView, colors: Colors): string {
  const plain = (text: string): string => text;
  const cells: readonly [text: string, width: number, paint: (text: string) => string][] = [
    [event.time.slice(0, -1).replace('T', ' '), 23, colors.dim],
    [`${event.partition}:${event.sequence}`, 9, colors.dim],
    [event.type, 20, typeColor(event, colors)],
    [event.card ?? '', 14, colors.cyan],
    [event.id ?? event.terminal ?? '', 22, plain],
    [event.kind?.toLowerCase() ?? '', 8, plain],
    [event.outcome ?? '', 13, outcomeColor(event, colors)],
    [event.amount === undefined ? '' : event.amount.toString(), -9, colors.bold],
    [event.parts === undefined ? '' : splitText(event.parts), 22, plain],
    [balancesText(event), 24, colors.dim],
    [remarks(event), 0, plain],
  ];
  return cells
    .map(([text, width, paint]) => aligned(text, width, paint))
    .join(' ')
    .trimEnd();
}

export function renderHeader(colors: Colors): string {
  const names: readonly [string, number][] = [
    ['TIME (UTC)', 23],
    ['FRAME', 9],
    ['EVENT', 20],
    ['CARD', 14],
    ['ID', 22],
    ['KIND', 8],
    ['OUTCOME', 13],
    ['AMOUNT', -9],
    ['SPLIT', 22],
    ['BALANCES AFTER', 24],
  ];
  return names
    .map(([name, width]) => aligned(name, width, colors.dim))
    .join(' ')
    .trimEnd();
}

/** Negative width: to the right. Padded before it is coloured: escape codes have no width. */
function aligned(text: string, width: number, paint: (text: string) => string): string {
  const padded = width < 0 ? text.padStart(-width) : text.padEnd(width);
  return text === '' ? padded : paint(padded);
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
