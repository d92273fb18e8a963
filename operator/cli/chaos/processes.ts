/**
 * The system that is disturbed: servers, workers and gateways, each a process, each supervised. Between any two of them
 * there is a proxy of ours.
 */
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { RedisConnection } from '../../../actors/adapters/redis/connection.js';
import { startRedis, syncFolder } from '../../../servers/embedded.js';
import { openDataFolder } from '../../../servers/folder.js';
import { LOOPBACK } from '../../../servers/ports.js';
import type { NatsServer, NatsSync } from '../../../servers/nats.js';
import type { RedisServer, RedisSync } from '../../../servers/redis.js';
import type { Link } from '../../../simulator/chaos/linkFaults.js';
import type { Passage } from '../../../simulator/chaos/passage.js';
import type { ChaosSystem, Victim } from '../../../simulator/chaos/system.js';
import { CommandError } from '../errors.js';
import { parseGateway } from '../options.js';
import { Child, numbered } from '../system/child.js';
import { ensureDeployment } from '../system/deployment.js';
import { ensurePinKey } from '../system/pinKey.js';
import { ensureSecret } from '../system/secret.js';
import type { JournalDisk } from './journalDisk.js';
import { Links } from './links.js';
import { journalsLedBy, natsPlans, startNode, SYSTEM_LOGIN } from './natsNodes.js';
import { Supervised } from './supervised.js';

export interface ProcessesOptions {
  readonly dataDir: string;
  readonly partitions: number | undefined;
  /** nats-servers: more than one are a cluster, and each keeps every frame. */
  readonly nodes: 1 | 3;
  readonly gateways: number;
  /** Where terminals find a gateway that comes back: http://127.0.0.1:port. Absent: at a free port. */
  readonly gateway?: string;
  /** When the servers write to the disk; absent: before every answer. */
  readonly natsSync?: NatsSync | undefined;
  readonly redisSync?: RedisSync | undefined;
  /** After which a journal goes on in another segment; absent: as workers do by themselves. */
  readonly segmentBytes?: number | undefined;
  /** Actors that each partition keeps in memory; absent: as workers do by themselves. */
  readonly unitsInMemory?: number | undefined;
  /** Of the only nats-server; absent: it is in the data folder. */
  readonly disk?: JournalDisk | undefined;
  readonly log: (line: string) => void;
}

export const DEPLOYMENT = 'chaos';
const WORKERS = 2;
/** The way of those who watch: only that of the terminals, which is 0, is disturbed. */
const WATCHING = 1;
const READY_WITHIN_MS = 60_000;
const LOOK_MS = 50;
const ANSWER_MS = 1_000;
/** Where Redis keeps its append-only files (its default, `appenddirname`), and a copy of them. */
const REDIS_FILES = 'appendonlydir';
const REDIS_COPY = 'copy';
/** Only without `appendfsync always`: a file system may leave zeros where nothing was synced. */
const UNREADABLE = 'Bad file format reading the append only file';

