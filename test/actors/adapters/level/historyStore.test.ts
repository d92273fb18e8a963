import { expect } from 'chai';
import { open, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openLevelHistory } from '../../../../actors/adapters/level/historyStore.js';
import { HistoryLockedError } from '../../../../actors/adapters/errors.js';
import { HistoryDamagedError } from '../../../../actors/history/errors.js';
import type { HistoryStore } from '../../../../actors/history/ports.js';
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

  describe('damaged while it is open', () => {
    const log: string[] = [];
    const keys = Array.from({ length: 500 }, (_, at) => Buffer.from(`key ${String(at).padStart(4, '0')}`));
    const all = { from: Buffer.from('a'), to: Buffer.from('z'), reverse: false, limit: 1_000 };
    let path: string;
    let store: HistoryStore;

    beforeEach(async () => {
      log.length = 0;
      path = join(folder.path, 'history');
      const first = await openLevelHistory(path, silent);
      await fill(first);
      // A folder that is opened writes what is in its log to a sorted file.
      await first.close();
      store = await openLevelHistory(path, (line) => log.push(line));
    });
    afterEach(() => store.close());

    async function fill(into: HistoryStore): Promise<void> {
      const batch = into.begin();
      for (const each of keys) batch.put(each, Buffer.from(`value of ${each.toString()}`));
      await batch.write();
    }

    async function tables(): Promise<readonly string[]> {
      return (await readdir(path)).filter((name) => name.endsWith('.ldb')).map((name) => join(path, name));
    }

    /** Bit by bit is enough: LevelDB itself sees few of these. */
    async function flip(at: (length: number) => readonly number[]): Promise<void> {
      const names = await tables();
      expect(names).not.to.deep.equal([]);
      for (const name of names) {
        const file = await open(name, 'r+');
        const { size } = await file.stat();
        for (const place of at(size)) {
          const byte = Buffer.alloc(1);
          await file.read(byte, 0, 1, place);
          byte[0] = byte[0]! ^ 0x10;
          await file.write(byte, 0, 1, place);
        }
        await file.close();
      }
    }

    async function renewed(): Promise<void> {
      expect(store.generation).to.equal(1);
      expect(await store.scan(all)).to.deep.equal([]);
      expect(log).to.deep.equal([`history: ${path} is damaged and is made anew`]);
      await fill(store);
      expect(await store.scan(all)).to.have.length(keys.length);
      expect(store.generation).to.equal(1);
    }

    it('says so to who reads, empties itself with a line in the log, and goes on', async () => {
      await flip((length) => Array.from({ length: length / 8 }, (_, at) => at * 8));
      expect(await thrownBy(() => store.scan(all))).to.be.instanceOf(HistoryDamagedError);
      await renewed();
    });

    it('finds a single wrong bit of a value that LevelDB does not', async () => {
      const [name = ''] = await tables();
      const bytes = await readFile(name);
      const place = bytes.indexOf('value of');
      await flip(() => [place]);
      expect(await thrownBy(() => store.get(keys))).to.be.instanceOf(HistoryDamagedError);
      await renewed();
    });

    it('stores nothing of what was begun before', async () => {
      const begun = store.begin();
      begun.put(keys[0]!, keys[0]!);
      await flip((length) => Array.from({ length: length / 8 }, (_, at) => at * 8));
      const failed = await Promise.all([thrownBy(() => store.scan(all)), thrownBy(() => store.get(keys))]);
      for (const error of failed) expect(error).to.be.instanceOf(HistoryDamagedError);
      expect(await thrownBy(() => begun.write())).to.be.instanceOf(HistoryDamagedError);
      await renewed();
    });
  });
});
