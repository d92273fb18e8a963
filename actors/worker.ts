/** The worker process: hosts the partitions it owns. The one place where runtime, registry and adapters meet. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { v1 } from '../proto/generated/emoney.js';
import { connectNats } from './adapters/nats/connection.js';
import { natsJournalStore } from './adapters/nats/journalStore.js';
import { natsProhibitions } from './adapters/nats/prohibitions.js';
import { RedisConnection } from './adapters/redis/connection.js';
import { RedisSnapshotStore } from './adapters/redis/snapshotStore.js';
import { systemClock } from './adapters/system/clock.js';
import { decodeProhibition } from './adapters/prohibitionCodec.js';
import { followList } from './prohibitions/follow.js';
import { ProhibitionList } from './prohibitions/list.js';
import type { ProhibitionStream } from './prohibitions/ports.js';
import type { ListView } from './registry/environment.js';
import { createRegistry } from './registry/registry.js';
import type { Outlet } from './runtime/asks.js';
import { readDeployment } from './runtime/deployment.js';
import { Host, type SlotStatus } from './runtime/host.js';
import type { JournalStore } from './runtime/ports.js';
import { subjectsOf } from './runtime/subjects.js';

export interface WorkerOptions {
  readonly natsUrl: string;
  readonly redisUrl: string;
  readonly deployment: string;
  /** Unique name; default: host name, process id and a random part. */
  readonly worker?: string | undefined;
  /** Partitions that go on although acknowledged frames are gone, with the operator's reason (D11). */
  readonly acceptLoss?: ReadonlyMap<number, string> | undefined;
  /** Actors that each partition keeps in memory. */
  readonly unitsInMemory?: number | undefined;
  /** Stands between the runtime and the journals: for tests that kill a worker at an exact moment. */
  readonly wrapJournals?: ((journals: JournalStore) => JournalStore) | undefined;
  readonly log: (line: string) => void;
}

export interface Worker {
  readonly name: string;
  status(): readonly SlotStatus[];
  /** Drains, checkpoints, hands everything over (RELEASED) and closes its connections. */
  stop(): Promise<void>;
}

/** @throws DeploymentMismatchError, JournalConfigurationError, or the connection's error */
export async function runWorker(options: WorkerOptions): Promise<Worker> {
  const { deployment: name, log } = options;
  const worker = options.worker ?? `${hostname()}-${String(process.pid)}-${randomUUID().slice(0, 8)}`;
  const nats = await connectNats(options.natsUrl, {
    name: worker,
    onStatus: (status) => log(`NATS: ${status}`),
  });
  const redis = new RedisConnection(options.redisUrl, {
    name: worker,
    onStatus: (status) => log(`Redis: ${status}`),
  });
  const { wrapJournals = (store: JournalStore) => store } = options;
  const journals = wrapJournals(await natsJournalStore(nats, { deployment: name }));
  const deployment = await readDeployment(journals, name);
  const stream = await natsProhibitions(nats, { deployment: name, onProblem: (error) => log(String(error)) });
  const list = new ProhibitionList();
  const unfollow = await followList(stream, list);
  const host = new Host({
    worker,
    deployment,
    journals,
    snapshots: (partition) => new RedisSnapshotStore(redis, name, partition),
    bus: nats.bus,
    clock: systemClock,
    subjects: subjectsOf(name),
    outlets: new Map([['prohibitions', publishTo(stream)]]),
    createDomain: (own) => createRegistry(own, viewOf(list)),
    random: Math.random,
    acceptLoss: options.acceptLoss ?? new Map<number, string>(),
    ...(options.unitsInMemory === undefined ? {} : { unitsInMemory: options.unitsInMemory }),
    log,
  });
  await host.start();
  const stop = async (): Promise<void> => {
    await host.leave();
    unfollow();
    await redis.close();
    await nats.close();
  };
  return { name: worker, status: () => host.status(), stop };
}

/** What deciders may know of the list: always complete, since nothing is served before it was caught up. */
function viewOf(list: ProhibitionList): ListView {
  return {
    prohibitedSince: (card) => list.prohibitedSince(card),
    listVersion: () => list.version() ?? { incarnation: 0, sequence: 0 },
  };
}

/** A center's decision on its way to the list: asked, and repeated, like a partition (D12, D14). */
function publishTo(stream: ProhibitionStream): Outlet {
  return async (command) => {
    const version = await stream.publish(decodeProhibition(command));
    return v1.ListVersion.encode(version).finish();
  };
}
