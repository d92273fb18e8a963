import { expect } from 'chai';
import { readdir, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openLevelHistory } from '../../../../actors/adapters/level/historyStore.js';
import { HistoryLockedError } from '../../../../actors/adapters/errors.js';
import { temporaryFolder, type Folder } from '../../../support/folder.js';
import { thrownBy } from '../../../support/thrownBy.js';
import { describeHistoryStore } from '../contract/historyStore.js';

const silent = (): void => undefined;

describeHistoryStore('LevelDB', async () => {
  const folder = await temporaryFolder();
  return {
    open: () => openLevelHistory(join(folder.path, 'history'), silent),
    crash: () => cutLog(join(folder.path, 'history')),
    dispose: () => folder.remove(),
  };
});

/** What was written last is in a log file: its end never reached the disk. */
async function cutLog(folder: string): Promise<void> {
  const logs = (await readdir(folder)).filter((name) => name.endsWith('.log'));
  const path = join(folder, logs.sort().at(-1) ?? '');
  const { size } = await stat(path);
  await truncate(path, size - 20);
}

describe('LevelDB as a store of the history: its folder', () => {
  let folder: Folder;
  const key = Buffer.from('key');
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => folder.remove());

  it('is of one process: a second one is told so', async () => {
    const store = await openLevelHistory(folder.path, silent);
    const error = await thrownBy(() => openLevelHistory(folder.path, silent));
    expect(error).to.be.instanceOf(HistoryLockedError);
    expect(error.message).to.include(folder.path);
    await store.close();
  });

  it('is emptied, with a word in the log, when it is damaged', async () => {
    const path = join(folder.path, 'history');
    const store = await openLevelHistory(path, silent);
    const batch = store.begin();
    batch.put(key, key);
    await batch.write();
    await store.close();
    await writeFile(join(path, 'CURRENT'), 'MANIFEST-nonsense');
    const log: string[] = [];
    const again = await openLevelHistory(path, (line) => log.push(line));
    expect(await again.get([key])).to.deep.equal([undefined]);
    expect(log).to.have.length(1);
    await again.close();
  });
});
