/** The system that is disturbed: two servers, two workers and a gateway, each a process, each supervised. */
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { RedisConnection } from '../../../actors/adapters/redis/connection.js';
import { startNats, startRedis, syncFolder } from '../../../servers/embedded.js';
import { openDataFolder } from '../../../servers/folder.js';
import type { NatsServer } from '../../../servers/nats.js';
import type { RedisServer } from '../../../servers/redis.js';
import type { ChaosSystem, Victim } from '../../../simulator/chaos/system.js';
import { CommandError } from '../errors.js';
import { parseGateway } from '../options.js';
import { Child } from '../system/child.js';
import { ensureDeployment } from '../system/deployment.js';
import { ensurePinKey } from '../system/pinKey.js';
import { ensureSecret } from '../system/secret.js';
import { Supervised } from './supervised.js';

export interface ProcessesOptions {
  readonly dataDir: string;
  readonly partitions: number | undefined;
  readonly log: (line: string) => void;
}

const DEPLOYMENT = 'chaos';
const WORKERS = 2;
const READY_WITHIN_MS = 60_000;
const LOOK_MS = 50;
const ANSWER_MS = 1_000;
/** Where Redis keeps its append-only files (its default, `appenddirname`), and a copy of them. */
const REDIS_FILES = 'appendonlydir';
const REDIS_COPY = 'copy';

/** Throws the errors of servers/errors.ts and CommandError; nothing is left running then. */
export async function startProcesses(options: ProcessesOptions): Promise<Processes> {
  const { dataDir } = options;
  await openDataFolder(dataDir);
  const [secret, pinKey] = [await ensureSecret(dataDir, undefined), await ensurePinKey(dataDir, undefined)];
  const servers = await startServers(dataDir);
  const processes = new Processes(options, servers, { secret: secret.value, pinKey });
  try {
    await processes.start();
    return processes;
  } catch (error) {
    await processes.stop();
    throw error;
  }
}

interface Servers {
  readonly nats: Supervised<NatsServer>;
  readonly redis: Supervised<RedisServer>;
  /** Rejects when one of them could not be started again. */
  readonly failed: Promise<never>;
}

/** Each comes back at the address it had. */
async function startServers(dataDir: string): Promise<Servers> {
  let onFailed: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    onFailed = reject;
  });
  // Whoever waits for it is told; until then it is no unhandled rejection.
  failed.catch(() => undefined);
  let natsPorts: Partial<Pick<NatsServer, 'port' | 'monitorPort'>> = {};
  const nats = await Supervised.start({
    onFailed,
    start: async () => {
      const server = await startNats({ dir: join(dataDir, 'nats'), ...natsPorts });
      natsPorts = { port: server.port, monitorPort: server.monitorPort };
      return server;
    },
  });
  try {
    let port: number | undefined;
    const redis = await Supervised.start({
      onFailed,
      start: async () => {
        const server = await startRedis({ dir: join(dataDir, 'redis'), port });
        port = server.port;
        return server;
      },
    });
    return { nats, redis, failed };
  } catch (error) {
    await nats.stop();
    throw error;
  }
}

export class Processes implements ChaosSystem {
  partitions = 0;
  /** http://127.0.0.1:port */
  gateway = '';
  readonly secret: string;
  /** Rejects when the system cannot go on. */
  readonly failed: Promise<never>;
  readonly #options: ProcessesOptions;
  readonly #servers: Servers;
  readonly #pinKey: string;
  readonly #workers: readonly Child[];
  readonly #names: string[] = [];
  readonly #gateway: Child;
  readonly #paused = new Set<Victim>();
  #fail: (reason: Error) => void = () => undefined;

