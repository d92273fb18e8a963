import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { makeFolder } from '../../servers/makeFolder.js';
import { rejection, removeTemporary, temporary } from './temporary.js';

describe('making a folder', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await temporary();
  });
  after(removeTemporary);

  it('makes what is missing above it too, for its owner only, and may be repeated', async () => {
    const path = join(folder, 'a/b/c');
    await makeFolder(path);
    await makeFolder(path);
    for (const each of ['a', 'a/b', 'a/b/c']) {
      expect((await stat(join(folder, each))).mode & 0o777, each).to.equal(0o700);
    }
  });

  it('is done by several programs at once', async () => {
    const path = join(folder, 'x/y/z');
    await Promise.all(Array.from({ length: 8 }, () => makeFolder(path)));
    expect((await stat(path)).isDirectory()).to.equal(true);
  });

  it('refuses a file, and what lies below one', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    for (const path of [file, join(file, 'below')]) {
      const error = await rejection(makeFolder(path));
      expect(error).to.include({ code: 'FOLDER_UNUSABLE' });
      expect(error.message).to.match(/^\/.*\/file.* cannot be used: it .*a file: name another folder$/);
    }
  });

  it('comes to an end where a file system makes no folders', async function () {
    if (process.platform !== 'linux') this.skip();
    const error = await rejection(makeFolder('/proc/emoney/data'));
    expect(error.message).to.equal(
      '/proc/emoney/data cannot be used: the file system does not let it be made: name another folder',
    );
  });
});
