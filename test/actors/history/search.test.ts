import { expect } from 'chai';
import fc from 'fast-check';
import {
  HISTORY_PAUSE_MS,
  HISTORY_ROW_BYTES,
  HISTORY_SEARCH_MS,
  HISTORY_TAKE_MS,
} from '../../../actors/bounds.js';
import { SearchTooWideError } from '../../../actors/history/errors.js';
import type { Query } from '../../../actors/history/query.js';
import { thrownBy } from '../../support/thrownBy.js';
import { entry, HistoryWorld, PARTITION, type TestEvent } from './world.js';

const NOTHING: Query = {
  ...{ card: undefined, terminal: undefined, id: undefined },
  ...{ from: undefined, to: undefined, limit: 100 },
};

describe('the history of a partition: searches', () => {
  let world: HistoryWorld;

  beforeEach(async () => {
    world = new HistoryWorld();
    await world.take();
    await world.clock.runUntil(() => world.log.length > 0, 'the history is complete');
  });

  it('find by id, by card, by terminal and by time, newest first', async () => {
    const start = world.clock.now();
    world.acknowledge([entry('a', 'C1', ['T1', 1, 1]), entry('b', 'C2', ['T1', 1, 2])]);
    await world.clock.advance(1_000);
    world.acknowledge([entry('c', 'C1', ['T2', 1, 1])]);
    await world.clock.advance(1_000);
    world.acknowledge([entry('d', 'C1', ['T1', 2, 1], 2), entry('undone a', 'C1', ['T1', 1, 1], 2)]);
    expect(await world.search({ card: 'C1' })).to.deep.equal(['undone a', 'd', 'c', 'a']);
    expect(await world.search({ terminal: 'T1' })).to.deep.equal(['undone a', 'd', 'b', 'a']);
    expect(await world.search({ from: start + 1_000, to: start + 2_000 })).to.deep.equal(['c']);
    expect(await world.search({ card: 'C1', terminal: 'T1', to: start + 1_000 })).to.deep.equal(['a']);
    const id = { terminal: 'T1', whole: true, incarnation: 1, number: 1 };
    expect(await world.search({ id })).to.deep.equal(['undone a', 'a']);
    expect(await world.search({ id: { ...id, number: undefined } })).to.deep.equal(['undone a', 'b', 'a']);
    expect(await world.search({ id: { ...id, incarnation: 2, number: undefined } })).to.deep.equal(['d']);
    expect(await world.search({ id, card: 'C2' })).to.deep.equal([]);
    expect(await world.search({ id, terminal: 'T2' })).to.deep.equal([]);
  });

  it('take a name that ends within another one’s for what it says', async () => {
    world.acknowledge([entry('a', 'C1', ['T1', 1, 1]), entry('b', 'C11', ['T11', 1, 11])]);
    expect(await world.search({ card: 'C1' })).to.deep.equal(['a']);
    expect(await world.search({ terminal: 'T1' })).to.deep.equal(['a']);
    const id = { terminal: 'T1', whole: false, incarnation: undefined, number: undefined };
    expect(await world.search({ id })).to.deep.equal(['b', 'a']);
    expect(await world.search({ id: { ...id, whole: true } })).to.deep.equal(['a']);
  });

  it('find what no terminal asked for by card and time', async () => {
    world.acknowledge([{ role: 'entry', name: 'interest', card: 'C1' }]);
    expect(await world.search({ card: 'C1' })).to.deep.equal(['interest']);
    expect(await world.search()).to.deep.equal(['interest']);
    expect(await world.search({ terminal: 'T1' })).to.deep.equal([]);
  });

  it('are capped and say so', async () => {
    const names = Array.from({ length: 5 }, (_, at) => `p${at + 1}`);
    for (const [at, name] of names.entries())
      world.acknowledge([entry(name, 'C1', ['T1', 1, at + 1], at + 1)]);
    names.reverse();
    for (const query of [{}, { card: 'C1' }, { terminal: 'T1' }]) {
      expect(await world.search({ ...query, limit: 5 })).to.deep.equal(names);
      expect(await world.search({ ...query, limit: 4 })).to.deep.equal([...names.slice(0, 4), '…']);
      expect(await world.search({ ...query, limit: 1 })).to.deep.equal(['p5', '…']);
    }
  });

  it('keep the order of time although a batch’s late lines come after the next batch’s first', async () => {
    world.acknowledge([
      ...[entry('a', 'C1', ['T1', 1, 1], 1), entry('b', 'C1', ['T1', 1, 3], 2)],
      ...[entry('late', 'C1', ['T1', 1, 2], 1), entry('c', 'C1', ['T1', 1, 4], 2)],
    ]);
    expect(await world.search({ terminal: 'T1' })).to.deep.equal(['c', 'late', 'b', 'a']);
    expect(await world.search({ terminal: 'T1', limit: 2 })).to.deep.equal(['c', 'late', '…']);
  });

  it('end with a word of advice when they take too long', async () => {
    const many = Array.from({ length: 600 }, (_, at) => entry(`p${at}`, 'C1', ['T1', 1, at + 1]));
    world.acknowledge(many);
    await world.search();
    const begun = world.clock.elapsed();
    const scan = world.store.scan.bind(world.store);
    world.store.scan = async (range) => {
      world.clock.elapsed = () => HISTORY_SEARCH_MS + 1 + begun;
      return scan(range);
    };
    const error = await thrownBy(() => world.search({ card: 'C1', terminal: 'T2' }));
    expect(error).to.be.instanceOf(SearchTooWideError);
    expect(error.message).to.include('shorter time');
  });

  it('find what was filed together with much else: a frame’s hundreds, a row’s last, by time to the millisecond', async () => {
    const start = world.clock.now();
    const names: string[] = [];
    for (let frame = 0; frame < 6; frame += 1) {
      const filed = Array.from({ length: 150 }, (_, at) => {
        const name = `${frame}.${at}`;
        return entry(name, `C${at % 3}`, ['T1', 1, frame * 150 + at], 1 + (at % 2));
      });
      names.unshift(...filed.map(({ name }) => name).reverse());
      world.acknowledge(filed);
      await world.clock.advance(10);
    }
    const all = { limit: 1_000 };
    expect(await world.search(all)).to.deep.equal(names);
    expect(await world.search({ ...all, terminal: 'T1' })).to.deep.equal(names);
    const ofCard = (name: string): boolean => Number(name.split('.')[1]) % 3 === 1;
    expect(await world.search({ ...all, card: 'C1' })).to.deep.equal(names.filter(ofCard));
    const within = { ...all, from: start + 20, to: start + 40 };
    const expected = names.filter((name) => /^[23][.]/.test(name));
    for (const query of [within, { ...within, terminal: 'T1' }])
      expect(await world.search(query)).to.deep.equal(expected);
    expect(await world.search({ ...within, card: 'C1' })).to.deep.equal(expected.filter(ofCard));
    const id = { terminal: 'T1', whole: true, incarnation: 1, number: 4 * 150 + 149 };
    expect(await world.search({ id })).to.deep.equal(['4.149']);
  });

  it('give all entries of an id', async () => {
    world.acknowledge([
      entry('a', 'C1', ['T1', 1, 7]),
      entry('b', 'C1', ['T1', 1, 70]),
      entry('c', 'C1', ['T1', 1, 7]),
      entry('d', 'C1', ['T1', 2, 7]),
    ]);
    const id = { terminal: 'T1', incarnation: 1, number: 7 };
    const entries = await world.finished(world.history.entriesOf(PARTITION, id), 'the entries');
    expect(entries.map(({ place }) => place.index)).to.deep.equal([2, 0]);
  });

  it('answer as a naive search through everything would, whatever is combined, and filed together', async () => {
    const names = fc.constantFrom('A', 'B', 'AB', 'B1');
    const events = fc.record({
      card: names,
      terminal: fc.option(names, { freq: 5, nil: '' }),
      incarnation: fc.integer({ min: 1, max: 2 }),
      number: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constant(2 ** 40 + 1)),
      batch: fc.integer({ min: 0, max: 3 }),
      role: fc.constantFrom('entry' as const, 'entry' as const, 'refusal' as const, 'ignored' as const),
      // Some fill a row of their card by themselves.
      padding: fc.constantFrom('', '', '', 'x'.repeat(HISTORY_ROW_BYTES / 2)),
    });
    const frames = fc.array(
      fc.record({
        ms: fc.integer({ min: 0, max: 3 }),
        events: fc.array(events, { maxLength: 4 }),
        then: fc.constantFrom('nothing', 'nothing', 'pause', 'question', 'crash'),
        lost: fc.nat({ max: 2 }),
      }),
      { maxLength: 12 },
    );
    const times = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 6_000 }));
    const queries = fc.array(
      fc.record({
        card: fc.option(names, { nil: undefined }),
        terminal: fc.option(names, { nil: undefined }),
        id: fc.option(
          fc.record({
            terminal: names,
            whole: fc.boolean(),
            incarnation: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
            number: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
          }),
          { nil: undefined },
        ),
        from: fc.option(times, { nil: undefined }),
        to: fc.option(times, { nil: undefined }),
        limit: fc.integer({ min: 1, max: 6 }),
      }),
      { minLength: 1, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(frames, queries, async (history, asked) => {
        const other = new HistoryWorld();
        await other.take();
        await other.clock.runUntil(() => other.log.length > 0, 'the history is complete');
        const start = other.clock.now();
        const all: { readonly event: TestEvent; readonly time: number }[] = [];
        for (const { ms, events: filed, then, lost } of history) {
          await other.clock.advance(ms);
          const named = filed.map((event, at) => ({ ...event, name: `${all.length + at}` }));
          other.acknowledge(named);
          all.push(...named.map((event) => ({ event, time: other.tip.time - start })));
          if (then === 'pause') await other.clock.advance(HISTORY_PAUSE_MS + HISTORY_TAKE_MS);
          if (then === 'question') await other.search({ card: 'A' });
          if (then === 'crash') await other.crash(lost);
        }
        for (const query of asked) {
          const wanted = { ...query, ...onlyWhole(query.id) };
          const absolute = { from: since(start, wanted.from), to: since(start, wanted.to) };
          expect(await other.search({ ...NOTHING, ...wanted, ...absolute })).to.deep.equal(
            naive(all, wanted),
          );
        }
      }),
      { numRuns: 150 },
    );
  }).timeout(60_000);
});

