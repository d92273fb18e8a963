/** A deployment on servers of a test, with one worker in this process that can be ended, and started otherwise. */
import { join } from 'node:path';
import { connectNats } from '../../actors/adapters/nats/connection.js';
import { natsJournalStore } from '../../actors/adapters/nats/journalStore.js';
import { createProhibitions } from '../../actors/adapters/nats/prohibitions.js';
import { systemClock } from '../../actors/adapters/system/clock.js';
import { encodeRules } from '../../actors/registry/wire/rulesCodec.js';
import { createDeployment } from '../../actors/runtime/deployment.js';
import { runWorker, type Worker } from '../../actors/worker.js';
import { connectOperator, type Operator } from '../../client/operator.js';
import { connectTerminal } from '../../client/terminal.js';
import { runGateway } from '../../gateway/main.js';
import type { Gateway } from '../../gateway/server.js';
import type { NatsServer } from '../../servers/nats.js';
import type { RedisServer } from '../../servers/redis.js';
import type { ServerFixture } from '../support/servers.js';
import { temporaryFolder, type Folder } from '../support/folder.js';
import { until } from '../support/until.js';

export const DEPLOYMENT = 'one';
const SECRET = 'an operator of the tests';

export class OneWorker {
  readonly log: string[] = [];
  readonly operator: Operator;
  readonly #nats: ServerFixture<NatsServer>;
  readonly #redis: ServerFixture<RedisServer>;
  readonly #folder: Folder;
  readonly #gateway: Gateway;
  #worker: Worker | undefined;

  private constructor(
    servers: { nats: ServerFixture<NatsServer>; redis: ServerFixture<RedisServer> },
    folder: Folder,
    gateway: Gateway,
    operator: Operator,
  ) {
    this.#nats = servers.nats;
    this.#redis = servers.redis;
    this.#folder = folder;
    this.#gateway = gateway;
    this.operator = operator;
  }

  static async create(
    servers: { nats: ServerFixture<NatsServer>; redis: ServerFixture<RedisServer> },
    partitions: number,
    timeZone = 'Asia/Tokyo',
  ): Promise<OneWorker> {
    const nats = await connectNats(servers.nats.current.url, { name: 'creation' });
    const rules = encodeRules({
      currency: 'JPY',
      currencyScale: 0,
      timeZone,
      created: Date.now(),
      businessClock: undefined,
      parameters: undefined,
    });
    const store = await natsJournalStore(nats, { deployment: DEPLOYMENT });
    await createDeployment(store, systemClock, { deployment: DEPLOYMENT, partitions, rules });
    await createProhibitions(nats, { deployment: DEPLOYMENT });
    await nats.close();
    const gateway = await runGateway({
      natsUrl: servers.nats.current.url,
      redisUrl: servers.redis.current.url,
      deployment: DEPLOYMENT,
      operatorSecret: SECRET,
      pinKey: Buffer.alloc(32, 'a key of the tests'),
      log: () => undefined,
    });
    const operator = await connectOperator({ url: gateway.url, secret: SECRET });
    return new OneWorker(servers, await temporaryFolder(), gateway, operator);
  }

  /** Resolves when it serves everything, or has stopped what it cannot serve. */
  async start(acceptLoss: ReadonlyMap<number, string> = new Map()): Promise<void> {
    this.log.length = 0;
    this.#worker = await runWorker({
      natsUrl: this.#nats.current.url,
      redisUrl: this.#redis.current.url,
      deployment: DEPLOYMENT,
      acceptLoss,
      historyDir: join(this.#folder.path, 'history'),
      log: (line) => this.log.push(line),
    });
    await until(
      async () => {
        const { partitions } = await this.operator.describeSystem();
        const own = this.#worker?.status().every(({ state }) => state === 'serving' || state === 'halted');
        return own === true && partitions.every(({ state }) => state === 'SERVING' || state === 'STOPPED');
      },
      { what: 'the worker serves what it can', deadlineMs: 30_000 },
    );
  }

  /** Ends it in order: drained, checkpointed. */
  async stop(): Promise<void> {
    await this.#worker?.stop();
    this.#worker = undefined;
  }

  async restart(acceptLoss?: ReadonlyMap<number, string>): Promise<void> {
    await this.stop();
    await this.start(acceptLoss);
  }

  /** By a terminal that says HELLO for it. `timeMs`: on its clock. */
  async pay(terminal: string, cards: readonly string[], amount: number, timeMs?: number): Promise<void> {
    const till = await connectTerminal({ url: this.#gateway.url, terminal });
    for (const card of cards) {
      const { outcome } = await till.purchase({ card, amount, timeMs });
      if (outcome !== 'APPROVED') throw new Error(`${card}: ${outcome}`);
    }
    await till.close();
  }

  async values(cards: readonly string[]): Promise<(number | undefined)[]> {
    const described = await this.operator.describeCards([...cards]);
    return cards.map((id) => described.find((each) => each.id === id)?.card?.balances.storedValue);
  }

  async states(): Promise<readonly string[]> {
    return (await this.operator.describeSystem()).partitions.map(({ state }) => state);
  }

  async metric(line: RegExp): Promise<boolean> {
    return line.test(await (await fetch(`${this.#gateway.address}/metrics`)).text());
  }

  async degraded(): Promise<string> {
    const response = await fetch(`${this.#gateway.address}/readyz`);
    return ((await response.json()) as { degraded: string[] }).degraded.join('\n');
  }

  async end(): Promise<void> {
    await this.operator.close();
    await this.#gateway.close();
    await this.stop();
    await this.#folder.remove();
  }
}
