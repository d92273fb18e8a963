/**
 * Keys of a history. Every key begins with its partition and the order that it belongs to:
 *
 *     entries      card NUL place                       → event
 *     times        time sequence                        → index and card of each entry of a frame
 *     ids          terminal NUL incarnation number place → card
 *     batches      terminal NUL batch place             → card
 *     columns      terminal NUL batch place line        → opening and closing event
 *     openings     terminal NUL incarnation number line → opening event, until it is closed
 *     matters      list part name                       → place and event, until it is listed no longer
 *     standings    name NUL place                       → whether it is whole, and the value
 *     sums         name                                 → the sum of each slot
 *     cursor                                            → the frame up to which all this is complete
 *
 * An entry's event is stored once, under its card; the other orders name the card and the place. Ids hold no NUL, so
 * that one id is never taken for the beginning of another.
 */
import { PLACE_BYTES, writePlace, type Place } from './place.js';
import type { Filing } from './ports.js';

export const ORDER = {
  cursor: 0x21,
  batches: 0x62,
  columns: 0x63,
  entries: 0x65,
  ids: 0x69,
  matters: 0x6d,
  openings: 0x6f,
  standings: 0x73,
  sums: 0x75,
  times: 0x74,
} as const;

export type Order = (typeof ORDER)[keyof typeof ORDER];

const PARTITION_BYTES = 4;
/** Partition and order. */
const HEAD_BYTES = PARTITION_BYTES + 1;
const ID_BYTES = 12;
const BATCH_BYTES = 4;
const PART_BYTES = 1 + 4;

function begin(partition: number, order: Order, length: number): Buffer {
  const key = Buffer.allocUnsafe(HEAD_BYTES + length);
  key.writeUInt32BE(partition, 0);
  key[PARTITION_BYTES] = order;
  return key;
}

/** Everything of a partition: from the first to before the second. */
export function partitionRange(partition: number): readonly [Buffer, Buffer] {
  const [from, to] = [Buffer.alloc(PARTITION_BYTES), Buffer.alloc(PARTITION_BYTES + 1)];
  from.writeUInt32BE(partition, 0);
  to.writeUInt32BE(partition, 0);
  to[PARTITION_BYTES] = 0xff;
  return [from, to];
}

/** The beginning of all keys of an order in which `text` stands first, ended: no longer text is meant. */
export function textPrefix(partition: number, order: Order, text: Uint8Array): Buffer {
  const key = begin(partition, order, text.length + 1);
  key.set(text, HEAD_BYTES);
  key[HEAD_BYTES + text.length] = 0;
  return key;
}

/** The beginning of all keys of an order whose text begins with `text`. */
export function textBeginning(partition: number, order: Order, text: Uint8Array): Buffer {
  const key = begin(partition, order, text.length);
  key.set(text, HEAD_BYTES);
  return key;
}

export function cursorKey(partition: number): Buffer {
  return begin(partition, ORDER.cursor, 0);
}

export function entryKey(partition: number, card: Uint8Array, place: Place): Buffer {
  return placedKey(partition, ORDER.entries, card, place);
}

export function standingKey(partition: number, name: Uint8Array, place: Place): Buffer {
  return placedKey(partition, ORDER.standings, name, place);
}

function placedKey(partition: number, order: Order, text: Uint8Array, place: Place): Buffer {
  const key = begin(partition, order, text.length + 1 + PLACE_BYTES);
  key.set(text, HEAD_BYTES);
  key[HEAD_BYTES + text.length] = 0;
  writePlace(key, HEAD_BYTES + text.length + 1, place);
  return key;
}

/** The text of a key that ends with NUL and a place: of an entry the card, of a standing its name. */
export function textOf(key: Buffer): Buffer {
  return key.subarray(HEAD_BYTES, -PLACE_BYTES - 1);
}

export function sumsKey(partition: number, name: Uint8Array): Buffer {
  return textBeginning(partition, ORDER.sums, name);
}

export function nameOfSums(key: Buffer): Buffer {
  return key.subarray(HEAD_BYTES);
}

export function timeKey(partition: number, time: number, sequence: number): Buffer {
  const key = begin(partition, ORDER.times, 12);
  key.writeUIntBE(time, HEAD_BYTES, 6);
  key.writeUIntBE(sequence, HEAD_BYTES + 6, 6);
  return key;
}

