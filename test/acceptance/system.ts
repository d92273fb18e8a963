/** A whole deployment on real servers: nats-server and redis-server, a worker process, a gateway. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectNats } from '../../actors/adapters/nats/connection.js';
import { natsJournalStore } from '../../actors/adapters/nats/journalStore.js';
import { createProhibitions } from '../../actors/adapters/nats/prohibitions.js';
import { RedisConnection } from '../../actors/adapters/redis/connection.js';
import { systemClock } from '../../actors/adapters/system/clock.js';
import { encodeRules } from '../../actors/registry/wire/rulesCodec.js';
import { createDeployment } from '../../actors/runtime/deployment.js';
import { connectOperator, type Operator } from '../../client/operator.js';
import { connectTerminal, type Terminal, type TerminalOptions } from '../../client/terminal.js';
import { runGateway } from '../../gateway/main.js';
import { startNats } from '../../servers/nats.js';
import { startRedis } from '../../servers/redis.js';
import { temporaryFolder } from '../support/folder.js';
import { until } from '../support/until.js';

const DEPLOYMENT = 'acceptance';
const SECRET = 'an operator of the tests';

export interface TestSystem {
  readonly url: string;
  readonly secret: string;
  readonly natsUrl: string;
  readonly redisUrl: string;
  /** Workers that were killed and replaced so far. */
  readonly deaths: number;
  operator(): Promise<Operator>;
  terminal(id: string, options?: Omit<Partial<TerminalOptions>, 'url' | 'terminal'>): Promise<Terminal>;
  /** Everything in Redis is gone. */
  loseRedis(): Promise<void>;
  /** kill -9, and another worker that takes over. Resolves when it serves everything. */
  restartWorker(): Promise<void>;
  /** A second worker beside the first; the function returned kills it (kill -9), and nobody replaces it. */
  addWorker(): Promise<() => Promise<void>>;
  /** The worker dies once a frame about this card is durable; another one takes over. Resolves when it is armed. */
  killWorkerWhenStored(card: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startSystem(partitions = 4): Promise<TestSystem> {
  const folder = await temporaryFolder();
  const nats = await startNats({ dir: join(folder.path, 'nats') });
  const redis = await startRedis({ dir: join(folder.path, 'redis') });
  await create(nats.url, partitions);
  const workers = new WorkerProcesses(nats.url, redis.url);
  const gateway = await runGateway({
    natsUrl: nats.url,
    redisUrl: redis.url,
    deployment: DEPLOYMENT,
    operatorSecret: SECRET,
    log: () => undefined,
  });
  const clients: { close(): Promise<void> }[] = [];
  const keep = <Client extends { close(): Promise<void> }>(client: Client): Client => {
    clients.push(client);
    return client;
  };
  const operator = async (): Promise<Operator> =>
    keep(await connectOperator({ url: gateway.url, secret: SECRET }));
  await workers.start();
  const served = async (): Promise<void> => {
    await until(
      async () => (await fetch(`${gateway.url.replace(/^ws/, 'http').replace(/\/v1$/, '')}/readyz`)).ok,
      {
        what: 'the gateway is ready',
        deadlineMs: 20_000,
      },
    );
  };
  await served();
  return {
    url: gateway.url,
    secret: SECRET,
    natsUrl: nats.url,
    redisUrl: redis.url,
    get deaths() {
      return workers.deaths;
    },
    operator,
    terminal: async (id, options) =>
      keep(await connectTerminal({ ...options, url: gateway.url, terminal: id })),
    loseRedis: () => flush(redis.url),
    restartWorker: async () => {
      const control = await operator();
      const before = await control.describeSystem();
      await workers.kill();
      await until(
        async () => {
          const { partitions: now } = await control.describeSystem();
          return now.every(
            ({ worker, epoch }, at) => worker !== '' && epoch > (before.partitions[at]?.epoch ?? 0),
          );
        },
        { what: 'another worker serves every partition', deadlineMs: 20_000 },
      );
    },
    addWorker: () => workers.addUnsupervised(),
    killWorkerWhenStored: (card) => workers.arm(`card/${card}`),
    stop: async () => {
      await Promise.allSettled(clients.map((client) => client.close()));
      await gateway.close();
      await workers.stop();
      await redis.stop();
      await nats.stop();
      await folder.remove();
    },
  };
}

async function create(url: string, partitions: number): Promise<void> {
  const connection = await connectNats(url, { name: 'creation' });
  const rules = {
    currency: 'JPY',
    currencyScale: 0,
    timeZone: 'Asia/Tokyo',
    created: Date.now(),
    businessClock: undefined,
  };
  const store = await natsJournalStore(connection, { deployment: DEPLOYMENT });
  await createDeployment(store, systemClock, {
    deployment: DEPLOYMENT,
    partitions,
    rules: encodeRules(rules),
  });
  await createProhibitions(connection, { deployment: DEPLOYMENT });
  await connection.close();
}

async function flush(url: string): Promise<void> {
  const connection = new RedisConnection(url, { name: 'loss' });
  await connection.ready();
  await connection.run((client) => client.flushall());
  await connection.close();
}

/** One worker at a time; one that was killed is followed by another, as a supervisor would do. */
class WorkerProcesses {
  deaths = 0;
  readonly #environment: Record<string, string>;
  readonly #others: ChildProcess[] = [];
  #child: ChildProcess | undefined;
  #stopping = false;

  constructor(nats: string, redis: string) {
    this.#environment = { NATS: nats, REDIS: redis, DEPLOYMENT };
  }

  async start(): Promise<void> {
    const child = this.#fork();
    this.#child = child;
    child.once('exit', () => {
      if (this.#stopping) return;
      this.deaths += 1;
      void this.start();
    });
    await once(child, 'message');
  }

  async addUnsupervised(): Promise<() => Promise<void>> {
    const child = this.#fork();
    this.#others.push(child);
    await once(child, 'message');
    return () => end(child, 'SIGKILL');
  }

  #fork(): ChildProcess {
    const path = fileURLToPath(new URL('./workerProcess.js', import.meta.url));
    return fork(path, { env: { ...process.env, ...this.#environment }, stdio: 'inherit' });
  }

  async arm(unit: string): Promise<void> {
    const child = this.#child;
    if (child === undefined) throw new Error('no worker runs');
    child.send({ dieWhenStored: unit });
    await once(child, 'message');
  }

  async kill(): Promise<void> {
    if (this.#child !== undefined) await end(this.#child, 'SIGKILL');
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const all = this.#child === undefined ? this.#others : [...this.#others, this.#child];
    await Promise.all(all.map((child) => end(child, 'SIGTERM')));
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}
