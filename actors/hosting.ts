/** What a worker is, whatever it talks to: prohibition list, history, outlets and the host of its partitions. */
import { v1 } from '../proto/generated/emoney.js';
import { decodeProhibition } from './adapters/prohibitionCodec.js';
import { History } from './history/history.js';
import type { HistoryStore } from './history/ports.js';
import { followList } from './prohibitions/follow.js';
import { ProhibitionList } from './prohibitions/list.js';
import type { ProhibitionStream } from './prohibitions/ports.js';
import type { ListView } from './registry/environment.js';
import { fileEvent } from './registry/history.js';
import { type HistoryDeskParts, originalsOutlet, serveHistory } from './registry/historyDesk.js';
import { createRegistry, type Registry } from './registry/registry.js';
import type { Outlet } from './runtime/asks.js';
import { readDeployment } from './runtime/deployment.js';
import { Host, type SlotStatus } from './runtime/host.js';
import { BusPost, LocalPost } from './runtime/post.js';
import type { Sabotage } from './runtime/sabotage.js';
import { Stopwatch } from './runtime/stopwatch.js';
import type {
  BaseStore,
  Bus,
  Clock,
  Follower,
  JournalStore,
  Served,
  SnapshotStore,
} from './runtime/ports.js';
import { subjectsOf } from './runtime/subjects.js';

export interface HostingParts {
  /** Unique among workers, new with every start of the process. */
  readonly worker: string;
  /** The deployment's name. */
  readonly deployment: string;
  readonly journals: JournalStore;
  readonly snapshots: (partition: number) => SnapshotStore;
  /** Absent: what Redis does not have is rebuilt from the genesis frames. */
  readonly bases?: BaseStore | undefined;
  readonly prohibitions: ProhibitionStream;
  readonly bus: Bus;
  readonly clock: Clock;
  /** Of this worker alone. */
  readonly openHistory: () => Promise<HistoryStore>;
  /**
   * The worker that had this one's history before, if its process has ended for certain. Asked after `openHistory`: only
   * one process can have it open.
   */
  readonly predecessor?: (() => Promise<string | undefined>) | undefined;
  /** 0 ≤ x < 1; seeded in a simulation. */
  readonly random: () => number;
  /** Partitions that go on although acknowledged frames are gone, with the operator's reason (D11). */
  readonly acceptLoss: ReadonlyMap<number, string>;
  /** Actors that each partition keeps in memory. */
  readonly unitsInMemory?: number | undefined;
  /** What is wrong with the worker's surroundings although payments go on; for people. */
  readonly degraded?: (() => readonly string[]) | undefined;
  /** Times that the bus was lost and is back. */
  readonly reconnections?: (() => number) | undefined;
  /** Bytes after which a journal goes on in another segment. */
  readonly segmentBytes?: number | undefined;
  /** Absent in production: one of the runtime's rules is broken, to see that it is found. */
  readonly sabotage?: Sabotage | undefined;
  /** Stands between the runtime and the actors: for simulations. */
  readonly wrapDomain?: ((domain: Registry) => Registry) | undefined;
  readonly log: (line: string) => void;
}

export interface Hosting {
  status(): readonly SlotStatus[];
  /** As `status` says, without asking the partitions. */
  serves(partition: number): boolean;
  /** It has stopped for good there; why is in its status. */
  hasHalted(partition: number): boolean;
  /** Why its journal takes nothing, where this worker owns it; empty: it does, or another owns it. */
  silence(partition: number): string;
  /** Drains, checkpoints, hands everything over (RELEASED); nothing of it is used afterwards. */
  leave(): Promise<void>;
}

/** @throws DeploymentMismatchError, JournalConfigurationError; nothing is left open then */
export async function hostPartitions(parts: HostingParts): Promise<Hosting> {
  const { deployment: name, journals, bus, clock, log, wrapDomain = (domain) => domain } = parts;
  const stopwatch = new Stopwatch(clock);
  const deployment = await readDeployment(journals, name);
  stopwatch.ended('deployment');
  const list = new ProhibitionList();
  const unfollow = await followList(parts.prohibitions, list);
  stopwatch.ended('prohibition list');
  const subjects = subjectsOf(name);
  const store = await parts.openHistory().catch((error: unknown) => {
    unfollow();
    throw error;
  });
  const predecessor = await parts.predecessor?.();
  stopwatch.ended('history');
  const history = new History({ store, clock, file: fileEvent, log });
  const host = new Host({
    worker: parts.worker,
    deployment,
    journals,
    snapshots: parts.snapshots,
    bases: parts.bases,
    bus,
    // Not for heartbeats: a worker that does not hear itself over the network is deaf (D18).
    post: new LocalPost(new BusPost(bus, log), clock),
    clock,
    subjects,
    predecessor,
    outlets: new Map([
      ['prohibitions', publishTo(parts.prohibitions)],
      ['originals', originalsOutlet(history, deployment.partitions)],
    ]),
    follow: (served) => followHistory(history, served, { bus, subjects, rules: deployment.rules, log }),
    createDomain: (own) => wrapDomain(createRegistry(own, viewOf(list))),
    random: parts.random,
    onNews: (listener) =>
      list.onChange(({ kind }) => {
        if (kind === 'complete') listener();
      }),
    acceptLoss: parts.acceptLoss,
    ...(parts.unitsInMemory === undefined ? {} : { unitsInMemory: parts.unitsInMemory }),
    degraded: parts.degraded,
    reconnections: parts.reconnections,
    segmentBytes: parts.segmentBytes,
    sabotage: parts.sabotage,
    log,
  });
  await host.start().catch(async (error: unknown) => {
    unfollow();
    await history.close();
    throw error;
  });
  stopwatch.ended('journals');
  log(`ready for partitions (${stopwatch.text()})`);
  const leave = async (): Promise<void> => {
    await host.leave();
    unfollow();
    await history.close();
  };
  return {
    status: () => host.status(),
    serves: (partition) => host.serves(partition),
    hasHalted: (partition) => host.hasHalted(partition),
    silence: (partition) => host.silence(partition),
    leave,
  };
}

/** The history of a partition is kept, and asked, while this worker serves the partition. */
function followHistory(
  history: History,
  served: Served,
  shared: Pick<HistoryDeskParts, 'bus' | 'subjects' | 'rules' | 'log'>,
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
