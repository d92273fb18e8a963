import { expect } from 'chai';
import { ADMISSION_TARGET_MAX_MS } from '../../actors/bounds.js';
import type { OverloadReport } from '../../simulator/overload/report.js';
import { emoney } from '../operator/cli/emoney.js';

/**
 * What is accepted is to be answered within five times what is usual. With two seconds of each part, half of which it takes
 * until the windows have found their size, and other tests on the same two cores, that ratio is not steady: so no answer
 * may take longer than five times the usual or, where that is shorter, than twice what a gateway's window aims at at most.
 * The ratio itself is held to by `emoney overload`, which fails where it is missed.
 */
const SLOWER = 5;
const ANSWERED_WITHIN_MS = 2 * ADMISSION_TARGET_MAX_MS;

describe('emoney overload', function () {
  this.timeout(90_000);

  it('far more than a slow worker can carry: the excess is refused with a hint, the books are right', async () => {
    // What it carries in its first two seconds is a fraction of what it carries warm.
    const load = ['--factor', '20', '--slow', '0.2', '--part', '2s', '--in-flight', '64'];
    const population = ['--cards', '200', '--terminals', '60', '--seed', '12'];
    const { code, stdout, stderr } = await emoney(['overload', ...load, ...population, '--json']);
    const report = JSON.parse(stdout) as OverloadReport;
    const told = `${report.reason}\n${stderr}`;
    expect(report, told).to.include({ errors: 0, seed: 12 });
    expect(report.problems, told).to.deep.equal([]);
    expect(report.audit.verdict, told).to.equal('pass');
    expect(report.unhinted, told).to.deep.equal({});
    expect(report.during.refusedPerSecond, told).to.be.above(0);
    // Who was refused had been seen by nobody, so nobody had to reverse anything.
    expect(report.forgone, told).to.be.above(0);
    expect(report.during.acceptedPerSecond, told).to.be.above(report.capacityPerSecond / 5);
    const allowedMs = Math.max(SLOWER * report.before.latencyMs.p99, ANSWERED_WITHIN_MS);
    expect(report.during.latencyMs.p99, told).to.be.at.most(allowedMs);
    expect(report.memoryMiB, told).to.have.all.keys('nats', 'redis', 'worker', 'gateway');
    expect(code, told).to.equal(report.verdict === 'pass' ? 0 : 1);
  });

  it('refuses what it does not understand', async () => {
    const { code, stderr } = await emoney(['overload', '--slow', '1']);
    expect(code).to.equal(2);
    expect(stderr).to.match(/share above 0 and below 1/);
  });
});
