import { expect } from 'chai';
import fc from 'fast-check';
import { MAX_FRAME_TURNS, MAX_WAIT_MS, MAX_WAITERS_PER_ID } from '../../../actors/bounds.js';
import { partitionOf } from '../../../actors/runtime/placement.js';
import { v1 } from '../../../proto/generated/emoney.js';
import type { CounterCommand } from './counters.js';
import { World } from './world.js';

const PARTITIONS = 2;
/** One counter in each partition. */
const [HERE, THERE] = [0, 1].map((partition) => {
  const names = Array.from({ length: 100 }, (_, at) => `c${String(at)}`);
  return names.find((name) => partitionOf(name, PARTITIONS) === partition)!;
}) as [string, string];

const read = (counter: string): CounterCommand => ({ type: 'read', counter });
const move = (counter: string, id: string): CounterCommand => ({
  ...{ type: 'move', counter, id, by: 1 },
  to: counter === HERE ? THERE : HERE,
});

/** Frames of both are stored slowly, and full ones wait behind them for longer than anything should. */
async function full(): Promise<World> {
  const world = await World.create(PARTITIONS);
  const { journals } = await world.serve('w');
  for (const partition of [0, 1]) {
    journals.onNextAppend(partition, ...Array.from({ length: 6 }, () => ({ acknowledgement: 900 })));
  }
  for (const counter of [HERE, THERE]) world.send(read(counter));
  await world.clock.advance(1);
  for (const counter of [HERE, THERE]) {
    world.send(...Array.from({ length: MAX_FRAME_TURNS + 100 }, () => read(counter)));
  }
  await world.clock.advance(MAX_WAIT_MS + 50);
  return world;
}

const isOverloaded = (world: World, correlation: number | undefined): boolean => {
  const answer = world.answer(correlation);
  return (
    answer !== undefined && 'rejection' in answer && answer.rejection === v1.Rejection.REJECTION_OVERLOADED
  );
};

describe('an overloaded partition', () => {
  it('refuses by waiting time, few as those may be who wait, at once and without a frame', async () => {
    const world = await full();
    const frames = world.frames().length;
    const sent = world.send(read(HERE), move(HERE, 'm1'));
    await world.clock.advance(1);
    expect(sent.map((each) => isOverloaded(world, each))).to.deep.equal([true, true]);
    expect(world.frames()).to.have.length(frames);
  });

  it('of too many who wait for one open id it tells the oldest to repeat, at once', async () => {
    const world = await World.create(PARTITIONS);
    const { bus } = await world.serve('w');
    // The ask is lost, so that the id stays open.
    bus.onNextPublish('emoney.test.partition.*', { arrivals: [] });
    const dropped = world.send(move(HERE, 'open'), move(HERE, 'open'));
    const waiting = world.send(...Array.from({ length: MAX_WAITERS_PER_ID }, () => move(HERE, 'open')));
    await world.clock.advance(1);
    for (const each of dropped) {
      expect(world.answer(each)).to.deep.equal({
        rejection: v1.Rejection.REJECTION_UNAVAILABLE,
        detail: 'too many wait for this id: repeat it',
      });
    }
    expect(waiting.map((each) => world.answer(each))).to.deep.equal(waiting.map(() => undefined));
    await world.clock.runUntil(() => waiting.every((each) => world.answer(each)), 'the id is closed', 30_000);
    for (const each of waiting) expect(world.answer(each)).to.have.property('value');
  });

  it('lets in what is open, said again, and refuses the same about what is not (D8)', async () => {
    const world = await World.create(PARTITIONS);
    const { journals, bus } = await world.serve('w');
    // The ask is lost, so that the id stays open.
    bus.onNextPublish('emoney.test.partition.*', { arrivals: [] });
    world.send(move(HERE, 'open'));
    await world.clock.advance(10);
    journals.onNextAppend(
      partitionOf(HERE, PARTITIONS),
      ...Array.from({ length: 3 }, () => ({ acknowledgement: 900 })),
    );
    world.send(read(HERE));
    await world.clock.advance(1);
    world.send(...Array.from({ length: MAX_FRAME_TURNS + 100 }, () => read(HERE)));
    await world.clock.advance(MAX_WAIT_MS + 50);
    const [open, unknown] = world.send(
      { type: 'nudge', counter: HERE, id: 'open' },
      { type: 'nudge', counter: HERE, id: 'unknown' },
    );
    await world.clock.advance(1);
    expect(isOverloaded(world, unknown)).to.equal(true);
    expect(isOverloaded(world, open)).to.equal(false);
    await world.clock.runUntil(
      () => world.answer(open) !== undefined,
      'an answer about what is open',
      20_000,
    );
    expect(world.answer(open)).to.have.property('value');
  });

  it('two that are full and ask each other do not stop each other: what was let in ends, what was not did nothing', async () => {
    const step = fc.record({
      kind: fc.constantFrom('move', 'flood', 'wait'),
      from: fc.constantFrom(HERE, THERE),
      slowMs: fc.integer({ min: 0, max: 900 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const world = await World.create(PARTITIONS);
        const { host, journals } = await world.serve('w');
        const moves: { readonly correlation: number; readonly from: string }[] = [];
        for (const [at, { kind, from, slowMs }] of steps.entries()) {
          journals.onNextAppend(partitionOf(from, PARTITIONS), { acknowledgement: slowMs });
          if (kind === 'move') {
            const [correlation] = world.send(move(from, `m${String(at)}`));
            moves.push({ correlation: correlation!, from });
          } else if (kind === 'flood') {
            world.send(...Array.from({ length: MAX_FRAME_TURNS + 10 }, () => read(from)));
          }
          await world.clock.advance(kind === 'wait' ? slowMs : 1);
        }
        const isAnswered = (): boolean =>
          moves.every(({ correlation }) => world.answer(correlation) !== undefined);
        await world.clock.runUntil(isAnswered, 'every move is answered', 60_000);
        // Who still has a flood to decide would refuse the questions that follow.
        const isQuiet = (): boolean =>
          host.status().every(({ statistics }) => statistics?.openAsks === 0 && statistics.waiting === 0);
        await world.clock.runUntil(isQuiet, 'nothing is open, and nothing waits', 60_000);
        const made = (from: string): number =>
          moves.filter((each) => each.from === from && !isOverloaded(world, each.correlation)).length;
        const [out, back] = [made(HERE), made(THERE)];
        expect(await world.value(HERE)).to.equal(back - out);
        expect(await world.value(THERE)).to.equal(out - back);
      }),
      { numRuns: 6 },
    );
  }).timeout(60_000);
});
