import { mkdir, readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { removeAbandoned, TEMPORARY_HISTORY } from '../../../../actors/adapters/level/abandoned.js';
import { openLevelHistory } from '../../../../actors/adapters/level/historyStore.js';
import { temporaryFolder, type Folder } from '../../../support/folder.js';

const silent = (): void => undefined;
const LONG_AGO = new Date(0);

describe('temporary histories that were left behind', () => {
  let folder: Folder;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => folder.remove());

  it('are removed: not one in use, not a young one, and nothing else', async () => {
    const [used, killed, young, other] = [
      ...[`${TEMPORARY_HISTORY}used`, `${TEMPORARY_HISTORY}killed`, `${TEMPORARY_HISTORY}young`, 'other'],
    ].map((name) => join(folder.path, name)) as [string, string, string, string];
    const inUse = await openLevelHistory(used, silent);
    await (await openLevelHistory(killed, silent)).close();
    await Promise.all([young, other].map((path) => mkdir(path)));
    await Promise.all([used, killed, other].map((path) => utimes(path, LONG_AGO, LONG_AGO)));
    const log: string[] = [];
    await removeAbandoned(folder.path, (line) => log.push(line));
    expect((await readdir(folder.path)).sort()).to.deep.equal(
      ['other', `${TEMPORARY_HISTORY}used`, `${TEMPORARY_HISTORY}young`].sort(),
    );
    expect(log).to.have.length(1);
    expect(log[0]).to.include(killed);
    const batch = inUse.begin();
    batch.put(Buffer.from('a'), Buffer.from('b'));
    await batch.write();
    await inUse.close();
  });

  it('are none where there is no such folder', async () => {
    await removeAbandoned(join(folder.path, 'nowhere'), silent);
  });
});
