import { expect } from 'chai';
import fc from 'fast-check';
import { HISTORY_COUNTED } from '../../../actors/bounds.js';
import { MemoryHistoryStore } from '../../../actors/adapters/memory/historyStore.js';
import { MalformedError } from '../../../actors/runtime/errors.js';
import { thrownBy } from '../../support/thrownBy.js';
import { HistoryWorld, PARTITION, type TestEvent } from './world.js';

const END = Number.MAX_SAFE_INTEGER;

async function followed(): Promise<HistoryWorld> {
  const world = new HistoryWorld();
  await world.take();
  await world.clock.runUntil(() => world.log.length > 0, 'the history is complete');
  return world;
}

/** Another process, with what the one before left behind. */
async function restart(world: HistoryWorld): Promise<void> {
  await world.search();
  world.follower?.stop();
  await world.finished(world.follower?.ended ?? Promise.resolve(), 'the end');
  world.restart(new MemoryHistoryStore(world.disk));
  const count = world.log.length;
  await world.take();
  await world.clock.runUntil(() => world.log.length > count, 'the history is complete again');
}

function stands(name: string, value: string, whole = true): TestEvent {
  return { role: 'matter', name: 'stands', standing: { name, whole, value } };
}

describe('the history of a partition: what stood at a moment', () => {
  /** By name, values joined, newest first. Every page. */
  async function standings(
    world: HistoryWorld,
    before = END,
    limit = 1_000,
    between: () => void = () => undefined,
  ): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for (let after: Uint8Array = new Uint8Array(0); ;) {
      const asked = world.history.listStandings(PARTITION, { before, after, limit });
      const page = await world.finished(asked, 'the standings');
      expect(page.items.length).to.be.at.most(limit);
      for (const { name, values } of page.items) {
        const text = Buffer.from(name).toString();
        expect(found).not.to.have.property(text);
        found[text] = values.map((value) => Buffer.from(value).toString()).join('|');
      }
      if (page.next.length === 0) return found;
      after = page.next;
      between();
    }
  }

  it('is what was decided last before it, however long ago', async () => {
    const world = await followed();
    world.acknowledge([stands('A', '1'), stands('B', '1')]);
    const first = world.tip.time;
    await world.clock.advance(1_000_000);
    world.acknowledge([stands('A', '2'), stands('A', '3'), stands('C', '1')]);
    const second = world.tip.time;
    expect(await standings(world, first)).to.deep.equal({});
    expect(await standings(world, first + 1)).to.deep.equal({ A: '1', B: '1' });
    expect(await standings(world, second)).to.deep.equal({ A: '1', B: '1' });
    expect(await standings(world, second + 1)).to.deep.equal({ A: '3', B: '1', C: '1' });
    await restart(world);
    expect(await standings(world, second)).to.deep.equal({ A: '1', B: '1' });
  });

  it('is told with what a later one left unsaid; one of which nothing whole is known is nothing', async () => {
    const world = await followed();
    world.acknowledge([stands('A', 'old'), stands('B', 'limit', false), stands('A', 'x', false)]);
    world.acknowledge([stands('A', 'y', false), stands('C', 'c')]);
    expect(await standings(world)).to.deep.equal({ A: 'y|x|old', C: 'c' });
  });

  it('is, page by page, as of the frame of the first page', async () => {
    const world = await followed();
    world.acknowledge(['A', 'B', 'C', 'D'].map((name) => stands(name, '1')));
    const { sequence } = world.tip;
    const found = await standings(world, END, 1, () => {
      world.acknowledge(['A', 'B', 'C', 'D', 'E'].map((name) => stands(name, 'later')));
    });
    expect(found).to.deep.equal({ A: '1', B: '1', C: '1', D: '1' });
    const page = await world.finished(
      world.history.listStandings(PARTITION, { before: END, after: new Uint8Array(0), limit: 1 }),
      'a page',
    );
    expect(page.sequence).to.equal(sequence + 3);
  });

  it('is for ever once no frame of before it can come', async () => {
    const world = await followed();
    const over = async (before: number): Promise<boolean> => {
      const query = { before, after: new Uint8Array(0), limit: 1 };
      const page = await world.finished(world.history.listStandings(PARTITION, query), 'a page');
      return page.over;
    };
    const now = world.clock.now();
    expect(await over(now + 10)).to.equal(false);
    await world.clock.advance(10);
    expect(await over(now + 10)).to.equal(true);
  });

  it('is asked for only from where an answer said', async () => {
    const world = await followed();
    for (const after of [Uint8Array.of(1), new Uint8Array(21)]) {
      const asked = world.history.listStandings(PARTITION, { before: END, after, limit: 1 });
      const error = await thrownBy(() => world.finished(asked, 'the answer'));
      expect(error).to.be.instanceOf(MalformedError);
    }
  });

  it('costs two reads a name, whatever came after', async () => {
    const world = await followed();
    world.acknowledge([stands('A', '1'), stands('B', '1'), stands('C', '1')]);
    const { time } = world.tip;
    await world.clock.advance(1);
    for (let i = 0; i < 200; i += 1) world.acknowledge(['A', 'B', 'C'].map((name) => stands(name, `${i}`)));
    await standings(world, time);
    let reads = 0;
    const scan = world.store.scan.bind(world.store);
    world.store.scan = async (range) => {
      reads += 1;
      return scan(range);
    };
    expect(await standings(world, time + 1)).to.deep.equal({ A: '1', B: '1', C: '1' });
    expect(reads).to.be.at.most(7);
  });

  it('is as a naive fold over everything would have it', async () => {
    const names = fc.constantFrom('A', 'AB', 'B', 'Ä', 'C');
    const events = fc.record({ name: names, whole: fc.boolean(), value: fc.nat({ max: 99 }).map(String) });
    const frames = fc.array(
      fc.record({ ms: fc.integer({ min: 0, max: 3 }), events: fc.array(events, { maxLength: 12 }) }),
      { maxLength: 12 },
    );
    const moments = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(frames, moments, fc.integer({ min: 1, max: 4 }), async (history, asked, limit) => {
        const world = await followed();
        const start = world.clock.now();
        const all: { readonly event: (typeof history)[0]['events'][0]; readonly time: number }[] = [];
        for (const frame of history) {
          await world.clock.advance(frame.ms);
          world.acknowledge(frame.events.map(({ name, value, whole }) => stands(name, value, whole)));
          all.push(...frame.events.map((event) => ({ event, time: world.clock.now() })));
        }
        for (const moment of asked) {
          const expected: Record<string, string> = {};
          const partial: Record<string, string[]> = {};
          for (const { event, time } of all) {
            if (time >= start + moment) continue;
            const { name, value, whole } = event;
            partial[name] = whole ? [value] : [value, ...(partial[name] ?? [])];
            if (whole || name in expected) expected[name] = partial[name].join('|');
          }
          expect(await standings(world, start + moment, limit)).to.deep.equal(expected);
        }
      }),
      { numRuns: 120 },
    );
  }).timeout(60_000);
});