export function readTimeKey(key: Buffer): { readonly time: number; readonly sequence: number } {
  return { time: key.readUIntBE(HEAD_BYTES, 6), sequence: key.readUIntBE(HEAD_BYTES + 6, 6) };
}

type Id = Pick<Filing, 'terminal' | 'incarnation' | 'number'>;

function writeId(key: Buffer, at: number, { terminal, incarnation, number }: Id): number {
  key.set(terminal, at);
  let end = at + terminal.length;
  key[end] = 0;
  end = key.writeUInt32BE(incarnation, end + 1);
  end = key.writeUInt32BE(Math.floor(number / 2 ** 32), end);
  return key.writeUInt32BE(number >>> 0, end);
}

/** The beginning of the keys of one transaction id. */
export function idPrefix(partition: number, id: Id): Buffer {
  const key = begin(partition, ORDER.ids, id.terminal.length + 1 + ID_BYTES);
  writeId(key, HEAD_BYTES, id);
  return key;
}

export function idKey(partition: number, id: Id, place: Place): Buffer {
  const key = begin(partition, ORDER.ids, id.terminal.length + 1 + ID_BYTES + PLACE_BYTES);
  writePlace(key, writeId(key, HEAD_BYTES, id), place);
  return key;
}

export function openingKey(partition: number, line: number, id: Id): Buffer {
  const key = begin(partition, ORDER.openings, id.terminal.length + 1 + ID_BYTES + 1);
  key[writeId(key, HEAD_BYTES, id)] = line;
  return key;
}

interface OfList {
  readonly list: number;
  readonly part: number;
}

/** The beginning of the keys of a part of a list. */
export function matterPrefix(partition: number, of: OfList): Buffer {
  return matterKey(partition, { ...of, name: new Uint8Array(0) });
}

export function matterKey(
  partition: number,
  { list, part, name }: OfList & { readonly name: Uint8Array },
): Buffer {
  const key = begin(partition, ORDER.matters, PART_BYTES + name.length);
  key[HEAD_BYTES] = list;
  key.writeUInt32BE(part, HEAD_BYTES + 1);
  key.set(name, HEAD_BYTES + PART_BYTES);
  return key;
}

interface InBatch {
  readonly terminal: Uint8Array;
  readonly batch: number;
}

function writeBatch(key: Buffer, { terminal, batch }: InBatch): number {
  key.set(terminal, HEAD_BYTES);
  const end = HEAD_BYTES + terminal.length;
  key[end] = 0;
  return key.writeUInt32BE(batch, end + 1);
}

/** The beginning of the keys of one terminal's batch, in the order `batches` or `columns`. */
export function batchPrefix(partition: number, order: Order, of: InBatch): Buffer {
  const key = begin(partition, order, of.terminal.length + 1 + BATCH_BYTES);
  writeBatch(key, of);
  return key;
}

export function batchKey(partition: number, of: InBatch, place: Place): Buffer {
  const key = begin(partition, ORDER.batches, of.terminal.length + 1 + BATCH_BYTES + PLACE_BYTES);
  writePlace(key, writeBatch(key, of), place);
  return key;
}

export function columnKey(partition: number, of: InBatch, place: Place, line: number): Buffer {
  const key = begin(partition, ORDER.columns, of.terminal.length + 1 + BATCH_BYTES + PLACE_BYTES + 1);
  const end = writeBatch(key, of);
  writePlace(key, end, place);
  key[end + PLACE_BYTES] = line;
  return key;
}

/** Of a key that ends with a place. */
export function withoutPlace(key: Buffer): Buffer {
  return key.subarray(0, -PLACE_BYTES);
}

/** The key before which all keys end that begin with `prefix`. */
export function after(prefix: Uint8Array): Buffer {
  const end = Buffer.from(prefix);
  let last = end.length - 1;
  // The first byte of a partition's number is never the largest one.
  while (end[last] === 0xff) last -= 1;
  end[last] = (end[last] ?? 0) + 1;
  return end.subarray(0, last + 1);
}

/** `prefix` followed by the least place that is not before `time`. */
export function atTime(prefix: Uint8Array, time: number): Buffer {
  const key = Buffer.alloc(prefix.length + 6);
  key.set(prefix);
  key.writeUIntBE(time, prefix.length, 6);
  return key;
}

/** `prefix` followed by exactly this place. */
export function atPlace(prefix: Uint8Array, place: Place): Buffer {
  const key = Buffer.alloc(prefix.length + PLACE_BYTES);
  key.set(prefix);
  writePlace(key, prefix.length, place);
  return key;
}
