/** What each event adds to the sums of its business date: those of its terminal, or those of the center. */
import { decodeMessage } from '../../proto/message.js';
import { v1 } from '../../proto/generated/emoney.js';
import { fromInteger, toNumber, type WireLong } from '../../proto/guard.js';
import type { Count } from '../history/ports.js';
import type { SumsRow } from '../history/sums.js';
import type { Sums } from '../history/rows.js';
import { type Line, LINES, lineOf } from '../money/totals.js';
import { KINDS } from '../money/transaction.js';
import { AMOUNT_PARTS, PART_NAMES } from '../money/parts.js';
import { partsFinder } from './historyParts.js';
import { FieldFinder } from './wire/fields.js';
import { kinds } from './wire/vocabulary.js';

/** Of an event whose body stands at `begin … end`. Undefined: it counts nowhere. */
export type CountsOf = (event: Uint8Array, begin: number, end: number) => Count | undefined;

/** What no terminal asked for. */
const CENTER_LINES = [
  'openings',
  'stores',
  'interest',
  'debits',
  'credits',
  'returns',
  'adjustments',
] as const;
type CenterLine = (typeof CENTER_LINES)[number];

/**
 * Slots of a row: ten for each line (count, amount, parts), the terminal's first. They are stored: whoever changes a
 * line, its place or what counts in it raises HISTORY_FORMAT.
 */
const LINE_SLOTS = 2 + PART_NAMES.length;
const ENQUIRIES = LINES.length * LINE_SLOTS;
const ENTRIES = ENQUIRIES + 1;
const CENTER = ENTRIES + 1;

const DATE_BYTES = 4;

function slotOf(line: Line): number {
  return LINES.indexOf(line) * LINE_SLOTS;
}

function centerSlotOf(line: CenterLine): number {
  return CENTER + CENTER_LINES.indexOf(line) * LINE_SLOTS;
}

/** Rows are sorted by date, then by terminal; the center's own come first. Bytes as characters of Latin-1. */
export function nameOfRow(date: number, terminal: string): string {
  return String.fromCharCode(date >>> 24, (date >>> 16) & 0xff, (date >>> 8) & 0xff, date & 0xff) + terminal;
}

const NOBODY = '';

/** Where an approved transaction of each kind is counted, by the kind's number; enquiries where it moves no money. */
const MOVED_SLOTS: number[] = [];
for (const kind of KINDS) {
  const line = lineOf(kind, false);
  const other = kind === 'ENTRY' ? ENTRIES : ENQUIRIES;
  MOVED_SLOTS[kinds.toWire(kind)] = line === undefined ? other : slotOf(line);
}

const asked = new FieldFinder(v1.Asked, [
  ['id', {}],
  ['kind', v1.Kind.KIND_PURCHASE],
  ['amount', 1],
  ['businessDate', 1],
]);
const transactionId = new FieldFinder(v1.TransactionId, [['terminal', '?']]);
const moved = new FieldFinder(v1.RecordMoved, [
  ['asked', {}],
  ['parts', {}],
]);
const declined = new FieldFinder(v1.RecordDeclined, [['asked', {}]]);

function nameOfAsked(event: Uint8Array): string {
  transactionId.find(event, asked.begin(0), asked.end(0));
  return nameOfRow(asked.integer(3), transactionId.latin1(event, 0));
}

export const countOfMoved: CountsOf = (event, begin, end) => {
  moved.find(event, begin, end);
  asked.find(event, moved.begin(0), moved.end(0));
  const name = nameOfAsked(event);
  const slot = MOVED_SLOTS[asked.integer(1)] ?? ENQUIRIES;
  if (slot >= ENQUIRIES) return { name, adds: [slot, 1] };
  partsFinder.find(event, moved.begin(1), moved.end(1));
  const adds = [slot, 1, slot + 1, 0];
  let amount = 0;
  for (let place = 0; place < PART_NAMES.length; place += 1) {
    const part = partsFinder.integer(place);
    if (part === 0) continue;
    adds.push(slot + 2 + place, part);
    if (place < AMOUNT_PARTS) amount += part;
  }
  adds[3] = amount;
  return { name, adds };
};

export const countOfDeclined: CountsOf = (event, begin, end) => {
  declined.find(event, begin, end);
  asked.find(event, declined.begin(0), declined.end(0));
  const slot = slotOf('declines');
  return { name: nameOfAsked(event), adds: [slot, 1, slot + 1, asked.integer(2)] };
};

/** A tombstone undoes nothing. */
export const countOfReversed: CountsOf = (event, begin, end) => {
  const reversed = decodeMessage(v1.RecordReversed, event.subarray(begin, end));
  const { asked: about, amount, parts, undone } = reversed;
  const line = about?.kind ? lineOf(kinds.fromWire(about.kind, 'kind'), true) : undefined;
  if (!undone || line === undefined) return undefined;
  const terminal = latin1(about?.id?.terminal ?? '');
  return counted(about?.businessDate, terminal, slotOf(line), toNumber(amount, 'amount'), partsOf(parts));
};

/** The terminal's own refusal, which never reaches the center. */
export const countOfRefused: CountsOf = (event, begin, end) => {
  const { opened } = decodeMessage(v1.TransactionRefused, event.subarray(begin, end));
  const terminal = latin1(opened?.id?.terminal ?? '');
  const amount = toNumber(opened?.amount ?? 0, 'amount');
  return counted(opened?.businessDate, terminal, slotOf('ownRefusals'), amount, {});
};

