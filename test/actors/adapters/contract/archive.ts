import { expect } from 'chai';
import fc from 'fast-check';
import { ARCHIVE_CHUNK_FRAMES } from '../../../../actors/bounds.js';
import {
  ArchiveDamagedError,
  ArchiveMissingError,
  ArchiveUnavailableError,
  JournalHoleError,
} from '../../../../actors/runtime/errors.js';
import { hashOf } from '../../../../actors/runtime/frame.js';
import type { Archive, Journal, NewArchivedSegment, StoredFrame } from '../../../../actors/runtime/ports.js';
import { thrownBy } from '../../../support/thrownBy.js';

export interface ArchiveWorld {
  /** As one process has it, and as another that begins now. */
  open(): Archive;
  /** A bit of the foot of this segment is not what was written any more. */
  damageFoot(partition: number, segment: number): Promise<void>;
  /** A bit of this frame's bytes. */
  damageFrame(partition: number, segment: number, frame: StoredFrame): Promise<void>;
  /** Its mount fails, and is back when the returned function is called. */
  takeAway(): Promise<() => Promise<void>>;
  dispose(): Promise<void>;
}

const PARTITION = 2;
const zero = new Uint8Array(0);

const frameAt = (sequence: number): StoredFrame => ({
  sequence,
  bytes: Buffer.from(`frame ${String(sequence)} `.repeat(1 + (sequence % 5))),
  storedAt: 5_000 + sequence,
});

/** What a journal reads of frames 1 … `last`. */
const journalUpTo =
  (last: number): Journal['read'] =>
  async (from, to, onFrame) => {
    let next = from;
    for (; next <= Math.min(to, last); next += 1) onFrame(frameAt(next));
    return next;
  };

const segmentOf = (segment: number, first: number, last: number): NewArchivedSegment => ({
  ...{ partition: PARTITION, segment, first, last },
  previousHash: first === 1 ? zero : hashOf(frameAt(first - 1).bytes),
});

const plain = ({ sequence, bytes, storedAt }: StoredFrame): string =>
  `${String(sequence)} ${String(storedAt)} ${Buffer.from(bytes).toString('latin1')}`;

