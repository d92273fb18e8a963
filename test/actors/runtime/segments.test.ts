import { expect } from 'chai';
import { ARCHIVE_BACKOFF_MS, SEGMENT_AGE_MS } from '../../../actors/bounds.js';
import { MemoryArchive, MemoryArchiveDisk } from '../../../actors/adapters/memory/archive.js';
import { MemoryJournalStore } from '../../../actors/adapters/memory/journal.js';
import type { MemoryStream } from '../../../actors/adapters/memory/journalServer.js';
import { Appender } from '../../../actors/runtime/appender.js';
import { SealUnacknowledgedError } from '../../../actors/runtime/errors.js';
import { decodeFrame, encodeFrame, hashOf, type FrameBody } from '../../../actors/runtime/frame.js';
import type { Journal } from '../../../actors/runtime/ports.js';
import { SegmentEnd } from '../../../actors/runtime/segmentEnd.js';
import { acknowledgedSeal, continueAfter } from '../../../actors/runtime/segments.js';
import type { CounterCommand } from './counters.js';
import { World, type Process } from './world.js';

const add = (counter: string, by = 1): CounterCommand => ({ type: 'add', counter, by });
const kinds = (world: World): string =>
  world
    .frames()
    .map(({ body }) => body.kind[0])
    .join('');

/** Each in a frame of its own. */
async function addMany(world: World, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) expect(await world.ask(add('c'))).to.have.property('value');
}

/** What the journal's frames say; `t` turns, `s` sealed, `c` continued, `e` epoch, `g` genesis. */
async function worldOfSegments(segmentBytes = 1_000): Promise<World> {
  const world = await World.create();
  world.segmentBytes = segmentBytes;
  return world;
}

/** Until the worker's next segment exists. */
async function rolled(world: World, segment: number): Promise<void> {
  for (let time = 0; !world.journals.segments(0).includes(segment); time += 1) {
    expect(time, 'frames of one segment').to.be.below(100);
    await world.ask(add('filler'));
  }
}

