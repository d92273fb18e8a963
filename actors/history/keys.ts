/**
 * Keys of a history. Every key begins with its partition and the order that it belongs to:
 *
 *     entries      card NUL stamp                       → place and event of each entry
 *     batches      terminal NUL batch stamp             → place, card and id of each entry
 *     ids          terminal NUL incarnation block stamp → batches in which there are ids of the block
 *     times        time sequence                        → place and card of each entry of some frames, up to this one
 *     columns      terminal NUL batch place line        → opening and closing events of some lines, up to this one
 *     openings     terminal NUL incarnation number line → opening event, until it is closed
 *     matters      list part name                       → place and event, until it is listed no longer
 *     standings    name NUL place                       → whether it is whole, and the value
 *     sums         name                                 → the sum of each slot
 *     cursor                                            → the frame up to which all this is complete
 *
 * The rows of the first five hold what was filed together (packed.ts says how). An entry's event is stored once, under
 * its card; the other orders name the card and the place, and it is in the row with their own stamp. Ids hold no NUL,
 * so that one id is never taken for the beginning of another.
 */
import {
  PLACE_BYTES,
  STAMP_BYTES,
  writePlace,
  writeStamp,
  readStamp,
  type Place,
  type Stamp,
} from './place.js';
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
/** Transaction numbers that share a row: a terminal gives them one after the other. */
const BLOCK = 64;
const BLOCK_BYTES = 4 + 6;
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

/** The name of a standing. */
export function nameOfStanding(key: Buffer): Buffer {
  return key.subarray(HEAD_BYTES, -PLACE_BYTES - 1);
}

export function sumsKey(partition: number, name: Uint8Array): Buffer {
  return textBeginning(partition, ORDER.sums, name);
}

export function nameOfSums(key: Buffer): Buffer {
  return key.subarray(HEAD_BYTES);
}

/** The card of a row of entries. */
export function cardOf(key: Buffer): Buffer {
  return key.subarray(HEAD_BYTES, -STAMP_BYTES - 1);
}

/** The terminal: its bytes as characters of Latin-1. */
export type Id = Pick<Filing, 'terminal' | 'incarnation' | 'number'>;

function writeId(key: Buffer, at: number, { terminal, incarnation, number }: Id): number {
  let end = at + key.write(terminal, at, 'latin1');
  key[end] = 0;
  end = key.writeUInt32BE(incarnation, end + 1);
  end = key.writeUInt32BE(Math.floor(number / 2 ** 32), end);
  return key.writeUInt32BE(number >>> 0, end);
}

/** The block of ids in which a number is. */
export function blockOf(number: number): number {
  return Math.floor(number / BLOCK);
}

/** The beginning of the keys of the block in which an id is. */
export function blockPrefix(partition: number, { terminal, incarnation, number }: Id): Buffer {
  const key = begin(partition, ORDER.ids, terminal.length + 1 + BLOCK_BYTES);
  const end = HEAD_BYTES + key.write(terminal, HEAD_BYTES, 'latin1');
  key[end] = 0;
  key.writeUInt32BE(incarnation, end + 1);
  key.writeUIntBE(blockOf(number), end + 5, 6);
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
  readonly terminal: string;
  readonly batch: number;
}

function writeBatch(key: Buffer, { terminal, batch }: InBatch): number {
  const end = HEAD_BYTES + key.write(terminal, HEAD_BYTES, 'latin1');
  key[end] = 0;
  return key.writeUInt32BE(batch, end + 1);
}

/** The beginning of the keys of one terminal's batch, in the order `batches` or `columns`. */
export function batchPrefix(partition: number, order: Order, of: InBatch): Buffer {
  const key = begin(partition, order, of.terminal.length + 1 + BATCH_BYTES);
  writeBatch(key, of);
  return key;
}

/** Of a key that ends with a stamp. */
export function withoutStamp(key: Buffer): Buffer {
  return key.subarray(0, -STAMP_BYTES);
}

export function stampOf(key: Buffer): Stamp {
  return readStamp(key, key.length - STAMP_BYTES);
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

/** `prefix` followed by exactly this stamp. */
export function atStamp(prefix: Uint8Array, stamp: Stamp): Buffer {
  const key = Buffer.allocUnsafe(prefix.length + STAMP_BYTES);
  key.set(prefix);
  writeStamp(key, prefix.length, stamp);
  return key;
}

/** `prefix` followed by exactly this place. */
export function atPlace(prefix: Uint8Array, place: Place): Buffer {
  const key = Buffer.alloc(prefix.length + PLACE_BYTES);
  key.set(prefix);
  writePlace(key, prefix.length, place);
  return key;
}

/** Keys of packed rows, texts as Latin-1 strings of their bytes. Each key only until the next one is written. */
export class PackedKeys {
  #key = Buffer.allocUnsafeSlow(256);
  readonly #partition: number;
  #length = 0;

  constructor(partition: number) {
    this.#partition = partition;
  }

  entries(card: string, stamp: Stamp): Uint8Array {
    this.#begin(ORDER.entries, card);
    return this.#stamped(stamp);
  }

  batches(terminal: string, batch: number, stamp: Stamp): Uint8Array {
    this.#begin(ORDER.batches, terminal);
    this.#length = this.#key.writeUInt32BE(batch, this.#length);
    return this.#stamped(stamp);
  }

  ids(terminal: string, incarnation: number, block: number, stamp: Stamp): Uint8Array {
    this.#begin(ORDER.ids, terminal);
    this.#length = this.#key.writeUInt32BE(incarnation, this.#length);
    this.#length = this.#key.writeUIntBE(block, this.#length, 6);
    return this.#stamped(stamp);
  }

  times(last: Stamp): Uint8Array {
    this.#begin(ORDER.times, undefined);
    return this.#stamped(last);
  }

  columns(terminal: string, batch: number, place: Place, line: number): Uint8Array {
    this.#begin(ORDER.columns, terminal);
    this.#length = this.#key.writeUInt32BE(batch, this.#length);
    writePlace(this.#key, this.#length, place);
    this.#length = this.#key.writeUInt8(line, this.#length + PLACE_BYTES);
    return this.#cut();
  }

  /** The text, ended; undefined: none. */
  #begin(order: Order, text: string | undefined): void {
    const most = HEAD_BYTES + (text?.length ?? 0) + 1 + BLOCK_BYTES + PLACE_BYTES + 1;
    if (this.#key.length < most) this.#key = Buffer.allocUnsafeSlow(most);
    const key = this.#key;
    key.writeUInt32BE(this.#partition, 0);
    key[PARTITION_BYTES] = order;
    this.#length = HEAD_BYTES;
    if (text === undefined) return;
    for (let at = 0; at < text.length; at += 1) key[HEAD_BYTES + at] = text.charCodeAt(at);
    this.#length += text.length;
    key[this.#length] = 0;
    this.#length += 1;
  }

  #stamped(stamp: Stamp): Uint8Array {
    writeStamp(this.#key, this.#length, stamp);
    this.#length += STAMP_BYTES;
    return this.#cut();
  }

  #cut(): Uint8Array {
    // A Buffer's own subarray costs several times as much.
    return new Uint8Array(this.#key.buffer, 0, this.#length);
  }
}
