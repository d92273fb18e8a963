import { connectNats } from '../../actors/adapters/nats/connection.js';
import { systemClock } from '../../actors/adapters/system/clock.js';
import { subjectsOf } from '../../actors/runtime/subjects.js';
import { Partitions } from '../../gateway/partitions.js';
import { DEPLOYMENT, type BenchSystem } from '../support/system.js';

export interface BusPartitions {
  readonly partitions: Partitions;
  readonly close: () => Promise<void>;
}

/** The way to a system's partitions as a gateway has it, on a connection of its own. `name`: unique in this process. */
export async function openBusPartitions(
  { natsUrl, partitions: count }: BenchSystem,
  name: string,
): Promise<BusPartitions> {
  const nats = await connectNats(natsUrl, { name: `bench: ${name}` });
  const partitions = new Partitions({
    ...{ bus: nats.bus, clock: systemClock, subjects: subjectsOf(DEPLOYMENT), partitions: count },
    ...{ instance: `bench-${process.pid}-${name}`, log: () => undefined, stoppedBecause: () => undefined },
  });
  return {
    partitions,
    close: async () => {
      partitions.close();
      await nats.close();
    },
  };
}
