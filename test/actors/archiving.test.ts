import { expect } from 'chai';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FileArchive } from '../../actors/adapters/files/archive.js';
import { MemoryJournalStore } from '../../actors/adapters/memory/journal.js';
import { MemoryJournalServer } from '../../actors/adapters/memory/journalServer.js';
import { systemClock } from '../../actors/adapters/system/clock.js';
import { Archiving, verifySegment, type ArchivingParts } from '../../actors/archiving.js';
import {
  ArchiveDamagedError,
  ArchiveMissingError,
  DeploymentMismatchError,
} from '../../actors/runtime/errors.js';
import { encodeFrame, hashOf, type FrameBody } from '../../actors/runtime/frame.js';
import type { BaseHead, Journal } from '../../actors/runtime/ports.js';
import { type Folder, temporaryFolder } from '../support/folder.js';
import { thrownBy } from '../support/thrownBy.js';

const PER_SEGMENT = 10;
const DAY_MS = 86_400_000;
const SEGMENTS = 3;
const turns = (size: number): FrameBody => ({
  kind: 'turns',
  turns: [{ units: ['u'], events: [new Uint8Array(size).fill(size % 251)] }],
});

/** Closed segments of ten frames, and one frame in the open one. */
function serverOf(genesis: string, segments = SEGMENTS): MemoryJournalServer {
  const server = new MemoryJournalServer();
  let hash: Uint8Array = new Uint8Array(0);
  const store = (sequence: number, body: FrameBody): void => {
    const bytes = encodeFrame({ sequence, previousHash: hash, epoch: 0, time: 1_000 + sequence, body });
    hash = hashOf(bytes);
    server.stream(0)!.append(bytes, sequence - 1, 5_000 + sequence);
  };
  const rules = new Uint8Array(0);
  const said = { deployment: genesis, partition: 0, partitions: 1, hashFunction: 'fnv1a32', rules };
  server.create(0);
  store(1, { kind: 'genesis', ...said });
  for (let sequence = 2; sequence <= segments * PER_SEGMENT + 1; sequence += 1) {
    if (sequence % PER_SEGMENT === 1) {
      const open = server.stream(0)!;
      server.create(0, { segment: (sequence - 1) / PER_SEGMENT, first: sequence });
      // As an earlier version closed a segment, and as this one does.
      if (sequence === PER_SEGMENT + 1) open.seal();
      else open.append(new Uint8Array(0), sequence - 1, 5_000 + sequence);
    }
    // Some larger than a block.
    store(sequence, turns(sequence % 4 === 0 ? 300_000 : sequence));
  }
  return server;
}

