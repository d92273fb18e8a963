import { mkdir, readFile, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { FileArchive } from '../../../../actors/adapters/files/archive.js';
import { verifySegment } from '../../../../actors/archiving.js';
import { ArchiveDamagedError, ArchiveUnavailableError } from '../../../../actors/runtime/errors.js';
import { temporaryFolder, type Folder } from '../../../support/folder.js';
import { thrownBy } from '../../../support/thrownBy.js';
import { describeArchive } from '../contract/archive.js';

describeArchive('a folder', async () => {
  const folder = await temporaryFolder();
  const path = join(folder.path, 'archive');
  /** Turns one bit of the file; `place`: given its bytes. */
  const damage = async (
    partition: number,
    segment: number,
    place: (bytes: Buffer) => number,
  ): Promise<void> => {
    const file = join(path, `d.${String(partition)}.${String(segment).padStart(8, '0')}.segment`);
    const bytes = await readFile(file);
    const at = place(bytes);
    bytes[at] = bytes[at]! ^ 0x10;
    await writeFile(file, bytes);
  };
  return {
    open: () => new FileArchive(path, 'd'),
    damageFoot: (partition, segment) => damage(partition, segment, ({ length }) => length - 30),
    damageFrame: (partition, segment, frame) =>
      damage(partition, segment, (bytes) => bytes.indexOf(frame.bytes) + 3),
    takeAway: async () => {
      await rename(path, `${path}.away`);
      // Nothing in it can be asked for: an error that a root user gets, too.
      await writeFile(path, '');
      return async () => {
        await unlink(path);
        await rename(`${path}.away`, path);
      };
    },
    dispose: () => folder.remove(),
  };
});

describe('a file of the archive', () => {
  const bytes = Buffer.from('a frame');
  let folder: Folder;
  let path: string;
  let archive: FileArchive;
  beforeEach(async () => {
    folder = await temporaryFolder();
    path = join(folder.path, 'd.0.00000000.segment');
    archive = new FileArchive(folder.path, 'd');
    const segment = { partition: 0, segment: 0, first: 1, last: 1, previousHash: new Uint8Array(0) };
    await archive.write(segment, async (from, _to, onFrame) => {
      onFrame({ sequence: from, bytes, storedAt: 1 });
      return from + 1;
    });
    await rename(path, `${path}.away`);
  });
  afterEach(() => folder.remove());

  const refusals: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['opened', () => symlink(path, path)],
    ['read', () => mkdir(path)],
  ];
  for (const [what, refuse] of refusals) {
    it(`that cannot be ${what} is named, not called damaged, and read when it can be`, async () => {
      await refuse();
      const frames: string[] = [];
      const read = () => archive.read(0, 1, 1, (frame) => frames.push(Buffer.from(frame.bytes).toString()));
      for (const ask of [read, () => verifySegment(archive, 0, 0)]) {
        const error = await thrownBy(ask);
        expect(error).to.be.instanceOf(ArchiveUnavailableError);
        expect(error.message).to.include(path);
      }
      await rm(path, { recursive: true });
      await rename(`${path}.away`, path);
      await read();
      expect(frames).to.deep.equal(['a frame']);
    });
  }

  it('that is gone although it was listed is damaged: it does not come back by itself', async () => {
    expect(await thrownBy(() => archive.describe(0, 0))).to.be.instanceOf(ArchiveDamagedError);
  });

  it('that cannot be read may have what a damaged one has not', async () => {
    await writeFile(path, 'nothing of it');
    await mkdir(join(folder.path, 'd.0.00000001.segment'));
    expect(await thrownBy(() => archive.read(0, 1, 1, () => undefined))).to.be.instanceOf(
      ArchiveUnavailableError,
    );
  });
});
