/** Rows of sums: each event adds to one of them, in the batch of the store in which it is filed. */
import { HISTORY_PAGE_BYTES } from '../bounds.js';
import { nameOfSums, sumsKey } from './keys.js';
import type { Page } from './page.js';
import type { Source } from './reading.js';
import { bufferOf, decodeSums, type Sums } from './rows.js';

export interface SumsQuery {
  /** Names from `from` to before `to`. */
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  /** `next` of the page before; empty: from the first. */
  readonly after: Uint8Array;
  readonly limit: number;
}

export interface SumsRow {
  readonly name: Uint8Array;
  readonly sums: Sums;
}

export async function listSums(
  { store, partition }: Source,
  { from, to, after, limit }: SumsQuery,
): Promise<Page<SumsRow>> {
  // The least name that is greater than the last one of the page before.
  const first = after.length === 0 ? from : Buffer.concat([after, Buffer.alloc(1)]);
  const range = { from: sumsKey(partition, first), to: sumsKey(partition, to) };
  const rows = await store.scan({ ...range, reverse: false, limit });
  let bytes = 0;
  const items: SumsRow[] = [];
  for (const [key, value] of rows) {
    bytes += value.length;
    if (bytes > HISTORY_PAGE_BYTES && items.length > 0) break;
    items.push({ name: Uint8Array.from(nameOfSums(bufferOf(key))), sums: decodeSums(value) });
  }
  const ended = items.length === rows.length && rows.length < limit;
  return { items, next: ended ? new Uint8Array(0) : (items.at(-1)?.name ?? new Uint8Array(0)) };
}

/** Those of these names that there are. */
export async function findSums(
  { store, partition }: Source,
  names: readonly Uint8Array[],
): Promise<readonly SumsRow[]> {
  const values = await store.get(names.map((name) => sumsKey(partition, name)));
  return names.flatMap((name, at) => {
    const value = values[at];
    return value === undefined ? [] : [{ name, sums: decodeSums(value) }];
  });
}
