import { expect } from 'chai';
import fc from 'fast-check';
import { CHECKPOINT_INTERVAL_MS } from '../../../actors/bounds.js';
import { stateDigest } from '../../../actors/runtime/digest.js';
import { Unit } from '../../../actors/runtime/units.js';
import { evolveAll } from '../../../actors/runtime/replay.js';
import { type CounterCommand, counters, type CounterState, unitOf } from './counters.js';
import { type Process, World } from './world.js';

const add = (counter: string, by = 1): CounterCommand => ({ type: 'add', counter, by });
const name = (at: number): string => `c${String(at)}`;

/** One frame for each counter, so that a base can stand between them. */
async function fill(world: World, count: number, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1)
    for (let at = 0; at < count; at += 1) await world.ask(add(name(at), at));
}

async function expectValues(world: World, count: number, times: number): Promise<void> {
  for (let at = 0; at < count; at += 1) expect(await world.value(name(at)), name(at)).to.equal(at * times);
}

async function checkpointed(world: World, { host }: Process): Promise<void> {
  const target = host.status().map(({ statistics }) => statistics?.sequence ?? 0);
  const reached = (): boolean =>
    host.status().every(({ statistics }, at) => (statistics?.checkpointed ?? 0) >= (target[at] ?? 0));
  await world.clock.runUntil(reached, 'a checkpoint', 3 * CHECKPOINT_INTERVAL_MS);
}

/** What the first frame and all others lead to. */
function digestOf(world: World): string {
  const domain = counters(1);
  const units = new Map<string, Unit<CounterState>>();
  for (const { sequence, body } of world.frames()) {
    if (body.kind !== 'turns') continue;
    for (const { units: keys, events } of body.turns) {
      const decoded = events.map((bytes) => domain.decodeEvent(bytes));
      for (const key of keys) {
        const state = evolveAll(domain, key, units.get(key)?.state, decoded);
        units.set(key, new Unit(key, state, sequence, -1));
      }
    }
  }
  return stateDigest(domain, units.values());
}

const logOf = ({ log }: Process): string => log.join('\n');

