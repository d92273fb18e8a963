/** What is listed until somebody has ended it, by name. */
import { matterPrefix } from './keys.js';
import { type Page, type PageQuery, readPage } from './page.js';
import type { Entry, Source } from './reading.js';
import { decodeMatter } from './rows.js';

export interface MattersQuery extends PageQuery {
  /** Which list, and which part of it. */
  readonly list: number;
  readonly part: number;
}

export async function listMatters(source: Source, query: MattersQuery): Promise<Page<Entry>> {
  return readPage(
    source,
    matterPrefix(source.partition, query),
    query,
    (rows) => rows.map(([, value]) => decodeMatter(value)),
    ({ event }) => event.length,
  );
}
