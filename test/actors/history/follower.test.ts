import { expect } from 'chai';
import fc from 'fast-check';
import {
  HISTORY_BUFFER_BYTES,
  HISTORY_COMMIT_BYTES,
  HISTORY_OPENINGS,
  HISTORY_PAUSE_MS,
  HISTORY_RETRY_MS,
  HISTORY_ROW_BYTES,
  HISTORY_SLICE_EVENTS,
  HISTORY_TAKE_MS,
} from '../../../actors/bounds.js';
import { MemoryHistoryStore } from '../../../actors/adapters/memory/historyStore.js';
import { HISTORY_FORMAT } from '../../../actors/history/cursor.js';
import { HistoryBehindError, NotServedError } from '../../../actors/history/errors.js';
import { thrownBy } from '../../support/thrownBy.js';
import { decode, entry, file, HistoryWorld, PARTITION, type TestEvent } from './world.js';

const pay = (name: string, number: number, card = 'C1'): TestEvent => entry(name, card, ['T1', 1, number]);

describe('the history of a partition: keeping up', () => {
  let world: HistoryWorld;

  beforeEach(() => {
    world = new HistoryWorld();
  });

  async function caughtUp(): Promise<void> {
    await world.clock.runUntil(
      () => world.log.some((line) => line.includes('complete')),
      'the history is complete',
    );
  }

  it('holds what was acknowledged before it is asked, in the order of the journal', async () => {
    await world.take();
    await caughtUp();
    world.acknowledge([pay('a', 1), pay('b', 2)]);
    world.acknowledge([pay('c', 3)]);
    expect(await world.search()).to.deep.equal(['c', 'b', 'a']);
    world.acknowledge([pay('d', 4)]);
    expect(await world.search()).to.deep.equal(['d', 'c', 'b', 'a']);
  });

  it('says as of which frame it answers', async () => {
    await world.take();
    await caughtUp();
    world.acknowledge([pay('a', 1)]);
    const query = {
      ...{ card: 'C1', terminal: undefined, id: undefined },
      from: undefined,
      to: undefined,
      limit: 9,
    };
    const found = await world.finished(world.history.search(PARTITION, query), 'the search');
    expect(found.sequence).to.equal(world.tip.sequence);
  });

  it('writes nothing at once: many frames go into one batch', async () => {
    await world.take();
    await caughtUp();
    let batches = 0;
    const begin = world.store.begin.bind(world.store);
    world.store.begin = () => {
      batches += 1;
      return begin();
    };
    for (let i = 1; i <= 40; i += 1) {
      world.acknowledge([pay(`p${i}`, i)]);
      await world.clock.advance(1);
    }
    await world.clock.advance(1_000);
    expect(batches).to.be.at.most(2);
    expect((await world.search()).length).to.equal(40);
  });

  it('writes before the pause is over what would be much to keep', async () => {
    await world.take();
    await caughtUp();
    const padding = 'x'.repeat(HISTORY_COMMIT_BYTES / 4);
    let written = 0;
    const begin = world.store.begin.bind(world.store);
    world.store.begin = () => {
      written += 1;
      return begin();
    };
    const began = world.clock.now();
    for (let i = 1; written === 0; i += 1) {
      world.acknowledge([{ ...pay(`p${i}`, i), padding }]);
      await world.clock.advance(HISTORY_TAKE_MS);
      expect(world.clock.now() - began).to.be.below(HISTORY_PAUSE_MS);
    }
  });

  it('reads what was stored before its owner from the journal, in the background', async () => {
    for (let i = 1; i <= 200; i += 1) world.append(pay(`p${i}`, i));
    const follower = await world.take();
    const error = await thrownBy(() => follower.upToDate());
    expect(error).to.be.instanceOf(HistoryBehindError);
    expect(error.message).to.include(`frame 0 of ${world.tip.sequence}`);
    world.acknowledge([pay('new', 201)]);
    await caughtUp();
    expect((await world.search()).slice(0, 3)).to.deep.equal(['new', 'p200', 'p199']);
    expect(await world.search({ limit: 100, card: 'C1' })).to.have.length(101);
  });

  it('goes on from where it was', async () => {
    await world.take();
    await caughtUp();
    world.acknowledge([pay('a', 1)]);
    expect(await world.search()).to.deep.equal(['a']);
    world.restart();
    world.append(pay('b', 2));
    await world.take();
    let cleared = false;
    world.store.clear = async () => {
      cleared = true;
    };
    world.log.length = 0;
    await caughtUp();
    expect(await world.search()).to.deep.equal(['b', 'a']);
    expect(cleared).to.equal(false);
  });

  it('loses, by a crash of the machine, only what it reads again', async () => {
    await world.take();
    await caughtUp();
    const names: string[] = [];
    for (let i = 1; i <= 10; i += 1) {
      world.acknowledge([pay(`p${i}`, i)]);
      names.unshift(`p${i}`);
      expect(await world.search()).to.deep.equal(names);
    }
    for (const lost of [1, 4, 1_000]) {
      world.follower?.stop();
      world.disk.loseNewest(lost);
      world.restart();
      await world.take();
      world.log.length = 0;
      await caughtUp();
      expect(await world.search()).to.deep.equal(names);
    }
  });

  it('is made anew when the journal has another frame where it stood', async () => {
    await world.take();
    await caughtUp();
    world.acknowledge([pay('lost', 1)]);
    await world.search();
    world.restart();
    world.cut(1);
    world.append(pay('instead', 2));
    await world.take();
    world.log.length = 0;
    await caughtUp();
    expect(world.log[0]).to.include('made anew');
    expect(await world.search()).to.deep.equal(['instead']);
    expect(
      await world.search({ id: { terminal: 'T1', whole: true, incarnation: 1, number: 1 } }),
    ).to.deep.equal([]);
  });

  it('is made anew when it knows more than the journal has', async () => {
    await world.take();
    await caughtUp();
    for (let i = 1; i <= 5; i += 1) world.acknowledge([pay(`p${i}`, i)]);
    await world.search();
    world.restart();
    world.cut(4);
    await world.take();
    world.log.length = 0;
    await caughtUp();
    expect(world.log[0]).to.match(/made anew.*knows frame 7, the journal ends at 4/);
    expect(await world.search()).to.deep.equal(['p1']);
  });

  it('is made anew when another format is in the store', async () => {
    await world.take();
    await caughtUp();
    world.acknowledge([pay('a', 1)]);
    await world.search();
    const [[key, value]] = (await world.store.scan({
      ...{ from: Uint8Array.of(0), to: Uint8Array.of(9), reverse: false, limit: 1 },
    })) as [[Uint8Array, Uint8Array]];
    const batch = world.store.begin();
    batch.put(key, Uint8Array.of(HISTORY_FORMAT - 1, ...value.slice(1)));
    const olderRow = Uint8Array.of(0, 0, 0, PARTITION, 0x62, 0x54, 0, 1);
    batch.put(olderRow, Uint8Array.of(7));
    await batch.write();
    world.restart();
    await world.take();
    world.log.length = 0;
    await caughtUp();
    expect(await world.search()).to.deep.equal(['a']);
    expect(await world.store.get([olderRow])).to.deep.equal([undefined]);
  });

  it('begins with an empty store although a clearing was interrupted', async () => {
    await world.take();
    await caughtUp();
    world.acknowledge([pay('old', 1)]);
    await world.search();
    world.restart();
    // The cursor goes first.
    await world.store.clear(Uint8Array.of(0, 0, 0, PARTITION), Uint8Array.of(0, 0, 0, PARTITION, 0x22));
    world.cut(1);
    await world.take();
    world.log.length = 0;
    await caughtUp();
    expect(await world.search()).to.deep.equal([]);
  });

  it('drops what waits when it is too much, and reads it from the journal', async () => {
    await world.take();
    await caughtUp();
    world.log.length = 0;
    for (let i = 1; i <= 30; i += 1) world.acknowledge([pay(`p${i}`, i)], HISTORY_BUFFER_BYTES / 8);
    await caughtUp();
    expect(await world.search()).to.deep.equal(Array.from({ length: 30 }, (_, at) => `p${30 - at}`));
  });

  it('tries again when it cannot be written, and payments notice nothing', async () => {
    await world.take();
    await caughtUp();
    world.store.failNextWrites(1);
    world.acknowledge([pay('a', 1)]);
    await world.clock.advance(HISTORY_PAUSE_MS + 50);
    expect(world.log.at(-1)).to.include('no space left');
    world.acknowledge([pay('b', 2)]);
    expect(await thrownBy(() => world.follower!.upToDate())).to.be.instanceOf(HistoryBehindError);
    world.log.length = 0;
    await world.clock.advance(HISTORY_RETRY_MS);
    await caughtUp();
    expect(await world.search()).to.deep.equal(['b', 'a']);
  });

  it('files again what another partition’s failed write has taken with it', async () => {
    await world.take();
    await caughtUp();
    world.acknowledge([pay('a', 1)]);
    expect(await world.search()).to.deep.equal(['a']);
    world.log.length = 0;
    world.store.failNextWrites(1);
    await thrownBy(() => world.store.begin().write());
    world.disk.loseNewest(1);
    expect(await thrownBy(() => world.search())).to.be.instanceOf(HistoryBehindError);
    await caughtUp();
    expect(await world.search()).to.deep.equal(['a']);
  });

  it('tells those who wait that the partition has gone', async () => {
    const follower = await world.take();
    await caughtUp();
    world.acknowledge([pay('a', 1)]);
    const waiting = thrownBy(() => follower.upToDate());
    follower.stop();
    expect(await waiting).to.be.instanceOf(NotServedError);
    expect(await thrownBy(() => follower.upToDate())).to.be.instanceOf(NotServedError);
    expect(
      await thrownBy(() => world.history.entriesOf(0, { terminal: 'T', incarnation: 1, number: 1 })),
    ).to.be.instanceOf(NotServedError);
  });

  it('stores nothing of a frame in whose middle it has ended', async () => {
    const events = Array.from({ length: 3 * HISTORY_SLICE_EVENTS }, (_, at) => pay(`p${at}`, at));
    world = new HistoryWorld((event) => {
      if (decode(event).name === `p${HISTORY_SLICE_EVENTS}`) world.follower?.stop();
      return file(event);
    });
    world.append(...events);
    const follower = await world.take();
    await world.finished(follower.ended, 'the end');
    const everything = { from: Uint8Array.of(0), to: Uint8Array.of(1), reverse: false, limit: 9 };
    expect(world.disk.rows(everything)).to.deep.equal([]);
  });

  it('ends before its store is closed', async () => {
    await world.take();
    await caughtUp();
    world.acknowledge([pay('a', 1)]);
    await world.finished(world.history.close(), 'the end');
    await world.clock.runUntilIdle();
    expect(world.log.filter((line) => line.includes('closed'))).to.deep.equal([]);
  });

  describe('damaged', () => {
    beforeEach(async () => {
      await world.take();
      await caughtUp();
      world.acknowledge([pay('a', 1), pay('b', 2)]);
      expect(await world.search()).to.deep.equal(['b', 'a']);
      world.log.length = 0;
    });

    it('is made anew from the journal, and answers nothing meanwhile', async () => {
      world.store.damage();
      expect(await thrownBy(() => world.search())).to.be.instanceOf(HistoryBehindError);
      expect(await thrownBy(() => world.follower!.upToDate())).to.be.instanceOf(HistoryBehindError);
      await caughtUp();
      expect(await world.search()).to.deep.equal(['b', 'a']);
      world.acknowledge([pay('c', 3)]);
      expect(await world.search()).to.deep.equal(['c', 'b', 'a']);
    });

    it('is made anew also when that is found by writing', async () => {
      world.acknowledge([pay('c', 3)]);
      world.store.damage();
      expect(await thrownBy(() => world.search())).to.be.instanceOf(HistoryBehindError);
      await caughtUp();
      expect(await world.search()).to.deep.equal(['c', 'b', 'a']);
    });

    it('while another partition read: what the store lacks is not added to, and not answered from', async () => {
      const scan = world.store.scan.bind(world.store);
      // Emptied, by somebody else's doing, after the search was found up to date.
      world.store.scan = async (range) => {
        world.store.scan = scan;
        world.store.damage();
        await thrownBy(() => world.store.get([]));
        return world.store.scan(range);
      };
      expect(await thrownBy(() => world.search())).to.be.instanceOf(HistoryBehindError);
      world.acknowledge([pay('c', 3)]);
      await caughtUp();
      expect(await world.search()).to.deep.equal(['c', 'b', 'a']);
    });

    it('by what one order names and another has not: this partition alone', async () => {
      const [row] = await world.store.scan({
        ...{ from: Uint8Array.of(0, 0, 0, PARTITION, 0x65), to: Uint8Array.of(0, 0, 0, PARTITION, 0x66) },
        ...{ reverse: false, limit: 1 },
      });
      const batch = world.store.begin();
      batch.delete(row![0]);
      await batch.write();
      expect(await thrownBy(() => world.search({ terminal: 'T1' }))).to.be.instanceOf(HistoryBehindError);
      await caughtUp();
      expect(world.log[0]).to.match(/made anew from the journal: the history lacks the entry/);
      expect(await world.search({ terminal: 'T1' })).to.deep.equal(['b', 'a']);
      expect(world.store.generation).to.equal(0);
    });
  });

  describe('a terminal’s own column', () => {
    const id = (number: number) => ({ terminal: 'T1', incarnation: 1, number, batch: 1, card: 'C1' });
    const opened = (number: number, batch = 1): TestEvent => {
      return { ...id(number), batch, role: 'opening', name: `o${number}`, lines: [0] };
    };
    const closed = (number: number): TestEvent => ({
      ...id(number),
      role: 'closing',
      name: `c${number}`,
      lines: [0],
    });
    const reversing = (number: number, batch = 1): TestEvent => {
      return { ...id(number), batch, role: 'opening', name: `r${number}`, lines: [1] };
    };
    const reversed = (number: number): TestEvent => {
      return { ...id(number), role: 'closing', name: `u${number}`, lines: [1, 0] };
    };

    beforeEach(async () => {
      await world.take();
      await caughtUp();
    });

    it('joins what was closed with what opened it: in one batch of the store, and in two', async () => {
      world.acknowledge([opened(1), opened(2), closed(1)]);
      expect(await world.batch('T1', 1, true)).to.deep.equal([['o1+c1']]);
      world.acknowledge([closed(2), opened(3)]);
      expect(await world.batch('T1', 1, true)).to.deep.equal([['o1+c1', 'o2+c2']]);
    });

    it('joins across a restart', async () => {
      world.acknowledge([opened(1)]);
      await world.search();
      world.restart(new MemoryHistoryStore(world.disk));
      await world.take();
      world.log.length = 0;
      await caughtUp();
      world.acknowledge([closed(1)]);
      expect(await world.batch('T1', 1, true)).to.deep.equal([['o1+c1']]);
    });

    it('joins also when more ids are open than stay in memory', async () => {
      const numbers = Array.from({ length: HISTORY_OPENINGS + 1 }, (_, at) => at + 1);
      world.acknowledge(numbers.map((number) => opened(number)));
      await world.search();
      world.acknowledge([closed(1), closed(HISTORY_OPENINGS + 1)]);
      const last = String(HISTORY_OPENINGS + 1);
      expect(await world.batch('T1', 1, true)).to.deep.equal([['o1+c1', `o${last}+c${last}`]]);
    });

    it('lists a reversal in its batch, and what it ended in that of the transaction', async () => {
      world.acknowledge([opened(1, 1), reversing(1, 2)]);
      await world.search();
      world.acknowledge([reversed(1)]);
      expect(await world.batch('T1', 1, true)).to.deep.equal([['o1+u1']]);
      expect(await world.batch('T1', 2, true)).to.deep.equal([['r1+u1']]);
    });

    it('lists a transaction once that was closed before it was reversed', async () => {
      world.acknowledge([opened(1), closed(1), reversing(1), reversed(1)]);
      expect(await world.batch('T1', 1, true)).to.deep.equal([['o1+c1', 'r1+u1']]);
    });

    it('lists its refusals, which are no line of the center, but are found', async () => {
      const refused: TestEvent = { ...id(4), role: 'refusal', name: 'refused' };
      world.acknowledge([refused, entry('other', 'C2', ['T1', 1, 5])]);
      expect(await world.batch('T1', 1, true)).to.deep.equal([['refused']]);
      expect(await world.batch('T1', 1, false)).to.deep.equal([['other']]);
      expect(await world.search({ terminal: 'T1' })).to.deep.equal(['other', 'refused']);
    });

    it('comes in pages, oldest first', async () => {
      for (let i = 1; i <= 7; i += 1) world.acknowledge([opened(i), closed(i), pay(`p${i}`, i)]);
      const pages = await world.batch('T1', 1, true, 3);
      expect(pages).to.deep.equal([['o1+c1', 'o2+c2', 'o3+c3'], ['o4+c4', 'o5+c5', 'o6+c6'], ['o7+c7']]);
      expect((await world.batch('T1', 1, false, 2)).flat()).to.deep.equal(
        Array.from({ length: 7 }, (_, at) => `p${at + 1}`),
      );
    });

    it('comes in pages also where they end within a frame', async () => {
      world.acknowledge([1, 2, 3, 4, 5].flatMap((i) => [opened(i), closed(i), pay(`p${i}`, i)]));
      expect(await world.batch('T1', 1, true, 2)).to.deep.equal([
        ['o1+c1', 'o2+c2'],
        ['o3+c3', 'o4+c4'],
        ['o5+c5'],
      ]);
      expect(await world.batch('T1', 1, false, 2)).to.deep.equal([['p1', 'p2'], ['p3', 'p4'], ['p5']]);
    });

    it('holds each line once, in its batch, in pages, whatever was filed together or lost', async () => {
      const step = fc.record({
        number: fc.integer({ min: 1, max: 6 }),
        batch: fc.integer({ min: 1, max: 2 }),
        padding: fc.constantFrom('', '', 'x'.repeat(HISTORY_ROW_BYTES / 2)),
        frameEnds: fc.boolean(),
        then: fc.constantFrom('nothing', 'nothing', 'pause', 'question', 'crash'),
        lost: fc.nat({ max: 2 }),
      });
      const steps = fc.array(step, { maxLength: 30 });
      await fc.assert(
        fc.asyncProperty(steps, fc.integer({ min: 1, max: 4 }), async (all, limit) => {
          const other = new HistoryWorld();
          await other.take();
          await other.clock.runUntil(() => other.log.length > 0, 'the history is complete');
          const open = new Map<number, { readonly name: string; readonly batch: number }>();
          const expected: string[][] = [[], [], []];
          let frame: TestEvent[] = [];
          // The first of a number opens it, the next one closes it, in the batch in which it was opened.
          for (const [at, { number, batch, padding, frameEnds, then, lost }] of all.entries()) {
            const opening = open.get(number);
            if (opening === undefined) {
              open.set(number, { name: `o${at}`, batch });
              frame.push({ ...opened(number, batch), name: `o${at}`, padding });
            } else {
              open.delete(number);
              expected[opening.batch]?.push(`${opening.name}+c${at}`);
              frame.push({ ...closed(number), name: `c${at}`, padding });
            }
            if (!frameEnds && at < all.length - 1) continue;
            other.acknowledge(frame);
            frame = [];
            if (then === 'pause') await other.clock.advance(HISTORY_PAUSE_MS + HISTORY_TAKE_MS);
            if (then === 'question') await other.search();
            if (then === 'crash') await other.crash(lost);
          }
          for (const batch of [1, 2]) {
            const pages = await other.batch('T1', batch, true, limit);
            expect(pages.flat()).to.deep.equal(expected[batch]);
            for (const page of pages.slice(0, -1)) expect(page).to.have.length(limit);
          }
        }),
        { numRuns: 100 },
      );
    }).timeout(60_000);

    it('keeps no open id in the store once it is closed', async () => {
      for (let i = 1; i <= 20; i += 1) {
        world.acknowledge([opened(i)]);
        await world.search();
        world.acknowledge([closed(i)]);
        await world.search();
      }
      const openings = {
        from: Uint8Array.of(0, 0, 0, PARTITION, 0x6f),
        to: Uint8Array.of(0, 0, 0, PARTITION, 0x70),
      };
      expect(await world.store.scan({ ...openings, reverse: false, limit: 9 })).to.deep.equal([]);
    });
  });
});
