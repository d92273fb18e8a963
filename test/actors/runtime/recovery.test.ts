import { expect } from 'chai';
import { CHECKPOINT_INTERVAL_MS, OWNER_TIMEOUT_MS, LOADED_TOGETHER } from '../../../actors/bounds.js';
import { MemoryJournalStore } from '../../../actors/adapters/memory/journal.js';
import { MemorySnapshotStore } from '../../../actors/adapters/memory/snapshotStore.js';
import { FencedError } from '../../../actors/runtime/errors.js';
import { recover } from '../../../actors/runtime/recovery.js';
import { Stopwatch } from '../../../actors/runtime/stopwatch.js';
import { StoreFaults } from '../../../actors/runtime/storeFaults.js';
import { type CounterCommand, counters } from './counters.js';
import { World, type Process } from './world.js';

const add = (counter: string, by = 1): CounterCommand => ({ type: 'add', counter, by });

async function fill(world: World, counters: number, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    const sent = world.send(...Array.from({ length: counters }, (_, at) => add(`c${String(at)}`, at)));
    await world.clock.runUntil(() => sent.every((each) => world.answer(each)), 'all answers');
  }
}

async function expectValues(world: World, counters: number, times: number): Promise<void> {
  for (let at = 0; at < counters; at += 1)
    expect(await world.value(`c${String(at)}`), `c${String(at)}`).to.equal(at * times);
}

/** Lets a checkpoint be written after everything so far. */
async function checkpointed(world: World, { host }: Process): Promise<void> {
  const target = host.status().map(({ statistics }) => statistics?.sequence ?? 0);
  const reached = (): boolean =>
    host.status().every(({ statistics }, at) => (statistics?.checkpointed ?? 0) >= (target[at] ?? 0));
  await world.clock.runUntil(reached, 'a checkpoint', 3 * CHECKPOINT_INTERVAL_MS);
}

