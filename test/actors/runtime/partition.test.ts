import { expect } from 'chai';
import { v1 } from '../../../proto/generated/emoney.js';
import { JOURNAL_SILENCE_MS, MAX_FRAME_LAG_MS, MAX_WAITING } from '../../../actors/bounds.js';
import type { CounterCommand } from './counters.js';
import { World } from './world.js';

const add = (counter: string, by = 1): CounterCommand => ({ type: 'add', counter, by });
const turnsOf = (world: World): number[] =>
  world.frames().flatMap(({ body }) => (body.kind === 'turns' ? [body.turns.length] : []));

describe('partition', () => {
  it('stores all commands that are ready together in one frame', async () => {
    const world = await World.create();
    await world.serve('w');
    const sent = world.send(...Array.from({ length: 100 }, (_, at) => add(`c${String(at % 7)}`)));
    await world.clock.runUntil(() => sent.every((each) => world.answer(each)), 'all answers');
    expect(turnsOf(world)).to.deep.equal([100]);
  });

  it('collects the next frame while one is in flight, and never has two in flight (D2)', async () => {
    const world = await World.create();
    const { journals } = await world.serve('w');
    journals.onNextAppend(0, { acknowledgement: 50 });
    const first = world.send(add('a'));
    await world.clock.advance(10);
    for (let at = 0; at < 5; at += 1) {
      world.send(add('a'));
      await world.clock.advance(5);
    }
    expect(turnsOf(world)).to.deep.equal([1]);
    await world.clock.runUntil(() => turnsOf(world).length === 2, 'the second frame');
    expect(turnsOf(world)).to.deep.equal([1, 5]);
    await world.clock.settle();
    expect(world.answer(first[0])).to.deep.include({ value: 1 });
  });

  it('takes nothing into a frame that waits for so long that its time is past (D13)', async () => {
    const world = await World.create();
    await world.serve('w');
    const journal = world.stream();
    journal.setReachable(false);
    world.send(add('a'));
    await world.clock.advance(10);
    const began = world.clock.now();
    const early = world.send(add('a'));
    await world.clock.advance(MAX_FRAME_LAG_MS - 100);
    early.push(...world.send(add('a')));
    await world.clock.advance(1_000);
    const late = world.send(add('a'), add('a'));
    const lateAt = world.clock.now();
    const sent = [...early, ...late];
    await world.clock.advance(1_000);
    journal.setReachable(true);
    await world.clock.runUntil(() => sent.every((each) => world.answer(each)), 'all answers', 120_000);
    expect(turnsOf(world)).to.deep.equal([1, 2, 2]);
    const [, waited, next] = world.frames().filter(({ body }) => body.kind === 'turns');
    expect(waited!.time).to.equal(began);
    expect(next!.time).to.be.at.least(lateAt);
    expect(await world.value('a')).to.equal(5);
  });

  it('answers nothing before its frame is acknowledged, reads included (D1)', async () => {
    const world = await World.create();
    const { journals } = await world.serve('w');
    await world.ask(add('a'));
    journals.onNextAppend(0, { acknowledgement: 500 });
    const sent = world.send(add('a'), { type: 'read', counter: 'a' });
    await world.clock.advance(400);
    expect(sent.map((each) => world.answer(each))).to.deep.equal([undefined, undefined]);
    await world.clock.advance(200);
    expect(sent.map((each) => world.answer(each))).to.deep.equal([
      { value: 2, position: 4 },
      { value: 2, position: 4 },
    ]);
  });

  it('says in its heartbeats and in the log that the journal does not acknowledge, until it does', async () => {
    const world = await World.create();
    const { log } = await world.serve('w');
    const silence = () => world.heartbeats.get('w')?.partitions[0]?.silence ?? '';
    world.journals.stream(0)?.freeze();
    world.send(add('a'));
    await world.clock.advance(JOURNAL_SILENCE_MS - 500);
    expect(silence()).to.equal('');
    await world.clock.runUntil(() => silence() !== '', 'a heartbeat that says it');
    expect(silence()).to.match(/^the journal has not acknowledged frame 3 for 3 s/);
    expect(log.filter((line) => line.includes('has not acknowledged'))).to.have.length(1);
    world.journals.stream(0)?.thaw();
    await world.clock.runUntil(() => silence() === '', 'a heartbeat that says that it is over');
    expect(log.at(-1)).to.equal('partition 0: the journal acknowledges again');
  });

  it('answers nothing for a frame that it only found, before a later one is acknowledged (D1)', async () => {
    const world = await World.create();
    const { journals } = await world.serve('w');
    await world.ask(add('a'));
    journals.onNextAppend(0, { acknowledgement: 'lost' }, {}, { acknowledgement: 500 });
    const sent = world.send({ type: 'add', counter: 'a', by: 1, notice: 'two' });
    await world.clock.runUntil(() => turnsOf(world).length === 3, 'the frame that follows it');
    expect(turnsOf(world)).to.deep.equal([1, 1, 0]);
    await world.clock.advance(400);
    expect([...sent.map((each) => world.answer(each)), ...world.heard]).to.deep.equal([undefined]);
    await world.clock.advance(200);
    expect(sent.map((each) => world.answer(each))).to.deep.equal([{ value: 2, position: 4 }]);
    expect(world.heard).to.deep.equal([['two']]);
    // What was decided meanwhile has its own position, behind both.
    expect(await world.ask(add('a'))).to.deep.equal({ value: 3, position: 6 });
  });

  it('names no frame in Redis that it only found, and goes on without it when a power cut took it', async () => {
    const world = await World.create();
    const { journals, host, log } = await world.serve('w');
    await world.ask(add('a'));
    await world.clock.runUntil(() => checkpointed() === 3, 'a checkpoint', 60_000);
    const never = Array.from({ length: 22 }, () => ({ arrivals: [] }));
    journals.onNextAppend(0, { acknowledgement: 'lost' }, {}, ...never);
    const [sent] = world.send(add('a'));
    await world.clock.advance(20_000);
    expect(turnsOf(world)).to.deep.equal([1, 1]);
    expect(checkpointed()).to.equal(3);
    expect(world.answer(sent)).to.equal(undefined);
    world.stream().cutTail(1);
    await world.clock.runUntil(
      () => log.join('\n').includes('UnacknowledgedGoneError'),
      'it is missed',
      60_000,
    );
    await world.clock.runUntil(() => host.status()[0]?.state === 'serving', 'it serves again', 60_000);
    // A gateway sends it again.
    expect(await world.ask(add('a'))).to.have.property('value', 2);

    function checkpointed(): number {
      return host.status()[0]?.statistics?.checkpointed ?? 0;
    }
  });

  it('tells whoever listens what a frame was for once it is acknowledged, as one message, and never again (D1)', async () => {
    const world = await World.create();
    const { journals, bus } = await world.serve('w');
    const shout = (notice: string): CounterCommand => ({ type: 'add', counter: 'a', by: 1, notice });
    journals.onNextAppend(0, { acknowledgement: 500 });
    world.send(shout('one'), add('a'), shout('two'));
    await world.clock.advance(400);
    expect(world.heard).to.deep.equal([]);
    await world.clock.advance(200);
    expect(world.heard).to.deep.equal([['one', 'two']]);
    bus.onNextPublish('emoney.test.notices.>', { arrivals: [] });
    expect(await world.ask(shout('lost'))).to.deep.include({ value: 4 });
    await world.clock.advance(10_000);
    expect(world.heard).to.have.lengthOf(1);
  });

  it('sends what is too much for one message in several', async () => {
    const world = await World.create();
    await world.serve('w');
    const long = 'x'.repeat(60_000);
    const notices = Array.from({ length: 10 }, (_, at) => `${long}${String(at)}`);
    const sent = world.send(
      ...notices.map((notice): CounterCommand => ({ type: 'add', counter: 'a', by: 1, notice })),
    );
    await world.clock.runUntil(() => sent.every((each) => world.answer(each)), 'all answers');
    await world.clock.runUntil(() => world.heard.flat().length === 10, 'all notices');
    expect(world.heard.flat()).to.deep.equal(notices);
    expect(world.heard.length).to.be.above(1);
  });

  it('gives a read its own, empty frame when nothing else is due (D1)', async () => {
    const world = await World.create();
    await world.serve('w');
    expect(await world.value('nobody')).to.equal(0);
    expect(turnsOf(world)).to.deep.equal([0]);
  });

  it('holds what came too early, without a frame, and decides it when what it needs has come', async () => {
    const world = await World.create();
    await world.serve('w');
    const frames = world.frames().length;
    const [held] = world.send({ type: 'need', counter: 'a', thing: 'x' });
    await world.clock.advance(100);
    expect([world.answer(held), world.frames().length]).to.deep.equal([undefined, frames]);
    expect(await world.ask(add('a', 10)), 'nothing behind it waits').to.deep.include({ value: 10 });
    world.bring('x');
    await world.clock.runUntil(() => world.answer(held) !== undefined, 'the answer to what was held');
    expect(world.answer(held)).to.deep.include({ value: 11 });
  });

  it('rejects what it held in vain, but leaves to the next owner what it holds when it is handed over', async () => {
    const world = await World.create();
    const process = await world.serve('w');
    const need: CounterCommand = { type: 'need', counter: 'a', thing: 'x' };
    expect(await world.ask(need)).to.deep.include({
      rejection: v1.Rejection.REJECTION_UNAVAILABLE,
      detail: 'no x yet',
    });
    const [unheard] = world.send(need);
    await world.clock.advance(100);
    world.bring('x', false);
    await world.clock.runUntil(() => world.answer(unheard) !== undefined, 'looked at in the end', 10_000);
    expect(world.answer(unheard)).to.deep.include({ value: 1 });
    const [last] = world.send({ ...need, thing: 'y' });
    await world.clock.advance(100);
    await world.leave(process);
    await world.clock.settle();
    expect(world.answer(last)).to.equal(undefined);
  });

  it('stores a frame once although its acknowledgement is lost, and answers after the next (D3)', async () => {
    const world = await World.create();
    const { journals } = await world.serve('w');
    journals.onNextAppend(0, { acknowledgement: 'lost' }, { arrivals: [] });
    expect(await world.ask(add('a'))).to.deep.include({ value: 1 });
    expect(turnsOf(world)).to.deep.equal([1, 0]);
  });

  it('is fenced by a foreign frame and answers nothing any more (D18)', async () => {
    const world = await World.create();
    const paused = await world.serve('w1');
    await world.ask(add('a'));
    paused.link.pause();
    await world.serve('w2');
    await world.ask(add('a', 10));
    const before = world.frames().length;
    paused.link.resume();
    await world.clock.advance(1000);
    expect(await world.value('a')).to.equal(11);
    const epochs = world.frames().filter(({ body }) => body.kind === 'epoch').length;
    expect(epochs).to.equal(2);
    expect(world.frames().length).to.equal(before + 1);
    expect(world.serving(paused)).to.be.at.most(1);
  });

  it('drops a turn whose decider throws, and nothing else (D4)', async () => {
    const world = await World.create();
    await world.serve('w');
    const [before, bug, after] = world.send(add('a'), { type: 'explode', counter: 'a' }, add('a'));
    await world.clock.runUntil(() => world.answer(after) !== undefined, 'the answer behind the bug');
    expect(world.answer(before)).to.deep.include({ value: 1 });
    expect(world.answer(bug)).to.deep.include({ rejection: v1.Rejection.REJECTION_INTERNAL });
    expect(world.answer(after)).to.deep.include({ value: 2 });
  });

  it('stops when an event cannot be applied, without storing it; the process goes on (D4)', async () => {
    const world = await World.create();
    const { host, log } = await world.serve('w');
    const [lost, bug] = world.send(add('a'), { type: 'poison', counter: 'a' });
    await world.clock.advance(100);
    expect([world.answer(lost), world.answer(bug)]).to.deep.equal([undefined, undefined]);
    expect(turnsOf(world)).to.deep.equal([]);
    expect(host.status()[0]?.state).to.not.equal('serving');
    expect(log.join('\n')).to.include('cannot be applied');
    await world.clock.runUntil(() => host.status()[0]?.state === 'serving', 'the partition is taken again');
    expect(await world.value('a')).to.equal(0);
  });

  it('refuses malformed commands without a frame', async () => {
    const world = await World.create();
    await world.serve('w');
    const frames = world.frames().length;
    const answer = await world.ask('nonsense' as never).catch(() => undefined);
    expect(answer === undefined || 'rejection' in answer).to.equal(true);
    expect(world.frames().length).to.equal(frames);
  });

  it('refuses ordinary commands when too many wait, and serves again afterwards (D8, D16)', async () => {
    const world = await World.create();
    const { journals } = await world.serve('w');
    journals.onNextAppend(0, { acknowledgement: 900 });
    world.send(add('a'));
    await world.clock.advance(1);
    const flood = world.send(...Array.from({ length: MAX_WAITING + 10_000 }, () => add('a')));
    await world.clock.runUntil(() => flood.every((each) => world.answer(each) !== undefined), 'all answered');
    const refused = flood.filter((each) => 'rejection' in world.answer(each)!);
    expect(refused).to.have.lengthOf(10_000 - 4_096);
    expect(world.answer(refused[0])).to.deep.include({ rejection: v1.Rejection.REJECTION_OVERLOADED });
    expect(await world.value('a')).to.equal(1 + flood.length - refused.length);
  });

  it('answers a waiting sender as soon as the ask is answered, before CLOSED is stored (D1)', async () => {
    const world = await World.create(4);
    await world.serve('w');
    const answer = await world.ask({ type: 'move', counter: 'a', to: 'b', by: 5, id: 'm1' });
    expect(answer).to.deep.include({ value: -5 });
    expect(await world.value('b')).to.equal(5);
  });

  it('repeats an ask until it is answered, and its effect is one', async () => {
    const world = await World.create(4);
    const { bus } = await world.serve('w');
    bus.onNextPublish('emoney.test.partition.*', { arrivals: [] });
    bus.onNextPublish('emoney.test.answers.>', { arrivals: [] });
    bus.onNextPublish('emoney.test.partition.*', { arrivals: [0, 300, 2_000] });
    const answer = await world.ask({ type: 'move', counter: 'a', to: 'b', by: 5, id: 'm1' });
    expect(answer).to.deep.include({ value: -5 });
    await world.clock.advance(10_000);
    expect(await world.value('b')).to.equal(5);
  });

  it('does not send an ask that was settled while it waited for its frame', async () => {
    const world = await World.create(1);
    const { journals, bus } = await world.serve('w');
    // The first answer comes late: while it is on its way, the device repeats itself.
    bus.onNextPublish('emoney.test.answers.>', { arrivals: [20] });
    const [waiting] = world.send({ type: 'move', counter: 'a', to: 'b', by: 5, id: 'm1' });
    await world.clock.advance(10);
    journals.onNextAppend(0, { acknowledgement: 100 });
    world.send({ type: 'read', counter: 'a' });
    await world.clock.advance(1);
    world.send({ type: 'nudge', counter: 'a', id: 'm1' });
    await world.clock.runUntil(() => world.answer(waiting) !== undefined, 'the answer');
    await world.clock.advance(200);
    expect(world.sent.filter(({ type }) => type === 'credit')).to.have.lengthOf(1);
  });

  it('releases the asks of a frame before it decides anything that could settle them', async () => {
    const world = await World.create(1);
    const { host, journals, bus } = await world.serve('w');
    bus.onNextPublish('emoney.test.answers.>', { arrivals: [20] });
    // After that the receiver is away: only a settled ask is not repeated for ever.
    for (let copy = 0; copy < 50; copy += 1) bus.onNextPublish('emoney.test.answers.>', { arrivals: [] });
    world.send({ type: 'move', counter: 'a', to: 'b', by: 5, id: 'm1' });
    await world.clock.advance(10);
    journals.onNextAppend(0, { acknowledgement: 100 });
    world.send({ type: 'nudge', counter: 'a', id: 'm1' });
    await world.clock.advance(1);
    // The next frame is full: the answer waits behind it, and is decided when the nudge's frame is acknowledged.
    world.send(...Array.from({ length: 4_200 }, (): CounterCommand => ({ type: 'read', counter: 'x' })));
    await world.clock.advance(150);
    await world.clock.advance(20_000);
    expect(host.status()[0]?.statistics?.openAsks).to.equal(0);
  });
});
