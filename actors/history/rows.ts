/** Values of the history's orders that are one thing each; those that hold what was filed together are in packed.ts. */
import { PLACE_BYTES, readPlace, writePlace, type Place } from './place.js';
import type { Standing } from './ports.js';

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

/** The UTF-8 of a text, one character a byte. */
export function latin1OfText(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** As a key of a Map: one character a byte. */
export function latin1Of(bytes: Uint8Array): string {
  return bufferOf(bytes).toString('latin1');
}
