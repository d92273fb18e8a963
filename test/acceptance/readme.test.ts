import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { temporaryFolder } from '../support/folder.js';
import { startSystem, type TestSystem } from './system.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

describe('README', function () {
  this.timeout(60_000);
  let system: TestSystem;

  before(async () => {
    system = await startSystem({ partitions: 1 });
  });

  after(async () => {
    await system.stop();
  });

  it('has a first terminal of at most 20 lines, which does what the text below it says', async () => {
    const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
    const code = /```js\n([^]*?)```/.exec(readme)?.[1] ?? '';
    expect(code.split('\n').filter((line) => line.trim() !== '').length).to.be.within(5, 20);
    const folder = await temporaryFolder();
    const secretPath = join(folder.path, 'secret');
    const systemFile = join(folder.path, 'system.json');
    await writeFile(secretPath, system.secret);
    await writeFile(systemFile, JSON.stringify({ gateway: system.url, secretPath }));
    const runnable = code.replace("'data/system.json'", JSON.stringify(systemFile));
    const args = ['--input-type=module', '--eval', runnable];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });
    expect(stdout).to.match(/APPROVED.*value: 1200.*loan: 800/s);
    await folder.remove();
  });
});
