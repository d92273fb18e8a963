/**
 * Values that hold what was filed together. A row begins with how far its key's frame is from the first one that was
 * filed with it (sequence, then time); the places of its items count from that one (sequence, time, index).
 *
 *     entries   place, event
 *     batches   place, card, incarnation, number
 *     ids       batches, without a beginning
 *     times     how far the stamp of the others is from the first frame, then place, card
 *     columns   place, line, opening (empty: none), event
 */
import { ArenaReader, type Arena } from './arena.js';
import type { Place, Stamp } from './place.js';
import { bufferOf } from './rows.js';

export function writeHead(row: Arena, first: Stamp, { time, sequence }: Stamp): void {
  row.uint(sequence - first.sequence);
  row.uint(time - first.time);
}

export function writePlaceIn(row: Arena, first: Stamp, { time, sequence, index }: Place): void {
  row.uint(sequence - first.sequence);
  row.uint(time - first.time);
  row.uint(index);
}

export interface PackedEntry {
  readonly place: Place;
  readonly event: Buffer;
}

export function readEntries(value: Uint8Array, stamp: Stamp): PackedEntry[] {
  return readItems(value, stamp, (row) => ({ event: row.bytes() }));
}

export interface PackedReference {
  readonly place: Place;
  readonly card: Buffer;
}

export interface PackedId extends PackedReference {
  readonly incarnation: number;
  readonly number: number;
}

export function readReferences(value: Uint8Array, stamp: Stamp): PackedId[] {
  return readItems(value, stamp, (row) => ({
    card: row.bytes(),
    incarnation: row.uint(),
    number: row.uint(),
  }));
}

/** `last`: the frame of the key. Their entries are under another stamp. */
export function readTimes(
  value: Uint8Array,
  last: Stamp,
): { readonly stamp: Stamp; readonly items: PackedReference[] } {
  const row = new ArenaReader(bufferOf(value));
  const first = readFirst(row, last);
  const stamp = { sequence: first.sequence + row.uint(), time: first.time + row.uint() };
  return { stamp, items: readRest(row, first, () => ({ card: row.bytes() })) };
}

export function readBatches(value: Uint8Array): number[] {
  const row = new ArenaReader(bufferOf(value));
  const batches: number[] = [];
  while (!row.ended) batches.push(row.uint());
  return batches;
}

export interface PackedLine {
  readonly place: Place;
  readonly line: number;
  /** Undefined: a line by itself, which was never open. */
  readonly opening: Buffer | undefined;
  readonly event: Buffer;
}

/** `last`: the place of the key. */
export function readLines(value: Uint8Array, last: Stamp): PackedLine[] {
  return readItems(value, last, (row) => {
    const line = row.uint();
    const opening = row.bytes();
    return { line, opening: opening.length === 0 ? undefined : opening, event: row.bytes() };
  });
}

function readItems<Item>(
  value: Uint8Array,
  last: Stamp,
  read: (row: ArenaReader) => Item,
): (Item & { readonly place: Place })[] {
  const row = new ArenaReader(bufferOf(value));
  return readRest(row, readFirst(row, last), read);
}

function readFirst(row: ArenaReader, { sequence, time }: Stamp): Stamp {
  return { sequence: sequence - row.uint(), time: time - row.uint() };
}

function readRest<Item>(
  row: ArenaReader,
  first: Stamp,
  read: (row: ArenaReader) => Item,
): (Item & { readonly place: Place })[] {
  const items: (Item & { readonly place: Place })[] = [];
  while (!row.ended) {
    const [sequence, time, index] = [row.uint() + first.sequence, row.uint() + first.time, row.uint()];
    items.push({ place: { time, sequence, index }, ...read(row) });
  }
  return items;
}
