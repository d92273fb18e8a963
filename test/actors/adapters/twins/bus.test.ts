import fc from 'fast-check';
import { MemoryBus, MemoryBusServer } from '../../../../actors/adapters/memory/bus.js';
import { connectNats } from '../../../../actors/adapters/nats/connection.js';
import { systemClock as clock } from '../../../../actors/adapters/system/clock.js';
import type { Bus, Cancel } from '../../../../actors/runtime/ports.js';
import { useNats } from '../../../support/servers.js';
import { until } from '../../../support/until.js';
import { sameAnswers, type Operation } from './compare.js';

const CONNECTIONS = 3;

/** Connections to one server, and who listens on which. */
interface Buses {
  readonly connections: readonly Bus[];
  readonly subscriptions: Subscription[];
  messages: number;
  barriers: number;
}

interface Subscription {
  readonly by: number;
  readonly cancel: Cancel;
  /** By sender: order holds only per connection. */
  readonly heard: string[][];
}

describe('twin and core NATS give the same answers', () => {
  const nats = useNats({ sync: 'interval' });

  it('to the same messages on a bus', async () => {
    await sameAnswers(operations(), async (use) => {
      const connections = await Promise.all(
        Array.from({ length: CONNECTIONS }, () => connectNats(nats.current.url, { name: 'twins' })),
      );
      const server = new MemoryBusServer();
      try {
        await use(
          busesOf(connections.map(() => new MemoryBus(server, clock))),
          busesOf(connections.map(({ bus }) => bus)),
        );
      } finally {
        await Promise.all(connections.map((each) => each.close()));
      }
    });
  });
});

function busesOf(connections: readonly Bus[]): Buses {
  return { connections, subscriptions: [], messages: 0, barriers: 0 };
}

function operations(): fc.Arbitrary<Operation<Buses>> {
  const by = fc.integer({ min: 0, max: CONNECTIONS - 1 });
  const subject = fc.constantFrom('a.b', 'a.c', 'a', 'a.b.c', 'd');
  const pattern = fc.constantFrom('a.b', 'a.*', 'a.>', '*', 'a.*.c', 'd');
  return fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .tuple(by, fc.array(subject, { minLength: 1, maxLength: 5 }))
        .map(([sender, subjects]) => ({
          name: `${sender} publishes on ${subjects.join()}`,
          run: async (buses: Buses) => {
            for (const each of subjects) {
              buses.messages += 1;
              buses.connections[sender]!.publish(each, Buffer.from(`${sender} ${buses.messages}`));
            }
          },
        })),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(by, pattern).map(([receiver, wanted]) => ({
        name: `${receiver} subscribes to ${wanted}`,
        run: async (buses: Buses) => {
          await settled(buses);
          subscribe(buses, receiver, wanted);
          await buses.connections[receiver]!.flush();
        },
      })),
    },
    {
      weight: 1,
      arbitrary: fc.nat().map((choice) => ({
        name: 'a subscription ends',
        run: async (buses: Buses) => {
          await settled(buses);
          const { subscriptions, connections } = buses;
          const [ended] = subscriptions.splice(choice % Math.max(1, subscriptions.length), 1);
          if (ended === undefined) return undefined;
          ended.cancel();
          await connections[ended.by]!.flush();
          return ended.heard;
        },
      })),
    },
    {
      weight: 2,
      arbitrary: fc.constant({
        name: 'what everybody has heard',
        run: async (buses: Buses) => {
          await settled(buses);
          return buses.subscriptions.map(({ heard }) => heard);
        },
      }),
    },
  );
}

function subscribe({ connections, subscriptions }: Buses, by: number, wanted: string): void {
  const heard: string[][] = connections.map(() => []);
  const cancel = connections[by]!.subscribe(wanted, (bytes, subject) => {
    const text = Buffer.from(bytes).toString();
    heard[Number(text[0])]?.push(`${subject} ${text}`);
  });
  subscriptions.push({ by, cancel, heard });
}

/** Everything that was published has come: what every sender says last has reached every receiver. */
async function settled(buses: Buses): Promise<void> {
  const { connections } = buses;
  buses.barriers += 1;
  const subject = `barrier.${buses.barriers}`;
  let heard = 0;
  const cancels = connections.map((each) =>
    each.subscribe(subject, () => {
      heard += 1;
    }),
  );
  await Promise.all(connections.map((each) => each.flush()));
  for (const each of connections) each.publish(subject, new Uint8Array(0));
  await until(() => heard === connections.length ** 2, { what: 'what everybody said last' });
  for (const cancel of cancels) cancel();
}
