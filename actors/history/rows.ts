/** Values of the history's orders that are more than one event or one card. */
import { PLACE_BYTES, readPlace, writePlace, type Place } from './place.js';
import type { Standing } from './ports.js';

/** One entry of a frame in the order of time. */
export interface TimesItem {
  readonly index: number;
  readonly card: Uint8Array;
}

const ITEM_BYTES = 5;

/** index (3 bytes), length of the card (2 bytes), card; for each entry of the frame. */
export function encodeTimes(items: readonly TimesItem[]): Buffer {
  let length = 0;
  for (const { card } of items) length += ITEM_BYTES + card.length;
  const row = Buffer.allocUnsafe(length);
  let at = 0;
  for (const { index, card } of items) {
    at = row.writeUIntBE(index, at, 3);
    at = row.writeUInt16BE(card.length, at);
    row.set(card, at);
    at += card.length;
  }
  return row;
}

export function decodeTimes(value: Uint8Array): TimesItem[] {
  const row = bufferOf(value);
  const items: TimesItem[] = [];
  for (let at = 0; at < row.length;) {
    const index = row.readUIntBE(at, 3);
    const end = at + ITEM_BYTES + row.readUInt16BE(at + 3);
    items.push({ index, card: row.subarray(at + ITEM_BYTES, end) });
    at = end;
  }
  return items;
}

/** Length of the opening (4 bytes, 0: none), opening, event. */
export function encodeLine(opening: Uint8Array | undefined, event: Uint8Array): Buffer {
  const first = opening?.length ?? 0;
  const row = Buffer.allocUnsafe(4 + first + event.length);
  row.writeUInt32BE(first, 0);
  if (opening !== undefined) row.set(opening, 4);
  row.set(event, 4 + first);
  return row;
}

interface Line {
  /** Undefined: a line by itself, which was never open. */
  readonly opening: Uint8Array | undefined;
  readonly event: Uint8Array;
}

export function decodeLine(value: Uint8Array): Line {
  const row = bufferOf(value);
  const end = 4 + row.readUInt32BE(0);
  return { opening: end === 4 ? undefined : row.subarray(4, end), event: row.subarray(end) };
}

/** The place, then the event. */
export function encodeMatter(place: Place, event: Uint8Array): Buffer {
  const row = Buffer.allocUnsafe(PLACE_BYTES + event.length);
  writePlace(row, 0, place);
  row.set(event, PLACE_BYTES);
  return row;
}

export function decodeMatter(value: Uint8Array): { readonly place: Place; readonly event: Uint8Array } {
  const row = bufferOf(value);
  return { place: readPlace(row, 0), event: row.subarray(PLACE_BYTES) };
}

/** Whether it is whole (1 byte), then the value. */
export function encodeStanding({ whole, value }: Standing): Buffer {
  const row = Buffer.allocUnsafe(1 + value.length);
  row[0] = whole ? 1 : 0;
  row.set(value, 1);
  return row;
}

export function decodeStanding(row: Uint8Array): Pick<Standing, 'whole' | 'value'> {
  return { whole: row[0] === 1, value: row.subarray(1) };
}

/** By slot; what is not there is 0. */
export type Sums = ReadonlyMap<number, bigint>;

const SUM_BYTES = 1 + 8;

/** Slot (1 byte), sum (8 bytes, signed), for each of them. */
export function encodeSums(sums: Sums): Buffer {
  const row = Buffer.allocUnsafe(sums.size * SUM_BYTES);
  let at = 0;
  for (const [slot, sum] of sums) {
    at = row.writeUInt8(slot, at);
    at = row.writeBigInt64BE(sum, at);
  }
  return row;
}

export function decodeSums(value: Uint8Array): Map<number, bigint> {
  const row = bufferOf(value);
  const sums = new Map<number, bigint>();
  for (let at = 0; at < row.length; at += SUM_BYTES) sums.set(row.readUInt8(at), row.readBigInt64BE(at + 1));
  return sums;
}

/** The same bytes with a Buffer's methods. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
