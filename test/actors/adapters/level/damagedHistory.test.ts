import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { openLevelHistory } from '../../../../actors/adapters/level/historyStore.js';
import { HistoryBehindError } from '../../../../actors/history/errors.js';
import { temporaryFolder, type Folder } from '../../../support/folder.js';
import { thrownBy } from '../../../support/thrownBy.js';
import { until } from '../../../support/until.js';
import { entry, HistoryWorld } from '../../history/world.js';

describe('a history in LevelDB whose files are damaged while it is used', () => {
  let folder: Folder;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => folder.remove());

  /** What waits for the disk needs real time, what waits for the clock that of the test. */
  async function advanced(world: HistoryWorld, isDone: () => boolean, what: string): Promise<void> {
    const timer = setInterval(() => void world.clock.advance(100), 1);
    await until(isDone, { what });
    clearInterval(timer);
  }

  async function searched(world: HistoryWorld): Promise<readonly string[] | Error> {
    const query = {
      card: 'C1',
      terminal: undefined,
      id: undefined,
      from: undefined,
      to: undefined,
      limit: 100,
    };
    let result: readonly string[] | Error | undefined;
    world.history.search(3, query).then(
      ({ entries }) => (result = entries.map(({ place }) => String(place.sequence))),
      (error: unknown) => (result = error as Error),
    );
    await advanced(world, () => result !== undefined, 'the search');
    return result!;
  }

  it('answers nothing, says so in the log, and is filed again from the journal', async () => {
    const world = new HistoryWorld();
    const path = join(folder.path, 'history');
    const log = (line: string): void => void world.log.push(line);
    world.restart(await openLevelHistory(path, log));
    const complete = () => world.log.some((line) => line.includes('complete'));
    await world.take();
    await advanced(world, complete, 'the history is complete');
    for (let number = 1; number <= 50; number += 1) world.acknowledge([entry('p', 'C1', ['T1', 1, number])]);
    const before = await searched(world);
    expect(before).to.have.length(50);
    world.follower?.stop();
    await world.history.close();
    world.restart(await openLevelHistory(path, log));
    world.log.length = 0;
    await world.take();
    await advanced(world, complete, 'the history is complete again');
    world.log.length = 0;
    for (const name of (await readdir(path)).filter((each) => each.endsWith('.ldb'))) {
      const file = await open(join(path, name), 'r+');
      const { size } = await file.stat();
      const bytes = Buffer.alloc(size);
      await file.read(bytes, 0, size, 0);
      for (let at = 0; at < size; at += 16) bytes[at] = bytes[at]! ^ 0xff;
      await file.write(bytes, 0, size, 0);
      await file.close();
    }
    expect(await searched(world)).to.be.instanceOf(HistoryBehindError);
    await advanced(world, complete, 'it is filed again');
    expect(world.log[0]).to.equal(`history: ${path} is damaged and is made anew`);
    expect(await searched(world)).to.deep.equal(before);
    world.follower?.stop();
    await world.history.close();
    expect(
      await thrownBy(() =>
        world.history.listMatters(3, { list: 1, part: 0, after: new Uint8Array(0), limit: 1 }),
      ),
    ).to.be.instanceOf(Error);
  });
});
