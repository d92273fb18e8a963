import { expect } from 'chai';
import { copyFile, mkdir, readdir, readFile, rename, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FileBaseStore } from '../../../../actors/adapters/files/baseStore.js';
import { BASE_LEFTOVER_MS } from '../../../../actors/bounds.js';
import { verifyBase } from '../../../../actors/runtime/bases.js';
import { BaseDamagedError } from '../../../../actors/runtime/errors.js';
import type { BaseUnit } from '../../../../actors/runtime/ports.js';
import { type Folder, temporaryFolder } from '../../../support/folder.js';
import { thrownBy } from '../../../support/thrownBy.js';
import { allOf, describeBaseStore, headAt, inBatches, opened, unitsOf } from '../contract/baseStore.js';

const pathOf = (folder: string, position: number, partition = 0): string =>
  join(folder, `d.${String(partition)}.${String(position).padStart(16, '0')}.base`);

/** Turns one bit. */
async function damage(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  const place = at < 0 ? bytes.length + at : at;
  bytes[place] = bytes[place]! ^ 0x10;
  await writeFile(path, bytes);
}

describeBaseStore('a folder', async () => {
  const folder = await temporaryFolder();
  return {
    store: new FileBaseStore(join(folder.path, 'archive'), 'd'),
    damageFoot: (partition, position) =>
      damage(pathOf(join(folder.path, 'archive'), position, partition), -20),
    dispose: () => folder.remove(),
  };
});

describe('base files', () => {
  let folder: Folder;
  let store: FileBaseStore;
  beforeEach(async () => {
    folder = await temporaryFolder();
    store = new FileBaseStore(folder.path, 'd');
  });
  afterEach(() => folder.remove());

  it('a wrong bit anywhere is noticed, and so is every missing end', async () => {
    await store.write(0, headAt(5), inBatches(unitsOf(300), 50));
    const path = pathOf(folder.path, 5);
    const whole = await readFile(path);
    const readAll = () =>
      opened(store, 5, async (base) => {
        await verifyBase(base);
        await base.index(() => undefined);
      });
    await readAll();
    const step = Math.max(1, Math.floor(whole.length / 150));
    for (let at = 0; at < whole.length; at += step) {
      await damage(path, at);
      expect(await thrownBy(readAll), `bit of byte ${String(at)}`).to.be.instanceOf(BaseDamagedError);
      await truncate(path, at);
      expect(await thrownBy(readAll), `${String(at)} bytes`).to.be.instanceOf(BaseDamagedError);
      await writeFile(path, whole);
    }
    await readAll();
  });

  it('damage in one place leaves the units elsewhere as they are', async () => {
    const units = unitsOf(3_000);
    await store.write(0, headAt(5), inBatches(units, 100));
    // States come first.
    await damage(pathOf(folder.path, 5), 100);
    await opened(store, 5, async (base) => {
      expect(await thrownBy(() => base.read([units[1]!.key]))).to.be.instanceOf(BaseDamagedError);
      expect((await base.read([units[2_999]!.key]))[0]?.key).to.equal(units[2_999]!.key);
    });
  });

  it('a maker that is killed leaves nothing that counts, and what it leaves is removed later', async () => {
    await store.write(0, headAt(5), inBatches(unitsOf(4)));
    await copyFile(pathOf(folder.path, 5), `${pathOf(folder.path, 9)}.killed.writing`);
    expect(await store.list(0)).to.deep.equal([5]);
    expect((await store.newest(0))?.position).to.equal(5);
    await store.write(0, headAt(6), inBatches(unitsOf(4)));
    expect(await readdir(folder.path)).to.have.length(3);
    const long = new Date(Date.now() - BASE_LEFTOVER_MS - 60_000);
    await utimes(`${pathOf(folder.path, 9)}.killed.writing`, long, long);
    await store.write(0, headAt(7), inBatches(unitsOf(4)));
    expect((await readdir(folder.path)).filter((name) => name.endsWith('.writing'))).to.deep.equal([]);
  });

  it('one that fails on the way leaves no file', async () => {
    async function* interrupted(): AsyncGenerator<readonly BaseUnit[]> {
      yield* inBatches(unitsOf(5_000), 100);
      throw new Error('no space left on device');
    }
    await thrownBy(() => store.write(0, headAt(5), interrupted()));
    expect(await readdir(folder.path)).to.deep.equal([]);
  });

  it('a file with the name of another base, or of another deployment, is not believed', async () => {
    await store.write(0, headAt(5), inBatches(unitsOf(4)));
    await rename(pathOf(folder.path, 5), pathOf(folder.path, 6));
    expect(await thrownBy(() => store.open(0, 6))).to.be.instanceOf(BaseDamagedError);
    await new FileBaseStore(folder.path, 'other').write(0, headAt(7), inBatches(unitsOf(4)));
    expect(await store.list(0)).to.deep.equal([6]);
  });

  it('one that cannot be read is left aside, whatever the reason: nobody waits for a base', async () => {
    await store.write(0, headAt(5), inBatches(unitsOf(4)));
    await mkdir(pathOf(folder.path, 6));
    expect(await thrownBy(() => store.open(0, 6))).to.be.instanceOf(BaseDamagedError);
    expect((await store.newest(0))?.position).to.equal(5);
  });

  it('shares its folder with files of others', async () => {
    await writeFile(join(folder.path, 'd.0.0000000000000005.segment'), 'x');
    await writeFile(join(folder.path, 'd.0.notes.base'), 'x');
    await store.write(0, headAt(5), inBatches(unitsOf(4)));
    expect(await store.list(0)).to.deep.equal([5]);
    expect(await opened(store, 5, allOf)).to.have.length(4);
  });
});
