import { expect } from 'chai';
import { HEARTBEAT_MS, OWNER_TIMEOUT_MS } from '../../../actors/bounds.js';
import { World } from './world.js';

describe('host', () => {
  it('a newcomer is handed its share, partition by partition, by RELEASED frames (D18)', async () => {
    const world = await World.create(8);
    const first = await world.serve('w1');
    for (let at = 0; at < 20; at += 1) await world.ask({ type: 'add', counter: `c${String(at)}`, by: at });
    const second = await world.start('w2');
    await world.clock.runUntil(
      () => world.serving(second) === 4 && world.serving(first) === 4,
      'four each',
      60_000,
    );
    await world.clock.advance(10_000);
    expect([world.serving(first), world.serving(second)]).to.deep.equal([4, 4]);
    for (let at = 0; at < 20; at += 1) expect(await world.value(`c${String(at)}`)).to.equal(at);
    const epochs = Array.from({ length: 8 }, (_, partition) =>
      world.frames(partition).filter(({ body }) => body.kind === 'epoch'),
    );
    expect(epochs.map(({ length }) => length).sort()).to.deep.equal([1, 1, 1, 1, 2, 2, 2, 2]);
  });

  it('a killed worker is replaced after the timeout, and not before', async () => {
    const world = await World.create(2);
    const first = await world.serve('w1');
    const second = await world.start('w2');
    await world.clock.runUntil(() => world.serving(second) === 1 && world.serving(first) === 1, 'one each');
    await world.clock.advance(1_000);
    world.kill(first);
    const killedAt = world.clock.now();
    await world.clock.advance(OWNER_TIMEOUT_MS - 2 * HEARTBEAT_MS);
    expect(world.serving(second)).to.equal(1);
    await world.clock.runUntil(() => world.serving(second) === 2, 'the second worker has both');
    expect(world.clock.now() - killedAt).to.be.below(OWNER_TIMEOUT_MS + 4 * HEARTBEAT_MS);
  });

  it('who is in the place of a killed worker has its partitions at once, and no others', async () => {
    const world = await World.create(4);
    const [first, second] = [await world.serve('w1'), await world.start('w2')];
    await world.clock.runUntil(() => world.serving(second) === 2 && world.serving(first) === 2, 'two each');
    world.kill(first);
    const killedAt = world.clock.now();
    world.predecessor = 'w1';
    const third = await world.start('w3');
    await world.clock.runUntil(() => world.serving(third) === 2, 'the third has the partitions of the first');
    expect(world.clock.now() - killedAt).to.be.below(HEARTBEAT_MS);
    await world.clock.advance(OWNER_TIMEOUT_MS);
    expect([world.serving(second), world.serving(third)]).to.deep.equal([2, 2]);
  });

  it('what the killed worker had handed over waits for whom it was handed to', async () => {
    const world = await World.create(1);
    const first = await world.serve('w1');
    const second = await world.start('w2');
    await world.clock.advance(HEARTBEAT_MS);
    world.kill(second);
    const leaving = first.host.leave();
    await world.clock.advance(HEARTBEAT_MS);
    await leaving;
    world.kill(first);
    expect(world.frames().at(-1)?.body).to.deep.equal({ kind: 'released', successor: 'w2' });
    world.predecessor = 'w1';
    const third = await world.start('w3');
    await world.clock.advance(OWNER_TIMEOUT_MS - HEARTBEAT_MS);
    expect(world.serving(third)).to.equal(0);
  });

  it('a worker that was busy until it was killed is replaced within two seconds', async () => {
    const world = await World.create(1);
    const first = await world.serve('w1');
    const second = await world.start('w2');
    for (let at = 0; at < 20; at += 1) {
      world.send({ type: 'add', counter: 'a', by: 1 });
      await world.clock.advance(50);
    }
    world.kill(first);
    const killedAt = world.clock.now();
    await world.clock.runUntil(() => world.serving(second) === 1, 'the second worker serves it');
    expect(world.clock.now() - killedAt)
      .to.be.above(OWNER_TIMEOUT_MS - HEARTBEAT_MS)
      .and.below(2_000);
  });

  it('a newcomer that was long about opening its journals has heard nobody yet, and takes nothing', async () => {
    for (let phase = 0; phase < HEARTBEAT_MS; phase += 30) {
      const world = await World.create(1);
      const first = await world.serve('w1');
      await world.clock.advance(phase);
      const busyUntil = world.clock.now() + OWNER_TIMEOUT_MS;
      world.latencyMs = () => (world.clock.now() < busyUntil ? OWNER_TIMEOUT_MS / 10 : 1);
      const second = await world.start('w2');
      expect(world.clock.now()).to.be.above(busyUntil);
      await world.clock.advance(2 * OWNER_TIMEOUT_MS);
      expect([world.serving(first), world.serving(second)], `phase ${String(phase)}`).to.deep.equal([1, 0]);
    }
  });

  it('nobody takes a partition whose owner is silent but whose journal advances', async () => {
    const world = await World.create(1);
    const first = await world.serve('w1');
    const second = await world.start('w2');
    for (let at = 0; at < 40; at += 1) {
      for (let beat = 0; beat < 4; beat += 1)
        first.bus.onNextPublish('emoney.test.heartbeat', { arrivals: [] });
      world.send({ type: 'add', counter: 'a', by: 1 });
      await world.clock.advance(HEARTBEAT_MS);
    }
    expect(world.serving(second)).to.equal(0);
    expect(world.frames().filter(({ body }) => body.kind === 'epoch')).to.have.lengthOf(1);
  });

  it('heartbeats that are lost in one direction only cost no epoch: nobody steals back and forth', async () => {
    const world = await World.create(4);
    const first = await world.serve('w1');
    const second = await world.start('w2');
    await world.clock.runUntil(() => world.serving(second) === 2, 'two each', 30_000);
    const epochs = (): number =>
      Array.from({ length: 4 }, (_, partition) => world.frames(partition))
        .flat()
        .filter(({ body }) => body.kind === 'epoch').length;
    const before = epochs();
    // What w1 says is not heard, by itself neither; it hears the other, and both are paid.
    for (let round = 0; round < 100; round += 1) {
      first.bus.onNextPublish('emoney.test.heartbeat', { arrivals: [] });
      world.send(
        ...Array.from(
          { length: 12 },
          (_, at) => ({ type: 'add', counter: `c${String(at)}`, by: 1 }) as const,
        ),
      );
      await world.clock.advance(HEARTBEAT_MS);
    }
    expect(epochs() - before).to.equal(0);
    // Nobody pays: the silent one is replaced, once for each of its partitions, and takes nothing while it is deaf.
    for (let beat = 0; beat < 200; beat += 1)
      first.bus.onNextPublish('emoney.test.heartbeat', { arrivals: [] });
    await world.clock.advance(15_000);
    expect(epochs() - before).to.equal(2);
    expect(world.serving(second)).to.equal(4);
  });

  it('says once that a journal cannot be asked, and once that it can again', async () => {
    const world = await World.create(1);
    const first = await world.serve('w1');
    const second = await world.start('w2');
    world.kill(first);
    second.link.cut();
    await world.clock.advance(60_000);
    second.link.restore();
    await world.clock.runUntil(() => world.serving(second) === 1, 'it serves', 20_000);
    const said = second.log.filter((line) => line.includes('its journal'));
    expect(said).to.have.lengthOf(2);
    expect(said[0]).to.match(/^partition 0: its journal cannot be asked: /);
    expect(said[1]).to.equal('partition 0: its journal can be asked again');
  });

  it('a journal that does not answer holds up no takeover of another', async () => {
    const world = await World.create(2);
    const first = await world.serve('w1');
    const second = await world.start('w2');
    await world.clock.runUntil(() => world.serving(second) === 1 && world.serving(first) === 1, 'one each');
    // Whichever the other has.
    world.stream(1).setReachable(false);
    world.stream(0).setReachable(false);
    world.kill(first);
    world.kill(second);
    const third = await world.start('w3');
    expect(third.host.status().map(({ state }) => state)).to.deep.equal(['idle', 'idle']);
    world.stream(1).setReachable(true);
    await world.clock.runUntil(() => world.serving(third) === 1, 'the one that answers', 20_000);
    expect(third.host.status().map(({ state }) => state)).to.deep.equal(['idle', 'serving']);
    const said = (): unknown => world.heartbeats.get('w3')?.stopped.map(({ partition }) => partition);
    expect(said()).to.deep.equal([0]);
    world.stream(0).setReachable(true);
    await world.clock.runUntil(() => world.serving(third) === 2, 'both', 20_000);
    expect(said()).to.deep.equal([]);
  });

  it('takes the other partitions of a killed worker while one cannot be asked', async () => {
    const world = await World.create(4);
    const first = await world.serve('w1');
    const second = await world.start('w2');
    await world.clock.runUntil(() => world.serving(second) === 2 && world.serving(first) === 2, 'two each');
    const [away] = first.host.status().filter(({ state }) => state === 'serving');
    world.stream(away!.partition).setReachable(false);
    world.kill(first);
    await world.clock.runUntil(() => world.serving(second) === 3, 'all but one', 20_000);
  });

  it('a journal that is gone stops its own partition, of a worker that begins, too', async () => {
    const world = await World.create(2);
    world.journals.remove(0);
    const process = await world.start('w1');
    await world.clock.runUntil(() => world.serving(process) === 1, 'the other', 20_000);
    const [gone] = process.host.status();
    expect(gone?.state).to.equal('halted');
    expect(process.log.join('\n')).to.match(/partition 0: stopped \(JournalMissingError/);
  });

  it('a worker that does not hear itself takes nothing', async () => {
    const world = await World.create(1);
    const owner = await world.serve('w1');
    const deaf = await world.start('w2');
    for (let beat = 0; beat < 100; beat += 1)
      deaf.bus.onNextPublish('emoney.test.heartbeat', { arrivals: [] });
    world.kill(owner);
    await world.clock.advance(10_000);
    expect(world.serving(deaf)).to.equal(0);
  });

  it('two workers that start together share the partitions, and no frame is lost', async () => {
    const world = await World.create(4);
    const [first, second] = [await world.start('w1'), await world.start('w2')];
    await world.clock.runUntil(
      () => world.serving(first) === 2 && world.serving(second) === 2,
      'two each',
      60_000,
    );
    for (let at = 0; at < 10; at += 1) await world.ask({ type: 'add', counter: `c${String(at)}`, by: at });
    for (let at = 0; at < 10; at += 1) expect(await world.value(`c${String(at)}`)).to.equal(at);
  });

  it('does not serve while its clock differs from the server by more than two seconds (D13)', async () => {
    const world = await World.create(1);
    const skewed = await world.start('w1');
    const stream = world.stream();
    const append = stream.append.bind(stream);
    stream.append = (bytes, expected, storedAt) => append(bytes, expected, storedAt - 5_000);
    await world.clock.advance(20_000);
    expect(world.serving(skewed)).to.equal(0);
    expect(skewed.log.join('\n')).to.include('clock differs');
    stream.append = append;
    await world.clock.runUntil(
      () => world.serving(skewed) === 1,
      'it serves once the clock is right',
      60_000,
    );
  });

  /** Sets the machine's clock, but not the server's. */
  const clockOf = (world: World): ((ms: number) => void) => {
    let set = 0;
    const stream = world.stream();
    const append = stream.append.bind(stream);
    stream.append = (bytes, expected, storedAt) => append(bytes, expected, storedAt - set);
    return (ms) => {
      set += ms;
      world.clock.set(ms);
    };
  };

  it('writes no time of a clock that was set while it served, and compares it with the server again', async () => {
    const world = await World.create(1);
    const process = await world.serve('w1');
    const begun = world.clock.now();
    const year = 365 * 86_400_000;
    const set = clockOf(world);
    set(year);
    await world.ask({ type: 'add', counter: 'x', by: 1 });
    await world.clock.runUntil(() => world.serving(process) === 0, 'it was noticed', 2 * HEARTBEAT_MS);
    expect(process.log.join('\n')).to.match(/ClockSetError: this machine's clock was set by 31536000000 ms/);
    await world.clock.advance(20_000);
    expect(world.serving(process), 'the clock is wrong').to.equal(0);
    set(-year);
    await world.clock.runUntil(() => world.serving(process) === 1, 'served again', 60_000);
    expect(await world.ask({ type: 'add', counter: 'x', by: 1 })).to.include({ value: 2 });
    const turns = world.frames().filter(({ body }) => body.kind === 'turns');
    for (const { time } of turns) expect(time).to.be.within(begun, world.clock.now());
  });

  it('waits no longer because its clock was ahead, and was set back', async () => {
    const world = await World.create(1);
    const set = clockOf(world);
    const ahead = 6 * 3_600_000;
    set(ahead);
    const process = await world.start('w1');
    await world.clock.advance(5_000);
    expect(process.log.join('\n')).to.include('clock differs');
    set(-ahead);
    await world.clock.runUntil(() => world.serving(process) === 1, 'it serves', 60_000);
  });

  it('does not take a slow disk for a wrong clock', async () => {
    const world = await World.create(1);
    const process = await world.start('w1');
    process.journals.onNextAppend(0, { acknowledgement: 'lost' }, { arrivals: [] }, { arrivals: [] });
    await world.clock.runUntil(() => world.serving(process) === 1, 'served in the end', 20_000);
    expect(process.log.join('\n')).to.not.include('clock');
  });

  it('ends a hand-over although the last command of it throws', async () => {
    const world = await World.create(1);
    const first = await world.serve('w1');
    await world.ask({ type: 'add', counter: 'x', by: 1 });
    world.kill(first);
    const second = await world.start('w2', new Map(), 0);
    await world.clock.runUntil(() => world.serving(second) === 1, 'served', 20_000);
    const idle = (): boolean => second.host.status()[0]?.statistics?.unitsInMemory === 0;
    await world.clock.runUntil(idle, 'x is passive', 60_000);
    world.send({ type: 'explode', counter: 'x' });
    await world.clock.runUntil(
      () => (second.host.status()[0]?.statistics?.waiting ?? 0) > 0,
      'x is being loaded',
    );
    await world.leave(second);
    expect(world.frames().at(-1)?.body.kind).to.equal('released');
  });

  it('stops, and the process goes on, when RELEASED finds frames gone', async () => {
    const world = await World.create(1);
    const first = await world.serve('w1');
    await world.ask({ type: 'add', counter: 'x', by: 1 });
    world.stream().cutTail(1);
    await world.leave(first);
    expect(first.host.status()[0]?.state).to.equal('halted');
    expect(first.log.join('\n')).to.include('FramesGoneError');
  });

  it('waits for a takeover that is under way before it leaves', async () => {
    const world = await World.create(1);
    const process = await world.start('w1');
    process.journals.onNextAppend(0, { acknowledgement: 400 });
    await world.clock.runUntil(() => process.host.status()[0]?.state === 'taking', 'taking', 2_000);
    await world.leave(process);
    expect(world.frames().at(-1)?.body.kind).to.equal('released');
  });
});
