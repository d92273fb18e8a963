import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { JournalDisk, NoDiskError } from '../../../../operator/cli/chaos/journalDisk.js';
import { temporaryFolder, type Folder } from '../../../support/folder.js';
import { thrownBy } from '../../../support/thrownBy.js';

const MEGABYTES = new Uint8Array(4 * 1024 * 1024);

describe('a disk that can be filled', () => {
  let folder: Folder;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => folder.remove());

  it('takes nothing while it is full, and takes it again when it is freed', async function () {
    const disk = await JournalDisk.mount(folder.path).catch((error: unknown) => {
      if (!(error instanceof NoDiskError)) throw error;
      return undefined;
    });
    // Not on every machine: the command says so, too.
    if (disk === undefined) this.skip();
    try {
      const file = join(disk.dir, 'journal');
      await writeFile(file, MEGABYTES);
      await rm(file);
      await disk.fill();
      expect(await thrownBy(() => writeFile(file, MEGABYTES))).to.have.property('code', 'ENOSPC');
      await disk.free();
      await writeFile(file, MEGABYTES);
    } finally {
      await disk.unmount();
      await disk.unmount();
    }
    expect(await readdir(disk.dir)).to.deep.equal([]);
    expect(await readdir(folder.path)).to.have.members(['disk', 'disk.img']);
  });

  it('says in one line why there is none, and leaves nothing behind', async () => {
    await rm(folder.path, { recursive: true });
    const error = await thrownBy(() => JournalDisk.mount(folder.path));
    expect(error).to.be.instanceOf(NoDiskError);
    expect(error.message)
      .to.match(/^a disk that can be filled needs .*: ENOENT/)
      .and.not.include('\n');
  });
});
