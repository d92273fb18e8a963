/** Rows whose keys begin alike, a page at a time, in the order of their keys. */
import { HISTORY_PAGE_BYTES } from '../bounds.js';
import { after as afterAll } from './keys.js';
import type { Row } from './ports.js';
import type { Source } from './reading.js';

export interface PageQuery {
  /** `next` of the page before; empty: from the first. */
  readonly after: Uint8Array;
  readonly limit: number;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Empty: there are no more. */
  readonly next: Uint8Array;
}

/** How rows of several items are read. */
export interface Unpacking<Part, Item> {
  /** Bytes of its last item's own key that a row's key has after the prefix. */
  readonly keyBytes: number;
  /** Of a row, sorted. */
  readonly unpack: (row: Row) => readonly Packed<Part>[];
  readonly read: (parts: readonly Part[]) => readonly Item[] | Promise<readonly Item[]>;
}

/** `read`: one item for each row. */
export async function readPage<Item>(
  { store }: Source,
  prefix: Buffer,
  { after, limit }: PageQuery,
  read: (rows: readonly Row[]) => readonly Item[] | Promise<readonly Item[]>,
  bytesOf: (item: Item) => number,
): Promise<Page<Item>> {
  // The least key that is greater than the last one of the page before.
  const from = after.length === 0 ? prefix : Buffer.concat([prefix, after, Buffer.alloc(1)]);
  const rows = await store.scan({ from, to: afterAll(prefix), reverse: false, limit });
  const items = await read(rows);
  const count = countThatFits(items.map(bytesOf));
  const last = rows[count - 1];
  const ended = last === undefined || (count === rows.length && rows.length < limit);
  return { items: items.slice(0, count), next: ended ? new Uint8Array(0) : last[0].slice(prefix.length) };
}

/** One of several items of a row. */
export interface Packed<Item> {
  /** What the item's own key would have after the prefix. */
  readonly key: Buffer;
  readonly item: Item;
}

/** Packed rows that are read at once. */
const ROWS_AT_ONCE = 16;

/** The same of rows that hold several items each. */
export async function readPackedPage<Part, Item>(
  { store }: Source,
  prefix: Buffer,
  { after, limit }: PageQuery,
  { keyBytes, unpack, read }: Unpacking<Part, Item>,
  bytesOf: (item: Item) => number,
): Promise<Page<Item>> {
  const parts: Packed<Part>[] = [];
  // The row whose last item is the last one of the page before is read again: it may hold more.
  let from: Uint8Array = Buffer.concat([prefix, after.subarray(0, keyBytes)]);
  let bytes = 0;
  let ended = false;
  while (!ended && (parts.length === 0 || (parts.length < limit && bytes < HISTORY_PAGE_BYTES))) {
    const rows = await store.scan({ from, to: afterAll(prefix), reverse: false, limit: ROWS_AT_ONCE });
    for (const row of rows) {
      bytes += row[1].length;
      for (const part of unpack(row)) if (Buffer.compare(part.key, after) > 0) parts.push(part);
    }
    const last = rows.at(-1);
    ended = last === undefined || rows.length < ROWS_AT_ONCE;
    if (last !== undefined) from = Buffer.concat([last[0], Buffer.alloc(1)]);
  }
  const page = parts.slice(0, limit);
  const items = await read(page.map(({ item }) => item));
  const count = countThatFits(items.map(bytesOf));
  const last = page[count - 1];
  const isLast = last === undefined || (ended && count === parts.length && count < limit);
  return { items: items.slice(0, count), next: isLast ? new Uint8Array(0) : Uint8Array.from(last.key) };
}

/** How many of the items one answer holds: at least one. */
function countThatFits(lengths: readonly number[]): number {
  let bytes = 0;
  const over = lengths.findIndex((length) => {
    bytes += length;
    return bytes > HISTORY_PAGE_BYTES;
  });
  return over === -1 ? lengths.length : Math.max(1, over);
}
