import { expect } from 'chai';
import fc from 'fast-check';
import { MemoryBaseDisk, MemoryBaseStore } from '../../../actors/adapters/memory/baseStore.js';
import { type MadeBase, makeBase } from '../../../actors/runtime/baseMaker.js';
import { FramesGoneError, JournalDamagedError } from '../../../actors/runtime/errors.js';
import { hashOf } from '../../../actors/runtime/frame.js';
import type { Base, BaseHead, BaseUnit } from '../../../actors/runtime/ports.js';
import { thrownBy } from '../../support/thrownBy.js';
import { counters, type CounterEvent, unitOf } from './counters.js';
import { WrittenJournal } from './writtenJournal.js';

const domain = counters(1);
const turnOf = (...events: readonly CounterEvent[]) => ({
  units: [...new Set(events.map(({ counter }) => unitOf(counter)))],
  events: events.map((event) => domain.encodeEvent(event)),
});
const added = (counter: string, by = 1): CounterEvent => ({ type: 'added', counter, by });

class Maker {
  readonly disk = new MemoryBaseDisk();
  readonly store = new MemoryBaseStore(this.disk);
  readonly log: string[] = [];
  readonly written: WrittenJournal;

  constructor(written = new WrittenJournal()) {
    this.written = written;
  }

  async make(to?: number, changedUnits?: number): Promise<MadeBase> {
    const { written, store } = this;
    const journal = await written.open();
    const log = (line: string): void => void this.log.push(line);
    const parts = { domain, partition: 0, journal, clock: written.clock, bases: store, changedUnits, log };
    return makeBase(parts, to);
  }

  base(position: number): Promise<Base> {
    return this.store.open(0, position);
  }

  async units(position: number): Promise<BaseUnit[]> {
    const units: BaseUnit[] = [];
    for await (const batch of (await this.base(position)).all()) units.push(...batch);
    return units;
  }
}

/** Frames of turns about a few counters, some of which read and change nothing. */
const events = fc.record({ counter: fc.integer({ min: 0, max: 30 }), by: fc.integer({ min: -9, max: 9 }) });
const turns = fc.array(events, { minLength: 1, maxLength: 3 });
const frames = fc.array(fc.oneof(fc.array(turns, { maxLength: 6 }), fc.constant('epoch' as const)), {
  maxLength: 30,
});

function write(written: WrittenJournal, all: typeof frames extends fc.Arbitrary<infer T> ? T : never): void {
  for (const frame of all) {
    if (frame === 'epoch') written.epoch();
    else
      written.turns(
        ...frame.map((turn) => turnOf(...turn.map(({ counter, by }) => added(`c${String(counter)}`, by)))),
      );
  }
}

