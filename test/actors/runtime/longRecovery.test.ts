import { expect } from 'chai';
import { CHECKPOINT_INTERVAL_MS } from '../../../actors/bounds.js';
import { MemoryBaseStore } from '../../../actors/adapters/memory/baseStore.js';
import { MemoryJournalStore } from '../../../actors/adapters/memory/journal.js';
import { MemorySnapshotStore } from '../../../actors/adapters/memory/snapshotStore.js';
import { Bases } from '../../../actors/runtime/bases.js';
import { Loader } from '../../../actors/runtime/loader.js';
import { recover } from '../../../actors/runtime/recovery.js';
import { Stopwatch } from '../../../actors/runtime/stopwatch.js';
import { StoreFaults } from '../../../actors/runtime/storeFaults.js';
import { Tails } from '../../../actors/runtime/tails.js';
import { UnitIndex } from '../../../actors/runtime/unitIndex.js';
import { type CounterCommand, counters, unitOf } from './counters.js';
import { World, type Process } from './world.js';

const COUNTERS = 300;
const LIMIT = 4_000;

const nameOf = (at: number): string => `c${String(at)}`;
const add = (at: number, by = 1): CounterCommand => ({ type: 'add', counter: nameOf(at), by });

/** Adds to `count` counters from the one at `from` on, in some frames. */
async function addToSome(world: World, from: number, count: number): Promise<void> {
  for (let at = from; at < from + count; at += 20) {
    const sent = world.send(...Array.from({ length: 20 }, (_, more) => add(at + more, at + more)));
    await world.clock.runUntil(() => sent.every((each) => world.answer(each)), 'all answers');
  }
}

async function checkpointed(world: World, { host }: Process): Promise<void> {
  const target = host.status()[0]?.statistics?.sequence ?? 0;
  const reached = () => (host.status()[0]?.statistics?.checkpointed ?? 0) >= target;
  await world.clock.runUntil(reached, 'a checkpoint', 3 * CHECKPOINT_INTERVAL_MS);
}

/**
 * An owner whose checkpoints Redis refuses from the first one on. Counters of before come in each piece of a recovery, in
 * some, and in none; others are new; some have unfinished work. `room`: writes that it takes before it refuses.
 */
async function withOldCheckpoint({ room = 0, base = false } = {}): Promise<{ world: World; first: Process }> {
  const world = await World.create();
  const first = await world.serve('w1');
  await addToSome(world, 0, COUNTERS);
  if (base) await world.makeBase();
  await addToSome(world, 0, 20);
  await checkpointed(world, first);
  world.snapshots.setRoom(room);
  for (let time = 0; time < 6; time += 1) {
    await addToSome(world, 20, 40);
    await addToSome(world, 40 * time, 60);
    await addToSome(world, COUNTERS + 20 * time, 40);
    await world.clock.advance(CHECKPOINT_INTERVAL_MS);
  }
  // The ask is lost, and not repeated before the owner is.
  first.bus.onNextPublish('emoney.test.partition.*', { arrivals: [] });
  world.send({ type: 'move', counter: 'c7', to: 'c8', by: 5, id: 'm1' });
  await world.clock.advance(50);
  expect(first.host.status()[0]?.statistics?.openAsks).to.equal(1);
  expect(first.host.status()[0]?.statistics?.checkpointed).to.be.below(world.frames().length / 2);
  return { world, first };
}

interface Outcome {
  /** Position, value and open work of every counter, from memory, and its place in the index. */
  readonly units: ReadonlyMap<string, readonly unknown[]>;
  readonly index: readonly (number | undefined)[];
  readonly unfinished: readonly string[];
  readonly tip: number;
  readonly fromCheckpoint: number;
  /** Actors that were objects when the recovery ended. */
  readonly awake: number;
  readonly log: readonly string[];
}

/** What a recovery to the journal's last frame leads to, once everything that has changed is in memory. */
async function recovered(world: World, tailBytes?: number): Promise<Outcome> {
  const { clock, snapshots: server } = world;
  const domain = counters(1);
  const log: string[] = [];
  const opening = new MemoryJournalStore(world.journals, clock).open(0);
  await world.finished(opening, 'the journal');
  const shared = {
    ...{ domain, journal: await opening, clock, generation: 1, tailBytes, epoch: world.frames().length },
    store: new MemorySnapshotStore({ server, clock, deployment: 'test', partition: 0 }),
    faults: new StoreFaults(clock, (line) => log.push(line)),
    stopwatch: new Stopwatch(clock),
    log: (line: string) => log.push(line),
  };
  const store = new MemoryBaseStore(world.bases);
  const bases = new Bases({ ...shared, store, partition: 0 });
  const recovering = recover({ ...shared, bases });
  await world.finished(recovering, 'the recovery');
  const { units, tails, index, unfinished, tip, fromCheckpoint } = await recovering;
  const awake = [...units.awake()].length;
  const loader = new Loader({
    ...{ ...shared, bases, units, tails, acknowledged: () => tip.sequence, onUnfinished: () => undefined },
    onFailure: (error) => {
      throw error;
    },
  });
  await world.finished(loader.loadRest(unfinished), 'the rest');
  const keys = Array.from({ length: 2 * COUNTERS }, (_, at) => unitOf(nameOf(at)));
  return {
    units: new Map(
      keys.flatMap((key) => {
        const unit = units.get(key);
        return unit === undefined
          ? []
          : [[key, [unit.position, unit.acknowledgedPosition, unit.state, unit.unfinished]]];
      }),
    ),
    index: keys.map((key) => index.get(key)),
    unfinished: [...unfinished],
    ...{ tip: tip.sequence, fromCheckpoint, awake, log },
  };
}

