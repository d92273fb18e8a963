import { expect } from 'chai';
import { MAX_FRAME_BYTES } from '../../../../actors/bounds.js';
import {
  ArchiveMissingError,
  JournalConfigurationError,
  FencedError,
  JournalHoleError,
  JournalMissingError,
} from '../../../../actors/runtime/errors.js';
import { JournalUnavailableError } from '../../../../actors/adapters/errors.js';
import type { Journal, JournalStore, StoredFrame } from '../../../../actors/runtime/ports.js';
import { thrownBy } from '../../../support/thrownBy.js';
import { until } from '../../../support/until.js';

/** The journals of one fresh deployment, and what can be done to them behind the adapter's back. */
export interface JournalWorld {
  /** Another process's view of the same deployment. */
  connect(): Promise<JournalStore>;
  /** Makes a journal that has `count` frames but not the one of sequence `hole`. */
  createWithHole(partition: number, count: number, hole: number): Promise<void>;
  /** Makes a journal whose frames could be deleted. */
  createDeletable(partition: number): Promise<void>;
  /** Closes a segment as earlier versions did: by its stream's configuration. */
  seal(partition: number, segment: number): Promise<void>;
  /** Position of the last message in a segment's stream, whatever it is. */
  length(partition: number, segment: number): Promise<number>;
  /** A segment's stream is gone with all that it held. */
  lose(partition: number, segment: number): Promise<void>;
  /** The server cannot be reached until the returned function is called. */
  takeAway(): Promise<() => Promise<void>>;
  dispose(): Promise<void>;
}