describe('recovery', () => {
  it('from nothing: every acknowledged value is there', async () => {
    const world = await World.create(2);
    world.kill(await world.serve('w1'));
    const second = await world.serve('w2');
    await fill(world, 20, 3);
    world.kill(second);
    world.snapshots.delete(() => true);
    const third = await world.serve('w3');
    expect(third.log.join('\n')).to.include('after checkpoint 0');
    await expectValues(world, 20, 3);
  });

  it('gives the same digest of the state, live, from a checkpoint and from nothing (D5)', async () => {
    const world = await World.create();
    const first = await world.serve('w1');
    await fill(world, 10, 2);
    await checkpointed(world, first);
    await fill(world, 10, 1);
    const digest = first.host.status()[0]?.digest();
    world.kill(first);
    const second = await world.serve('w2');
    await world.loaded(second);
    expect(second.host.status()[0]?.digest()).to.equal(digest);
    world.kill(second);
    world.snapshots.delete(() => true);
    const third = await world.serve('w3');
    expect(third.host.status()[0]?.digest()).to.equal(digest);
  });

  it('idle actors leave memory, and come back with what they had (D16)', async () => {
    const world = await World.create();
    const first = await world.start('w1', new Map(), 3);
    await world.clock.runUntil(() => world.serving(first) === 1, 'served');
    await fill(world, 20, 2);
    const inMemory = (): number => first.host.status()[0]?.statistics?.unitsInMemory ?? 0;
    await world.clock.runUntil(() => inMemory() <= 3, 'idle actors leave', 10 * CHECKPOINT_INTERVAL_MS);
    await expectValues(world, 20, 2);
    await fill(world, 20, 1);
    await expectValues(world, 20, 3);
    expect(first.log.join('\n')).to.not.include('rebuilding');
  });

  it('from a checkpoint: replays only what came after', async () => {
    const world = await World.create();
    const first = await world.serve('w1');
    await fill(world, 20, 3);
    await checkpointed(world, first);
    const at = first.host.status()[0]?.statistics?.checkpointed ?? 0;
    await fill(world, 5, 1);
    world.kill(first);
    const second = await world.serve('w2');
    expect(second.log.join('\n')).to.include(`after checkpoint ${String(at)}`);
    await world.loaded(second);
    expect(second.host.status()[0]?.statistics?.unitsInMemory).to.equal(5);
    for (let counter = 0; counter < 20; counter += 1) {
      expect(await world.value(`c${String(counter)}`)).to.equal(counter * (counter < 5 ? 4 : 3));
    }
  });

  /** By a second worker that serves already; much has changed since the first one's checkpoint. */
  async function takenOver() {
    const world = await World.create();
    const first = await world.serve('w1');
    const counters = 3 * LOADED_TOGETHER;
    await fill(world, counters, 1);
    await checkpointed(world, first);
    await fill(world, counters, 1);
    world.kill(first);
    const second = await world.start('w2');
    await world.clock.runUntil(() => world.serving(second) === 1, 'served', 20_000);
    return { world, second, counters };
  }

  it('serves before all that has changed since the checkpoint is in memory', async () => {
    const { world, second, counters } = await takenOver();
    const toLoad = (): number => second.host.status()[0]?.statistics?.unitsToLoad ?? 0;
    expect(toLoad()).to.be.above(LOADED_TOGETHER);
    const [last] = world.send({ type: 'add', counter: `c${String(counters - 1)}`, by: 1 });
    await world.clock.runUntil(() => world.answer(last) !== undefined, 'an answer');
    expect(world.answer(last)).to.include({ value: 2 * (counters - 1) + 1 });
    expect(toLoad()).to.be.above(0);
  });

  it('writes no checkpoint before all of it is in memory: its frames would not be read again', async () => {
    const { world, second, counters } = await takenOver();
    expect(second.host.status()[0]?.statistics?.unitsToLoad).to.be.above(0);
    let left = false;
    void second.host.leave().then(() => (left = true));
    await world.clock.runUntil(() => left, 'the second worker has left', 20_000);
    const third = await world.serve('w3');
    expect(third.log.join('\n')).to.match(/2 frames after checkpoint [1-9]/);
    await expectValues(world, counters, 2);
  });

  it('ends a clean stop with RELEASED, and the next worker need not wait', async () => {
    const world = await World.create(2);
    const first = await world.serve('w1');
    await fill(world, 5, 1);
    const leaving = first.host.leave();
    await world.clock.runUntil(() => world.serving(first) === 0, 'everything handed over');
    await world.clock.advance(100);
    await leaving;
    expect(world.frames().at(-1)?.body.kind).to.equal('released');
    const began = world.clock.now();
    await world.serve('w2');
    expect(world.clock.now() - began).to.be.below(OWNER_TIMEOUT_MS);
    await expectValues(world, 5, 1);
  });

  it('rebuilds actors whose snapshots are missing, older, or of another sequence (D10)', async () => {
    const world = await World.create();
    const first = await world.serve('w1');
    await fill(world, 6, 2);
    await checkpointed(world, first);
    const old = world.snapshots.keys().map((key) => [key, world.snapshots.get(key)!] as const);
    await fill(world, 6, 1);
    await checkpointed(world, first);
    world.kill(first);
    const units = world.snapshots.keys().filter((key) => key.includes('counter/'));
    expect(units).to.have.lengthOf(6);
    world.snapshots.delete((key) => key === units[0]);
    for (const [key, value] of old) if (units.slice(1, 4).includes(key)) world.snapshots.replace(key, value);
    world.snapshots.replace(units[4]!, { ...world.snapshots.get(units[4]!)!, sequence: 99 });
    world.snapshots.replace(units[5]!, { ...world.snapshots.get(units[5]!)!, generation: 2 });
    const second = await world.serve('w2');
    await expectValues(world, 6, 3);
    const log = second.log.join('\n');
    expect(log).to.include(`snapshot of counter/c0 is missing in Redis: rebuilt from the journal`);
    expect(log).to.include(
      'snapshot of counter/c1 in Redis is not of its last event: rebuilt from the journal',
    );
  });

  it('does without a checkpoint whose index pages were lost or rolled back', async () => {
    for (const damage of ['lost', 'rolled back'] as const) {
      const world = await World.create();
      const first = await world.serve('w1');
      await fill(world, 6, 1);
      await checkpointed(world, first);
      const pages = world.snapshots.keys().filter((key) => key.includes(':page:'));
      const page = world.snapshots.get(pages[0]!)!;
      await fill(world, 6, 1);
      await checkpointed(world, first);
      world.kill(first);
      const current = world.snapshots.keys().filter((key) => key.includes(':page:'));
      for (const key of current) {
        if (damage === 'lost') world.snapshots.delete((each) => each === key);
        else world.snapshots.replace(key, { ...page, sequence: page.sequence - 1 });
      }
      const second = await world.serve('w2');
      const said = damage === 'lost' ? 'is missing in Redis' : 'is not the one that the checkpoint names';
      expect(second.log.join('\n')).to.include(`${said}: all actors are rebuilt from the journal`);
      await expectValues(world, 6, 2);
    }
  });

  it('goes on with the actors in memory while Redis is away, and rebuilds the others from the journal', async () => {
    const world = await World.create();
    const first = await world.serve('w1');
    await fill(world, 6, 1);
    await checkpointed(world, first);
    world.kill(first);
    const second = await world.serve('w2');
    expect(await world.value('c5')).to.equal(5);
    world.snapshots.setAvailable(false);
    expect(await world.value('c5')).to.equal(5);
    expect(await world.value('c4')).to.equal(4);
    expect(second.log.join('\n')).to.include('rebuilding 1 actors from the journal');
  });

  it('stops when Redis names frames that the journal does not have, until an operator orders to go on (D11)', async () => {
    const world = await World.create();
    const first = await world.serve('w1');
    await fill(world, 4, 1);
    await world.ask(add('late', 7));
    await checkpointed(world, first);
    world.kill(first);
    world.stream().cutTail(1);
    const second = await world.start('w2');
    await world.clock.runUntil(() => second.host.status()[0]?.state === 'halted', 'the partition stops');
    expect(second.log.join('\n')).to.include('acknowledged frames are gone');
    world.kill(second);
    const third = await world.serve('w3', new Map([[0, 'disk of n1 was lost']]));
    expect(await world.value('late')).to.equal(0);
    expect(await world.value('c3')).to.equal(3);
    const order = world.frames().find(({ body }) => body.kind === 'epoch' && body.operatorOrder !== '');
    expect(order?.body).to.deep.include({ generation: 2, operatorOrder: 'disk of n1 was lost' });
    world.kill(third);
  });

  it('stops when a snapshot is of a lost frame, although the checkpoint is older (D11)', async () => {
    const world = await World.create();
    const first = await world.serve('w1');
    await world.ask(add('x'));
    await checkpointed(world, first);
    const checkpoint = world.snapshots.keys().find((key) => key.endsWith(':checkpoint'))!;
    const before = world.snapshots.get(checkpoint)!;
    await world.ask(add('x', 100));
    await checkpointed(world, first);
    world.kill(first);
    world.snapshots.replace(checkpoint, before);
    world.stream().cutTail(1);
    const second = await world.start('w2');
    await world.clock.runUntil(() => second.host.status()[0]?.state === 'halted', 'the partition stops');
    expect(second.log.join('\n')).to.include('acknowledged frames are gone');
  });

  it('stops again and again when its owner saw frames gone, also before its first checkpoint (D11)', async () => {
    const world = await World.create();
    const first = await world.serve('w1');
    await fill(world, 3, 3);
    world.stream().cutTail(2);
    world.send(add('c1'));
    await world.clock.runUntil(() => first.host.status()[0]?.state === 'halted', 'the owner sees it');
    world.kill(first);
    // Each attempt makes the journal longer by its epoch frame, beyond the one that was lost.
    for (const name of ['w2', 'w3', 'w4', 'w5']) {
      const next = await world.start(name);
      await world.clock.runUntil(() => next.host.status()[0]?.state === 'halted', `${name} stops`);
      expect(next.log.join('\n')).to.include('acknowledged frames are gone');
      world.kill(next);
    }
    await world.serve('w6', new Map([[0, 'a drill']]));
    expect(await world.value('c1')).to.equal(1);
  });

  it('is fenced, and takes nothing for lost, when another owner has written since its epoch frame', async () => {
    const world = await World.create(1);
    const first = await world.serve('w1');
    await fill(world, 3, 2);
    await checkpointed(world, first);
    const sequence = first.host.status()[0]?.statistics?.checkpointed ?? 0;
    world.kill(first);
    const { clock, snapshots: server } = world;
    const opening = new MemoryJournalStore(world.journals, clock).open(0);
    await clock.advance(1);
    const journal = await opening;
    // An owner that began before all that, and paused until now.
    const parts = {
      domain: counters(1, new Set()),
      journal,
      store: new MemorySnapshotStore({ server, clock, deployment: 'test', partition: 0 }),
      clock,
      generation: 1,
      epoch: 2,
      faults: new StoreFaults(clock, () => undefined),
      stopwatch: new Stopwatch(clock),
      log: () => undefined,
    };
    const recovering = recover(parts).then(
      () => undefined,
      (error: unknown) => error,
    );
    await clock.advance(1_000);
    expect(sequence).to.be.greaterThan(2);
    expect(await recovering).to.be.instanceOf(FencedError);
  });

  it('obeys the order to go on once: the next takeover keeps its snapshots', async () => {
    const world = await World.create();
    const first = await world.serve('w1', new Map([[0, 'a drill']]));
    await fill(world, 4, 1);
    first.link.pause();
    const second = await world.serve('w2');
    await world.clock.advance(100);
    first.link.resume();
    await world.clock.runUntil(
      () => first.host.status()[0]?.state === 'idle',
      'w1 sees that it was replaced',
      20_000,
    );
    world.kill(second);
    await world.clock.runUntil(() => world.serving(first) === 1, 'w1 takes it again', 20_000);
    const generations = world
      .frames()
      .flatMap(({ body }) => (body.kind === 'epoch' ? [body.generation] : []));
    expect(generations).to.deep.equal([2, 2, 2]);
    await expectValues(world, 4, 1);
  });

  it('asks again when a server that lags does not have the frame of the checkpoint yet', async () => {
    const world = await World.create();
    const first = await world.serve('w1');
    await fill(world, 4, 1);
    await checkpointed(world, first);
    world.kill(first);
    const stream = world.stream();
    const frame = stream.frame.bind(stream);
    let missed = 0;
    stream.frame = (sequence) => {
      missed += 1;
      return missed % 3 === 0 ? undefined : frame(sequence);
    };
    const second = await world.serve('w2');
    expect(missed).to.be.above(3);
    expect(second.log.join('\n')).to.not.include('gone');
    await expectValues(world, 4, 1);
  });

  it('notices that Redis was emptied under it, and writes everything again', async () => {
    const world = await World.create();
    const first = await world.serve('w1');
    await fill(world, 6, 1);
    await checkpointed(world, first);
    world.snapshots.delete(() => true);
    await world.ask(add('c1', 0));
    await checkpointed(world, first);
    expect(first.log.join('\n')).to.include('Redis has lost');
    world.kill(first);
    const second = await world.serve('w2');
    expect(second.log.join('\n')).to.not.include('after checkpoint 0');
    await expectValues(world, 6, 1);
    expect(second.log.join('\n')).to.not.include('rebuilding');
  });

  it('stops at a frame that does not continue the chain, and says which (D5)', async () => {
    const world = await World.create();
    const first = await world.serve('w1');
    await fill(world, 4, 2);
    world.kill(first);
    const stream = world.stream();
    stream.replace(3, stream.frame(4)!.bytes);
    const second = await world.start('w2');
    await world.clock.runUntil(() => second.host.status()[0]?.state === 'halted', 'the partition stops');
    expect(second.log.join('\n')).to.match(/frame 3/);
  });

  it('resumes unfinished work after a takeover, also of passive actors (D12)', async () => {
    const world = await World.create(4);
    const first = await world.serve('w1');
    first.bus.onNextPublish('emoney.test.partition.*', { arrivals: [] });
    world.send({ type: 'move', counter: 'a', to: 'b', by: 5, id: 'm1' });
    await world.clock.advance(100);
    expect(await world.value('a')).to.equal(-5);
    world.kill(first);
    const second = await world.serve('w2');
    await world.clock.advance(2_000);
    expect(await world.value('b')).to.equal(5);
    const open = second.host.status().map(({ statistics }) => statistics?.openAsks ?? 0);
    expect(open).to.deep.equal([0, 0, 0, 0]);
  });

  it('a deposed owner writes snapshots late, and they do no harm', async () => {
    const world = await World.create();
    const first = await world.serve('w1');
    await fill(world, 4, 1);
    await checkpointed(world, first);
    await fill(world, 4, 1);
    // Its next checkpoint stays in the socket while it is replaced.
    first.link.pause();
    const second = await world.serve('w2');
    await fill(world, 4, 1);
    await checkpointed(world, second);
    first.link.resume();
    await world.clock.advance(2 * CHECKPOINT_INTERVAL_MS);
    world.kill(second);
    await world.serve('w3');
    await expectValues(world, 4, 3);
  });
});
