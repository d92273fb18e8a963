import { connectNats } from '../../actors/adapters/nats/connection.js';
import { subjectsOf } from '../../actors/runtime/subjects.js';
import { Owners } from '../../gateway/owners.js';
import { until } from './until.js';

const WITHIN_MS = 60_000;

/** Waits until each of the workers serves as many of the partitions as the others: newcomers are handed theirs. */
export async function untilShared(
  natsUrl: string,
  { deployment, partitions, workers }: { deployment: string; partitions: number; workers: number },
): Promise<void> {
  const nats = await connectNats(natsUrl, { name: 'bench: who serves what' });
  const ignore = (): void => undefined;
  const owners = new Owners(partitions, Date.now, ignore, ignore);
  nats.bus.subscribe(subjectsOf(deployment).heartbeat, (bytes) => {
    owners.heard(bytes);
  });
  try {
    await until(`${workers} workers share ${partitions} partitions`, WITHIN_MS, () => {
      const shares = new Map<string, number>();
      for (let partition = 0; partition < partitions; partition += 1) {
        const owner = owners.of(partition);
        if (owner?.serving !== true) return false;
        shares.set(owner.worker, (shares.get(owner.worker) ?? 0) + 1);
      }
      return shares.size === workers && [...shares.values()].every((share) => share === partitions / workers);
    });
  } finally {
    await nats.close();
  }
}
