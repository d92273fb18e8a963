import { join } from 'node:path';
import { startNats, type NatsOptions, type NatsServer } from '../../servers/nats.js';
import { startRedis, type RedisOptions, type RedisServer } from '../../servers/redis.js';
import { temporaryFolder, type Folder } from './folder.js';

/** Fetching a server on a fresh machine takes longer than any test. */
const START_TIMEOUT_MS = 180_000;

/** A real server for the tests of the describe in which it is declared. */
export interface ServerFixture<Server> {
  /** The server that runs now; throws outside the tests. */
  readonly current: Server;
  /** Ends it (SIGTERM, or the given signal as a crash) if it runs, and starts it on the same folder and port. */
  restart(signal?: NodeJS.Signals): Promise<Server>;
  /** Ends it and leaves it away until `restart`. */
  away(signal?: NodeJS.Signals): Promise<void>;
}

interface Startable {
  readonly port: number;
  readonly exited: Promise<unknown>;
  stop(): Promise<unknown>;
  kill(signal: NodeJS.Signals): void;
}

/**
 * nats-server with JetStream on a free port and a fresh folder, started before the tests, ended after. It fsyncs
 * always; `sync: 'interval'` is for tests that are not about what is on disk, and do not depend on how busy it is.
 */
export function useNats(options: Partial<NatsOptions> = {}): ServerFixture<NatsServer> {
  return useServer((folder, port) => startNats({ ...options, dir: join(folder, 'nats'), port }));
}

/** redis-server on a free port and a fresh folder, started before the tests, ended after. */
export function useRedis(options: Partial<RedisOptions> = {}): ServerFixture<RedisServer> {
  return useServer((folder, port) => startRedis({ ...options, dir: join(folder, 'redis'), port }));
}

function useServer<Server extends Startable>(
  start: (folder: string, port: number | undefined) => Promise<Server>,
): ServerFixture<Server> {
  let folder: Folder | undefined;
  let server: Server | undefined;
  const current = () => {
    if (server === undefined) throw new Error('the server runs only while the tests of its describe run');
    return server;
  };
  const away = async (signal?: NodeJS.Signals) => {
    if (signal === undefined) await current().stop();
    else current().kill(signal);
    await current().exited;
  };
  before(async function () {
    this.timeout(START_TIMEOUT_MS);
    folder = await temporaryFolder();
    server = await start(folder.path, undefined);
  });
  after(async () => {
    await server?.stop();
    server = undefined;
    await folder?.remove();
  });
  return {
    get current() {
      return current();
    },
    away,
    restart: async (signal) => {
      await away(signal);
      server = await start(folder?.path ?? '', current().port);
      return server;
    },
  };
}