export const countOfOpened: CountsOf = (event, begin, end) => {
  const { terms, businessDate } = decodeMessage(v1.RecordOpened, event.subarray(begin, end));
  const { storedValue, loan, interest, fareOwed } = terms ?? {};
  const parts = partsOf({ value: storedValue, loan, interest, fare: fareOwed });
  return countedAtCenter(businessDate, 'openings', undefined, parts);
};

export const countOfStored: CountsOf = (event, begin, end) => {
  const { parts, businessDate } = decodeMessage(v1.RecordStored, event.subarray(begin, end));
  return countedAtCenter(businessDate, 'stores', undefined, partsOf(parts));
};

export const countOfInterest: CountsOf = (event, begin, end) => {
  const { amount, through } = decodeMessage(v1.RecordInterestPosted, event.subarray(begin, end));
  return countedAtCenter(through, 'interest', undefined, partsOf({ interest: amount }));
};

export const countOfOrdered: CountsOf = (event, begin, end) => {
  const { amount, credit, businessDate } = decodeMessage(
    v1.RecordCollectionOrdered,
    event.subarray(begin, end),
  );
  return countedAtCenter(
    businessDate,
    credit ? 'credits' : 'debits',
    undefined,
    partsOf({ account: amount }),
  );
};

export const countOfReturned: CountsOf = (event, begin, end) => {
  const { amount, businessDate } = decodeMessage(v1.RecordCollectionReturned, event.subarray(begin, end));
  return countedAtCenter(businessDate, 'returns', undefined, partsOf({ loan: amount }));
};

export const countOfAdjusted: CountsOf = (event, begin, end) => {
  const { adjustment, businessDate } = decodeMessage(v1.RecordAdjusted, event.subarray(begin, end));
  const { storedValue, loan, interest, fareOwed } = adjustment ?? {};
  const parts = partsOf({ value: storedValue, loan, interest, fare: fareOwed });
  return countedAtCenter(businessDate, 'adjustments', undefined, parts);
};

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}

type SomeParts = Readonly<Partial<Record<(typeof PART_NAMES)[number], number>>>;

function partsOf(
  wire: Readonly<Partial<Record<keyof SomeParts, WireLong | null | undefined>>> | null | undefined,
): SomeParts {
  return Object.fromEntries(PART_NAMES.map((part) => [part, toNumber(wire?.[part] ?? 0, part)]));
}

function countedAtCenter(
  date: number | null | undefined,
  line: CenterLine,
  amount: number | undefined,
  parts: SomeParts,
): Count {
  return counted(date, NOBODY, centerSlotOf(line), amount, parts);
}

/** `amount` undefined: the sum of the parts. */
function counted(
  date: number | null | undefined,
  terminal: string,
  slot: number,
  amount: number | undefined,
  parts: SomeParts,
): Count {
  const adds = [slot, 1, slot + 1, amount ?? 0];
  let sum = 0;
  for (const [place, part] of PART_NAMES.entries()) {
    const added = parts[part] ?? 0;
    if (added === 0) continue;
    adds.push(slot + 2 + place, added);
    if (place < AMOUNT_PARTS) sum += added;
  }
  if (amount === undefined) adds[3] = sum;
  return { name: nameOfRow(date ?? 0, terminal), adds };
}

/** The row as it is sent. Throws GuardError for a sum beyond 64 bits. */
export function dayTotalsOf({ name, sums }: SumsRow): v1.DayTotals.$Properties {
  const row = Buffer.from(name.buffer, name.byteOffset, name.byteLength);
  const businessDate = row.readUInt32BE(0);
  const terminal = row.toString('utf8', DATE_BYTES);
  if (terminal === '') return { businessDate, center: centerOf(sums) };
  const totals: v1.BatchTotals.$Properties = { businessDate };
  for (const line of LINES) {
    const sum = countedOf(sums, slotOf(line));
    if (sum !== undefined) totals[line] = sum;
  }
  totals.enquiries = fromInteger(sums.get(ENQUIRIES) ?? 0n, 'enquiries');
  totals.entries = fromInteger(sums.get(ENTRIES) ?? 0n, 'entries');
  return { businessDate, terminal, totals };
}

function centerOf(sums: Sums): v1.CenterTotals.$Properties {
  const center: v1.CenterTotals.$Properties = {};
  for (const line of CENTER_LINES) {
    const sum = countedOf(sums, centerSlotOf(line));
    if (sum !== undefined) center[line] = sum;
  }
  return center;
}

/** Undefined: nothing was counted. */
function countedOf(sums: Sums, slot: number): v1.CountedAmount.$Properties | undefined {
  const count = sums.get(slot);
  if (count === undefined) return undefined;
  const wire = (at: number, field: string): WireLong => fromInteger(sums.get(at) ?? 0n, field);
  const parts: v1.Parts.$Properties = {};
  for (const [place, part] of PART_NAMES.entries()) {
    if (sums.has(slot + 2 + place)) parts[part] = wire(slot + 2 + place, part);
  }
  return { count: wire(slot, 'count'), amount: wire(slot + 1, 'amount'), parts };
}
