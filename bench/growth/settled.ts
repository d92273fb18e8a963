import { connectNats } from '../../actors/adapters/nats/connection.js';
import { natsJournalStore } from '../../actors/adapters/nats/journalStore.js';
import { startProgress } from '../../operator/cli/progress.js';
import { checkpointOf, openSnapshots } from '../support/redis.js';
import { DEPLOYMENT, type BenchSystem } from '../support/system.js';
import { until } from '../support/until.js';

const WITHIN_MS = 600_000;

/**
 * Waits until everything that is in the journals now is in a checkpoint: what was issued a moment ago is written out by
 * then, and is no part of what a payment costs.
 */
export async function untilSettled(system: BenchSystem): Promise<void> {
  const nats = await connectNats(system.natsUrl, { name: 'bench: settled' });
  const snapshots = await openSnapshots(system);
  const progress = startProgress('settling', system.partitions);
  try {
    const journals = await natsJournalStore(nats, { deployment: DEPLOYMENT });
    for (const [partition, store] of snapshots.stores.entries()) {
      const journal = await journals.open(partition);
      const last = await journal.lastSequence();
      await until(`a checkpoint of partition ${partition} holds frame ${last}`, WITHIN_MS, async () => {
        return (await checkpointOf(store)) >= last;
      });
      progress.update(partition + 1);
    }
  } finally {
    progress.end();
    await snapshots.close();
    await nats.close();
  }
}