/** Throws the errors of servers/errors.ts and CommandError; nothing is left running or mounted then. */
export async function startProcesses(options: ProcessesOptions): Promise<Processes> {
  const { dataDir, disk } = options;
  await openDataFolder(dataDir);
  const [secret, pinKey] = [await ensureSecret(dataDir, undefined), await ensurePinKey(dataDir, undefined)];
  const servers = await startServers(options).catch(async (error: unknown) => {
    await disk?.unmount();
    throw error;
  });
  const processes = new Processes(options, servers, { secret: secret.value, pinKey });
  try {
    await processes.connect();
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
async function startServers(options: ProcessesOptions): Promise<Servers> {
  const { dataDir, nodes, disk, natsSync: sync, redisSync = 'always', log } = options;
  let onFailed: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    onFailed = reject;
  });
  // Whoever waits for it is told; until then it is no unhandled rejection.
  failed.catch(() => undefined);
  const nats: Supervised<NatsServer>[] = [];
  try {
    const plans = await natsPlans(dataDir, nodes, { disk: disk?.dir, sync });
    for (const plan of plans) nats.push(await startNode(plan, onFailed));
    let port: number | undefined;
    const redis = await Supervised.start({
      onFailed,
      start: async () => {
        const asked = { dir: join(dataDir, 'redis'), port, sync: redisSync };
        const server = await startRedis(asked).catch(async (error: unknown) => {
          if (redisSync === 'always' || !String(error).includes(UNREADABLE)) throw error;
          log('Redis cannot read what a power cut has left of its file: it begins empty');
          await rm(join(asked.dir, REDIS_FILES), { recursive: true, force: true });
          return startRedis(asked);
        });
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
  /** http://127.0.0.1:port, for terminals: leads to a gateway that answers. */
  gateway = '';
  /** The same, for whoever watches: never disturbed. */
  operatorGateway = '';
  readonly secret: string;
  /** Rejects when the system cannot go on. */
  readonly failed: Promise<never>;
  readonly #options: ProcessesOptions;
  readonly #servers: Servers;
  readonly #pinKey: string;
  readonly #workers: readonly Child[];
  readonly #names: string[] = [];
  readonly #gateways: readonly Child[];
  /** Ports, as each was first given one. */
  readonly #gatewayPorts: number[] = [];
  readonly #links = new Links();
  readonly #workerUrls: { readonly nats: string; readonly redis: string }[] = [];
  readonly #gatewayUrls: string[] = [];
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
    this.#gateways = Array.from({ length: options.gateways }, (_, at) => this.#gateway(at));
  }

  get gateways(): number {
    return this.#gateways.length;
  }

  /** Lays every wire; before `start`. */
  async connect(): Promise<void> {
    for (const at of this.#workers.keys())
      this.#workerUrls[at] = {
        nats: await this.#natsFor('worker-nats', at),
        redis: await this.#redisFor(at),
      };
    for (const at of this.#gateways.keys()) this.#gatewayUrls[at] = await this.#natsFor('gateway-nats', at);
    const gateways = (): readonly number[] => this.#gatewayPorts;
    const { gateway } = this.#options;
    const port = gateway === undefined ? undefined : Number(new URL(gateway).port);
    this.gateway = httpUrl(await this.#links.open('terminals', 0, gateways, { port }));
    this.operatorGateway = httpUrl(await this.#links.open('terminals', WATCHING, gateways));
  }

  async start(): Promise<void> {
    const { nats } = this.#servers;
    const { dataDir, partitions, log, nodes } = this.#options;
    // A stream that was being made when the power failed is made again by a worker: nobody else can. A cluster must have
    // elected before it can be asked anything.
    const asked = nodes === 1 ? '?js-server-only=true' : '';
    await within(READY_WITHIN_MS, dataDir, () => this.#natsIsHealthy(asked));
    this.partitions = await ensureDeployment({
      ...{ dataDir, partitions, log, deployment: DEPLOYMENT, natsUrl: this.natsUrl, replicas: nodes },
      sync: async () => {
        for (const { server } of nats) await syncFolder(server.dir);
      },
    });
    const workers = Promise.all(this.#workers.map((worker) => worker.start()));
    await Promise.all([
      workers,
      ...this.#gateways.map(async (gateway, at) => {
        const { url } = await gateway.start();
        if (url === undefined) throw new CommandError('the gateway did not say its address');
        this.#gatewayPorts[at] = Number(new URL(parseGateway(url)).port);
      }),
    ]);
    await within(READY_WITHIN_MS, dataDir, () => this.#isWholeOrStopped());
  }

  workerNames(): readonly string[] {
    return this.#names;
  }

  async isWhole(): Promise<boolean> {
    const { nats, redis } = this.#servers;
    const children = [...this.#workers, ...this.#gateways];
    if (
      nats.some((node) => !node.isRunning) ||
      !redis.isRunning ||
      children.some(({ pid }) => pid === undefined)
    )
      return false;
    const ready = await Promise.all(this.#gatewayPorts.map((port) => isOk(`${httpUrl(port)}/readyz`)));
    return ready.every(Boolean) && (await this.#natsIsHealthy());
  }

  async missing(): Promise<readonly string[]> {
    const said = await Promise.all(this.#gatewayPorts.map((port) => missingAt(`${httpUrl(port)}/readyz`)));
    return [...new Set(said.flat())];
  }

  disturb(link: Link, at: number, passage: Passage): void {
    this.#links.disturb(link, at, passage);
  }

  heal(link: Link, at: number): void {
    this.#links.heal(link, at);
  }

  async fillDisk(): Promise<void> {
    await this.#options.disk?.fill();
  }

  async freeDisk(): Promise<void> {
    await this.#options.disk?.free();
  }

  /** @throws CommandError when a partition will never be served */
  async #isWholeOrStopped(): Promise<boolean> {
    if (await this.isWhole()) return true;
    const stopped = (await this.missing()).find((each) => each.includes('has stopped'));
    if (stopped !== undefined) throw new CommandError(stopped);
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

  async restartNats(nodes: readonly number[]): Promise<void> {
    const hit = this.#servers.nats.filter((_, node) => nodes.includes(node));
    await Promise.all(hit.map((node) => node.kill({ signal: 'SIGTERM' })));
  }

  async restartWorker(worker: number): Promise<void> {
    await this.#childOf({ worker })?.strike('SIGTERM');
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
    await Promise.all(this.#gateways.map((gateway) => gateway.stop()));
    await Promise.all(this.#workers.map((worker) => worker.stop()));
    await this.#links.close();
    await this.#servers.redis.stop();
    await Promise.all(this.#servers.nats.map((node) => node.stop()));
    await this.#options.disk?.unmount();
  }

  /** At once. */
  end(): void {
    for (const child of [...this.#gateways, ...this.#workers]) child.kill();
    this.#servers.redis.end();
    for (const node of this.#servers.nats) node.end();
    this.#options.disk?.detach();
  }

  get natsUrl(): string {
    return this.#servers.nats.map(({ server }) => server.url).join(',');
  }

  /** `asked`: of the streams too; `?js-server-only=true`: not of them. */
  async #natsIsHealthy(asked = ''): Promise<boolean> {
    const answers = await Promise.all(
      this.#servers.nats.map(({ server }) => isOk(`${server.monitorUrl}/healthz${asked}`)),
    );
    return answers.every(Boolean);
  }

  #serverOf(victim: Victim): Supervised<NatsServer> | Supervised<RedisServer> | undefined {
    const { nats, redis } = this.#servers;
    if (victim === 'redis') return redis;
    return typeof victim === 'object' && 'nats' in victim ? nats[victim.nats] : undefined;
  }

  #childOf(victim: Victim): Child | undefined {
    if (victim === 'redis') return undefined;
    if ('gateway' in victim) return this.#gateways[victim.gateway];
    return 'worker' in victim ? this.#workers[victim.worker] : undefined;
  }

  #worker(at: number): Child {
    const { dataDir, segmentBytes, unitsInMemory } = this.#options;
    const data = join(dataDir, `worker-${at + 1}`);
    let starts = 0;
    return this.#child('worker', `worker-${at + 1}`, {
      args: () => {
        starts += 1;
        const name = `w${at + 1}-${starts}`;
        this.#names[at] = name;
        const segments = numbered('--segment-bytes', segmentBytes);
        const units = numbered('--units-in-memory', unitsInMemory);
        return ['worker', '--data', data, '--name', name, ...segments, ...units];
      },
      env: () => {
        const { nats, redis } = this.#workerUrls[at] ?? {};
        const system =
          this.#servers.nats.length === 1 ? undefined : nats?.replaceAll('//', `//${SYSTEM_LOGIN}`);
        return { NATS_URL: nats, NATS_SYSTEM_URL: system, REDIS_URL: redis };
      },
    });
  }

  #gateway(at: number): Child {
    return this.#child('gateway', this.#options.gateways === 1 ? 'gateway' : `gateway-${at + 1}`, {
      args: () => ['gateway', '--port', String(this.#gatewayPorts[at] ?? 0)],
      env: () => ({
        NATS_URL: this.#gatewayUrls[at],
        REDIS_URL: this.#servers.redis.server.url,
        EMONEY_OPERATOR_SECRET: this.secret,
        EMONEY_PIN_KEY: this.#pinKey,
      }),
    });
  }

  async #natsFor(link: Link, at: number): Promise<string> {
    const ports = this.#servers.nats.map((node, part) =>
      this.#links.open(link, at, () => [node.server.port], { part }),
    );
    return (await Promise.all(ports)).map((port) => `nats://${LOOPBACK}:${port}`).join(',');
  }

  async #redisFor(at: number): Promise<string> {
    const { redis } = this.#servers;
    const port = await this.#links.open('worker-redis', at, () => [redis.server.port]);
    return `redis://${LOOPBACK}:${port}`;
  }

  #child(
    name: 'worker' | 'gateway',
    file: string,
    { args, env }: { readonly args: () => readonly string[]; readonly env: () => NodeJS.ProcessEnv },
  ): Child {
    return new Child({
      ...{ name, args, log: () => undefined, logPath: join(this.#options.dataDir, `${file}.log`) },
      get env() {
        return { ...process.env, EMONEY_DEPLOYMENT: DEPLOYMENT, ...env() };
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

function httpUrl(port: number): string {
  return `http://${LOOPBACK}:${port}`;
}

/** What `/readyz` says; empty when nobody answers. */
async function missingAt(url: string): Promise<readonly string[]> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2 * ANSWER_MS) });
    return ((await response.json()) as { readonly missing?: readonly string[] }).missing ?? [];
  } catch {
    return [];
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
