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

/** How many of the items one answer holds: at least one. */
function countThatFits(lengths: readonly number[]): number {
  let bytes = 0;
  const over = lengths.findIndex((length) => {
    bytes += length;
    return bytes > HISTORY_PAGE_BYTES;
  });
  return over === -1 ? lengths.length : Math.max(1, over);
}
