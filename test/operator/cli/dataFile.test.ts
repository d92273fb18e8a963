import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { readDataFile, UnreadableFile } from '../../../operator/cli/system/dataFile.js';
import { temporaryFolder, type Folder } from '../../support/folder.js';
import { thrownBy } from '../../support/thrownBy.js';
import { emoney } from './emoney.js';

describe('a file of a data folder that cannot be read', () => {
  let folder: Folder;
  /** Leads to itself: it is there, and not even root can read it. */
  const unreadable = async (name: string): Promise<string> => {
    const path = join(folder.path, name);
    await symlink(name, path);
    return path;
  };
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => folder.remove());

  it('is an error that names it; one that is not there is none', async () => {
    expect(await readDataFile(join(folder.path, 'absent'))).to.equal(undefined);
    const path = await unreadable('loop');
    const error = await thrownBy(() => readDataFile(path));
    expect(error).to.be.instanceOf(UnreadableFile);
    expect(error.message).to.match(new RegExp(`^${path} cannot be read: ELOOP`));
  });

  it('says in words that it may not be read, and what to do', () => {
    const denied = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
    expect(new UnreadableFile('/data/system.json', denied).message).to.equal(
      '/data/system.json may not be read (permission denied): use the account that began the folder, or name another one',
    );
  });

  for (const name of ['system.json', 'deployment.json']) {
    it(`a folder whose ${name} cannot be read is not called empty`, async () => {
      const path = await unreadable(name);
      const { code, stdout, stderr } = await emoney(['audit', '--data', folder.path]);
      expect([code, stdout]).to.deep.equal([1, '']);
      expect(stderr).to.match(new RegExp(`^emoney: ${path} cannot be read: ELOOP`));
    });
  }

  it('does not keep anybody from a gateway elsewhere', async () => {
    await unreadable('system.json');
    const elsewhere = ['--gateway', 'http://127.0.0.1:1', '--secret', 's'];
    const { stderr } = await emoney(['audit', '--data', folder.path, ...elsewhere]);
    expect(stderr).to.match(/^emoney: no gateway answers at/);
  });
});