describe('segments of a journal', () => {
  it('end with SEALED when they are full; the next repeats genesis and epoch, and goes on with the chain', async () => {
    const world = await worldOfSegments();
    await world.serve('w1');
    await addMany(world, 20);
    expect(kinds(world)).to.match(/^ge(t+sc){2,}/);
    const frames = world.frames();
    const [genesis, epoch] = frames;
    for (const [at, { body, sequence, epoch: named, time }] of frames.entries()) {
      expect(sequence).to.equal(at + 1);
      if (body.kind !== 'continued') continue;
      const sealed = frames[at - 1]!;
      expect(sealed.body).to.deep.equal({ kind: 'sealed', nextSegment: body.segment });
      expect([named, time]).to.deep.equal([2, sealed.time]);
      expect({ kind: 'genesis', ...body.genesis }).to.deep.equal(genesis!.body);
      expect({ kind: 'epoch', ...body.epoch }).to.deep.equal(epoch!.body);
      expect(world.journals.stream(0, body.segment)!.first).to.equal(sequence);
      expect(isClosed(world, body.segment - 1)).to.equal(true);
      expect(world.journals.stream(0, body.segment - 1)!.last).to.equal(sequence);
      expect(Buffer.from(body.genesisHash)).to.deep.equal(
        hashOf(world.journals.stream(0, 0)!.frame(1)!.bytes),
      );
    }
    expect(await world.value('c')).to.equal(20);
  });

  it('turns that are decided while the segment changes are stored at the position that they were told', async () => {
    const world = await worldOfSegments(400);
    await world.serve('w1');
    const sent = Array.from({ length: 60 }, (_, at) => world.send(add(`c${at % 7}`)));
    await world.clock.runUntil(() => sent.flat().every((each) => world.answer(each)), 'all answers');
    const frames = world.frames();
    for (const [correlation] of sent) {
      const answer = world.answer(correlation);
      const position = answer !== undefined && 'position' in answer ? answer.position : 0;
      expect(frames[position - 1]?.body.kind, `frame ${position}`).to.equal('turns');
    }
  });

  it('are full by bytes, or by age', () => {
    let now = 5_000;
    const never = (): never => expect.fail('nothing is stored here');
    const fill = new SegmentEnd({
      ...{ clock: { now: () => now, elapsed: never, after: never, soon: never }, segmentBytes: 1_000 },
      ...{ segment: { segment: 3, first: 100, bytes: 400, since: 5_000 }, isStopped: () => false },
      ...{ journal: {} as Journal, appender: {} as Appender, encode: never, onStored: never, log: never },
    });
    expect([fill.isFullWith(100), fill.isFullWith(50)]).to.deep.equal([false, false]);
    now += SEGMENT_AGE_MS;
    expect(fill.isFullWith(1)).to.equal(true);
    now -= SEGMENT_AGE_MS;
    expect(fill.isFullWith(100)).to.equal(true);
  });

  it('go on after a frame that was found: only its own stream can acknowledge it', async () => {
    const world = await worldOfSegments(1);
    const first = await world.serve('w1');
    first.journals.onNextAppend(0, { acknowledgement: 'lost' });
    expect(await world.ask(add('c'))).to.have.property('value', 1);
    expect(kinds(world)).to.match(/^getttt*s/);
    expect(await world.value('c')).to.equal(1);
  });

  it('are recovered from a checkpoint, and from nothing', async () => {
    const world = await worldOfSegments();
    world.kill(await world.serve('w1'));
    const second = await world.serve('w2');
    await addMany(world, 15);
    world.kill(second);
    const third = await world.serve('w3');
    await addMany(world, 5);
    world.kill(third);
    world.snapshots.delete(() => true);
    const fourth = await world.serve('w4');
    expect(fourth.log.join('\n')).to.include('after checkpoint 0');
    expect(await world.value('c')).to.equal(20);
  });

  it('a follower is told every frame, without a gap', async () => {
    const world = await worldOfSegments();
    const told: number[] = [];
    world.follow = ({ tip }) => {
      told.push(tip.sequence);
      return { stored: ({ sequence }) => void told.push(sequence), stop: () => undefined };
    };
    await world.serve('w1');
    await addMany(world, 12);
    expect(kinds(world)).to.include('sc');
    expect(told).to.deep.equal(told.map((_, at) => at + 2));
  });

  it('a worker that leaves while the segment changes ends with RELEASED in the next', async () => {
    const world = await worldOfSegments(1);
    const first = await world.serve('w1');
    world.send(add('c'));
    await world.clock.runUntil(() => kinds(world).endsWith('t'), 'the frame is stored');
    await world.leave(first);
    expect(kinds(world)).to.match(/tscr$/);
    await world.serve('w2');
    expect(await world.value('c')).to.equal(1);
  });

  it('a replaced owner that wakes up between two segments stores nothing more', async () => {
    const world = await worldOfSegments(1);
    const first = await world.serve('w1');
    first.journals.onNextAppend(0, {}, { arrivals: [0, 3_000], acknowledgement: 5_000 });
    const [correlation] = world.send(add('c'));
    await world.clock.runUntil(() => kinds(world).endsWith('s'), 'SEALED is stored');
    first.link.pause();
    await world.serve('w2');
    expect(await world.value('c')).to.equal(1);
    const before = kinds(world);
    first.link.resume();
    await world.clock.runUntil(() => world.serving(first) === 0, 'the first has noticed');
    await world.clock.advance(10_000);
    expect(kinds(world).slice(0, before.length)).to.equal(before);
    expect(world.answer(correlation)).to.have.property('value', 1);
    await addMany(world, 3);
    expect(await world.value('c')).to.equal(4);
  });

  it('begin again and again while the server cannot be asked', async () => {
    const world = await worldOfSegments(1);
    const first = await world.serve('w1');
    first.journals.onNextAppend(0, {}, { acknowledgement: 50 });
    world.send(add('c'));
    await world.clock.runUntil(() => kinds(world).endsWith('s'), 'SEALED is stored');
    first.link.cut('outward');
    await world.clock.advance(300);
    first.link.restore();
    expect(await world.value('c')).to.equal(1);
    expect(first.log.join('\n')).to.include('the next segment cannot be begun');
  });

  it('are not begun behind a SEALED that nobody acknowledged: a power cut may take it', async () => {
    const world = await worldOfSegments(1);
    const first = await world.serve('w1');
    const others = Array.from({ length: 3 }, () => ({}));
    first.journals.onNextAppend(0, {}, { acknowledgement: 'lost' }, ...others);
    const [sent] = world.send(add('c'));
    await world.clock.runUntil(() => first.log.join('\n').includes('SealUnacknowledgedError'), 'it leaves');
    expect(world.answer(sent)).to.have.property('value', 1);
    expect(world.journals.segments(0)).to.deep.equal([0]);
    world.stream().cutTail(1);
    await world.clock.runUntil(() => world.serving(first) === 1, 'it takes the partition again', 20_000);
    expect(await world.value('c')).to.equal(1);
    await addMany(world, 2);
    expect(kinds(world)).to.match(/^gete.*sc/);
  });

  it('are closed again until that is acknowledged, and take no turns before', async () => {
    const world = await worldOfSegments(1);
    const first = await world.serve('w1');
    // The frame of turns, SEALED, CONTINUED, and what closes the old stream.
    first.journals.onNextAppend(0, {}, {}, {}, { acknowledgement: 'lost' });
    world.send(add('c'));
    const old = world.stream();
    await world.clock.runUntil(() => old.closesAt(old.last), 'the old stream is closed');
    const [waiting] = world.send(add('c'));
    await world.clock.runUntil(() => first.log.join('\n').includes('was not acknowledged'), 'no answer');
    expect(world.answer(waiting)).to.equal(undefined);
    expect(kinds(world)).to.match(/tsc$/);
    await world.clock.runUntil(() => world.answer(waiting) !== undefined, 'an answer');
    expect(world.answer(waiting)).to.have.property('value', 2);
    expect(old.last).to.equal(world.journals.stream(0, 1)!.first + 1);
  });

  it('an owner that was replaced before it could close the old one stores no other frame', async () => {
    const world = await worldOfSegments(1);
    const first = await world.serve('w1');
    world.send(add('c'));
    await world.clock.runUntil(() => kinds(world).endsWith('c'), 'CONTINUED is stored');
    first.link.pause();
    await world.serve('w2');
    expect(await world.value('c')).to.equal(1);
    const before = kinds(world);
    first.link.resume();
    await world.clock.runUntil(() => world.serving(first) === 0, 'the first has noticed');
    await world.clock.advance(10_000);
    expect(kinds(world).slice(0, before.length)).to.equal(before);
    await addMany(world, 3);
    expect(await world.value('c')).to.equal(4);
  });

  // Once it sealed the segment for one that was there already, and nobody could take the partition any more.
  it('an owner knows in which segment it is, also where its server shows no frame of that one', async () => {
    const world = await worldOfSegments();
    const first = await world.serve('w1');
    await rolled(world, 1);
    await addMany(world, 1);
    world.kill(first);
    const second = await world.start('w2', new Map(), 0);
    const recovered = (): boolean => second.log.join('\n').includes('recovered to');
    await world.clock.runUntil(recovered, 'it has read the journal', 20_000);
    const newest = world.stream();
    newest.makeReadsStale(newest.last);
    await world.clock.runUntil(() => world.serving(second) === 1, 'it serves');
    newest.makeReadsStale(0);
    await rolled(world, 2);
    await addMany(world, 2);
    expect(await world.value('c')).to.equal(3);
  });

  describe('whoever comes next finishes what the owner has begun:', () => {
    let world: World;

    /** An owner that is gone has stored SEALED, and nothing after it. */
    beforeEach(async () => {
      world = await worldOfSegments();
      const first = await world.serve('w1');
      await rolled(world, 1);
      await addMany(world, 2);
      world.kill(first);
      storeByHand(world, { kind: 'sealed', nextSegment: 2 });
    });

    const expectServed = async (): Promise<Process> => {
      const second = await world.serve('w2');
      expect(await world.value('c')).to.equal(2);
      expect(world.journals.segments(0)).to.deep.equal([0, 1, 2]);
      expect(kinds(world)).to.match(/sct+s+ce/);
      expect(isClosed(world, 1)).to.equal(true);
      return second;
    };

    it('SEALED is last', async () => {
      await expectServed();
    });

    it('SEALED is last, and so is the next one while nobody acknowledges it', async () => {
      const second = await world.start('w2', new Map(), 0);
      second.journals.onNextAppend(0, { acknowledgement: 'lost' });
      await world.clock.runUntil(() => world.serving(second) === 1, 'served', 20_000);
      expect(second.log.join('\n')).to.include('SealUnacknowledgedError');
      expect(await world.value('c')).to.equal(2);
      expect(kinds(world)).to.match(/sct+ssscet+$/);
    });

    it('SEALED was last, and is gone: nothing is stored behind what is in its place', async () => {
      const stream = world.stream();
      const { last } = stream;
      const { bytes } = stream.frame(last)!;
      const frame = decodeFrame(bytes);
      stream.cutTail(1);
      storeByHand(world, { kind: 'turns', turns: [] });
      const opening = new MemoryJournalStore(world.journals, world.clock).open(0);
      await world.finished(opening, 'the journal');
      const sealing = acknowledgedSeal({ frame, bytes }, await opening).catch((error: unknown) => error);
      await world.finished(sealing, 'the end of the segment');
      expect(await sealing).to.be.instanceOf(SealUnacknowledgedError);
      expect(stream.last).to.equal(last);
    });

    it('another one has made the stream meanwhile: what comes late to the old one is not read', async () => {
      const { last } = world.stream();
      world.journals.create(0, { segment: 2, first: last + 1 });
      const old = world.journals.stream(0, 1)!;
      storeByHand(world, { kind: 'sealed', nextSegment: 2 }, old);
      expect(old.last).to.equal(last + 1);
      await expectServed();
      const opening = new MemoryJournalStore(world.journals, world.clock).open(0);
      await world.finished(opening, 'the journal');
      const journal = await opening;
      const seen: string[] = [];
      const reading = journal.read(last, last + 1, ({ bytes }) => seen.push(decodeFrame(bytes).body.kind));
      await world.finished(reading, 'the frames between the segments');
      expect(seen).to.deep.equal(['sealed', 'continued']);
      const closing = journal.closedSegments();
      await world.finished(closing, 'its segments');
      expect((await closing).at(-1)).to.include({ segment: 1, last });
    });

    it('the stream is there, and empty', async () => {
      world.journals.create(0, { segment: 2, first: world.stream().last + 1 });
      await expectServed();
    });

    it('a power cut has taken the stream before it held anything', async () => {
      world.journals.create(0, { segment: 2, first: world.stream().last + 1 });
      world.journals.remove(0, 2);
      await expectServed();
    });

    /** Another one that is gone has stored CONTINUED, and what `as` lets it do after that. */
    const goOn = async (as: (journal: Journal) => Journal): Promise<MemoryStream> => {
      const opening = new MemoryJournalStore(world.journals, world.clock).open(0);
      await world.finished(opening, 'the journal');
      const old = world.stream();
      const { bytes } = old.frame(old.last)!;
      const journal = as(await opening);
      const { clock } = world;
      const work = continueAfter(
        { frame: decodeFrame(bytes), bytes },
        { journal, clock, appender: new Appender(journal, clock) },
      );
      await world.finished(work, 'the next segment');
      return old;
    };

    it('CONTINUED was only found, and is gone: by then the old stream may be archived and deleted', async () => {
      await goOn((journal) => journal);
      const disk = new MemoryArchiveDisk();
      world.archive = new MemoryArchive(disk);
      await world.finished(archiveAll(world), 'the archive');
      const { first } = world.journals.stream(0, 2)!;
      world.stream().cutTail(1);
      expect(world.stream().last).to.equal(first - 1);
      const third = await world.serve('w3');
      expect(await world.value('c')).to.equal(2);
      expect(third.log.join()).not.to.include('JournalDamagedError');
      expect(decodeFrame(world.stream().frame(first)!.bytes).body.kind).to.equal('continued');
    });

    it('CONTINUED is last, and the old stream is not closed', async () => {
      const old = await goOn(withoutClosing);
      expect(isClosed(world, 1)).to.equal(false);
      await expectServed();
      expect(old.last).to.equal(world.journals.stream(0, 2)!.first);
    });

    it('CONTINUED is last, and an earlier version has closed the old stream', async () => {
      const old = await goOn(withoutClosing);
      old.seal();
      await expectServed();
      expect(old.last).to.equal(world.journals.stream(0, 2)!.first - 1);
    });

    it('CONTINUED is last, and nobody was told that the old stream is closed: a power cut may open it', async () => {
      const old = await goOn((journal) => journal);
      expect(isClosed(world, 1)).to.equal(true);
      await expectServed();
      expect(old.last).to.equal(world.journals.stream(0, 2)!.first + 1);
      old.cutTail(1);
      expect(isClosed(world, 1)).to.equal(true);
    });

    it('but never makes a stream anew that held frames', async () => {
      const second = await expectServed();
      world.kill(second);
      world.journals.remove(0, 2);
      const third = await world.start('w3');
      const [status] = third.host.status();
      expect(status?.state).to.equal('halted');
      expect(status?.reason).to.match(/segment 2 held frames.*GONE/);
      expect(world.journals.segments(0)).to.deep.equal([0, 1]);
    });
  });

  it('need the first no more, once it is deleted and Redis knows its actors', async () => {
    const world = await worldOfSegments();
    const first = await world.serve('w1');
    await rolled(world, 2);
    await addMany(world, 2);
    await world.clock.runUntil(
      () => (first.host.status()[0]?.statistics?.checkpointed ?? 0) >= world.stream().first,
      'a checkpoint',
      30_000,
    );
    world.kill(first);
    world.journals.remove(0, 0);
    world.journals.remove(0, 1);
    const second = await world.serve('w2');
    expect(await world.value('c')).to.equal(2);
    world.kill(second);
    world.snapshots.delete(() => true);
    const third = await world.start('w3');
    await world.clock.runUntil(
      () => third.host.status()[0]?.state === 'halted',
      'it cannot be served',
      20_000,
    );
    expect(third.host.status()[0]?.reason).to.match(/frames 1 … \d+ of partition 0 .*--archive/);
  });

  it('that are in an archive whose mount fails are waited for, and the partition is served when it is back', async () => {
    const world = await worldOfSegments();
    const first = await world.serve('w1');
    await rolled(world, 2);
    await addMany(world, 2);
    world.kill(first);
    const disk = new MemoryArchiveDisk();
    world.archive = new MemoryArchive(disk);
    await world.finished(archiveAll(world), 'the archive');
    world.snapshots.delete(() => true);
    disk.isAway = true;
    const second = await world.start('w2');
    const epochs = () => world.frames().filter(({ body }) => body.kind === 'epoch').length;
    const before = epochs();
    await world.clock.advance(10 * ARCHIVE_BACKOFF_MS);
    expect(second.host.status()[0]?.state).to.not.equal('halted');
    expect(second.log.join('\n')).to.include('ArchiveUnavailableError');
    expect(epochs() - before)
      .to.be.above(2)
      .and.at.most(10);
    disk.isAway = false;
    await world.clock.runUntil(() => world.serving(second) === 1, 'it is served', 2 * ARCHIVE_BACKOFF_MS);
    expect(await world.value('c')).to.equal(2);
  });
});

