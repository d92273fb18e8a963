import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { startEmbedded } from '../../servers/embedded.js';
import { openDataFolder, removeData } from '../../servers/folder.js';
import { rejection, removeTemporary, temporary } from './temporary.js';

describe('the data folder', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await temporary();
  });
  after(removeTemporary);

  it('is created once and continued afterwards', async () => {
    const data = join(folder, 'deep/data');
    expect(await openDataFolder(data)).to.equal('created');
    const marker = await readFile(join(data, 'emoney.json'), 'utf8');
    expect(await openDataFolder(data)).to.equal('continued');
    expect(await readFile(join(data, 'emoney.json'), 'utf8')).to.equal(marker);
  });

  it('may be the empty root of a new disk', async () => {
    await mkdir(join(folder, 'lost+found'));
    expect(await openDataFolder(folder)).to.equal('created');
  });

  it('is refused with nothing touched when it holds files of somebody else', async () => {
    await writeFile(join(folder, 'thesis.txt'), 'all of it');
    expect(await rejection(startEmbedded({ dataDir: folder }))).to.include({ code: 'FOREIGN_FOLDER' });
    expect(await rejection(removeData(folder))).to.include({ code: 'FOREIGN_FOLDER' });
    expect(await readdir(folder)).to.deep.equal(['thesis.txt']);
  });

  it('cannot be a file', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    expect(await rejection(openDataFolder(file))).to.include({ code: 'FOLDER_UNUSABLE' });
    expect(await rejection(removeData(file))).to.include({ code: 'FOLDER_UNUSABLE' });
  });

  it('is removed with everything in it when it is ours', async () => {
    await openDataFolder(folder);
    await mkdir(join(folder, 'nats/store'), { recursive: true });
    await removeData(folder);
    expect(await readdir(folder).catch(() => 'gone')).to.equal('gone');
    await removeData(folder);
  });

  it('is not even made when both servers are given', async () => {
    const dataDir = join(folder, 'data');
    const urls = { natsUrl: 'nats://one.example', redisUrl: 'redis://two.example' };
    const embedded = await startEmbedded({ dataDir, ...urls });
    expect(embedded).to.include(urls);
    expect(embedded.pids).to.deep.equal([]);
    await embedded.stop();
    expect(await readdir(folder)).to.deep.equal([]);
  });
});
