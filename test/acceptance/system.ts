/** A whole deployment on real servers: nats-server and redis-server, a worker process, a gateway. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { connectNats } from '../../actors/adapters/nats/connection.js';
import { natsJournalStore } from '../../actors/adapters/nats/journalStore.js';
import { createProhibitions } from '../../actors/adapters/nats/prohibitions.js';
import { systemClock } from '../../actors/adapters/system/clock.js';
import type { DeploymentRules } from '../../actors/money/deploymentRules.js';
import { encodeRules } from '../../actors/registry/wire/rulesCodec.js';
import { createDeployment } from '../../actors/runtime/deployment.js';
import { connectOperator, type Operator } from '../../client/operator.js';
import { connectTerminal, type Terminal, type TerminalOptions } from '../../client/terminal.js';
import { runGateway } from '../../gateway/main.js';
import { startNats, type NatsServer } from '../../servers/nats.js';
import { startRedis } from '../../servers/redis.js';
import { flushRedis } from '../support/flushRedis.js';
import { temporaryFolder } from '../support/folder.js';
import { until } from '../support/until.js';
import type { Doom } from './workerProcess.js';
import { WorkerProcesses } from './workerProcesses.js';

export const DEPLOYMENT = 'acceptance';
const SECRET = 'an operator of the tests';
export const PIN_KEY = Buffer.alloc(32, 'a key of the tests');

export interface TestSystem {
  readonly url: string;
  readonly secret: string;
  readonly natsUrl: string;
  readonly redisUrl: string;
  /** The nats-server that runs now. */
  readonly nats: NatsServer;
  /** What servers and workers keep on disk. */
  readonly dir: string;
  /** Every line that gateway and workers have logged or printed so far. */
  readonly logged: readonly string[];
  /** Workers that were killed and replaced so far. */
  readonly deaths: number;
  operator(): Promise<Operator>;
  terminal(id: string, options?: Omit<Partial<TerminalOptions>, 'url' | 'terminal'>): Promise<Terminal>;
  /** Everything in Redis is gone. */
  loseRedis(): Promise<void>;
  /** kill -9, or SIGTERM, and another worker that takes over. Resolves when it serves everything. */
  restartWorker(signal?: NodeJS.Signals): Promise<void>;
  /** Ends the first worker, which another replaces; resolves when it has ended. */
  endWorker(signal: NodeJS.Signals): Promise<void>;
  /** Another worker beside the first; the function returned ends it, by default kill -9, and nobody replaces it. */
  addWorker(): Promise<(signal?: NodeJS.Signals) => Promise<void>>;
  /** The worker dies (kill -9) at this moment; another one takes over. Resolves when it is armed. */
  killWorkerAt(doom: Doom): Promise<void>;
  /** kill -9, and again at the same address. */
  restartNats(): Promise<void>;
  /** The worker logs it. */
  logByWorker(line: string): Promise<void>;
  stop(): Promise<void>;
}

export interface SystemOptions {
  readonly partitions?: number;
  /** It stands still at its start for `graceMs`, default 0: time to begin, however slow the machine is. */
  readonly businessClock?: DeploymentRules['businessClock'] & { readonly graceMs?: number };
  readonly parameters?: DeploymentRules['parameters'];
  /** Bytes of a segment; workers and gateway then have the archive in `<dir>/archive`. */
  readonly segmentBytes?: number;
}

export async function startSystem(options: SystemOptions = {}): Promise<TestSystem> {
  const folder = await temporaryFolder();
  const natsDir = join(folder.path, 'nats');
  const [firstNats, redis] = await Promise.all([
    startNats({ dir: natsDir }),
    startRedis({ dir: join(folder.path, 'redis') }),
  ]);
  let nats = firstNats;
  const servers = { natsUrl: nats.url, redisUrl: redis.url, deployment: DEPLOYMENT };
  await create(nats.url, options);
  const logged: string[] = [];
  const log = (line: string): void => {
    logged.push(line);
    if (process.env['EMONEY_DEBUG']) process.stderr.write(`${new Date().toISOString()} ${line}\n`);
  };
  const dir = join(folder.path, 'workers');
  await mkdir(dir);
  const archiveDir = options.segmentBytes === undefined ? undefined : join(folder.path, 'archive');
  const env = archiveDir && { ARCHIVE: archiveDir, SEGMENT_BYTES: String(options.segmentBytes) };
  const workers = new WorkerProcesses({ ...servers, dir, log, ...(env && { env }) });
  const [gateway] = await Promise.all([
    runGateway({ ...servers, operatorSecret: SECRET, pinKey: PIN_KEY, archiveDir, log }),
    workers.start(),
  ]);
  await ready(gateway.url);
  const clients: { close(): Promise<void> }[] = [];
  const keep = <Client extends { close(): Promise<void> }>(client: Client): Client => {
    clients.push(client);
    return client;
  };
  const operator = async (): Promise<Operator> =>
    keep(await connectOperator({ url: gateway.url, secret: SECRET }));
  return {
    url: gateway.url,
    secret: SECRET,
    natsUrl: nats.url,
    redisUrl: redis.url,
    get nats() {
      return nats;
    },
    dir: folder.path,
    logged,
    get deaths() {
      return workers.deaths;
    },
    operator,
    terminal: async (id, options) =>
      keep(await connectTerminal({ ...options, url: gateway.url, terminal: id })),
    loseRedis: () => flushRedis(redis.url),
    restartWorker: async (signal = 'SIGKILL') => {
      const control = await operator();
      const before = await control.describeSystem();
      await workers.end(signal);
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
    endWorker: (signal) => workers.end(signal),
    addWorker: () => workers.addUnsupervised(),
    killWorkerAt: (doom) => workers.order(doom),
    restartNats: async () => {
      nats.kill('SIGKILL');
      await nats.exited;
      nats = await startNats({ dir: natsDir, port: nats.port, monitorPort: nats.monitorPort });
    },
    logByWorker: (line) => workers.order({ say: line }),
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

async function create(url: string, options: SystemOptions): Promise<void> {
  const { partitions = 4, businessClock, parameters } = options;
  const connection = await connectNats(url, { name: 'creation' });
  const rules = {
    currency: 'JPY',
    currencyScale: 0,
    timeZone: 'Asia/Tokyo',
    created: Date.now() + (businessClock?.graceMs ?? 0),
    businessClock,
    parameters,
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

async function ready(url: string): Promise<void> {
  const probe = `${url.replace(/^ws/, 'http').replace(/\/v1$/, '')}/readyz`;
  await until(async () => (await fetch(probe)).ok, { what: 'the gateway is ready', deadlineMs: 20_000 });
}