function since(start: number, time: number | undefined): number | undefined {
  return time === undefined ? undefined : start + time;
}

/** As an id is written: a number needs an incarnation, an incarnation a whole name. */
function onlyWhole(id: Query['id']): { readonly id: Query['id'] } {
  if (id === undefined) return { id };
  if (!id.whole) return { id: { ...id, incarnation: undefined, number: undefined } };
  return { id: { ...id, number: id.incarnation === undefined ? undefined : id.number } };
}

function naive(
  all: readonly { readonly event: TestEvent; readonly time: number }[],
  { card, terminal, id, from, to, limit }: Query,
): string[] {
  const found = all.filter(({ event, time }) => {
    if (event.role === 'ignored') return false;
    if (card !== undefined && event.card !== card) return false;
    if (terminal !== undefined && event.terminal !== terminal) return false;
    if ((from !== undefined && time < from) || (to !== undefined && time >= to)) return false;
    if (id === undefined) return true;
    // What no terminal asked for has no id.
    if (event.terminal === '') return false;
    if (id.whole ? event.terminal !== id.terminal : !event.terminal!.startsWith(id.terminal)) return false;
    if (id.incarnation !== undefined && event.incarnation !== id.incarnation) return false;
    return id.number === undefined || event.number === id.number;
  });
  const names = found.reverse().map(({ event }) => event.name);
  return names.length > limit ? [...names.slice(0, limit), '…'] : names;
}