/** A frame after the last, as its owner would have written it. */
function storeByHand(world: World, body: FrameBody, stream = world.stream()): void {
  const { sequence, bytes, storedAt } = stream.frame(stream.last)!;
  const { epoch, time } = decodeFrame(bytes);
  const next = { sequence: sequence + 1, previousHash: hashOf(bytes), epoch, time, body };
  expect(stream.append(encodeFrame(next), sequence, storedAt)).to.have.property('kind', 'stored');
}

/** Every closed segment; its stream is deleted. */
async function archiveAll(world: World): Promise<void> {
  const journal = await new MemoryJournalStore(world.journals, world.clock).open(0);
  for (const { segment, first, last } of await journal.closedSegments()) {
    const archived = { partition: 0, segment, first, last, previousHash: new Uint8Array(0) };
    await world.archive?.write(archived, (from, to, onFrame) => journal.read(from, to, onFrame));
    await journal.removeSegment(segment);
  }
}

function isClosed(world: World, segment: number): boolean {
  const stream = world.journals.stream(0, segment)!;
  return stream.sealed || stream.closesAt(stream.last);
}

/** A process that ends before the last step. */
function withoutClosing(journal: Journal): Journal {
  return new Proxy(journal, {
    get: (target, name) => {
      if (name === 'closeSegment') return async () => undefined;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
