import { MemoryBus, MemoryBusServer } from '../../actors/adapters/memory/bus.js';
import { MemoryJournalStore } from '../../actors/adapters/memory/journal.js';
import { MemoryJournalServer } from '../../actors/adapters/memory/journalServer.js';
import {
  MemoryProhibitionServer,
  MemoryProhibitionStream,
} from '../../actors/adapters/memory/prohibitions.js';
import { MemorySnapshotServer } from '../../actors/adapters/memory/snapshotServer.js';
import { MemorySnapshotStore } from '../../actors/adapters/memory/snapshotStore.js';
import { ProhibitionList } from '../../actors/prohibitions/list.js';
import type { Clock } from '../../actors/runtime/ports.js';
import { subjectsOf } from '../../actors/runtime/subjects.js';
import { startGateway, type Gateway } from '../../gateway/server.js';
import { v1 } from '../../proto/generated/emoney.js';
import { FakePartitions } from './fakePartitions.js';
import { RawClient } from './rawClient.js';
import { TestClock } from './testClock.js';

export const PARTITIONS = 4;
export const SECRET = 'correct horse';
export const PIN_KEY = Buffer.alloc(32, 7);

export interface TestGateway {
  readonly gateway: Gateway;
  readonly http: string;
  readonly partitions: FakePartitions;
  /** For whoever else a test plays. */
  readonly bus: MemoryBus;
  readonly clock: TestClock;
  readonly prohibitions: MemoryProhibitionServer;
  /** As the gateway has read it. */
  readonly list: ProhibitionList;
  readonly journals: MemoryJournalStore;
  readonly snapshots: (partition: number) => MemorySnapshotStore;
  readonly log: string[];
  connect(subprotocol?: string): Promise<RawClient>;
  operator(): Promise<RawClient>;
  close(): Promise<void>;
}

/** A gateway on memory twins, with partitions that a test plays. */
export async function startTestGateway(
  options: {
    readonly listAvailable?: boolean;
    readonly clock?: Clock;
    readonly degraded?: () => readonly string[];
    readonly onReconnect?: (callback: () => void) => () => void;
  } = {},
): Promise<TestGateway> {
  const testClock = new TestClock();
  const clock = options.clock ?? testClock;
  const subjects = subjectsOf('test');
  const busServer = new MemoryBusServer();
  const partitions = new FakePartitions(new MemoryBus(busServer, clock), subjects, PARTITIONS);
  const prohibitions = new MemoryProhibitionServer();
  prohibitions.setAvailable(options.listAvailable ?? true);
  const snapshotServer = new MemorySnapshotServer();
  const snapshots = (partition: number) =>
    new MemorySnapshotStore({ server: snapshotServer, clock, deployment: 'test', partition });
  const journals = new MemoryJournalStore(new MemoryJournalServer(), clock);
  const log: string[] = [];
  const list = new ProhibitionList();
  const rules = { currency: 'JPY', timeZone: 'Asia/Tokyo', createdMs: 1 };
  const gateway = await startGateway({
    bus: new MemoryBus(busServer, clock),
    onReconnect: options.onReconnect,
    clock,
    subjects,
    deployment: { name: 'test', partitions: PARTITIONS, rules: v1.DeploymentRules.encode(rules).finish() },
    prohibitions: new MemoryProhibitionStream(prohibitions, clock),
    list,
    journals,
    snapshots,
    degraded: options.degraded,
    operatorSecret: SECRET,
    pinKey: PIN_KEY,
    host: '127.0.0.1',
    port: 0,
    log: (line) => log.push(line),
  });
  // The list is read within a few turns of the event loop.
  for (let turns = 0; turns < 4; turns += 1) await turn();
  const clients: RawClient[] = [];
  const connect = async (subprotocol?: string) => {
    const client = await RawClient.connect(gateway.url, subprotocol);
    clients.push(client);
    return client;
  };
  return {
    gateway,
    http: gateway.address,
    partitions,
    bus: new MemoryBus(busServer, clock),
    clock: testClock,
    prohibitions,
    list,
    journals,
    snapshots,
    log,
    connect,
    operator: async () => {
      const client = await connect();
      client.send({ request: 1, operatorHello: { secret: SECRET } });
      await client.answerTo(1);
      return client;
    },
    close: async () => {
      for (const client of clients) client.webSocket.terminate();
      await gateway.close();
    },
  };
}

/** One turn of the event loop: everything that is ready now is handled. */
export async function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
