import { expect } from 'chai';
import { emoney } from '../operator/cli/emoney.js';
import type { ChaosReport } from '../../simulator/chaos/report.js';

/** Not the target, which a machine that is busy with other tests may miss: but a partition that stays away would be seen. */
const BACK_WITHIN_MS = 6_000;

describe('emoney chaos', function () {
  this.timeout(90_000);

  it('a worker killed and Redis emptied under load: every acknowledged payment is there, once', async () => {
    const load = [
      '--duration',
      '15s',
      '--rate',
      '100',
      '--cards',
      '200',
      '--terminals',
      '20',
      '--seed',
      '11',
    ];
    const { code, stdout, stderr } = await emoney([
      'chaos',
      ...load,
      '--faults',
      'worker-kill,redis-flush',
      '--json',
    ]);
    const report = JSON.parse(stdout) as ChaosReport;
    const told = `${report.reason}\n${stderr}`;
    expect(report, told).to.include({ errors: 0, seed: 11 });
    expect(report.violations, told).to.deep.equal([]);
    expect(report.audit.verdict, told).to.equal('pass');
    expect(report.accepted).to.be.above(500);
    expect(report.faults.map(({ kind }) => kind)).to.have.members(['worker-kill', 'redis-flush']);
    for (const { kind, outageMs } of report.faults)
      expect(outageMs, `${kind}: ${told}`).to.be.above(0).and.below(BACK_WITHIN_MS);
    // Who was killed was missed for as long as nobody may take over: else nothing was killed.
    expect(report.faults.find(({ kind }) => kind === 'worker-kill')?.outageMs).to.be.above(500);
    expect(report.verdict, told).to.equal(
      report.faults.every(({ withinTarget }) => withinTarget) ? 'pass' : 'fail',
    );
    expect(code, told).to.equal(report.verdict === 'pass' ? 0 : 1);
  });

  it('says which faults there are, and takes no other', async () => {
    const { code, stderr } = await emoney(['chaos', '--faults', 'earthquake']);
    expect(code).to.equal(2);
    expect(stderr).to.match(/earthquake is none of: worker-kill, /);
    const alone = await emoney(['chaos', '--faults', 'nats-leader-kill']);
    expect(alone.code).to.equal(2);
    expect(alone.stderr).to.match(/nats-leader-kill needs --nodes 3/);
    const short = await emoney(['chaos', '--duration', '1s']);
    expect(short.code).to.equal(2);
    expect(short.stderr).to.match(/no fault has room/);
  });
});
