import { join, resolve } from 'node:path';
import { openDataFolder, withDataFolder, type FolderState } from './folder.js';
import { findServer } from './find.js';
import { natsKind, redisKind } from './kind.js';
import { silent, type Log } from './log.js';
import { startNats, type NatsServer } from './nats.js';
import { startRedis, type RedisServer } from './redis.js';
import type { Exit } from './process.js';

export { removeData } from './folder.js';
export { startNats } from './nats.js';
export { startRedis } from './redis.js';
export { syncFolder } from './sync.js';

export interface EmbeddedOptions {
  /** Holds `emoney.json`, `nats/` and `redis/`. Made if absent; untouched if nothing is started. */
  readonly dataDir: string;
  /** A running server: then none is started. */
  readonly natsUrl?: string | undefined;
  readonly redisUrl?: string | undefined;
  readonly log?: Log | undefined;
}

/** A child that ended although nobody called `stop()`. */
export interface UnexpectedExit extends Exit {
  readonly name: 'nats-server' | 'redis-server';
  readonly logPath: string;
}

export interface Embedded {
  readonly natsUrl: string;
  readonly redisUrl: string;
  /** HTTP address with `/healthz`; absent for a server that was not started here. */
  readonly natsMonitorUrl?: string;
  /** JetStream's folder, for `syncFolder`; absent for a server that was not started here. */
  readonly natsDir?: string;
  /** `created`: the data folder was empty; absent if nothing was started. */
  readonly folder?: FolderState;
  /** Of the children started here. */
  readonly pids: readonly number[];
  readonly nats?: NatsServer;
  readonly redis?: RedisServer;
  /** Resolves when the first child ends unasked; stays open otherwise. */
  readonly failed: Promise<UnexpectedExit>;
  /** Ends the children, redis-server first; may be repeated. */
  stop(): Promise<void>;
}

interface Started {
  readonly nats?: NatsServer;
  readonly redis?: RedisServer;
}

/**
 * The embedded default: starts those servers whose address is not given.
 * @throws ForeignFolder, AlreadyRunning, ServerNotFound and the other errors of errors.ts
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { natsUrl, redisUrl } = options;
  if (natsUrl !== undefined && redisUrl !== undefined) return describe({}, natsUrl, redisUrl);
  const folder = await openDataFolder(options.dataDir);
  const started = await startMissing(options).catch((error: unknown) => {
    throw withDataFolder(error, options.dataDir);
  });
  const urls = [natsUrl ?? started.nats?.url ?? '', redisUrl ?? started.redis?.url ?? ''] as const;
  return { ...describe(started, ...urls), folder };
}

/**
 * Looks for both at once, as each may have to be fetched, then starts one after the other: of two
 * programs on one folder the one that gets nats-server gets both.
 */
async function startMissing(options: EmbeddedOptions): Promise<Started> {
  const { log = silent, natsUrl, redisUrl } = options;
  const dir = (name: string) => join(resolve(options.dataDir), name);
  const [natsBinary, redisBinary] = await Promise.all([
    natsUrl === undefined ? findServer(natsKind, { log }) : undefined,
    redisUrl === undefined ? findServer(redisKind, { log }) : undefined,
  ]);
  const nats = natsBinary && (await startNats({ dir: dir('nats'), binary: natsBinary, log }));
  try {
    const redis = redisBinary && (await startRedis({ dir: dir('redis'), binary: redisBinary, log }));
    return { ...(nats && { nats }), ...(redis && { redis }) };
  } catch (error) {
    await nats?.stop();
    throw error;
  }
}

function describe(started: Started, natsUrl: string, redisUrl: string): Embedded {
  const { nats, redis } = started;
  const children = [nats, redis].filter((child) => child !== undefined);
  return {
    ...started,
    ...(nats && { natsMonitorUrl: nats.monitorUrl, natsDir: nats.dir }),
    ...{ natsUrl, redisUrl, pids: children.map((child) => child.pid) },
    failed: firstFailure(started),
    stop: async () => {
      for (const child of children.toReversed()) await child.stop();
    },
  };
}

function firstFailure({ nats, redis }: Started): Promise<UnexpectedExit> {
  return new Promise((resolveFailed) => {
    const watch = (name: UnexpectedExit['name'], child: NatsServer | RedisServer | undefined) =>
      child?.exited.then((exit) => {
        if (!exit.asked) resolveFailed({ ...exit, name, logPath: child.logPath });
      });
    void watch('nats-server', nats);
    void watch('redis-server', redis);
  });
}
