/** Reading the orders of one partition: references to entries, a page at a time, and the entries themselves. */
import { HISTORY_SCAN_KEYS } from '../bounds.js';
import { HistoryGapError } from './errors.js';
import { after, entryKey, ORDER, readTimeKey, textOf, withoutPlace, type Order } from './keys.js';
import { PLACE_BYTES, readPlace, type Place } from './place.js';
import type { HistoryStore, Row } from './ports.js';
import { bufferOf, decodeTimes } from './rows.js';

export interface Source {
  readonly store: HistoryStore;
  readonly partition: number;
}

export interface Entry {
  readonly place: Place;
  readonly event: Uint8Array;
}

/** Where an entry is, and its event unless the order holds only the card. */
export interface Reference {
  readonly place: Place;
  readonly card: Uint8Array;
  readonly event: Uint8Array | undefined;
}

/** Keys of one order. */
export interface Range {
  readonly order: Order;
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

/** A row of the order of time holds all entries of a frame, which may be some thousands. */
const FRAMES_AT_ONCE = 8;

/** Newest first, in pages: a range is of one card, id or batch, or of time, and within it keys rise with time. */
export async function* newestFirst(source: Source, range: Range): AsyncGenerator<readonly Entry[]> {
  const { order, from } = range;
  const limit = order === ORDER.times ? FRAMES_AT_ONCE : HISTORY_SCAN_KEYS;
  let { to } = range;
  for (;;) {
    const rows = await source.store.scan({ from, to, reverse: true, limit });
    const references = rows.flatMap((row) => referencesOf(order, row));
    for (let at = 0; at < references.length; at += HISTORY_SCAN_KEYS) {
      yield await entriesAt(source, references.slice(at, at + HISTORY_SCAN_KEYS));
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < limit) return;
    [to] = last;
  }
}

/** What a row names; newest first where it is a frame's. */
export function referencesOf(order: Order, [key, value]: Row): Reference[] {
  const bytes = bufferOf(key);
  if (order === ORDER.times) {
    const frame = readTimeKey(bytes);
    return decodeTimes(value)
      .reverse()
      .map(({ index, card }) => ({ place: { ...frame, index }, card, event: undefined }));
  }
  const place = readPlace(bytes, bytes.length - PLACE_BYTES);
  if (order === ORDER.entries) return [{ place, card: textOf(bytes), event: value }];
  return [{ place, card: value, event: undefined }];
}

/** In the order of the references. */
export async function entriesAt(
  { store, partition }: Source,
  references: readonly Reference[],
): Promise<readonly Entry[]> {
  const missing = references.filter(({ event }) => event === undefined);
  const keys = missing.map(({ card, place }) => entryKey(partition, card, place));
  const read = keys.length === 0 ? [] : await store.get(keys);
  let next = 0;
  return references.map(({ event, place }) => {
    const found = event ?? read[next++];
    if (found === undefined) throw new HistoryGapError(place.sequence, place.index);
    return { place, event: found };
  });
}

/** Beginnings of all keys with a batch below `beginning`, each once, the last first. */
export async function* batchesBelow({ store }: Source, beginning: Uint8Array): AsyncGenerator<Buffer> {
  let to = after(beginning);
  for (;;) {
    const [row] = await store.scan({ from: beginning, to, reverse: true, limit: 1 });
    if (row === undefined) return;
    to = withoutPlace(bufferOf(row[0]));
    yield to;
  }
}