describe('archiving', () => {
  let folder: Folder;
  let server: MemoryJournalServer;
  let base: BaseHead | undefined;
  let log: string[];

  beforeEach(async () => {
    folder = await temporaryFolder();
    server = serverOf('d');
    base = undefined;
    log = [];
  });
  afterEach(() => folder.remove());

  const archiveOf = (): FileArchive => new FileArchive(join(folder.path, 'archive'), 'd');
  const archiving = (parts: Partial<ArchivingParts> = {}): Archiving => {
    const archive = archiveOf();
    return new Archiving({
      journals: new MemoryJournalStore(server, systemClock, undefined, undefined, archive),
      ...{ archive, bases: { newest: async () => base }, keepSegments: 0, clock: systemClock },
      makeBase: async () => ({ position: 0, frames: 0, events: 0 }),
      log: (line) => log.push(line),
      ...parts,
    });
  };
  const baseAt = (position: number, hash?: Uint8Array): BaseHead => {
    const [frame] = server.following(0, position, 1);
    const zero = new Uint8Array(0);
    return { position, hash: hash ?? hashOf(frame!.bytes), time: Date.now(), generation: 1, genesis: zero };
  };
  const open = async (): Promise<Journal> =>
    new MemoryJournalStore(server, systemClock, undefined, undefined, archiveOf()).open(0);
  const read = async (from: number, to: number): Promise<string[]> => {
    const seen: string[] = [];
    await (
      await open()
    ).read(from, to, ({ sequence, bytes, storedAt }) => {
      seen.push(`${sequence} ${storedAt} ${Buffer.from(hashOf(bytes)).toString('hex')}`);
    });
    return seen;
  };
  const fileOf = (segment: number): string => join(folder.path, 'archive', `d.0.0000000${segment}.segment`);

  it('keeps every stream as long as there is no base behind its segment', async () => {
    expect(await archiving().look(0)).to.deep.equal({ archived: [0, 1, 2], deleted: [] });
    base = baseAt(PER_SEGMENT - 1);
    expect(await archiving().look(0)).to.deep.equal({ archived: [], deleted: [] });
    base = baseAt(2 * PER_SEGMENT, new Uint8Array(32));
    expect(await archiving().look(0), 'a base of another journal').to.deep.equal({
      archived: [],
      deleted: [],
    });
  });

  it('deletes what is archived and behind a base; frames and stamps are read as before', async () => {
    const before = await read(1, 31);
    expect(before).to.have.lengthOf(31);
    base = baseAt(2 * PER_SEGMENT + 3);
    expect(await archiving().look(0)).to.deep.equal({ archived: [0, 1, 2], deleted: [0, 1] });
    expect(server.segments(0)).to.deep.equal([2, 3]);
    expect(await read(1, 31)).to.deep.equal(before);
    expect(await read(8, 12)).to.deep.equal(before.slice(7, 12));
    const journal = await open();
    for (const position of [1, 10, 11, 19, 25]) {
      const { bytes } = (await journal.get(position))!;
      expect(before[position - 1]).to.include(Buffer.from(hashOf(bytes)).toString('hex'));
    }
    expect(await journal.lastSequence()).to.equal(31);
  });

  it('keeps so many segments as it is told to', async () => {
    base = baseAt(31);
    expect(await archiving({ keepSegments: 2 }).look(0)).to.deep.include({ deleted: [0] });
    expect(server.segments(0)).to.deep.equal([1, 2, 3]);
  });

  it('asks for a base where segments wait for one', async () => {
    const makeBase = async () => {
      base = baseAt(30);
      return { position: 30, frames: 30, events: 30 };
    };
    expect(await archiving({ makeBase }).look(0)).to.deep.include({ deleted: [0, 1, 2] });
  });

  // What bounds a rebuild: with few payments a segment stays open for weeks.
  it('asks for a base once a day, also where no segment is closed', async () => {
    server = serverOf('d', 0);
    const began = 1_700_000_000_000;
    let now = began;
    const made: number[] = [];
    const makeBase = async () => {
      made.push(now - began);
      base = { ...baseAt(1), time: now };
      return { position: 1, frames: 1, events: 0 };
    };
    const each = archiving({ makeBase, clock: { ...systemClock, now: () => now } });
    for (const at of [0, 1, DAY_MS - 1, DAY_MS, DAY_MS + 1, 2 * DAY_MS]) {
      now = began + at;
      expect(await each.look(0)).to.deep.equal({ archived: [], deleted: [] });
    }
    expect(made).to.deep.equal([0, DAY_MS, 2 * DAY_MS]);
  });

  it('two at once do no harm', async () => {
    base = baseAt(31);
    const before = await read(1, 31);
    const results = await Promise.allSettled([archiving().look(0), archiving().look(0), archiving().look(0)]);
    expect(results.some(({ status }) => status === 'fulfilled')).to.equal(true);
    await archiving().look(0);
    expect(server.segments(0)).to.deep.equal([3]);
    expect(await read(1, 31)).to.deep.equal(before);
    expect(await readdir(join(folder.path, 'archive'))).to.have.lengthOf(3);
  });

  it('a damaged file is found before its stream is deleted, and written again', async () => {
    const first = archiving();
    await first.look(0);
    const bytes = await readFile(fileOf(1));
    const whole = Buffer.from(bytes);
    for (const place of [3, 40, Math.floor(bytes.length / 2), bytes.length - 30, bytes.length - 2]) {
      const damaged = Buffer.from(whole);
      damaged[place] = damaged[place]! ^ 0x10;
      await writeFile(fileOf(1), damaged);
      expect(await thrownBy(() => verifySegment(archiveOf(), 0, 1)), `byte ${place}`).to.be.instanceOf(
        ArchiveDamagedError,
      );
    }
    await writeFile(fileOf(1), whole.subarray(0, whole.length - 100));
    base = baseAt(31);
    expect(await thrownBy(() => first.look(0))).to.be.instanceOf(ArchiveDamagedError);
    expect(server.segments(0)).to.include(1);
    expect(await first.look(0)).to.deep.equal({ archived: [1], deleted: [1, 2] });
    expect(log.join('\n')).to.match(/d\.0\.00000001\.segment is damaged.*written again from its stream/);
    await verifySegment(archiveOf(), 0, 1);
  });

  it('never writes over the archive of another journal', async () => {
    await archiving().look(0);
    server = serverOf('another');
    expect(await thrownBy(() => archiving().look(0))).to.be.instanceOf(DeploymentMismatchError);
  });

  it('a file that is missing or damaged is named by who needs it; the others are read', async () => {
    base = baseAt(31);
    await archiving().look(0);
    await writeFile(fileOf(1), 'nothing of it');
    const damaged = await thrownBy(() => read(1, 31));
    expect(damaged).to.be.instanceOf(ArchiveDamagedError);
    expect(damaged.message).to.match(/d\.0\.00000001\.segment is damaged: .*Restore it/);
    expect(await read(25, 31)).to.have.lengthOf(7);
    const elsewhere = new FileArchive(join(folder.path, 'elsewhere'), 'd');
    const store = new MemoryJournalStore(server, systemClock, undefined, undefined, elsewhere);
    const journal = await store.open(0);
    const missing = await thrownBy(() => journal.get(7));
    expect(missing).to.be.instanceOf(ArchiveMissingError);
    expect(missing.message).to.match(/frames 7 … 7 of partition 0 .*elsewhere/);
  });
});
