import { expect } from 'chai';
import { MemoryJournalStore } from '../../../actors/adapters/memory/journal.js';
import { MemoryJournalServer } from '../../../actors/adapters/memory/journalServer.js';
import { MemorySnapshotServer } from '../../../actors/adapters/memory/snapshotServer.js';
import { MemorySnapshotStore } from '../../../actors/adapters/memory/snapshotStore.js';
import { connectNats } from '../../../actors/adapters/nats/connection.js';
import { natsJournalStore } from '../../../actors/adapters/nats/journalStore.js';
import { RedisConnection } from '../../../actors/adapters/redis/connection.js';
import { RedisSnapshotStore } from '../../../actors/adapters/redis/snapshotStore.js';
import { systemClock as clock } from '../../../actors/adapters/system/clock.js';
import type { Journal, SnapshotStore } from '../../../actors/runtime/ports.js';
import { Random } from '../../support/random.js';
import { useNats, useRedis } from '../../support/servers.js';

/** An operation that answers with something that can be compared. */
type Operation<Target> = (target: Target) => Promise<unknown>;

const SEEDS = [1, 2, 3];
const OPERATIONS = 250;

describe('twin and real server give the same answers', () => {
  const nats = useNats({ sync: 'interval' });
  const redis = useRedis();

  for (const seed of SEEDS) {
    it(`to the same ${OPERATIONS} operations on a journal (seed ${seed})`, async () => {
      const connection = await connectNats(nats.current.url, { name: 'twins' });
      const real = await natsJournalStore(connection, { deployment: `twins${seed}` });
      const twin = new MemoryJournalStore(new MemoryJournalServer(clock), clock);
      const journals: Journal[] = [];
      for (const store of [twin, real]) {
        await store.create(0);
        journals.push(await store.open(0));
      }
      await compare(journals, journalOperations(new Random(seed)));
      await connection.close();
    });

    it(`to the same ${OPERATIONS} operations on a snapshot store (seed ${seed})`, async () => {
      const connection = new RedisConnection(redis.current.url, { name: 'twins' });
      await connection.ready();
      const place = { deployment: `twins${seed}`, partition: 0 };
      const twin = new MemorySnapshotStore({ server: new MemorySnapshotServer(), clock, ...place });
      const real = new RedisSnapshotStore(connection, place.deployment, place.partition);
      await compare<SnapshotStore>([twin, real], snapshotOperations(new Random(seed)));
      await connection.close();
    });
  }
});

async function compare<Target>(
  targets: readonly Target[],
  operations: Iterable<{ readonly name: string; readonly run: Operation<Target> }>,
): Promise<void> {
  for (const { name, run } of operations) {
    const [twin, real] = await Promise.all(targets.map(run));
    expect(twin, name).to.deep.equal(real);
  }
}

function* journalOperations(random: Random) {
  let length = 0;
  for (let i = 0; i < OPERATIONS; i += 1) {
    const right = random.next() < 0.6;
    const expected = right ? length : Math.max(0, length + random.integer(-3, 3));
    const near = () => Math.max(1, length + random.integer(-20, 3));
    const [from, to] = [near(), near()];
    const choice = random.next();
    if (choice < 0.55) {
      const bytes = random.bytes(random.integer(1, 300));
      if (expected === length) length += 1;
      yield {
        name: `append at ${expected}`,
        run: (journal: Journal) => journal.append(bytes, expected),
      };
    } else if (choice < 0.75) {
      yield { name: `read ${from} … ${to}`, run: (journal: Journal) => readAll(journal, from, to) };
    } else if (choice < 0.9) {
      yield { name: `get ${from}`, run: async (journal: Journal) => show(await journal.get(from)) };
    } else {
      yield { name: 'last sequence', run: (journal: Journal) => journal.lastSequence() };
    }
  }
}

function* snapshotOperations(random: Random) {
  const version = () => ({
    generation: random.integer(1, 2),
    sequence: random.pick([1, 2, 255, 256, 70_000]),
  });
  const names = ['a', 'b', 'card/1', 'card/2'];
  for (let i = 0; i < OPERATIONS; i += 1) {
    const bytes = random.bytes(random.integer(0, 40));
    const value = { ...version(), bytes };
    const [page, slot] = [random.integer(0, 2), random.integer(0, 1)];
    const units = names.filter(() => random.next() < 0.5);
    const snapshots = units.map((unit) => ({ unit, ...version(), state: bytes }));
    yield random.pick([
      { name: 'write units', run: (store: SnapshotStore) => store.writeUnits(snapshots) },
      { name: 'write page', run: (store: SnapshotStore) => store.writePage(page, slot, value) },
      { name: 'write checkpoint', run: (store: SnapshotStore) => store.writeCheckpoint(value) },
      { name: 'read units', run: async (store: SnapshotStore) => plain(await store.readUnits(names)) },
      {
        name: 'read page',
        run: async (store: SnapshotStore) => plain(await store.readPages([{ page, slot }])),
      },
      { name: 'read checkpoint', run: async (store: SnapshotStore) => plain(await store.readCheckpoint()) },
    ]);
  }
}

async function readAll(journal: Journal, from: number, to: number): Promise<unknown> {
  const frames: unknown[] = [];
  const next = await journal.read(from, to, (frame) => frames.push(show(frame)));
  return { next, frames };
}

/** Without the time stamp, in which two servers differ. */
function show(frame: { readonly sequence: number; readonly bytes: Uint8Array } | undefined): unknown {
  return frame && { sequence: frame.sequence, bytes: Buffer.from(frame.bytes).toString('hex') };
}

/** Buffers and other byte arrays alike. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}
