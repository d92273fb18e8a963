/** Reading the orders of one partition: references to entries, a page at a time, and the entries themselves. */
import { HISTORY_SCAN_KEYS } from '../bounds.js';
import { HistoryGapError } from './errors.js';
import {
  after,
  atStamp,
  atTime,
  cardOf,
  type Id,
  ORDER,
  stampOf,
  textPrefix,
  batchPrefix,
  withoutStamp,
} from './keys.js';
import { readBatches, readEntries, type PackedEntry, readReferences, readTimes } from './packed.js';
import { comparePlaces, type Place, type Stamp } from './place.js';
import type { HistoryStore, Row } from './ports.js';
import { bufferOf, latin1Of } from './rows.js';

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
  /** Of all that was filed with it. */
  readonly stamp: Stamp;
  readonly event: Uint8Array | undefined;
}

/** Entries whose keys begin alike: of one card, one batch, one id, or all. */
export type Group =
  | { readonly order: 'entries' | 'batches' | 'times'; readonly prefix: Buffer }
  /** The prefix is that of the block in which the id is. */
  | { readonly order: 'ids'; readonly prefix: Buffer; readonly id: Id };

export interface Span {
  /** Nothing older. */
  readonly from: Place | undefined;
  /** Nothing of this time (ms), or newer. */
  readonly to: number | undefined;
}

/** Rows that are read first: most who ask want the newest entries only. Then more and more at once. */
const FIRST_ROWS = 2;

/** Newest first, in pages. */
export async function* newestFirst(
  source: Source,
  group: Group,
  { from, to }: Span,
): AsyncGenerator<readonly Entry[]> {
  const { prefix } = group;
  const first = from === undefined ? prefix : atStamp(prefix, from);
  let end: Uint8Array = await endOf(source, prefix, to);
  for (let limit = FIRST_ROWS; ; limit = Math.min(4 * limit, HISTORY_SCAN_KEYS)) {
    const rows = await source.store.scan({ from: first, to: end, reverse: true, limit });
    const references = (await referencesOf(source, group, rows)).filter(
      ({ place }) =>
        (from === undefined || comparePlaces(place, from) >= 0) && (to === undefined || place.time < to),
    );
    for (let at = 0; at < references.length; at += HISTORY_SCAN_KEYS) {
      yield await entriesAt(source, references.slice(at, at + HISTORY_SCAN_KEYS));
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < limit) return;
    [end] = last;
  }
}

/** Before it are all rows that hold something older than `to`: the last of them may end later. */
async function endOf({ store }: Source, prefix: Buffer, to: number | undefined): Promise<Buffer> {
  if (to === undefined) return after(prefix);
  const time = atTime(prefix, to);
  const [row] = await store.scan({ from: time, to: after(prefix), reverse: false, limit: 1 });
  return row === undefined ? time : Buffer.concat([row[0], Buffer.alloc(1)]);
}

/** What rows name: the last of a row first. */
async function referencesOf(
  source: Source,
  group: Group,
  rows: readonly Row[],
): Promise<readonly Reference[]> {
  switch (group.order) {
    case 'entries':
      return rows.flatMap(([key, value]) => {
        const bytes = bufferOf(key);
        const [card, stamp] = [cardOf(bytes), stampOf(bytes)];
        return readEntries(value, stamp)
          .reverse()
          .map(({ place, event }) => ({ place, card, stamp, event }));
      });
    case 'batches':
      return rows.flatMap((row) => referencesOfBatch(row).reverse());
    case 'times':
      return rows.flatMap(([key, value]) => {
        const { stamp, items } = readTimes(value, stampOf(bufferOf(key)));
        return items.reverse().map(({ place, card }) => ({ place, card, stamp, event: undefined }));
      });
    case 'ids':
      return referencesOfId(source, group.id, rows);
  }
}

/** Oldest first. */
export function referencesOfBatch([key, value]: Row): Reference[] {
  const stamp = stampOf(bufferOf(key));
  return readReferences(value, stamp).map(({ place, card }) => ({ place, card, stamp, event: undefined }));
}

/** Rows of ids name the batches in which there are ids of the block: whether this one is among them, these say. */
async function referencesOfId(
  { store, partition }: Source,
  id: Id,
  rows: readonly Row[],
): Promise<readonly Reference[]> {
  const { terminal, incarnation, number } = id;
  const named = rows.flatMap(([key, value]) => {
    const stamp = stampOf(bufferOf(key));
    return readBatches(value).map((batch) => ({ batch, stamp }));
  });
  const keys = named.map(({ batch, stamp }) =>
    atStamp(batchPrefix(partition, ORDER.batches, { terminal, batch }), stamp),
  );
  const values = keys.length === 0 ? [] : await store.get(keys);
  const found = named.flatMap(({ stamp }, at) => {
    const value = values[at];
    if (value === undefined) throw new HistoryGapError(stamp.sequence, 0);
    return readReferences(value, stamp)
      .filter((each) => each.incarnation === incarnation && each.number === number)
      .map(({ place, card }) => ({ place, card, stamp, event: undefined }));
  });
  return found.sort((one, other) => comparePlaces(other.place, one.place));
}

/** In the order of the references. */
export async function entriesAt(
  { store, partition }: Source,
  references: readonly Reference[],
): Promise<readonly Entry[]> {
  const rows = new Map<
    string,
    { readonly key: Buffer; readonly stamp: Stamp; entries: readonly PackedEntry[] }
  >();
  const rowOf = references.map(({ card, stamp, event }) => {
    if (event !== undefined) return undefined;
    const key = atStamp(textPrefix(partition, ORDER.entries, card), stamp);
    const name = latin1Of(key);
    let row = rows.get(name);
    if (row === undefined) rows.set(name, (row = { key, stamp, entries: [] }));
    return row;
  });
  if (rows.size > 0) {
    const wanted = [...rows.values()];
    const values = await store.get(wanted.map(({ key }) => key));
    for (const [at, row] of wanted.entries()) {
      const value = values[at];
      if (value !== undefined) row.entries = readEntries(value, row.stamp);
    }
  }
  return references.map(({ event, place }, at) => {
    const found = event ?? rowOf[at]?.entries.find((entry) => comparePlaces(entry.place, place) === 0)?.event;
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
    to = withoutStamp(bufferOf(row[0]));
    yield to;
  }
}
