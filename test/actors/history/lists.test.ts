import { expect } from 'chai';
import type { Page } from '../../../actors/history/page.js';
import { decode, encode, HistoryWorld, PARTITION, type TestEvent } from './world.js';

/** Every page, items by name. */
async function pages<Item>(
  read: (after: Uint8Array) => Promise<Page<Item>>,
  nameOf: (item: Item) => string,
): Promise<string[][]> {
  const all: string[][] = [];
  for (let after: Uint8Array = new Uint8Array(0); ;) {
    const { items, next } = await read(after);
    all.push(items.map(nameOf));
    if (next.length === 0) return all;
    after = next;
  }
}

describe('the history of a partition: lists', () => {
  let world: HistoryWorld;

  beforeEach(async () => {
    world = new HistoryWorld();
    await world.take();
    await world.clock.runUntil(() => world.log.length > 0, 'the history is complete');
  });

  async function restart(): Promise<void> {
    world.follower?.stop();
    await world.finished(world.follower?.ended ?? Promise.resolve(), 'the end');
    world.restart();
    const count = world.log.length;
    await world.take();
    await world.clock.runUntil(() => world.log.length > count, 'the history is complete again');
  }

  describe('of matters', () => {
    const begins = (name: string, part = 0, list = 1): TestEvent => ({
      ...{ role: 'matter', name },
      matters: [{ list, part, name, listed: true }],
    });
    const ends = (name: string, part = 0, list = 1): TestEvent => ({
      ...{ role: 'matter', name: `end of ${name}` },
      matters: [{ list, part, name, listed: false }],
    });
    const matters = (part = 0, list = 1, limit = 1_000) =>
      pages(
        (after) =>
          world.finished(world.history.listMatters(PARTITION, { list, part, after, limit }), 'matters'),
        ({ event }) => decode(event).name,
      );

    it('hold what has begun and not ended, by name, each list and part by itself', async () => {
      world.acknowledge([begins('b'), begins('a'), begins('c'), begins('x', 7), begins('y', 0, 2)]);
      world.acknowledge([ends('a'), begins('d'), ends('d'), ends('never begun')]);
      expect(await matters()).to.deep.equal([['b', 'c']]);
      expect(await matters(7)).to.deep.equal([['x']]);
      expect(await matters(0, 2)).to.deep.equal([['y']]);
      expect(await matters(0, 3)).to.deep.equal([[]]);
    });

    it('are the same after a restart, and say where each began', async () => {
      world.acknowledge([begins('a'), begins('b')]);
      const { sequence, time } = world.tip;
      expect(await matters()).to.deep.equal([['a', 'b']]);
      await restart();
      world.acknowledge([ends('a')]);
      expect(await matters()).to.deep.equal([['b']]);
      const query = { list: 1, part: 0, after: new Uint8Array(0), limit: 5 };
      const { items } = await world.finished(world.history.listMatters(PARTITION, query), 'matters');
      expect(items.map(({ place }) => place)).to.deep.equal([{ sequence, time, index: 1 }]);
    });

    it('come in pages', async () => {
      world.acknowledge(['a', 'b', 'c', 'd', 'e'].map((name) => begins(name)));
      expect(await matters(0, 1, 2)).to.deep.equal([['a', 'b'], ['c', 'd'], ['e']]);
      // A full page does not say that it is the last one.
      expect(await matters(0, 1, 5)).to.deep.equal([['a', 'b', 'c', 'd', 'e'], []]);
    });

    it('come in pages of bytes too, of at least one each', async () => {
      const long = 'n'.repeat(300_000);
      world.acknowledgeBytes(['a', 'b'].map((name) => encode({ ...begins(name), card: long })));
      expect(await matters()).to.deep.equal([['a'], ['b']]);
    });
  });

  describe('of what a terminal has open', () => {
    const opens = (name: string, number: number, batch = 1, terminal = 'T1', line = 0): TestEvent => ({
      ...{ role: 'opening', name, terminal, incarnation: 1, number, batch, lines: [line] },
    });
    const closes = (number: number): TestEvent => ({
      ...{ role: 'closing', name: 'closed', terminal: 'T1', incarnation: 1, number, lines: [0] },
    });
    const opened = (batch: number, limit = 1_000, terminal = 'T1') =>
      pages(
        (after) =>
          world.finished(
            world.history.listOpened(PARTITION, { terminal, batch, after, limit }),
            'what is open',
          ),
        (event) => decode(event).name,
      );

    it('are the openings of a batch, by id, until they are closed', async () => {
      world.acknowledge([
        opens('p2', 2),
        opens('p1', 1),
        opens('r1', 1, 2, 'T1', 1),
        opens('other', 3, 1, 'T'),
      ]);
      expect(await opened(1)).to.deep.equal([['p1', 'p2']]);
      expect(await opened(2)).to.deep.equal([['r1']]);
      await restart();
      world.acknowledge([closes(2)]);
      expect(await opened(1)).to.deep.equal([['p1']]);
      expect(await opened(1, 1_000, 'T')).to.deep.equal([['other']]);
    });

    it('come in pages, of which some may be empty', async () => {
      world.acknowledge([1, 2, 3, 4, 5].map((number) => opens(`p${number}`, number, number === 4 ? 1 : 2)));
      expect(await opened(1, 2)).to.deep.equal([[], ['p4'], []]);
    });
  });

  it('a terminal’s column has lines by themselves, which no search finds', async () => {
    const line: TestEvent = { role: 'line', name: 'reported', terminal: 'T1', batch: 4 };
    world.acknowledge([line]);
    expect(await world.batch('T1', 4, true)).to.deep.equal([['reported']]);
    expect(await world.batch('T1', 4, false)).to.deep.equal([[]]);
    expect(await world.search({ terminal: 'T1' })).to.deep.equal([]);
  });
});
