/** The center's totals, which are sums over all partitions and stand still only while nothing is written. */
import { MAX_DESCRIBED } from '../../actors/bounds.js';
import type { Auditor } from './auditor.js';
import { compareCenterTotals } from './compare.js';
import type { Journals } from './journals.js';
import type { AuditSource } from './source.js';

/** Times that totals are asked for; where something was written every time, they are not compared. */
const MAX_TRIES = 5;

/** Returns how many terminals could not be compared, because the system was writing all the time. */
export async function compareAllTotals(
  source: AuditSource,
  auditor: Auditor,
  journals: Journals,
): Promise<number> {
  const ids = [...auditor.books.terminals.keys()];
  let moved = 0;
  for (let start = 0; start < ids.length; start += MAX_DESCRIBED) {
    moved += await comparePortion(source, auditor, journals, ids.slice(start, start + MAX_DESCRIBED));
  }
  return moved;
}

async function comparePortion(
  source: AuditSource,
  auditor: Auditor,
  journals: Journals,
  ids: readonly string[],
): Promise<number> {
  let open = ids;
  for (let tries = 0; tries < MAX_TRIES && open.length > 0; tries += 1) {
    const described = await source.describeTotals(open);
    // Nothing new since: the books are what was described.
    const quiet = (await journals.readOnAll()) === 0;
    const differing = described.filter((each) => compareCenterTotals(auditor, each, quiet) === 'differs');
    open = quiet ? [] : differing.map(({ terminal }) => terminal ?? '');
  }
  return open.length;
}
