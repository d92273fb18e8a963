import { readdir } from 'node:fs/promises';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { temporaryFolder, type Folder } from '../../support/folder.js';
import { emoney } from './emoney.js';

const COMMANDS = ['up', 'worker', 'gateway', 'simulate', 'replay', 'audit', 'tail'];

describe('the emoney command', () => {
  let folder: Folder;
  before(async () => {
    folder = await temporaryFolder();
  });
  after(() => folder.remove());

  it('explains itself on standard output, with examples', async () => {
    const { code, stdout, stderr } = await emoney(['--help']);
    expect(code).to.equal(0);
    expect(stderr).to.equal('');
    for (const command of COMMANDS) expect(stdout).to.match(new RegExp(`^  ${command} `, 'm'));
    expect(stdout).to.include('Examples:');
  });

  for (const command of COMMANDS) {
    it(`${command} has help with an example, and --json`, async () => {
      const { code, stdout } = await emoney([command, '--help']);
      expect(code).to.equal(0);
      expect(stdout).to.match(/Examples?:\n {2}\$ /);
      expect(stdout).to.include('--json');
    });
  }

  for (const [what, args, problem] of [
    ['an unknown command', ['pay'], /^emoney: unknown command 'pay'/],
    ['an unknown option', ['simulate', '--speed', '9'], /^emoney: unknown option '--speed'/],
    [
      'a duration without a unit',
      ['simulate', '--duration', '20'],
      /^emoney: option '--duration .* 500ms, 20s/,
    ],
    ['no cards', ['simulate', '--cards', '0'], /^emoney: option '--cards .* from 1 to/],
    [
      'open and closed loop at once',
      ['simulate', '--rate', '1', '--in-flight', '1'],
      /^emoney: option '--rate/,
    ],
    ['no file', ['replay'], /^emoney: missing required argument 'file'/],
    ['an unknown type of event', ['tail', '--type', 'Wibble'], /^emoney: option '--type .* CardMoved/],
    ['a worker without servers', ['worker'], /^emoney: NATS_URL and REDIS_URL are needed/],
    ['--exit without --demo', ['up', '--exit'], /^emoney: --exit needs --demo/],
  ] as const) {
    it(`refuses ${what} in one line, with exit code 2`, async () => {
      const { code, stdout, stderr } = await emoney(args);
      expect(code).to.equal(2);
      expect(stdout).to.equal('');
      expect(stderr).to.match(problem);
      expect(stderr.trimEnd().split('\n').length).to.be.at.most(2);
    });
  }

  it('says in one line what it could not do, with exit code 1, and shows the stack only with EMONEY_DEBUG', async () => {
    const file = join(folder.path, 'no-such.csv');
    const { code, stdout, stderr } = await emoney(['replay', file, '--json']);
    expect([code, stdout, stderr]).to.deep.equal([1, '', `emoney: ${file}: there is no such file\n`]);
    expect((await emoney(['replay', file], { EMONEY_DEBUG: '1' })).stderr).to.match(/\n {4}at /);
  });

  it('names every broken line of a file, and starts nothing', async () => {
    const file = join(folder.path, 'broken.csv');
    const data = join(folder.path, 'data');
    await writeFile(file, 'id,time,card,terminal,kind,amount\na,2018-03-31T23:00:00Z,C,T,purchase,1.5\nx\n');
    const { code, stdout, stderr } = await emoney(['replay', file, '--json', '--data', data]);
    expect([code, stdout]).to.deep.equal([1, '']);
    expect(stderr).to.match(
      /^line 2: amount "1.5" is no integer\nline 3: 1 columns instead of 6\nemoney: .*--skip-broken\n$/,
    );
    expect(await readdir(folder.path)).not.to.include('data');
  });

  it('refuses a data folder that is not its own', async () => {
    const { code, stderr } = await emoney(['up', '--data', folder.path]);
    expect(code).to.equal(1);
    expect(stderr).to.include('name an empty or a new folder');
  });

  it('says that nobody answers at a gateway', async () => {
    const { code, stderr } = await emoney(['audit', '--gateway', 'http://127.0.0.1:1', '--secret', 's']);
    expect(code).to.equal(1);
    expect(stderr).to.match(/^emoney: no gateway answers at http:\/\/127.0.0.1:1/);
  });
});
