import { jetstreamManager } from '@nats-io/jetstream';
import fc from 'fast-check';
import { MemoryJournalStore } from '../../../../actors/adapters/memory/journal.js';
import { MemoryJournalServer } from '../../../../actors/adapters/memory/journalServer.js';
import { connectNats } from '../../../../actors/adapters/nats/connection.js';
import { journalConfiguration, journalName } from '../../../../actors/adapters/nats/journalConfiguration.js';
import { natsJournalStore } from '../../../../actors/adapters/nats/journalStore.js';
import { systemClock as clock } from '../../../../actors/adapters/system/clock.js';
import type { Journal, JournalStore } from '../../../../actors/runtime/ports.js';
import { useNats } from '../../../support/servers.js';
import { sameAnswers, type Operation } from './compare.js';

/** Two owners' views of one journal, and what each last tried to store. */
interface Journals {
  readonly views: readonly Journal[];
  length: number;
  last: { readonly bytes: Uint8Array; readonly expected: number } | undefined;
  makeHole(sequence: number): Promise<void>;
}

describe('twin and JetStream give the same answers', () => {
  const nats = useNats({ sync: 'interval' });
  let deployments = 0;

  it('to the same operations on a journal', async () => {
    await sameAnswers(operations(), async (use) => {
      deployments += 1;
      const deployment = `journals${deployments}`;
      const connections = [
        await connectNats(nats.current.url, { name: 'twins' }),
        await connectNats(nats.current.url, { name: 'twins' }),
      ];
      const manager = await jetstreamManager(connections[0]!.client);
      const name = journalName(deployment, 0, 1);
      await manager.streams.add({ ...journalConfiguration(name), deny_delete: false });
      const server = new MemoryJournalServer(clock);
      server.create(0);
      const real = await journalsOf(
        await Promise.all(connections.map((each) => natsJournalStore(each, { deployment }))),
        async (sequence) => {
          await manager.streams.deleteMessage(name.stream, sequence);
        },
      );
      const twin = await journalsOf(
        connections.map(() => new MemoryJournalStore(server, clock)),
        async (sequence) => {
          server.stream(0)?.makeHole(sequence);
        },
      );
      try {
        await use(twin, real);
      } finally {
        await Promise.all(connections.map((each) => each.close()));
      }
    });
  });
});

async function journalsOf(
  stores: readonly JournalStore[],
  makeHole: (sequence: number) => Promise<void>,
): Promise<Journals> {
  const views = await Promise.all(stores.map((store) => store.open(0)));
  return { views, length: 0, last: undefined, makeHole };
}

function operations(): fc.Arbitrary<Operation<Journals>> {
  const view = fc.integer({ min: 0, max: 1 });
  const near = fc.integer({ min: -20, max: 3 });
  const append = fc.record({
    view,
    off: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: -3, max: 3 })),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 300 }),
  });
  return fc.oneof(
    {
      weight: 10,
      arbitrary: append.map(({ view: by, off, bytes }) => ({
        name: `append by ${by}, ${off} beside the end`,
        run: (journals: Journals) => store(journals, by, bytes, Math.max(0, journals.length + off)),
      })),
    },
    {
      // Its acknowledgement was lost: the same bytes with the expectation of before, perhaps by the next owner.
      weight: 3,
      arbitrary: view.map((by) => ({
        name: `the last append again, by ${by}`,
        run: async (journals: Journals) => {
          const { last } = journals;
          return last && store(journals, by, last.bytes, last.expected);
        },
      })),
    },
    {
      weight: 3,
      arbitrary: fc.tuple(view, near, near).map(([by, from, to]) => ({
        name: `read ${from} … ${to} beside the end`,
        run: (journals: Journals) => readAll(of(journals, by), at(journals, from), at(journals, to)),
      })),
    },
    {
      weight: 3,
      arbitrary: fc.tuple(view, near).map(([by, off]) => ({
        name: `get ${off} beside the end`,
        run: async (journals: Journals) => show(await of(journals, by).get(at(journals, off))),
      })),
    },
    {
      weight: 2,
      arbitrary: view.map((by) => ({
        name: 'last sequence',
        run: (journals: Journals) => of(journals, by).lastSequence(),
      })),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(view, view, fc.integer({ min: 1, max: 2 })).map(([by, closing, times]) => ({
        name: `another segment, by ${by}, the one before closed ${times} times, by ${closing}`,
        run: async (journals: Journals) => {
          if (journals.length === 0) return undefined;
          const next = (await of(journals, by).newestSegment()).segment + 1;
          await of(journals, by).beginSegment(next, journals.length + 1);
          const continued = await store(journals, by, Uint8Array.of(next), journals.length);
          for (let time = 0; time < times; time += 1) await of(journals, closing).closeSegment(next - 1);
          const closed = await of(journals, by).closedSegments();
          return [continued, closed.map(({ segment, first, last }) => [segment, first, last])];
        },
      })),
    },
    {
      weight: 1,
      arbitrary: fc.integer({ min: 0, max: 1_000 }).map((choice) => ({
        name: 'a hole',
        run: async (journals: Journals) => {
          // Only the first segment of this test lets it be made.
          if ((await of(journals, 0).newestSegment()).segment > 0) return;
          const sequence = 1 + (choice % Math.max(1, journals.length));
          const isThere = (await of(journals, 0).get(sequence)) !== undefined;
          if (isThere) await journals.makeHole(sequence);
        },
      })),
    },
  );
}

function of(journals: Journals, view: number): Journal {
  return journals.views[view]!;
}

function at({ length }: Journals, off: number): number {
  return Math.max(1, length + off);
}

async function store(journals: Journals, by: number, bytes: Uint8Array, expected: number): Promise<unknown> {
  const result = await of(journals, by).append(bytes, expected);
  journals.last = { bytes, expected };
  if (result.kind === 'stored') journals.length = result.sequence;
  return result;
}

/** What came before an error counts as well. */
async function readAll(journal: Journal, from: number, to: number): Promise<unknown> {
  const frames: unknown[] = [];
  const end = await journal
    .read(from, to, (frame) => frames.push(show(frame)))
    .catch((error: unknown) => (error instanceof Error ? error.constructor.name : error));
  return { end, frames };
}

/** Without the time stamp, in which two servers differ. */
function show(frame: { readonly sequence: number; readonly bytes: Uint8Array } | undefined): unknown {
  return frame && { sequence: frame.sequence, bytes: frame.bytes };
}
