import { expect } from 'chai';
import { ManualClock } from '../../../actors/adapters/memory/clock.js';
import { BACKGROUND_PAUSE_MS } from '../../../actors/bounds.js';
import { Background } from '../../../actors/runtime/background.js';
import { partitionOf } from '../../../actors/runtime/placement.js';
import { World } from './world.js';

describe('background', () => {
  describe('of a worker', () => {
    let clock: ManualClock;
    let background: Background;
    let taken: string[];
    beforeEach(() => {
      clock = new ManualClock(1_000);
      background = new Background(clock);
      taken = [];
    });
    /** Each from another partition. */
    const add = (...names: readonly string[]): void => {
      for (const name of names) background.add(name.charCodeAt(0), () => taken.push(name));
    };

    it('is taken in its order and without a pause while nothing else comes', async () => {
      add('a', 'b', 'c');
      expect(taken).to.deep.equal([]);
      await clock.settle();
      expect(taken).to.deep.equal(['a', 'b', 'c']);
    });

    it('makes a pause after each turn while others come, and none when they come no more', async () => {
      background.otherCame();
      add('a', 'b', 'c', 'd');
      await clock.settle();
      expect(taken).to.deep.equal(['a']);
      background.otherCame();
      await clock.advance(BACKGROUND_PAUSE_MS - 1);
      expect(taken).to.deep.equal(['a']);
      background.otherCame();
      await clock.advance(1);
      expect(taken).to.deep.equal(['a', 'b']);
      await clock.advance(BACKGROUND_PAUSE_MS);
      expect(taken).to.deep.equal(['a', 'b', 'c', 'd']);
    });

    it('never starves: a turn after each pause, also when others come all the time', async () => {
      const turns = Array.from({ length: 5 }, (_, at) => `${at}`);
      background.otherCame();
      add(...turns);
      for (let ms = 0; ms < 5 * BACKGROUND_PAUSE_MS; ms += 1) {
        await clock.advance(1);
        background.otherCame();
      }
      expect(taken).to.deep.equal(turns);
    });

    it('pauses no longer because a clock was set back', async () => {
      add('a');
      await clock.settle();
      background.otherCame();
      clock.set(-3_600_000);
      add('b');
      await clock.advance(BACKGROUND_PAUSE_MS);
      expect(taken).to.deep.equal(['a', 'b']);
    });

    it('has one of each partition: what is asked again, or later, takes the place of what waits', async () => {
      background.add(1, () => taken.push('1, asked first'));
      background.add(2, () => taken.push('2'));
      background.add(1, () => taken.push('1, asked again'));
      expect(background.size).to.equal(2);
      await clock.settle();
      expect(taken).to.deep.equal(['1, asked again', '2']);
    });
  });

  describe('in a partition', () => {
    const later = { type: 'addLater', counter: 'later', by: 1 } as const;
    const add = { type: 'add', counter: 'c', by: 1 } as const;

    it('leaves every pause to what is waited for, and comes to its end', async () => {
      const partitions = 4;
      const world = await World.create(partitions);
      await world.serve('w');
      const names = Array.from({ length: 100 }, (_, at) => `later${at}`);
      const counters = [0, 1, 2, 3].map((at) => names.find((name) => partitionOf(name, partitions) === at)!);
      await world.ask(add);
      const began = world.clock.now();
      const asked = world.send(...counters.map((counter) => ({ ...later, counter })));
      const isDone = (): boolean => asked.every((each) => world.answer(each) !== undefined);
      let others = 0;
      while (!isDone()) {
        await world.ask(add);
        others += 1;
        await world.clock.advance(1);
      }
      for (const counter of counters) expect(await world.value(counter)).to.equal(1);
      expect(world.clock.now() - began).to.be.at.least((partitions - 1) * BACKGROUND_PAUSE_MS);
      expect(others).to.be.at.least((partitions - 1) * (BACKGROUND_PAUSE_MS / 2));
    });

    it('is not begun any more by an owner that hands over: the next one is asked again', async () => {
      const world = await World.create();
      const first = await world.serve('w');
      await world.ask(later);
      const [, asked] = world.send(add, later);
      await world.clock.advance(1);
      expect(world.answer(asked)).to.equal(undefined);
      await world.leave(first);
      await world.clock.advance(BACKGROUND_PAUSE_MS);
      expect(world.answer(asked)).to.equal(undefined);
      const second = await world.serve('v');
      expect(await world.value('later')).to.equal(1);
      await world.ask(later);
      expect(await world.value('later')).to.equal(2);
      await world.leave(second);
    });
  });
});