  constructor(
    options: ProcessesOptions,
    servers: Servers,
    { secret, pinKey }: { readonly secret: string; readonly pinKey: string },
  ) {
    this.#options = options;
    this.#servers = servers;
    this.secret = secret;
    this.#pinKey = pinKey;
    const children = new Promise<never>((_, reject) => {
      this.#fail = reject;
    });
    this.failed = Promise.race([servers.failed, children]);
    this.failed.catch(() => undefined);
    this.#workers = Array.from({ length: WORKERS }, (_, at) => this.#worker(at));
    this.#gateway = this.#child('gateway', 'gateway', () => [
      'gateway',
      '--port',
      this.gateway === '' ? '0' : new URL(this.gateway).port,
    ]);
  }

  async start(): Promise<void> {
    const { nats } = this.#servers;
    const { dataDir, partitions, log } = this.#options;
    this.partitions = await ensureDeployment({
      ...{ dataDir, partitions, log, deployment: DEPLOYMENT, natsUrl: nats.server.url },
      sync: () => syncFolder(nats.server.dir),
    });
    const workers = Promise.all(this.#workers.map((worker) => worker.start()));
    const [{ url }] = await Promise.all([this.#gateway.start(), workers]);
    if (url === undefined) throw new CommandError('the gateway did not say its address');
    this.gateway = parseGateway(url);
    const deadline = performance.now() + READY_WITHIN_MS;
    while (!(await this.isWhole())) {
      if (performance.now() > deadline)
        throw new CommandError(
          `the system was not ready within ${READY_WITHIN_MS / 1_000} s: see ${dataDir}`,
        );
      await delay(LOOK_MS);
    }
  }

  workerNames(): readonly string[] {
    return this.#names;
  }

  async isWhole(): Promise<boolean> {
    const { nats, redis } = this.#servers;
    const children = [...this.#workers, this.#gateway];
    if (!nats.isRunning || !redis.isRunning || children.some(({ pid }) => pid === undefined)) return false;
    try {
      const response = await fetch(`${this.gateway}/readyz`, { signal: AbortSignal.timeout(ANSWER_MS) });
      return response.ok;
    } catch {
      return false;
    }
  }

  async kill(victim: Victim): Promise<void> {
    await (isServer(victim) ? this.#servers[victim].kill() : this.#childOf(victim).strike('SIGKILL'));
  }

  pause(victim: Victim): void {
    this.#paused.add(victim);
    if (isServer(victim)) this.#servers[victim].pause();
    else void this.#childOf(victim).strike('SIGSTOP');
  }

  resume(victim: Victim): void {
    this.#paused.delete(victim);
    if (isServer(victim)) this.#servers[victim].resume();
    else void this.#childOf(victim).strike('SIGCONT');
  }

  async emptyRedis(): Promise<void> {
    const connection = new RedisConnection(this.#servers.redis.server.url, { name: 'chaos' });
    try {
      await connection.ready();
      await connection.run((client) => client.flushall());
    } finally {
      await connection.close();
    }
  }

  async copyRedis(): Promise<void> {
    const { dir } = this.#servers.redis.server;
    await rm(join(dir, REDIS_COPY), { recursive: true, force: true });
    await cp(join(dir, REDIS_FILES), join(dir, REDIS_COPY), { recursive: true });
  }

  async setRedisBack(): Promise<void> {
    const { redis } = this.#servers;
    const { dir } = redis.server;
    await redis.kill(async () => {
      await rm(join(dir, REDIS_FILES), { recursive: true, force: true });
      await cp(join(dir, REDIS_COPY), join(dir, REDIS_FILES), { recursive: true });
    });
  }

  /** In order: gateway, workers, Redis, NATS. */
  async stop(): Promise<void> {
    for (const victim of [...this.#paused]) this.resume(victim);
    await this.#gateway.stop();
    await Promise.all(this.#workers.map((worker) => worker.stop()));
    await this.#servers.redis.stop();
    await this.#servers.nats.stop();
  }

  /** At once. */
  end(): void {
    for (const child of [this.#gateway, ...this.#workers]) child.kill();
    this.#servers.redis.end();
    this.#servers.nats.end();
  }

  #childOf(victim: Exclude<Victim, 'redis' | 'nats'>): Child {
    const child = victim === 'gateway' ? this.#gateway : this.#workers[victim.worker];
    if (child === undefined) throw new RangeError('there is no such worker');
    return child;
  }

  #worker(at: number): Child {
    const data = join(this.#options.dataDir, `worker-${at + 1}`);
    let starts = 0;
    return this.#child('worker', `worker-${at + 1}`, () => {
      starts += 1;
      const name = `w${at + 1}-${starts}`;
      this.#names[at] = name;
      return ['worker', '--data', data, '--name', name];
    });
  }

  #child(name: 'worker' | 'gateway', file: string, args: () => readonly string[]): Child {
    const { nats, redis } = this.#servers;
    return new Child({
      ...{ name, args, log: () => undefined, logPath: join(this.#options.dataDir, `${file}.log`) },
      env: {
        ...process.env,
        NATS_URL: nats.server.url,
        REDIS_URL: redis.server.url,
        EMONEY_DEPLOYMENT: DEPLOYMENT,
        EMONEY_OPERATOR_SECRET: name === 'gateway' ? this.secret : undefined,
        EMONEY_PIN_KEY: name === 'gateway' ? this.#pinKey : undefined,
      },
      onFailed: (reason) => {
        this.#fail(new CommandError(reason));
      },
      onRestarted: () => undefined,
    });
  }
}

function isServer(victim: Victim): victim is 'redis' | 'nats' {
  return victim === 'redis' || victim === 'nats';
}
