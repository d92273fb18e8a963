import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { noteForSuccessor, readPredecessor } from '../../../../actors/adapters/files/predecessor.js';

describe('predecessor', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'emoney-predecessor-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('is nobody in a new folder, then who noted its name last', async () => {
    const path = join(folder, 'worker');
    expect(await readPredecessor(path)).to.equal(undefined);
    await noteForSuccessor(path, 'first');
    await noteForSuccessor(path, 'second');
    expect(await readPredecessor(path)).to.equal('second');
  });
});