/** What every Archive guarantees. */
export function describeArchive(name: string, create: () => Promise<ArchiveWorld>): void {
  describe(`${name} as an archive`, () => {
    let world: ArchiveWorld;
    beforeEach(async () => {
      world = await create();
    });
    afterEach(() => world.dispose());

    /** Segments 0, 1 and 2, of ten frames each. */
    const writeThree = async (): Promise<void> => {
      const archive = world.open();
      for (const segment of [0, 1, 2]) {
        await archive.write(segmentOf(segment, segment * 10 + 1, segment * 10 + 10), journalUpTo(30));
      }
    };
    const read = async (from: number, to: number, archive = world.open()): Promise<string[]> => {
      const seen: string[] = [];
      expect(await archive.read(PARTITION, from, to, (frame) => seen.push(plain(frame)))).to.equal(to + 1);
      return seen;
    };
    const framesFrom = (from: number, to: number): string[] =>
      Array.from({ length: to - from + 1 }, (_, at) => plain(frameAt(from + at)));

    it('has nothing to begin with, and says which frames are missing', async () => {
      expect(await world.open().list(PARTITION)).to.deep.equal([]);
      const missing = await thrownBy(() => read(7, 9));
      expect(missing).to.be.instanceOf(ArchiveMissingError);
      expect(missing.message).to.match(/frames 7 … 9 of partition 2/);
      const whole = await thrownBy(() => world.open().readWhole(PARTITION, 0, () => undefined));
      expect(whole).to.be.instanceOf(ArchiveMissingError);
    });

    it('every range of what was written is read as it was, stamps too, whatever segments it is in', async () => {
      await writeThree();
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 30 }),
          fc.integer({ min: 0, max: 29 }),
          async (from, more) => {
            const to = Math.min(30, from + more);
            expect(await read(from, to)).to.deep.equal(framesFrom(from, to));
          },
        ),
        { numRuns: 30 },
      );
      expect(await thrownBy(() => read(29, 31))).to.be.instanceOf(ArchiveMissingError);
    });

    it('lists segments by their number, with what is known of each', async () => {
      const archive = world.open();
      await archive.write(segmentOf(1, 11, 20), journalUpTo(30));
      await archive.write(segmentOf(0, 1, 10), journalUpTo(30));
      const listed = await world.open().list(PARTITION);
      expect(listed.map(({ segment, first, last }) => [segment, first, last])).to.deep.equal([
        [0, 1, 10],
        [1, 11, 20],
      ]);
      for (const { first, last, previousHash, lastHash, bytes } of listed) {
        const before = first === 1 ? zero : hashOf(frameAt(first - 1).bytes);
        expect(Buffer.from(previousHash)).to.deep.equal(Buffer.from(before));
        expect(Buffer.from(lastHash)).to.deep.equal(Buffer.from(hashOf(frameAt(last).bytes)));
        expect(bytes).to.be.greaterThan(0);
      }
      expect(await archive.list(PARTITION + 1)).to.deep.equal([]);
    });

    it('a segment is read whole, and described as the list does', async () => {
      await writeThree();
      const seen: string[] = [];
      const described = await world.open().readWhole(PARTITION, 1, (frame) => seen.push(plain(frame)));
      expect(seen).to.deep.equal(framesFrom(11, 20));
      expect(described).to.deep.equal((await world.open().list(PARTITION))[1]);
    });

    it('more frames than are read at once', async () => {
      const last = 2 * ARCHIVE_CHUNK_FRAMES + 3;
      await world.open().write(segmentOf(0, 1, last), journalUpTo(last));
      expect(await read(1, last)).to.deep.equal(framesFrom(1, last));
    });

    it('keeps all frames of a segment or none: one that cannot be read leaves what was there', async () => {
      const archive = world.open();
      const failed = await thrownBy(() => archive.write(segmentOf(0, 1, 10), journalUpTo(6)));
      expect(failed).to.be.instanceOf(JournalHoleError);
      expect(await archive.list(PARTITION)).to.deep.equal([]);
      await writeThree();
      const away = new Error('the journal is away');
      const thrown = await thrownBy(() => archive.write(segmentOf(1, 11, 20), () => Promise.reject(away)));
      expect(thrown).to.equal(away);
      expect(await read(1, 30)).to.deep.equal(framesFrom(1, 30));
    });

    it('a damaged frame is never handed over; the other segments are read', async () => {
      await writeThree();
      await world.damageFrame(PARTITION, 1, frameAt(14));
      expect(await thrownBy(() => read(11, 20))).to.be.instanceOf(ArchiveDamagedError);
      const whole = await thrownBy(() => world.open().readWhole(PARTITION, 1, () => undefined));
      expect(whole).to.be.instanceOf(ArchiveDamagedError);
      expect(await read(1, 10)).to.deep.equal(framesFrom(1, 10));
      expect(await read(21, 30)).to.deep.equal(framesFrom(21, 30));
    });

    it('what cannot be read now is not damaged, and is read later', async () => {
      await writeThree();
      const archive = world.open();
      await read(1, 20, archive);
      const giveBack = await world.takeAway();
      const asks = [
        ...[() => read(11, 20, archive), () => read(11, 20), () => archive.list(PARTITION + 1)],
        () => archive.readWhole(PARTITION, 1, () => undefined),
      ];
      for (const ask of asks) expect(await thrownBy(ask)).to.be.instanceOf(ArchiveUnavailableError);
      await giveBack();
      expect(await read(1, 30, archive)).to.deep.equal(framesFrom(1, 30));
    });

    it('a foot that cannot be read is an error only for what may be in that segment', async () => {
      await writeThree();
      await world.damageFoot(PARTITION, 1);
      expect(await thrownBy(() => read(11, 20))).to.be.instanceOf(ArchiveDamagedError);
      expect(await thrownBy(() => world.open().list(PARTITION))).to.be.instanceOf(ArchiveDamagedError);
      expect(await read(1, 10)).to.deep.equal(framesFrom(1, 10));
      expect(await read(21, 30)).to.deep.equal(framesFrom(21, 30));
    });

    it('what is written again replaces what was damaged, also for whoever has looked at it before', async () => {
      await writeThree();
      const archive = world.open();
      await read(11, 20, archive);
      await world.damageFrame(PARTITION, 1, frameAt(14));
      await archive.write(segmentOf(1, 11, 20), journalUpTo(30));
      expect(await read(1, 30, archive)).to.deep.equal(framesFrom(1, 30));
      await world.damageFoot(PARTITION, 1);
      await archive.write(segmentOf(1, 11, 20), journalUpTo(30));
      expect(await read(1, 30)).to.deep.equal(framesFrom(1, 30));
    });
  });
}
