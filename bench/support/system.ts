/** A whole system of a bench's own: servers that fsync, a worker process, a gateway process, an empty deployment. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectNats } from '../../actors/adapters/nats/connection.js';
import { natsJournalStore } from '../../actors/adapters/nats/journalStore.js';
import { createProhibitions } from '../../actors/adapters/nats/prohibitions.js';
import { systemClock } from '../../actors/adapters/system/clock.js';
import { createBusinessClock } from '../../actors/money/businessClock.js';
import type { DeploymentRules } from '../../actors/money/deploymentRules.js';
import { encodeRules } from '../../actors/registry/rules.js';
import { createDeployment } from '../../actors/runtime/deployment.js';
import { Child, type ChildPlan } from '../../operator/cli/system/child.js';
import type { Pids } from './cpu.js';
import { untilShared } from './sharing.js';
import { startServers, type Servers } from './servers.js';
import { until } from './until.js';

export const DEPLOYMENT = 'bench';
const SECRET = 'an operator of the bench';
const PIN_KEY = '5e'.repeat(32);
const READY_WITHIN_MS = 60_000;

export interface BenchSystemOptions {
  readonly partitions: number;
  /** Worker processes that share them; default: one. */
  readonly workers?: number;
  /** Arguments of node for the workers, beside those of this process. */
  readonly workerNodeArgs?: readonly string[];
  readonly rules?: Pick<DeploymentRules, 'businessClock' | 'parameters'>;
  readonly log: (line: string) => void;
}

export interface BenchSystem {
  /** http://127.0.0.1:port of the gateway. */
  readonly gateway: string;
  readonly secret: string;
  readonly natsUrl: string;
  readonly redisUrl: string;
  readonly partitions: number;
  /** Business time now, as terminals would have it. */
  readonly businessTime: () => number;
  /** Of every process of the system and of this one, by name. */
  readonly pids: () => Pids;
  /** kill -9 of the first worker; another process is started at once, and takes over. Resolves when the first is gone. */
  readonly killWorker: () => Promise<void>;
  /** What the first worker, and those in its place, have logged. */
  readonly workerLog: () => Promise<string>;
  stop(): Promise<void>;
}

/** Nothing is left running when it throws. */
export async function startBenchSystem(options: BenchSystemOptions): Promise<BenchSystem> {
  const servers = await startServers(options.log);
  try {
    return await start(servers, options);
  } catch (error) {
    await servers.endings.end();
    throw error;
  }
}

async function start(
  { dir, nats, redis, endings }: Servers,
  { partitions, workers: count = 1, workerNodeArgs = [], rules, log }: BenchSystemOptions,
): Promise<BenchSystem> {
  const fixed = rulesOf(rules);
  await create(nats.url, partitions, fixed);
  const businessClock = createBusinessClock(fixed);
  const env = {
    ...process.env,
    ...{ NATS_URL: nats.url, REDIS_URL: redis.url, EMONEY_DEPLOYMENT: DEPLOYMENT },
    ...{ EMONEY_OPERATOR_SECRET: SECRET, EMONEY_PIN_KEY: PIN_KEY },
  };
  const child = (
    plan: Pick<ChildPlan, 'name' | 'nodeArgs'>,
    file: string,
    args: readonly string[],
  ): Child => {
    const files = { env, log, logPath: join(dir, `${file}.log`) };
    const made = new Child({
      ...plan,
      ...files,
      args: () => args,
      onFailed: log,
      onRestarted: () => undefined,
    });
    endings.push(() => made.stop());
    return made;
  };
  const names = Array.from({ length: count }, (_, at) => (at === 0 ? 'worker' : `worker ${at + 1}`));
  const workers = await Promise.all(
    names.map(async (name, at) => {
      const data = join(dir, `worker-${at}`);
      await mkdir(data);
      return child({ name: 'worker', nodeArgs: workerNodeArgs }, name, ['worker', '--data', data]);
    }),
  );
  const [first] = workers;
  const gateway = child({ name: 'gateway' }, 'gateway', ['gateway', '--port', '0']);
  const [{ url = '' }] = await Promise.all([gateway.start(), ...workers.map((worker) => worker.start())]);
  await until(`the gateway at ${url} is ready`, READY_WITHIN_MS, async () => {
    const { ok } = await fetch(`${url}/readyz`);
    return ok;
  });
  if (count > 1) await untilShared(nats.url, { deployment: DEPLOYMENT, partitions, workers: count });
  return {
    gateway: url,
    secret: SECRET,
    natsUrl: nats.url,
    redisUrl: redis.url,
    partitions,
    businessTime: () => businessClock(Date.now()),
    pids: () => ({
      ...{ client: process.pid, gateway: gateway.pid },
      ...Object.fromEntries(names.map((name, at) => [name, workers[at]?.pid] as const)),
      ...{ nats: nats.pid, redis: redis.pid },
    }),
    killWorker: async () => first?.strike('SIGKILL'),
    workerLog: () => readFile(join(dir, 'worker.log'), 'utf8'),
    stop: () => endings.end(),
  };
}

function rulesOf(rules: BenchSystemOptions['rules']): DeploymentRules {
  return {
    ...{ currency: 'JPY', currencyScale: 0, timeZone: 'UTC', created: Date.now() },
    businessClock: rules?.businessClock,
    parameters: rules?.parameters,
  };
}

async function create(natsUrl: string, partitions: number, fixed: DeploymentRules): Promise<void> {
  const nats = await connectNats(natsUrl, { name: 'bench' });
  const rules = encodeRules(fixed);
  const journals = await natsJournalStore(nats, { deployment: DEPLOYMENT });
  await createDeployment(journals, systemClock, { deployment: DEPLOYMENT, partitions, rules });
  await createProhibitions(nats, { deployment: DEPLOYMENT });
  await nats.close();
}
