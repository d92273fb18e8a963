/** The system that is disturbed: two servers, two workers and a gateway, each a process, each supervised. */
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { RedisConnection } from '../../../actors/adapters/redis/connection.js';
import { startRedis, syncFolder } from '../../../servers/embedded.js';
import { openDataFolder } from '../../../servers/folder.js';
import type { NatsServer, NatsSync } from '../../../servers/nats.js';
import type { RedisServer, RedisSync } from '../../../servers/redis.js';
import type { ChaosSystem, Victim } from '../../../simulator/chaos/system.js';
import { CommandError } from '../errors.js';
import { parseGateway } from '../options.js';
import { Child } from '../system/child.js';
import { ensureDeployment } from '../system/deployment.js';
import { ensurePinKey } from '../system/pinKey.js';
import { ensureSecret } from '../system/secret.js';
import { journalsLedBy, natsPlans, startNode } from './natsNodes.js';
import { Supervised } from './supervised.js';

export interface ProcessesOptions {
  readonly dataDir: string;
  readonly partitions: number | undefined;
  /** nats-servers: more than one are a cluster, and each keeps every frame. */
  readonly nodes: 1 | 3;
  /** Of a gateway that comes back: http://127.0.0.1:port. Absent: at a free port. */
  readonly gateway?: string;
  /** When the servers write to the disk; absent: before every answer. */
  readonly natsSync?: NatsSync | undefined;
  readonly redisSync?: RedisSync | undefined;
  readonly log: (line: string) => void;
}

export const DEPLOYMENT = 'chaos';
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
  const servers = await startServers(options);
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
  readonly nats: readonly Supervised<NatsServer>[];
  readonly redis: Supervised<RedisServer>;
  /** Rejects when one of them could not be started again. */
  readonly failed: Promise<never>;
}

