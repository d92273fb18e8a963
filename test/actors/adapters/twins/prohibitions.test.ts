import fc from 'fast-check';
import {
  MemoryProhibitionServer,
  MemoryProhibitionStream,
} from '../../../../actors/adapters/memory/prohibitions.js';
import { connectNats } from '../../../../actors/adapters/nats/connection.js';
import { createProhibitions, natsProhibitions } from '../../../../actors/adapters/nats/prohibitions.js';
import { systemClock as clock } from '../../../../actors/adapters/system/clock.js';
import type {
  ListVersion,
  ProhibitionEntry,
  ProhibitionStream,
  VersionedEntry,
} from '../../../../actors/prohibitions/ports.js';
import { useNats } from '../../../support/servers.js';
import { until } from '../../../support/until.js';
import { sameAnswers, type Operation } from './compare.js';

/** Two processes' views of one list. */
interface Views {
  readonly streams: readonly ProhibitionStream[];
  /** The highest sequence so far. */
  highest: number;
}

describe('twin and JetStream give the same answers', () => {
  const nats = useNats({ sync: 'interval' });
  let deployments = 0;

  it('to the same operations on a prohibition list', async () => {
    await sameAnswers(operations(), async (use) => {
      deployments += 1;
      const deployment = `lists${deployments}`;
      const connections = [
        await connectNats(nats.current.url, { name: 'twins' }),
        await connectNats(nats.current.url, { name: 'twins' }),
      ];
      await createProhibitions(connections[0]!, { deployment });
      const server = new MemoryProhibitionServer();
      try {
        await use(
          viewsOf(connections.map(() => new MemoryProhibitionStream(server, clock))),
          viewsOf(await Promise.all(connections.map((each) => natsProhibitions(each, { deployment })))),
        );
      } finally {
        await Promise.all(connections.map((each) => each.close()));
      }
    });
  });
});

function viewsOf(streams: readonly ProhibitionStream[]): Views {
  return { streams, highest: 0 };
}

function operations(): fc.Arbitrary<Operation<Views>> {
  const entry = fc.record({
    card: fc.constantFrom('card-1', 'card-2', 'card.*'),
    position: fc.integer({ min: 1, max: 12 }),
    reasons: fc.subarray(['LIMIT', 'OPERATOR', 'LOST'] as const),
  });
  const view = fc.integer({ min: 0, max: 1 });
  return fc.oneof(
    {
      weight: 8,
      arbitrary: fc.tuple(view, entry).map(([by, said]) => ({
        name: `publish ${said.card} as of ${said.position}`,
        run: (views: Views) => isNewest(views, by, said),
      })),
    },
    {
      // Compare-and-set: of two at once one loses the race, looks again, and the newer stands.
      weight: 2,
      arbitrary: fc.tuple(entry, fc.integer({ min: 1, max: 12 })).map(([said, position]) => ({
        name: `publish ${said.card} as of ${said.position} and ${position} at once`,
        run: async (views: Views) => {
          await Promise.all([isNewest(views, 0, said), isNewest(views, 1, { ...said, position })]);
          return listed(views, 0);
        },
      })),
    },
    { weight: 1, arbitrary: view.map((by) => ({ name: 'list', run: (views: Views) => listed(views, by) })) },
  );
}

/** Whether it stands under a new sequence; which one depends on who came first of two at once. */
async function isNewest(views: Views, by: number, entry: ProhibitionEntry): Promise<boolean> {
  const { sequence } = await views.streams[by]!.publish(entry);
  const isNew = sequence > views.highest;
  views.highest = Math.max(views.highest, sequence);
  return isNew;
}

async function listed({ streams }: Views, by: number): Promise<unknown> {
  const entries = await listOf(streams[by]!);
  return entries
    .map(({ card, position, reasons }) => ({ card, position, reasons }))
    .sort((one, other) => one.card.localeCompare(other.card));
}

async function listOf(stream: ProhibitionStream): Promise<VersionedEntry[]> {
  const entries = new Map<string, VersionedEntry>();
  const caughtUp: ListVersion[] = [];
  const end = await stream.follow(
    (entry) => entries.set(entry.card, entry),
    (version) => caughtUp.push(version),
  );
  await until(() => caughtUp.length > 0, { what: 'the end of the list' });
  end();
  return [...entries.values()];
}
