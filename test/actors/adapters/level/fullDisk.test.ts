import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { HistoryLockedError } from '../../../../actors/adapters/errors.js';
import { type LevelHistory, openLevelHistory } from '../../../../actors/adapters/level/historyStore.js';
import { HistoryBehindError, HistoryDamagedError } from '../../../../actors/history/errors.js';
import { temporaryFolder, type Folder } from '../../../support/folder.js';
import { thrownBy } from '../../../support/thrownBy.js';
import { until } from '../../../support/until.js';
import { entry, HistoryWorld, PARTITION } from '../../history/world.js';

const BATCH_BYTES = 4 * 1024 * 1024;
/** More than LevelDB collects before it writes a sorted file, twice. */
const MANY_BATCHES = 30;
const all = { from: Buffer.from('a'), to: Buffer.from('z'), reverse: false, limit: 1_000 };

describe('a history in LevelDB on a full disk', () => {
  let folder: Folder;
  let path: string;
  /** Nobody reads any more. */
  let over = false;
  const log: string[] = [];
  const keep = (line: string): void => void log.push(line);
  beforeEach(async () => {
    folder = await temporaryFolder();
    path = join(folder.path, 'history');
    log.length = 0;
    over = false;
  });
  afterEach(async () => {
    over = true;
    await folder.remove();
  });

  /** LevelDB can make no sorted file, as on a full disk: where the next ones would be there are folders. */
  async function fill(): Promise<() => Promise<void>> {
    const present = new Set(await readdir(path));
    const names = Array.from({ length: 100 }, (_, at) => `${String(at + 1).padStart(6, '0')}.ldb`);
    const made = names.filter((name) => !present.has(name)).map((name) => join(path, name));
    await Promise.all(made.map((each) => mkdir(each)));
    return async () => {
      await Promise.all(made.map((each) => rmdir(each)));
    };
  }

  /** What a worker has left in LevelDB's log is to become a sorted file when the next one opens it. */
  async function fillBeforeItStarts(): Promise<() => Promise<void>> {
    const before = await openLevelHistory(path, keep);
    await put(before, 'key');
    await before.close();
    return fill();
  }

  async function put(store: LevelHistory, key: string, bytes = 10): Promise<void> {
    const batch = store.begin();
    batch.put(Buffer.from(key), randomBytes(bytes));
    await batch.write();
  }

  /** Keys whose batches were acknowledged before the first that failed. */
  async function putUntilItFails(store: LevelHistory): Promise<string[]> {
    const stored: string[] = [];
    const error = await thrownBy(async () => {
      for (let number = 10; number < 10 + MANY_BATCHES; number += 1) {
        await put(store, `key ${String(number)}`, BATCH_BYTES);
        stored.push(`key ${String(number)}`);
      }
    });
    expect(error).to.have.property('code', 'LEVEL_IO_ERROR');
    return stored;
  }

  async function keysIn(store: LevelHistory): Promise<string[]> {
    return (await store.scan(all)).map(([key]) => Buffer.from(key).toString());
  }

  it('is opened again when there is room, with everything that was acknowledged', async () => {
    const store = await openLevelHistory(path, keep);
    const free = await fill();
    const begun = store.begin();
    begun.put(Buffer.from('key of before'), Buffer.from('x'));
    const stored = await putUntilItFails(store);
    expect(stored).not.to.deep.equal([]);
    expect(store.generation).to.equal(1);
    expect(await thrownBy(() => begun.write())).to.be.instanceOf(HistoryDamagedError);
    for (let time = 0; time < 2; time += 1) {
      expect(await thrownBy(() => store.scan(all))).to.have.property('code', 'LEVEL_IO_ERROR');
      expect(store.isOpen).to.equal(false);
    }
    await free();
    expect(await keysIn(store)).to.deep.equal(stored);
    expect(log).to.deep.equal([`history: ${path} can be used again`]);
    await put(store, 'key of after');
    expect(await keysIn(store)).to.deep.equal([...stored, 'key of after']);
    expect([store.generation, store.isOpen]).to.deep.equal([1, true]);
    expect(await thrownBy(() => openLevelHistory(path, keep))).to.be.instanceOf(HistoryLockedError);
    await store.close();
  });

  it('tells those who read meanwhile to begin again, or why it cannot be opened', async () => {
    const store = await openLevelHistory(path, keep);
    const free = await fill();
    const seen: unknown[] = [];
    const read = async (): Promise<void> => {
      while (!over) await store.scan({ ...all, limit: 2 }).catch((error: unknown) => seen.push(error));
    };
    const reading = Promise.all(Array.from({ length: 8 }, read));
    const stored = await putUntilItFails(store);
    await until(() => seen.length > 8, { what: 'it cannot be opened' });
    await free();
    await until(() => store.isOpen, { what: 'it is opened again' });
    over = true;
    await reading;
    const isSaid = (error: unknown): boolean =>
      error instanceof HistoryDamagedError || (error as { code?: unknown }).code === 'LEVEL_IO_ERROR';
    expect(seen.filter((error) => !isSaid(error))).to.deep.equal([]);
    expect(await keysIn(store)).to.deep.equal(stored);
    await store.close();
  });

  it('at the start does not keep a worker from it: it is opened by who needs it', async () => {
    const free = await fillBeforeItStarts();
    const store = await openLevelHistory(path, keep);
    expect(store.isOpen).to.equal(false);
    expect(log).to.have.length(1);
    expect(log[0]).to.match(/cannot be opened .*\.ldb.*payments go on/);
    expect(await thrownBy(() => store.begin())).to.be.instanceOf(HistoryDamagedError);
    expect(await thrownBy(() => store.scan(all))).to.have.property('code', 'LEVEL_IO_ERROR');
    await free();
    const other = await openLevelHistory(path, keep);
    expect(await thrownBy(() => store.scan(all))).to.be.instanceOf(HistoryLockedError);
    await other.close();
    expect(await keysIn(store)).to.deep.equal(['key']);
    expect([store.generation, store.isOpen]).to.deep.equal([0, true]);
    await store.close();
    expect(await thrownBy(() => store.scan(all))).to.be.instanceOf(Error);
  });

  it('that stays so is closed without having been open', async () => {
    await fillBeforeItStarts();
    const store = await openLevelHistory(path, keep);
    await store.close();
    expect(await thrownBy(() => store.scan(all))).to.be.instanceOf(Error);
    expect(store.isOpen).to.equal(false);
  });

  it('answers nobody, and everything once there is room', async () => {
    const free = await fillBeforeItStarts();
    const world = new HistoryWorld();
    world.restart(await openLevelHistory(path, keep));
    await world.take();
    world.acknowledge([entry('p', 'C1', ['T1', 1, 1])]);
    /** What waits for the disk needs real time, what waits for the clock that of the test. */
    const advanced = async (text: string): Promise<void> => {
      const timer = setInterval(() => void world.clock.advance(100), 1);
      await until(() => world.log.some((line) => line.includes(text)), { what: text });
      clearInterval(timer);
    };
    await advanced('tried again');
    expect(world.log[0]).to.match(/history: .*\.ldb/);
    const asked = () => world.history.entriesOf(PARTITION, { terminal: 'T1', incarnation: 1, number: 1 });
    expect(await thrownBy(asked)).to.be.instanceOf(HistoryBehindError);
    await free();
    await advanced('complete');
    expect(await asked()).to.have.length(1);
    world.follower?.stop();
    await world.history.close();
  });
});
