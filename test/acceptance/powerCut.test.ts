import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { expect } from 'chai';
import { missingForPowerCuts } from '../../operator/cli/powerCut/needs.js';
import type { PowerCutReport } from '../../simulator/powerCut/report.js';
import { until } from '../support/until.js';
import { emoney, startEmoney } from '../operator/cli/emoney.js';

const SMALL = ['--cards', '100', '--terminals', '20', '--rate', '100', '--partitions', '2', '--copies', '1'];

describe('emoney power-cut', function () {
  this.timeout(180_000);

  before(async function () {
    const missing = await missingForPowerCuts();
    if (missing === undefined) return;
    console.log(`    skipped: ${missing}`);
    this.skip();
  });

  afterEach('nothing of it is left', async () => {
    expect((await readdir(tmpdir())).filter((name) => name.startsWith('emoney-power-cut-'))).to.deep.equal(
      [],
    );
  });

  it('whatever was acknowledged before the power failed is there, once, and is paid on', async () => {
    const { code, stdout, stderr } = await emoney(['power-cut', ...SMALL, '--duration', '3s', '--json']);
    const report = JSON.parse(stdout) as PowerCutReport;
    const told = `${report.reason}\n${JSON.stringify(report.cuts, null, 1)}\n${stderr}`;
    expect(report, told).to.include({ verdict: 'pass', reason: '' });
    expect(report.cuts.map(({ kind }) => kind)).to.deep.equal(['creation', 'copy', 'shutdown']);
    for (const cut of report.cuts) {
      expect(cut, told).to.include({ lost: 0, doubled: 0, refused: '' });
      expect(cut.recovered, told).to.be.at.least(cut.acknowledged);
    }
    const last = report.cuts.at(-1);
    expect(last?.segments, told).to.be.above(2);
    expect(last?.acknowledged, told).to.be.above(50);
    // More was answered in the end than before the power failed: those who waited went on.
    expect(report.simulation.accepted, told).to.be.above(last?.acknowledged ?? Infinity);
    expect(code, told).to.equal(0);
  });

  it('sees what is lost without fsync', async () => {
    const { code, stdout, stderr } = await emoney([
      ...['power-cut', '--control', ...SMALL, '--duration', '2s', '--json'],
    ]);
    const report = JSON.parse(stdout) as PowerCutReport;
    expect(report, stderr).to.include({ verdict: 'pass', control: true });
    const [cut] = report.cuts;
    expect(cut?.lost, stderr).to.be.above(0);
    expect(cut?.recovered, stderr).to.be.below(cut?.acknowledged ?? 0);
    expect(code, stderr).to.equal(0);
  });

  it('leaves no disk behind when it is ended at once', async () => {
    const running = startEmoney(['power-cut', ...SMALL, '--duration', '60s', '--json']);
    await until(() => running.stderr().includes('creating deployment'), {
      what: 'the disk is there',
      deadlineMs: 60_000,
    });
    running.child.kill('SIGINT');
    await until(() => running.stderr().includes('once more to end at once'), { what: 'it begins to end' });
    running.child.kill('SIGINT');
    const { code, stderr } = await running.ended;
    expect(code, stderr).to.equal(130);
  });
});
