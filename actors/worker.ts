/** The worker process: hosts the partitions it owns. The one place where runtime, registry and adapters meet. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { v1 } from '../proto/generated/emoney.js';
import { openLevelHistory } from './adapters/level/historyStore.js';
import { connectNats, type Nats } from './adapters/nats/connection.js';
import { natsJournalStore } from './adapters/nats/journalStore.js';
import { natsProhibitions } from './adapters/nats/prohibitions.js';
import { RedisConnection } from './adapters/redis/connection.js';
import { RedisSnapshotStore } from './adapters/redis/snapshotStore.js';
import { systemClock } from './adapters/system/clock.js';
import { decodeProhibition } from './adapters/prohibitionCodec.js';
import { History } from './history/history.js';
import { followList } from './prohibitions/follow.js';
import { ProhibitionList } from './prohibitions/list.js';
import type { ProhibitionStream } from './prohibitions/ports.js';
import type { ListView } from './registry/environment.js';
import { fileEvent } from './registry/history.js';
import { originalsOutlet, serveHistory } from './registry/historyDesk.js';
import { createRegistry } from './registry/registry.js';
import type { Outlet } from './runtime/asks.js';
import { readDeployment } from './runtime/deployment.js';
import { Host, type SlotStatus } from './runtime/host.js';
import type { Bus, Follower, JournalStore, Served } from './runtime/ports.js';
import { type Subjects, subjectsOf } from './runtime/subjects.js';

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
  /** Folder of the history, of this worker alone. Absent: a temporary one, which is filled again at every start. */
  readonly historyDir?: string | undefined;
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

/** @throws DeploymentMismatchError, JournalConfigurationError, or the connection's error; nothing is left open then */
export async function runWorker(options: WorkerOptions): Promise<Worker> {
  const { log } = options;
  const worker = options.worker ?? `${hostname()}-${String(process.pid)}-${randomUUID().slice(0, 8)}`;
  const nats = await connectNats(options.natsUrl, {
    name: worker,
    onStatus: (status) => log(`NATS: ${status}`),
  });
  const redis = new RedisConnection(options.redisUrl, {
    name: worker,
    onStatus: (status) => log(`Redis: ${status}`),
  });
  try {
    return await runOn(nats, redis, worker, options);
  } catch (error) {
    await redis.close();
    await nats.close();
    throw error;
  }
}

async function runOn(
  nats: Nats,
  redis: RedisConnection,
  worker: string,
  options: WorkerOptions,
): Promise<Worker> {
  const { deployment: name, log, wrapJournals = (store: JournalStore) => store } = options;
  const journals = wrapJournals(await natsJournalStore(nats, { deployment: name }));
  const deployment = await readDeployment(journals, name);
  const stream = await natsProhibitions(nats, { deployment: name, onProblem: (error) => log(String(error)) });
  const list = new ProhibitionList();
  const unfollow = await followList(stream, list);
  const subjects = subjectsOf(name);
  const { history, closeHistory } = await openHistory(options).catch((error: unknown) => {
    unfollow();
    throw error;
  });
  const host = new Host({
    worker,
    deployment,
    journals,
    snapshots: (partition) => new RedisSnapshotStore(redis, name, partition),
    bus: nats.bus,
    clock: systemClock,
    subjects,
    outlets: new Map([
      ['prohibitions', publishTo(stream)],
      ['originals', originalsOutlet(history, deployment.partitions)],
    ]),
    follow: (served) => followHistory(history, served, { bus: nats.bus, subjects, log }),
    createDomain: (own) => createRegistry(own, viewOf(list)),
    random: Math.random,
    acceptLoss: options.acceptLoss ?? new Map<number, string>(),
    ...(options.unitsInMemory === undefined ? {} : { unitsInMemory: options.unitsInMemory }),
    log,
  });
  await host.start().catch(async (error: unknown) => {
    unfollow();
    await closeHistory();
    throw error;
  });
  const stop = async (): Promise<void> => {
    await host.leave();
    unfollow();
    await closeHistory();
    await redis.close();
    await nats.close();
  };
  return { name: worker, status: () => host.status(), stop };
}

interface OpenedHistory {
  readonly history: History;
  readonly closeHistory: () => Promise<void>;
}

async function openHistory({ historyDir, log }: WorkerOptions): Promise<OpenedHistory> {
  const folder = historyDir ?? (await mkdtemp(join(tmpdir(), 'emoney-history-')));
  if (historyDir === undefined) {
    log(`history: in ${folder}, filled from the journals at every start (give a data folder to keep it)`);
  }
  const store = await openLevelHistory(folder, log);
  const history = new History({ store, clock: systemClock, file: fileEvent, log });
  const closeHistory = async (): Promise<void> => {
    await history.close();
    if (historyDir === undefined) await rm(folder, { recursive: true, force: true });
  };
  return { history, closeHistory };
}

/** The history of a partition is kept, and asked, while this worker serves the partition. */
function followHistory(
  history: History,
  served: Served,
  shared: { readonly bus: Bus; readonly subjects: Subjects; readonly log: (line: string) => void },
): Follower {
  const follower = history.follow(served);
  const { partition, epoch } = served;
  const close = serveHistory({ ...shared, history, partition, epoch });
  return {
    stored: (tip, turns, bytes) => {
      follower.stored(tip, turns, bytes);
    },
    stop: () => {
      close();
      follower.stop();
    },
  };
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
