/** How far the history of a partition has come: the frame up to which it is complete. */
import type { Tip } from '../runtime/chain.js';
import { bufferOf } from './rows.js';

/** Of everything that a history stores: another one is not read, but made anew from the journal. */
export const HISTORY_FORMAT = 5;

const HEAD_BYTES = 1 + 8 + 8;

/** Format, sequence (8 bytes), time (8 bytes), hash of the frame. */
export function encodeCursor({ sequence, time, hash }: Tip): Buffer {
  const cursor = Buffer.alloc(HEAD_BYTES + hash.length);
  cursor[0] = HISTORY_FORMAT;
  cursor.writeDoubleBE(sequence, 1);
  cursor.writeDoubleBE(time, 9);
  cursor.set(hash, HEAD_BYTES);
  return cursor;
}

/** Undefined: of another format. */
export function decodeCursor(value: Uint8Array): Tip | undefined {
  const cursor = bufferOf(value);
  if (cursor[0] !== HISTORY_FORMAT || cursor.length < HEAD_BYTES) return undefined;
  return {
    sequence: cursor.readDoubleBE(1),
    time: cursor.readDoubleBE(9),
    hash: Uint8Array.from(cursor.subarray(HEAD_BYTES)),
  };
}
