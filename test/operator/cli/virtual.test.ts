import { join } from 'node:path';
import { expect } from 'chai';
import { judge, nodePolicy } from '../../../servers/versions.js';
import { fakeProgram, removeTemporary, temporary } from '../../servers/temporary.js';
import { emoney } from './emoney.js';

describe('emoney simulate --virtual', function () {
  this.timeout(60_000);
  after(removeTemporary);

  it('runs worlds on the installed Node where no newer one can be fetched, and says so', async () => {
    const [folder, cache] = [await temporary(), await temporary()];
    await fakeProgram(join(folder, 'npm'), 'echo "npm error no network" >&2; exit 1');
    const env = {
      EMONEY_CACHE: cache,
      PATH: `${folder}:${process.env['PATH'] ?? ''}`,
      npm_execpath: undefined,
    };
    const args = ['simulate', '--virtual', '--seeds', '4', '--jobs', '1', '--json'];
    const { code, stdout, stderr } = await emoney(args, env);
    expect(code, stderr).to.equal(0);
    const report = JSON.parse(stdout) as Record<string, unknown>;
    expect(report).to.include({ verdict: 'pass', seeds: 1, node: process.versions.node });
    expect(report).to.include.keys('failed', 'commands', 'faults', 'digest');
    const old = judge(nodePolicy, process.versions.node) === 'refused';
    expect(stderr.includes('npm error no network')).to.equal(old);
  });
});