/** Each comes back at the address it had. */
async function startServers({ dataDir, nodes, natsSync, redisSync }: ProcessesOptions): Promise<Servers> {
  let onFailed: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    onFailed = reject;
  });
  // Whoever waits for it is told; until then it is no unhandled rejection.
  failed.catch(() => undefined);
  const nats: Supervised<NatsServer>[] = [];
  try {
    for (const plan of await natsPlans(dataDir, nodes, natsSync)) nats.push(await startNode(plan, onFailed));
    let port: number | undefined;
    const redis = await Supervised.start({
      onFailed,
      start: async () => {
        const server = await startRedis({ dir: join(dataDir, 'redis'), port, sync: redisSync });
        port = server.port;
        return server;
      },
    });
    return { nats, redis, failed };
  } catch (error) {
    for (const node of nats) await node.stop();
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
    this.gateway = options.gateway ?? '';
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
    const { dataDir, partitions, log, nodes } = this.#options;
    await within(READY_WITHIN_MS, dataDir, () => this.#natsIsHealthy());
    this.partitions = await ensureDeployment({
      ...{ dataDir, partitions, log, deployment: DEPLOYMENT, natsUrl: this.natsUrl, replicas: nodes },
      sync: async () => {
        for (const { server } of nats) await syncFolder(server.dir);
      },
    });
    const workers = Promise.all(this.#workers.map((worker) => worker.start()));
    const [{ url }] = await Promise.all([this.#gateway.start(), workers]);
    if (url === undefined) throw new CommandError('the gateway did not say its address');
    this.gateway = parseGateway(url);
    await within(READY_WITHIN_MS, dataDir, () => this.#isWholeOrStopped());
  }

  workerNames(): readonly string[] {
    return this.#names;
  }

  async isWhole(): Promise<boolean> {
    const { nats, redis } = this.#servers;
    const children = [...this.#workers, this.#gateway];
    if (
      nats.some((node) => !node.isRunning) ||
      !redis.isRunning ||
      children.some(({ pid }) => pid === undefined)
    )
      return false;
    return (await isOk(`${this.gateway}/readyz`)) && (await this.#natsIsHealthy());
  }

  /** @throws CommandError when a partition will never be served */
  async #isWholeOrStopped(): Promise<boolean> {
    if (await this.isWhole()) return true;
    const missing = await textOf(`${this.gateway}/readyz`);
    const stopped = /partition \d+ has stopped: [^"]*/.exec(missing);
    if (stopped !== null) throw new CommandError(stopped[0]);
    return false;
  }

  async journalsLed(): Promise<readonly number[]> {
    const { nats } = this.#servers;
    const [one] = nats;
    if (one === undefined || nats.length === 1) return [this.partitions];
    return journalsLedBy(nats.map(({ server }) => server));
  }

  async kill(victim: Victim): Promise<void> {
    const server = this.#serverOf(victim);
    await (server === undefined ? this.#childOf(victim)?.strike('SIGKILL') : server.kill());
  }

  async killNats(nodes: readonly number[], awayMs: number): Promise<void> {
    const away = awayMs === 0 ? {} : { awayMs };
    const hit = this.#servers.nats.filter((_, node) => nodes.includes(node));
    await Promise.all(hit.map((node) => node.kill(away)));
  }

  pause(victim: Victim): void {
    this.#paused.add(victim);
    this.#serverOf(victim)?.pause();
    void this.#childOf(victim)?.strike('SIGSTOP');
  }

  resume(victim: Victim): void {
    this.#paused.delete(victim);
    this.#serverOf(victim)?.resume();
    void this.#childOf(victim)?.strike('SIGCONT');
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
    await redis.kill({
      between: async () => {
        await rm(join(dir, REDIS_FILES), { recursive: true, force: true });
        await cp(join(dir, REDIS_COPY), join(dir, REDIS_FILES), { recursive: true });
      },
    });
  }

  /** In order: gateway, workers, Redis, NATS. */
  async stop(): Promise<void> {
    for (const victim of [...this.#paused]) this.resume(victim);
    await this.#gateway.stop();
    await Promise.all(this.#workers.map((worker) => worker.stop()));
    await this.#servers.redis.stop();
    await Promise.all(this.#servers.nats.map((node) => node.stop()));
  }

  /** At once. */
  end(): void {
    for (const child of [this.#gateway, ...this.#workers]) child.kill();
    this.#servers.redis.end();
    for (const node of this.#servers.nats) node.end();
  }

  get natsUrl(): string {
    return this.#servers.nats.map(({ server }) => server.url).join(',');
  }

  async #natsIsHealthy(): Promise<boolean> {
    const answers = await Promise.all(
      this.#servers.nats.map(({ server }) => isOk(`${server.monitorUrl}/healthz`)),
    );
    return answers.every(Boolean);
  }

  #serverOf(victim: Victim): Supervised<NatsServer> | Supervised<RedisServer> | undefined {
    const { nats, redis } = this.#servers;
    if (victim === 'redis') return redis;
    return typeof victim === 'object' && 'nats' in victim ? nats[victim.nats] : undefined;
  }

  #childOf(victim: Victim): Child | undefined {
    if (victim === 'gateway') return this.#gateway;
    return typeof victim === 'object' && 'worker' in victim ? this.#workers[victim.worker] : undefined;
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
    const { redis } = this.#servers;
    return new Child({
      ...{ name, args, log: () => undefined, logPath: join(this.#options.dataDir, `${file}.log`) },
      env: {
        ...process.env,
        NATS_URL: this.natsUrl,
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

async function within(ms: number, dataDir: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > deadline)
      throw new CommandError(`the system was not ready within ${ms / 1_000} s: see ${dataDir}`);
    await delay(LOOK_MS);
  }
}

async function textOf(url: string): Promise<string> {
  try {
    return await (await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) })).text();
  } catch {
    return '';
  }
}

async function isOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
    return response.ok;
  } catch {
    return false;
  }
}