describe('the maker of bases', () => {
  it('whatever happened, a base and the frames after it lead where the genesis frame leads (D5)', async () => {
    const steps = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(frames, steps, fc.integer({ min: 1, max: 12 }), async (all, to, changedUnits) => {
        const maker = new Maker();
        write(maker.written, all);
        maker.written.epoch();
        for (const wanted of [...to, maker.written.last]) {
          const target = Math.min(wanted, maker.written.last);
          const { position } = await maker.make(target, changedUnits);
          expect(position).to.be.at.least(target);
          const base = await maker.base(position);
          expect(base.digest).to.equal(maker.written.digestAt(domain, position));
        }
        expect((await maker.store.list(0)).length).to.be.at.most(2);
      }),
      { numRuns: 60 },
    );
  });

  it('stands at the frame before the last, and says what is there', async () => {
    const maker = new Maker();
    const { written } = maker;
    written.epoch(4);
    written.turns(turnOf(added('a', 5)), turnOf({ type: 'opened', counter: 'b', to: 'a', by: 1, id: '1' }));
    written.turns(turnOf(added('a', 2)));
    written.turns(turnOf(added('z', 1)));
    expect(await maker.make()).to.deep.equal({ position: 4, frames: 4, events: 3 });
    const { bytes, storedAt } = written.stream.frame(4)!;
    const head: BaseHead | undefined = await maker.store.newest(0);
    expect(head).to.deep.include({ position: 4, time: storedAt, generation: 4 });
    expect(head?.hash).to.deep.equal(hashOf(bytes));
    expect(head?.genesis).to.deep.equal(hashOf(written.stream.frame(1)!.bytes));
    const found = await maker.units(4);
    expect(found.map(({ key, sequence, unfinished }) => [key, sequence, unfinished])).to.deep.equal([
      ['counter/a', 4, false],
      ['counter/b', 3, true],
    ]);
    expect(domain.decodeState(found[0]!.state!).value).to.equal(7);
    expect(await maker.make(), 'nothing is new').to.deep.equal({ position: 4, frames: 0, events: 0 });
  });

  it('a journal with nothing but its genesis frame has none yet', async () => {
    const maker = new Maker();
    expect((await maker.make()).position).to.equal(0);
    expect(await maker.store.list(0)).to.deep.equal([]);
  });

  it('reads only what came after the base before, and only the units that it names', async () => {
    const maker = new Maker();
    maker.written.epoch();
    maker.written.turns(...Array.from({ length: 50 }, (_, at) => turnOf(added(`c${String(at)}`))));
    await maker.make(3);
    maker.written.turns(turnOf(added('c7')), turnOf(added('new')));
    const reads = maker.disk.reads;
    expect(await maker.make(4)).to.deep.equal({ position: 4, frames: 1, events: 2 });
    expect(maker.disk.reads - reads).to.equal(1);
    expect(await maker.units(4)).to.have.length(51);
  });

  it('keeps the last two', async () => {
    const maker = new Maker();
    for (let round = 0; round < 5; round += 1) {
      maker.written.turns(turnOf(added('a')));
      await maker.make(maker.written.last);
    }
    expect(await maker.store.list(0)).to.deep.equal([6, 5]);
  });

  it('with more changed than it may hold writes one on the way', async () => {
    const maker = new Maker();
    for (let at = 0; at < 4_000; at += 1) maker.written.turns(turnOf(added(`c${String(at)}`)));
    expect((await maker.make(4_001, 1_000)).position).to.equal(4_001);
    const [newest, before] = await maker.store.list(0);
    expect(newest).to.equal(4_001);
    expect(before).to.be.within(2_000, 4_000);
  });

  it('does without one that is damaged: the one before, or the journal, has all that it had', async () => {
    for (const unit of [undefined, 'counter/a', 'counter/b']) {
      const maker = new Maker();
      for (const counter of ['a', 'b']) {
        maker.written.turns(turnOf(added(counter, 3)));
        await maker.make(maker.written.last);
      }
      maker.disk.damage(0, 3, unit);
      maker.written.turns(turnOf(added('a', 4)));
      await maker.make(4);
      expect((await maker.base(4)).digest).to.equal(maker.written.digestAt(domain, 4));
      expect(maker.log.join('\n')).to.include('the base at 3 is left aside');
      expect(await maker.store.list(0)).to.deep.equal([4, 2]);
    }
  });

  it('a state that this version cannot read does not go on from base to base', async () => {
    const maker = new Maker();
    maker.written.turns(turnOf(added('a', 3)));
    await maker.make(2);
    const head = await maker.store.newest(0);
    const unit = { key: 'counter/a', sequence: 2, state: Buffer.from('{'), unfinished: false };
    await maker.store.write(
      0,
      head!,
      (async function* () {
        yield [unit];
      })(),
    );
    maker.written.turns(turnOf(added('b')));
    await maker.make(3);
    expect((await maker.base(3)).digest).to.equal(maker.written.digestAt(domain, 3));
    expect(maker.log.join('\n')).to.match(/left aside: its state of counter\/a cannot be read/);
  });

  it('stops where the journal has lost what a base was made of, and leaves the base as it is (D11)', async () => {
    for (const goesOn of [false, true]) {
      const maker = new Maker();
      maker.written.turns(turnOf(added('a', 3)));
      maker.written.turns(turnOf(added('a', 4)));
      await maker.make(3);
      maker.written.cutAfter(2);
      if (goesOn) for (let at = 0; at < 3; at += 1) maker.written.turns(turnOf(added('b')));
      expect(await thrownBy(() => maker.make())).to.be.instanceOf(FramesGoneError);
      expect(await maker.store.list(0)).to.deep.equal([3]);
    }
  });

  it('goes on where an operator has accepted that, and where the base is of another journal', async () => {
    for (const why of ['accepted', 'another']) {
      const maker = new Maker();
      for (let at = 0; at < 3; at += 1) maker.written.turns(turnOf(added('a', 3)));
      await maker.make(2);
      await maker.make(4);
      const next = new Maker(why === 'another' ? new WrittenJournal('another') : maker.written);
      for (const position of [4, 2]) next.disk.put(0, maker.disk.get(0, position)!);
      if (why === 'accepted') next.written.cutAfter(2);
      next.written.epoch(why === 'accepted' ? 2 : 1);
      for (let at = 0; at < 3; at += 1) next.written.turns(turnOf(added('b')));
      const { position } = await next.make();
      expect((await next.base(position)).digest).to.equal(next.written.digestAt(domain, position));
      expect(next.log.join('\n')).to.include('the base at 4 is left aside: the journal has another frame');
      expect(await next.store.list(0)).to.deep.equal(why === 'accepted' ? [position, 2] : [position]);
    }
  });

  it('makes nothing of a journal that is damaged', async () => {
    const maker = new Maker();
    for (let at = 0; at < 4; at += 1) maker.written.turns(turnOf(added('a', 3)));
    const { stream } = maker.written;
    stream.replace(3, stream.frame(4)!.bytes);
    expect(await thrownBy(() => maker.make())).to.be.instanceOf(JournalDamagedError);
    expect(await maker.store.list(0)).to.deep.equal([]);
  });
});
