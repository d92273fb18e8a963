/** When checkpoints reach Redis. */
import { checkpointOf, openSnapshots } from '../support/redis.js';
import type { BenchSystem } from '../support/system.js';

/** A partition's newest checkpoint was found to have changed. */
export interface CheckpointMark {
  /** Seconds since the beginning, at most a tenth of a second late. */
  readonly at: number;
  readonly partition: number;
}

const EVERY_MS = 100;

/** Looks until it is stopped; `from`: milliseconds of performance.now(). */
export async function watchCheckpoints(
  system: BenchSystem,
  from: number,
): Promise<{ stop(): Promise<readonly CheckpointMark[]> }> {
  const snapshots = await openSnapshots(system);
  const marks: CheckpointMark[] = [];
  const known = await Promise.all(snapshots.stores.map(checkpointOf));
  const look = async (): Promise<void> => {
    for (const [partition, store] of snapshots.stores.entries()) {
      const sequence = await checkpointOf(store);
      if (sequence === known[partition]) continue;
      known[partition] = sequence;
      marks.push({ at: (performance.now() - from) / 1_000, partition });
    }
  };
  const stopping = new AbortController();
  const looking = (async () => {
    while (!stopping.signal.aborted) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await looking;
      await snapshots.close();
      return marks;
    },
  };
}
