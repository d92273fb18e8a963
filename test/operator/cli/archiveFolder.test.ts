import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { temporaryFolder, type Folder } from '../../support/folder.js';
import { emoney } from './emoney.js';

describe('what is looked for in the archive', () => {
  let folder: Folder;
  before(async () => {
    folder = await temporaryFolder();
    await mkdir(join(folder.path, 'empty'));
  });
  after(() => folder.remove());

  for (const [command, kind] of [
    ['archive', 'segments'],
    ['base', 'bases'],
  ] as const) {
    for (const name of ['list', 'verify']) {
      it(`${command} ${name}: a folder that is not there holds nothing that is right`, async () => {
        const missing = join(folder.path, 'unmounted');
        for (const option of ['--archive', '--data']) {
          const { code, stdout, stderr } = await emoney([command, name, option, missing]);
          expect([code, stdout]).to.deep.equal([1, '']);
          expect(stderr).to.match(/^emoney: no such folder: \S+\/unmounted: .* --archive or --data\n$/);
        }
      });
    }

    it(`${command} verify fails where there is nothing of the deployment, and says what it looked for`, async () => {
      const empty = join(folder.path, 'empty');
      const { code, stdout, stderr } = await emoney([
        ...[command, 'verify', '--archive', empty, '--deployment', 'city'],
      ]);
      expect([code, stdout, stderr]).to.deep.equal([
        1,
        '',
        `emoney: there are no ${kind} of city in ${empty}: name another folder, or --deployment\n`,
      ]);
    });

    it(`${command} list of an archive in which there is nothing yet is empty`, async () => {
      const { code, stdout } = await emoney([command, 'list', '--data', join(folder.path, 'empty')]);
      expect(code).to.equal(0);
      expect(stdout).to.match(new RegExp(`^there are no ${kind} of emoney in `));
    });
  }
});
