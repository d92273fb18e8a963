/** The worker process: hosts the partitions it owns. Where what is hosted meets NATS, Redis and LevelDB. */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileArchive } from './adapters/files/archive.js';
import { FileBaseStore } from './adapters/files/baseStore.js';
import { noteForSuccessor, readPredecessor } from './adapters/files/predecessor.js';
import { removeAbandoned, TEMPORARY_HISTORY } from './adapters/level/abandoned.js';
import { type LevelHistory, openLevelHistory } from './adapters/level/historyStore.js';
import { connectNats, type Nats } from './adapters/nats/connection.js';
import { openElections, type Elections } from './adapters/nats/elections.js';
import { LateElections } from './adapters/nats/lateElections.js';
import { natsJournalStore } from './adapters/nats/journalStore.js';
import { natsProhibitions } from './adapters/nats/prohibitions.js';
import { RedisConnection } from './adapters/redis/connection.js';
import { RedisReport } from './adapters/redis/report.js';
import { RedisSnapshotStore } from './adapters/redis/snapshotStore.js';
import { unsuitabilities } from './adapters/redis/suitability.js';
import { systemClock } from './adapters/system/clock.js';
import { OWNER_TIMEOUT_MS, SUCCEEDED_AFTER_MS } from './bounds.js';
import { hostPartitions } from './hosting.js';
import type { SlotStatus } from './runtime/host.js';
import type { JournalStore } from './runtime/ports.js';

export interface WorkerOptions {
  readonly natsUrl: string;
  /** A user of a NATS cluster's system account; absent: the cluster replaces a lost leader in 4 to 9 s by itself. */
  readonly natsSystemUrl?: string | undefined;
  readonly redisUrl: string;
  readonly deployment: string;
  /** Unique name; default: host name, process id and a random part. */
  readonly worker?: string | undefined;
  /** Partitions that go on although acknowledged frames are gone, with the operator's reason (D11). */
  readonly acceptLoss?: ReadonlyMap<number, string> | undefined;
  /** Actors that each partition keeps in memory. */
  readonly unitsInMemory?: number | undefined;
  /** Bytes after which a journal goes on in another segment; default SEGMENT_BYTES. */
  readonly segmentBytes?: number | undefined;
  /** Folder of the history, of this worker alone. Absent: a temporary one, which is filled again at every start. */
  readonly historyDir?: string | undefined;
  /**
   * Folder of the archive, for the bases and the segments in it. Absent: what Redis does not have is rebuilt from the
   * genesis frames, as long as their streams are there.
   */
  readonly archiveDir?: string | undefined;
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
  let unsuitable: readonly string[] = [];
  let heard: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => (heard = resolve));
  const report = new RedisReport({
    ...{ url: options.redisUrl, clock: systemClock, log },
    meanwhile: 'payments go on, no snapshots are kept, and what is not in memory is read from the journals',
  });
  const redis = new RedisConnection(options.redisUrl, {
    name: worker,
    onStatus: (status, reason) => {
      report.seen(status, reason);
      heard();
      if (status === 'away') return;
      // Each time: another server may have come back in its place.
      unsuitabilities(redis).then(
        (said) => {
          unsuitable = said;
          for (const each of said) log(each);
        },
        () => undefined,
      );
    },
  });
  const degraded = (): readonly string[] =>
    redis.isReady ? unsuitable : ['Redis does not answer: what is not in memory is rebuilt from the journal'];
  let nats: Nats | undefined;
  let elections: Elections | undefined;
  try {
    const onStatus = (status: string): void => log(`NATS: ${status}`);
    nats = await connectNats(options.natsUrl, { name: worker, onStatus });
    const { natsSystemUrl: systemUrl } = options;
    if (systemUrl !== undefined) {
      const journals = nats;
      const open = () => openElections(journals, { systemUrl, name: worker, log });
      elections = await LateElections.open({ open, clock: systemClock, log });
    }
    // A partition that is taken before Redis has answered is read from its journal, all of it.
    await Promise.race([answered, new Promise((resolve) => setTimeout(resolve, OWNER_TIMEOUT_MS).unref())]);
    return await runOn({ nats, elections, redis }, { ...options, worker, degraded });
  } catch (error) {
    await redis.close();
    await elections?.close();
    await nats?.close();
    throw error;
  }
}

interface Connections {
  readonly nats: Nats;
  readonly elections: Elections | undefined;
  readonly redis: RedisConnection;
}

async function runOn(
  { nats, elections, redis }: Connections,
  options: WorkerOptions & { readonly worker: string; readonly degraded: () => readonly string[] },
): Promise<Worker> {
  const { worker, deployment, log, degraded, wrapJournals = (store: JournalStore) => store } = options;
  let temporary: string | undefined;
  let history: LevelHistory | undefined;
  const archive =
    options.archiveDir === undefined ? undefined : new FileArchive(options.archiveDir, deployment);
  const openHistory = async () => {
    const folder = options.historyDir ?? (temporary = await temporaryFolder(log));
    return (history = await openLevelHistory(folder, log));
  };
  // The history's lock, which ends with the process, says that whoever noted a name there is gone.
  const place = options.historyDir && `${options.historyDir}.worker`;
  const forget = async (): Promise<void> => {
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
  };
  let reconnections = 0;
  nats.onReconnect(() => (reconnections += 1));
  const onSilence = (): void => elections?.suspect();
  try {
    const connectedMs = Math.round(process.uptime() * 1_000);
    const hosting = await hostPartitions({
      worker,
      deployment,
      journals: wrapJournals(await natsJournalStore(nats, { deployment, archive, onSilence })),
      snapshots: (partition) => new RedisSnapshotStore(redis, deployment, partition),
      bases: options.archiveDir === undefined ? undefined : new FileBaseStore(options.archiveDir, deployment),
      prohibitions: await natsProhibitions(nats, { deployment, onProblem: (error) => log(String(error)) }),
      bus: nats.bus,
      clock: systemClock,
      openHistory,
      predecessor: async () => (place && history?.isOpen === true ? readPredecessor(place) : undefined),
      random: Math.random,
      acceptLoss: options.acceptLoss ?? new Map<number, string>(),
      unitsInMemory: options.unitsInMemory,
      degraded,
      reconnections: () => reconnections,
      segmentBytes: options.segmentBytes,
      log,
    });
    // Not before it is known that there is anything to host: else the reason is all that is said.
    log(`connected ${connectedMs} ms after the process began`);
    const noting = place && noteLater(place, worker, log);
    const stop = async (): Promise<void> => {
      clearTimeout(noting);
      await hosting.leave();
      await forget();
      await redis.close();
      await elections?.close();
      await nats.close();
    };
    return { name: worker, status: () => hosting.status(), stop };
  } catch (error) {
    await forget();
    throw error;
  }
}

/**
 * Only one that has lived is followed at once: where a worker ends again and again as soon as it has partitions, the
 * others must have their turn.
 */
function noteLater(place: string, worker: string, log: (line: string) => void): NodeJS.Timeout {
  const note = (): void => {
    noteForSuccessor(place, worker).catch((error: unknown) => {
      log(`${place} cannot be written (${String(error)}): who comes next waits until this worker is missed`);
    });
  };
  return setTimeout(note, SUCCEEDED_AFTER_MS).unref();
}

async function temporaryFolder(log: (line: string) => void): Promise<string> {
  await removeAbandoned(tmpdir(), log);
  // Made by who opens it: on a full disk later.
  const folder = join(tmpdir(), `${TEMPORARY_HISTORY}${randomUUID()}`);
  log(`history: in ${folder}, filled from the journals at every start (give a data folder to keep it)`);
  return folder;
}