/** What every Journal and JournalStore guarantees. */
export function describeJournal(name: string, create: () => Promise<JournalWorld>): void {
  describe(`${name} as a journal`, () => {
    let world: JournalWorld;
    let store: JournalStore;

    beforeEach(async () => {
      world = await create();
      store = await world.connect();
    });
    afterEach(() => world.dispose());

    const opened = async (partition = 0): Promise<Journal> => {
      await store.create(partition);
      return store.open(partition);
    };

    describe('streams', () => {
      it('lists nothing before the deployment is created', async () => {
        expect(await store.list()).to.deep.equal([]);
      });

      it('lists the partitions that were created, ascending', async () => {
        for (const partition of [10, 2, 0]) await store.create(partition);
        expect(await store.list()).to.deep.equal([0, 2, 10]);
      });

      it('does nothing when a journal is created again', async () => {
        const journal = await opened();
        await journal.append(bytes('one'), 0);
        await store.create(0);
        expect(await journal.lastSequence()).to.equal(1);
      });

      it('refuses to open what was never created, and creates nothing by it', async () => {
        expect(await thrownBy(() => store.open(3))).to.be.instanceOf(JournalMissingError);
        expect(await store.list()).to.deep.equal([]);
      });

      it('finds its own configuration in order', async () => {
        const journal = await opened();
        await journal.verifyConfiguration();
      });

      it('names what is wrong with a stream that could lose frames', async () => {
        await world.createDeletable(1);
        const journal = await store.open(1);
        const error = await thrownBy(() => journal.verifyConfiguration());
        expect(error).to.be.instanceOf(JournalConfigurationError);
        expect(error.message).to.contain('deny_delete');
      });
    });

    describe('append', () => {
      it('stores a frame under the sequence after the expected one', async () => {
        const journal = await opened();
        expect(await journal.append(bytes('one'), 0)).to.deep.equal(stored(1));
        expect(await journal.append(bytes('two'), 1)).to.deep.equal(stored(2));
        expect(await contents(journal, 1, 2)).to.deep.equal(['one', 'two']);
      });

      it('refuses a frame at any other position, says the true one, and stores nothing', async () => {
        const journal = await opened();
        await journal.append(bytes('one'), 0);
        for (const expected of [0, 2, 7]) {
          const result = await journal.append(bytes('stray'), expected);
          expect(result).to.deep.equal({ kind: 'refused', last: 1 });
        }
        expect(await journal.lastSequence()).to.equal(1);
      });

      it('stores exactly one of many frames that expect the same position', async () => {
        const journal = await opened();
        const rivals = Array.from({ length: 20 }, (_, i) => journal.append(bytes(`rival ${i}`), 0));
        const results = await Promise.all(rivals);
        expect(results.filter(({ kind }) => kind === 'stored')).to.deep.equal([stored(1)]);
        expect(results.filter(({ kind }) => kind === 'refused')).to.have.length(19);
        expect(await journal.lastSequence()).to.equal(1);
      });

      it('lets the same bytes be stored twice: nothing is taken for a duplicate', async () => {
        const journal = await opened();
        expect(await journal.append(bytes('same'), 0)).to.deep.equal(stored(1));
        expect(await journal.append(bytes('same'), 1)).to.deep.equal(stored(2));
      });

      it('tests the length of the stream only: a stranger’s frame satisfies an expectation', async () => {
        const journal = await opened();
        const stranger = await (await world.connect()).open(0);
        await stranger.append(bytes('stranger'), 0);
        expect(await journal.append(bytes('mine'), 1)).to.deep.equal(stored(2));
        expect(await contents(journal, 1, 2)).to.deep.equal(['stranger', 'mine']);
      });

      it('keeps the largest frame byte for byte', async () => {
        const journal = await opened();
        const frame = Uint8Array.from({ length: MAX_FRAME_BYTES }, (_, i) => (i * 31) & 0xff);
        expect(await journal.append(frame, 0)).to.deep.equal(stored(1));
        const found = await journal.get(1);
        expect(Buffer.compare(found!.bytes, frame)).to.equal(0);
      });

      it('stamps every frame with the time at which it was stored', async () => {
        const journal = await opened();
        const begin = Date.now();
        await journal.append(bytes('one'), 0);
        const { storedAt } = (await journal.get(1))!;
        expect(storedAt).to.be.within(begin - 5, Date.now() + 5);
      });
    });

    describe('read', () => {
      it('hands over a range in order, and resolves with the sequence that would come next', async () => {
        const journal = await filled(await opened(), 10);
        expect(await contents(journal, 3, 6)).to.deep.equal(['3', '4', '5', '6']);
        expect(await journal.read(3, 6, () => undefined)).to.equal(7);
      });

      it('reads more frames than fit into one batch without a gap', async () => {
        const journal = await filled(await opened(), 2_100);
        const seen: number[] = [];
        expect(await journal.read(1, 2_100, ({ sequence }) => seen.push(sequence))).to.equal(2_101);
        expect(seen).to.deep.equal(Array.from({ length: 2_100 }, (_, i) => i + 1));
      });

      it('stops at the end of what is there', async () => {
        const journal = await filled(await opened(), 3);
        expect(await contents(journal, 2, 99)).to.deep.equal(['2', '3']);
        expect(await journal.read(2, 99, () => undefined)).to.equal(4);
        expect(await journal.read(4, 99, () => undefined)).to.equal(4);
      });

      it('reads nothing from an empty journal and from an empty range', async () => {
        const journal = await opened();
        expect(await journal.lastSequence()).to.equal(0);
        expect(await journal.read(1, 10, () => expect.fail('there is nothing'))).to.equal(1);
        expect(await journal.read(5, 4, () => expect.fail('there is nothing'))).to.equal(5);
      });

      it('ends with the error of its caller, as it is', async () => {
        const journal = await filled(await opened(), 3);
        const own = new Error('I have seen enough');
        const error = await thrownBy(() =>
          journal.read(1, 3, ({ sequence }) => {
            if (sequence === 2) throw own;
          }),
        );
        expect(error).to.equal(own);
      });

      it('knows a frame that is not there as undefined', async () => {
        const journal = await filled(await opened(), 2);
        expect(await journal.get(3)).to.equal(undefined);
        expect(text((await journal.get(2))!)).to.equal('2');
      });

      it('never passes over a hole: the frames before it, then JournalHoleError', async () => {
        await world.createWithHole(5, 6, 4);
        const journal = await store.open(5);
        const seen: number[] = [];
        const error = await thrownBy(() => journal.read(1, 6, ({ sequence }) => seen.push(sequence)));
        expect(error).to.be.instanceOf(JournalHoleError);
        expect(error.message).to.contain('4');
        expect(seen).to.deep.equal([1, 2, 3]);
        expect(await journal.get(4)).to.equal(undefined);
      });

      it('notices a hole at the very end of the range', async () => {
        await world.createWithHole(5, 6, 4);
        const journal = await store.open(5);
        const error = await thrownBy(() => journal.read(1, 4, () => undefined));
        expect(error).to.be.instanceOf(JournalHoleError);
      });

      it('shows another process what was stored', async () => {
        await filled(await opened(), 4);
        const other = await (await world.connect()).open(0);
        expect(await other.lastSequence()).to.equal(4);
        expect(await contents(other, 1, 4)).to.deep.equal(['1', '2', '3', '4']);
      });
    });

    describe('segments', () => {
      /** Frames 1 … 3 in the first segment, 4 … 5 in the second, as an owner goes on. */
      const twoSegments = async (): Promise<Journal> => {
        const journal = await filled(await opened(), 3);
        await journal.beginSegment(1, 4);
        expect(await journal.append(bytes('4'), 3)).to.deep.equal(stored(4));
        await journal.closeSegment(0);
        expect(await journal.append(bytes('5'), 4)).to.deep.equal(stored(5));
        return journal;
      };

      it('count positions on, and are read as one journal', async () => {
        const journal = await twoSegments();
        expect(await journal.lastSequence()).to.equal(5);
        expect(await contents(journal, 1, 5)).to.deep.equal(['1', '2', '3', '4', '5']);
        expect(await contents(journal, 2, 4)).to.deep.equal(['2', '3', '4']);
        expect(text((await journal.get(3))!)).to.equal('3');
        expect(text((await journal.get(4))!)).to.equal('4');
        expect(await journal.get(6)).to.equal(undefined);
        expect(await journal.read(4, 99, () => undefined)).to.equal(6);
        expect(await journal.newestSegment()).to.include({ segment: 1, first: 4 });
        await journal.verifyConfiguration();
      });

      it('are found by who opened the journal before they were made, and by who opens it after', async () => {
        await store.create(0);
        const before = await (await world.connect()).open(0);
        await twoSegments();
        for (const journal of [before, await store.open(0)]) {
          expect(await contents(journal, 1, 9)).to.deep.equal(['1', '2', '3', '4', '5']);
          expect(await journal.lastSequence()).to.equal(5);
        }
        const late = await (await world.connect()).open(0);
        expect(text((await late.get(5))!)).to.equal('5');
      });

      it('are there before they have a frame, and after a restart of their server', async () => {
        const journal = await filled(await opened(), 3);
        await journal.beginSegment(1, 4);
        await journal.beginSegment(1, 4);
        const bringBack = await world.takeAway();
        await bringBack();
        for (const each of [journal, await (await world.connect()).open(0)]) {
          const last = await until(() => each.lastSequence().catch(() => undefined), { what: 'an answer' });
          expect(last).to.equal(3);
          expect(await each.newestSegment()).to.include({ segment: 0, first: 1 });
          // As whoever has stored a frame says to a server that lags behind.
          expect(await each.newestSegment(3)).to.include({ segment: 0, first: 1 });
          expect(await each.newestSegment(4)).to.include({ segment: 1, first: 4 });
          expect(await each.get(4)).to.equal(undefined);
          expect(await each.read(3, 9, () => undefined)).to.equal(4);
        }
        expect(await journal.append(bytes('stray'), 0)).to.deep.equal({ kind: 'refused', last: 3 });
        expect(await journal.append(bytes('4'), 3)).to.deep.equal(stored(4));
      });

      it('begin where they were said to, or not at all', async () => {
        const journal = await twoSegments();
        expect(await thrownBy(() => journal.beginSegment(1, 3))).to.be.instanceOf(FencedError);
      });

      it('refuse what comes late, also to an owner that knows nothing of the next', async () => {
        await store.create(0);
        const late = await (await world.connect()).open(0);
        await twoSegments();
        expect(await late.append(bytes('late'), 1)).to.have.property('kind', 'refused');
        expect(await late.append(bytes('behind SEALED'), 3)).to.have.property('kind', 'refused');
        expect(await contents(late, 1, 9)).to.deep.equal(['1', '2', '3', '4', '5']);
      });

      it('are closed by a message where the next one begins, which is no frame', async () => {
        await store.create(0);
        const late = await (await world.connect()).open(0);
        const journal = await twoSegments();
        expect(await world.length(0, 0)).to.equal(4);
        expect(await world.length(0, 1)).to.equal(5);
        for (const each of [journal, late, await store.open(0)]) {
          expect(text((await each.get(4))!)).to.equal('4');
          expect(await contents(each, 4, 4)).to.deep.equal(['4']);
          expect(await contents(each, 3, 9)).to.deep.equal(['3', '4', '5']);
        }
        const [closed] = await journal.closedSegments();
        expect(closed).to.include({ segment: 0, first: 1, last: 3 });
      });

      it('are closed by every owner that finds it not acknowledged, also by two at once', async () => {
        const journal = await filled(await opened(), 3);
        const rival = await (await world.connect()).open(0);
        await journal.beginSegment(1, 4);
        await journal.append(bytes('4'), 3);
        await Promise.all([journal.closeSegment(0), rival.closeSegment(0)]);
        expect(await world.length(0, 0)).to.equal(5);
        await rival.closeSegment(0);
        for (const each of [journal, rival, await store.open(0)]) {
          expect(await contents(each, 1, 9)).to.deep.equal(['1', '2', '3', '4']);
          expect((await each.closedSegments()).map(({ last }) => last)).to.deep.equal([3]);
          expect(await each.lastSequence()).to.equal(4);
        }
        await rival.removeSegment(0);
        await journal.closeSegment(0);
        expect(await journal.closedSegments()).to.deep.equal([]);
      });

      it('are not gone on with behind that message, whatever comes there', async () => {
        await store.create(0);
        const lost = await (await world.connect()).open(0);
        const journal = await twoSegments();
        // Its server compares lengths: only an owner whose frames a power cut has taken can expect this one.
        expect(await lost.append(bytes('nobody’s'), 4)).to.deep.equal(stored(5));
        for (const each of [journal, lost, await store.open(0)]) {
          expect(await contents(each, 1, 9)).to.deep.equal(['1', '2', '3', '4', '5']);
          expect(await each.lastSequence()).to.equal(5);
        }
      });

      it('that an earlier version has closed are closed', async () => {
        await store.create(0);
        const late = await (await world.connect()).open(0);
        const journal = await filled(await store.open(0), 3);
        await journal.beginSegment(1, 4);
        await journal.append(bytes('4'), 3);
        await world.seal(0, 0);
        await journal.closeSegment(0);
        expect(await world.length(0, 0)).to.equal(3);
        await journal.beginSegment(2, 5);
        await journal.append(bytes('5'), 4);
        await journal.closeSegment(1);
        expect(await late.append(bytes('late'), 3)).to.deep.equal({ kind: 'refused', last: 3 });
        for (const each of [journal, late, await store.open(0)]) {
          expect(await contents(each, 1, 9)).to.deep.equal(['1', '2', '3', '4', '5']);
          expect((await each.closedSegments()).map(({ last }) => last)).to.deep.equal([3, 4]);
        }
        await world.lose(0, 1);
        await world.lose(0, 2);
        const error = await thrownBy(() => store.open(0));
        expect(error).to.be.instanceOf(JournalMissingError);
        expect(error.message).to.match(/segment 0 .*segment 1 held frames.*GONE/);
      });

      it('are not made anew: a closed one says that its successor held frames', async () => {
        const journal = await twoSegments();
        await world.lose(0, 1);
        const gone = /segment 0 .*segment 1 held frames.*GONE/;
        const questions = [
          () => journal.lastSequence(),
          () => journal.beginSegment(1, 4),
          () => store.open(0),
        ];
        for (const question of questions) {
          const error = await thrownBy(question);
          expect(error).to.be.instanceOf(JournalMissingError);
          expect(error.message).to.match(gone);
        }
      });

      it('are not made anew by who appends: it is told when none is left', async () => {
        const journal = await opened();
        await journal.append(bytes('1'), 0);
        await world.lose(0, 0);
        let told: unknown;
        const isLost = async (): Promise<boolean> => {
          told = await journal.append(bytes('2'), 1);
          return (told as { lost?: boolean }).lost === true;
        };
        await until(isLost, { what: 'that no stream is left' });
        expect(told).to.deep.include({ kind: 'unknown', lost: true });
        expect((told as { reason: string }).reason).to.match(/partition 0 .*GONE\. Restore the stream/);
        expect(await store.list()).to.deep.equal([]);
      });

      it('are deleted when they are closed, and only then', async () => {
        const journal = await twoSegments();
        const other = await (await world.connect()).open(0);
        await journal.removeSegment(1);
        expect(
          (await journal.closedSegments()).map(({ segment, first, last }) => [segment, first, last]),
        ).to.deep.equal([[0, 1, 3]]);
        await journal.removeSegment(0);
        await journal.removeSegment(0);
        expect(await store.list()).to.deep.equal([0]);
        await store.create(0);
        for (const each of [journal, other, await store.open(0)]) {
          expect(await contents(each, 4, 9)).to.deep.equal(['4', '5']);
          expect(await each.lastSequence()).to.equal(5);
          expect(await each.closedSegments()).to.deep.equal([]);
          const error = await thrownBy(() => contents(each, 2, 5));
          expect(error).to.be.instanceOf(ArchiveMissingError);
          expect(error.message).to.match(/frames 2 … 3 of partition 0 .*--archive/);
          expect(await thrownBy(() => each.get(1))).to.be.instanceOf(ArchiveMissingError);
        }
        expect(await other.append(bytes('late'), 1)).to.deep.equal({ kind: 'refused', last: 3 });
      });
    });

    it('says "unknown" while nobody answers, fails reads with a named error, and works again after', async () => {
      const journal = await filled(await opened(), 2);
      const bringBack = await world.takeAway();
      expect(await journal.append(bytes('lost?'), 2)).to.have.property('kind', 'unknown');
      expect(await thrownBy(() => journal.get(1))).to.be.instanceOf(JournalUnavailableError);
      await bringBack();
      const last = await until(() => journal.lastSequence().catch(() => undefined), {
        what: 'the journal answers again',
      });
      expect(await journal.append(bytes('after'), last)).to.deep.equal(stored(last + 1));
    });
  });
}

async function filled(journal: Journal, count: number): Promise<Journal> {
  for (let i = 0; i < count; i += 1) {
    // On a busy machine an fsync may take longer than an append waits: sent again, it is stored or refused.
    let { kind } = await journal.append(bytes(String(i + 1)), i);
    while (kind === 'unknown') ({ kind } = await journal.append(bytes(String(i + 1)), i));
  }
  return journal;
}

async function contents(journal: Journal, from: number, to: number): Promise<string[]> {
  const seen: string[] = [];
  await journal.read(from, to, (frame) => seen.push(text(frame)));
  return seen;
}

function stored(sequence: number) {
  return { kind: 'stored', sequence, duplicate: false };
}

function bytes(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

function text({ bytes }: StoredFrame): string {
  return new TextDecoder().decode(bytes);
}