describe('recovery from a base', () => {
  /** A world in which each of 10 counters was added to twice, with a base before the very last, and 5 of them again. */
  async function based(): Promise<{ world: World; first: Process; position: number }> {
    const world = await World.create();
    const first = await world.serve('w1');
    await fill(world, 10, 2);
    const position = await world.makeBase();
    await fill(world, 5, 1);
    return { world, first, position };
  }

  it('with Redis emptied replays only what came after it, and leaves what is idle where it is (D16)', async () => {
    const { world, first, position } = await based();
    world.kill(first);
    world.snapshots.delete(() => true);
    const second = await world.serve('w2');
    expect(logOf(second)).to.match(
      new RegExp(`recovered to \\d+: \\d+ frames after base ${String(position)}`),
    );
    expect(second.host.status()[0]?.statistics?.unitsInMemory).to.be.below(10);
    const reads = world.bases.reads;
    expect(await world.value('c8')).to.equal(16);
    expect(world.bases.reads, 'taken from the base').to.equal(reads + 1);
    expect(logOf(second)).to.not.include('rebuilding');
    for (let at = 0; at < 10; at += 1) expect(await world.value(name(at))).to.equal(at * (at < 5 ? 3 : 2));
  });

  it('gives the same digest as the whole journal (D5)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.constantFrom('add', 'add', 'base', 'kill')), {
          maxLength: 25,
        }),
        async (steps) => {
          const world = await World.create();
          let owner = await world.serve('w0');
          for (const [at, [counter, what]] of steps.entries()) {
            if (what === 'add') await world.ask(add(name(counter), at));
            else if (what === 'base') await world.makeBase();
            else {
              world.kill(owner);
              world.snapshots.delete(() => true);
              owner = await world.serve(`w${String(at + 1)}`);
            }
          }
          world.kill(owner);
          world.snapshots.delete(() => true);
          const last = await world.serve('last');
          for (let counter = 0; counter < 10; counter += 1) await world.value(name(counter));
          expect(last.host.status()[0]?.digest()).to.equal(digestOf(world));
        },
      ),
      { numRuns: 25 },
    );
  });

  it('writes everything that Redis lacks: the next owner begins at a checkpoint', async () => {
    const { world, first } = await based();
    world.kill(first);
    world.snapshots.delete(() => true);
    const second = await world.serve('w2');
    await world.value('c9');
    await checkpointed(world, second);
    world.kill(second);
    const third = await world.serve('w3');
    expect(logOf(third)).to.match(/frames after checkpoint \d+/);
    expect(logOf(third)).to.not.include('checkpoint 0');
    for (let at = 0; at < 10; at += 1) expect(await world.value(name(at))).to.equal(at * (at < 5 ? 3 : 2));
  });

  it('prefers the later of checkpoint and base', async () => {
    const { world, first } = await based();
    await checkpointed(world, first);
    world.kill(first);
    const second = await world.serve('w2');
    expect(logOf(second)).to.match(/frames after checkpoint [1-9]/);
    const old = world.snapshots.keys().map((key) => [key, world.snapshots.get(key)!] as const);
    await fill(world, 10, 1);
    const position = await world.makeBase();
    world.kill(second);
    // Yesterday's copy.
    world.snapshots.delete(() => true);
    for (const [key, value] of old) world.snapshots.replace(key, value);
    const third = await world.serve('w3');
    expect(logOf(third)).to.include(`frames after base ${String(position)}`);
    for (let at = 0; at < 10; at += 1) expect(await world.value(name(at))).to.equal(at * (at < 5 ? 4 : 3));
  });

  it('an actor whose snapshot is missing comes from the base, and from the frames after it where it changed', async () => {
    const { world, first } = await based();
    await checkpointed(world, first);
    world.kill(first);
    world.snapshots.delete((key) => key.includes('counter/'));
    const second = await world.serve('w2');
    expect(await world.value('c8')).to.equal(16);
    expect(logOf(second)).to.not.include('rebuilding');
    expect(await world.value('c3')).to.equal(9);
    expect(logOf(second)).to.match(/rebuilding 1 actors from the journal after the base at \d+/);
    expect(second.host.status()[0]?.state).to.equal('serving');
  });

  it('does without one that is damaged, says so, and takes the one before it, or the journal', async () => {
    for (const damage of [undefined, unitOf('c8'), unitOf('c2')]) {
      const { world, first, position } = await based();
      await fill(world, 10, 1);
      const newest = await world.makeBase();
      world.kill(first);
      world.snapshots.delete(() => true);
      world.bases.damage(0, newest, damage);
      const second = await world.serve('w2');
      for (let at = 0; at < 10; at += 1) expect(await world.value(name(at))).to.equal(at * (at < 5 ? 4 : 3));
      expect(logOf(second)).to.include(`the base at ${String(newest)} is left aside`);
      if (damage !== undefined) continue;
      expect(logOf(second)).to.include(`frames after base ${String(position)}`);
      world.kill(second);
      world.snapshots.delete(() => true);
      world.bases.damage(0, position);
      const third = await world.serve('w3');
      expect(logOf(third)).to.include('frames after checkpoint 0');
      await expectValues(world, 5, 4);
    }
  });

  it('one that says otherwise than the index is not believed', async () => {
    const { world, first, position } = await based();
    await checkpointed(world, first);
    world.kill(first);
    world.snapshots.delete((key) => key.includes('counter/'));
    const stored = world.bases.get(0, position)!;
    const units = stored.units.map((unit) =>
      unit.key === unitOf('c8') ? { ...unit, sequence: unit.sequence - 1 } : unit,
    );
    world.bases.put(0, { ...stored, units });
    const second = await world.serve('w2');
    expect(await world.value('c8')).to.equal(16);
    expect(logOf(second)).to.match(/left aside: it has counter\/c8 at \d+, the index at \d+/);
  });

  it('stops where the journal does not have what a base was made of, until an operator goes on (D11)', async () => {
    const { world, first } = await based();
    await fill(world, 3, 1);
    const position = await world.makeBase();
    world.kill(first);
    world.snapshots.delete(() => true);
    world.stream().cutTail(4);
    const second = await world.start('w2');
    await world.clock.runUntil(() => second.host.status()[0]?.state === 'halted', 'the partition stops');
    expect(logOf(second)).to.include(`A base names frame ${String(position)}`);
    world.kill(second);
    const third = await world.serve('w3', new Map([[0, 'disk of n1 was lost']]));
    expect(await world.value('c9')).to.equal(18);
    // It grows beyond what was lost: the same positions, other frames.
    await fill(world, 10, 1);
    world.kill(third);
    world.snapshots.delete(() => true);
    const fourth = await world.serve('w4');
    expect(logOf(fourth)).to.include(`the base at ${String(position)} is left aside`);
    expect(await world.value('c9')).to.equal(27);
  });

  it('resumes unfinished work that only the base knows of (D12)', async () => {
    const world = await World.create(4);
    const first = await world.serve('w1');
    first.bus.onNextPublish('emoney.test.partition.*', { arrivals: [] });
    world.send({ type: 'move', counter: 'a', to: 'b', by: 5, id: 'm1' });
    await world.clock.advance(100);
    expect(await world.value('a')).to.equal(-5);
    for (let partition = 0; partition < 4; partition += 1) await world.makeBase(partition);
    world.kill(first);
    world.snapshots.delete(() => true);
    await world.serve('w2');
    await world.clock.advance(2_000);
    expect(await world.value('b')).to.equal(5);
  });
});