describe('the history of a partition: sums', () => {
  const counts = (name: string, ...adds: readonly number[]): TestEvent => ({
    role: 'matter',
    name: 'counts',
    count: { name, adds },
  });

  async function sums(world: HistoryWorld, limit = 1_000, from = 'a', to = 'z'): Promise<unknown> {
    const found: Record<string, Record<string, bigint>> = {};
    for (let after: Uint8Array = new Uint8Array(0); ;) {
      const query = { from: Buffer.from(from), to: Buffer.from(to), after, limit };
      const page = await world.finished(world.history.listSums(PARTITION, query), 'the sums');
      for (const { name, sums: row } of page.items)
        found[Buffer.from(name).toString()] = Object.fromEntries(row);
      if (page.next.length === 0) return found;
      after = page.next;
    }
  }

  it('add up exactly, slot by slot, in one batch of the store and in many, across restarts', async () => {
    const world = await followed();
    world.acknowledge([counts('a', 1, 5, 2, 7), counts('a', 1, 5), counts('b', 255, -3)]);
    expect(await sums(world)).to.deep.equal({ a: { 1: 10n, 2: 7n }, b: { 255: -3n } });
    world.acknowledge([counts('a', 1, Number.MAX_SAFE_INTEGER)]);
    expect(await sums(world, 1)).to.deep.equal({
      a: { 1: 10n + BigInt(Number.MAX_SAFE_INTEGER), 2: 7n },
      b: { 255: -3n },
    });
    await restart(world);
    const most = counts('a', 1, Number.MAX_SAFE_INTEGER);
    world.acknowledge([most, counts('b', 255, 1), most]);
    expect(await sums(world)).to.deep.equal({
      a: { 1: 10n + 3n * BigInt(Number.MAX_SAFE_INTEGER), 2: 7n },
      b: { 255: -2n },
    });
  });

  it('of a range of names, or of names that are known', async () => {
    const world = await followed();
    world.acknowledge(['a', 'b', 'bb', 'c'].map((name, at) => counts(name, 0, at)));
    expect(await sums(world, 1, 'b', 'c')).to.deep.equal({ b: { 0: 1n }, bb: { 0: 2n } });
    const names = ['c', 'none', 'a'].map((name) => Buffer.from(name));
    const { items } = await world.finished(world.history.findSums(PARTITION, names), 'the sums');
    expect(items.map(({ name }) => Buffer.from(name).toString())).to.deep.equal(['c', 'a']);
  });

  it('are right although more rows are counted than stay in memory', async () => {
    const world = await followed();
    const names = Array.from({ length: HISTORY_COUNTED + 1 }, (_, at) => `n${at}`);
    for (let round = 1; round <= 2; round += 1) {
      world.acknowledge(names.map((name) => counts(name, 3, round)));
      await world.search();
    }
    world.acknowledge([counts('n0', 3, 10)]);
    const wanted = ['n0', `n${HISTORY_COUNTED}`].map((name) => Buffer.from(name));
    const { items } = await world.finished(world.history.findSums(PARTITION, wanted), 'the sums');
    expect(items.map(({ sums: row }) => row.get(3))).to.deep.equal([13n, 3n]);
  });

  it('count once what is filed again after a failure, or a crash', async () => {
    const world = await followed();
    world.acknowledge([counts('a', 1, 1)]);
    expect(await sums(world)).to.deep.equal({ a: { 1: 1n } });
    const { length } = world.log;
    world.store.failNextWrites(1);
    world.acknowledge([counts('a', 1, 1)]);
    await world.clock.runUntil(() => world.log.length >= length + 2, 'it is filed again');
    expect(await sums(world)).to.deep.equal({ a: { 1: 2n } });
    world.follower?.stop();
    world.disk.loseNewest(1);
    world.restart();
    await world.take();
    const count = world.log.length;
    await world.clock.runUntil(() => world.log.length > count, 'the history is complete again');
    expect(await sums(world)).to.deep.equal({ a: { 1: 2n } });
  });
});