const SAID = /are more than may wait in memory/;

async function expectSame(world: World): Promise<Outcome> {
  const whole = await recovered(world);
  const inPieces = await recovered(world, LIMIT);
  expect(whole.log.join('\n')).to.not.match(SAID);
  expect(inPieces.log.join('\n')).to.match(SAID);
  const { log: _whole, awake: _none, ...expected } = whole;
  const { log: _inPieces, awake: _few, ...found } = inPieces;
  expect(whole.units.size).to.be.above(COUNTERS);
  expect(found).to.deep.equal(expected);
  return inPieces;
}

describe('a recovery from a checkpoint that Redis has not let renew for long', () => {
  it('holds no more than the bound, and says where it dropped what', async () => {
    const { world } = await withOldCheckpoint();
    const tails = new Tails(counters(1), new UnitIndex(), LIMIT);
    for (const frame of world.frames()) {
      tails.add(frame);
      expect(tails.bytes).to.be.at.most(LIMIT);
    }
    const { dropped } = tails;
    expect(dropped.length).to.be.above(2);
    for (const [at, end] of dropped.entries()) {
      const piece = new Tails(counters(1), new UnitIndex(), LIMIT);
      for (const frame of world.frames().slice(dropped[at - 1] ?? 0, end)) piece.add(frame);
      expect(piece.dropped, `up to ${String(end)}`).to.deep.equal([]);
    }
  });

  it('leads to the same in pieces as at once', async () => {
    const { world } = await withOldCheckpoint();
    const { log, fromCheckpoint, awake } = await expectSame(world);
    expect(awake, 'only what has unfinished work').to.equal(1);
    expect(log.join('\n')).to.not.include('rebuilding');
    expect(fromCheckpoint).to.be.above(0);
  });

  it('also where snapshots are of later frames than the checkpoint, without reading the journal again', async () => {
    for (const room of [40, 100, 170]) {
      const { world } = await withOldCheckpoint({ room });
      expect((await expectSame(world)).log.join('\n')).to.not.include('rebuilding');
    }
  });

  it('also where snapshots are missing or of other frames: they are rebuilt together', async () => {
    for (const base of [false, true]) {
      const { world } = await withOldCheckpoint({ room: 100, base });
      const units = world.snapshots.keys().filter((key) => key.includes(':u:'));
      for (const [at, key] of units.entries()) {
        const snapshot = world.snapshots.get(key)!;
        if (at % 5 === 0) world.snapshots.delete((each) => each === key);
        if (at % 5 === 1) world.snapshots.replace(key, { ...snapshot, sequence: snapshot.sequence + 1 });
        if (at % 5 === 2) world.snapshots.replace(key, { ...snapshot, bytes: Uint8Array.of(1) });
      }
      const { log } = await expectSame(world);
      expect(log.filter((line) => line.startsWith('rebuilding')).length).to.be.at.most(2);
    }
  });

  it('serves what was acknowledged, ends what was open, and writes a checkpoint when it can again', async () => {
    const { world, first } = await withOldCheckpoint();
    world.kill(first);
    const before = await recovered(world);
    const expected = Object.fromEntries(
      [...before.units].map(([key, [, , state]]) => [key, (state as { value: number }).value]),
    );
    expected[unitOf('c8')]! += 5;
    world.tailBytes = LIMIT;
    const second = await world.serve('w2');
    expect(second.log.join('\n')).to.match(SAID);
    await world.loaded(second);
    await world.clock.advance(2_000);
    expect(second.host.status()[0]?.statistics?.openAsks).to.equal(0);
    expect(await valuesOf(world)).to.deep.include(expected);
    world.snapshots.setRoom(Infinity);
    await checkpointed(world, second);
    world.kill(second);
    const third = await world.serve('w3');
    expect(third.log.join('\n')).to.not.match(SAID).and.not.include('rebuil');
    expect(await valuesOf(world)).to.deep.include(expected);
  });
});

async function valuesOf(world: World): Promise<Record<string, number>> {
  const values: Record<string, number> = {};
  for (let at = 0; at < 2 * COUNTERS; at += 1) {
    values[unitOf(nameOf(at))] = await world.value(nameOf(at));
  }
  return values;
}
