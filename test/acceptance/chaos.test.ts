import { expect } from 'chai';
import { emoney } from '../operator/cli/emoney.js';
import type { ChaosReport } from '../../simulator/chaos/report.js';

/** Not the target, which a machine that is busy with other tests may miss: but a partition that stays away would be seen. */
const BACK_WITHIN_MS = 6_000;
/** The same of a cluster, which elects: its longest draw, and twice when two stand at once. */
const ELECTED_WITHIN_MS = 20_000;

interface Course {
  readonly report: ChaosReport;
  readonly code: number | null;
  /** For messages of assertions. */
  readonly told: string;
}

describe('emoney chaos', function () {
  this.timeout(150_000);

  async function chaos(args: readonly string[]): Promise<Course> {
    const { code, stdout, stderr } = await emoney(['chaos', ...args, '--json']);
    const report = JSON.parse(stdout) as ChaosReport;
    return { report, code, told: `${report.reason}\n${stderr}` };
  }

  function mustBeWhole({ report, code, told }: Course): void {
    expect(report, told).to.include({ errors: 0 });
    expect(report.violations, told).to.deep.equal([]);
    expect(report.audit.verdict, told).to.equal('pass');
    const made = report.faults.map(({ kind }) => kind);
    // A machine that is busy may have no time left for a second one of the same kind.
    expect(made, told).to.include.members([...report.skipped]);
    const allMet = report.skipped.length === 0 && report.faults.every(({ withinTarget }) => withinTarget);
    expect(report.verdict, told).to.equal(allMet ? 'pass' : 'fail');
    expect(code, told).to.equal(allMet ? 0 : 1);
  }

  it('processes, Redis, the network and the disk, one after the other: every acknowledged payment is there, once', async () => {
    const kinds = [
      'worker-kill',
      'redis-flush',
      'gateway-kill',
      'worker-nats-freeze',
      'nats-disk-full',
    ] as const;
    const load = ['--rate', '100', '--cards', '200', '--terminals', '20', '--seed', '11', '--gateways', '2'];
    const course = await chaos([...load, '--faults', kinds.join(',')]);
    const { report, told } = course;
    mustBeWhole(course);
    expect(report.seed).to.equal(11);
    expect(report.accepted).to.be.above(1_000);
    const leftOut = report.leftOut.map(({ kind }) => kind);
    // The first of each: there may be room for more.
    const made = new Map(report.faults.toReversed().map((fault) => [fault.kind, fault]));
    expect([...made.keys(), ...leftOut]).to.have.members([...kinds]);
    for (const { kind, outageMs, lastedMs } of report.faults)
      expect(outageMs, `${kind}: ${told}`)
        .to.be.above(0)
        .and.below(lastedMs + BACK_WITHIN_MS);
    // Who was killed, or cut off, was missed for as long as nobody may take over: else nothing happened.
    expect(made.get('worker-kill')?.outageMs).to.be.above(500);
    expect(made.get('worker-nats-freeze')?.outageMs).to.be.above(500);
    // The other gateway's terminals have noticed nothing.
    expect(made.get('gateway-kill')?.terminals, told).to.be.within(1, 19);
    const full = made.get('nats-disk-full');
    if (full !== undefined) {
      expect(full.outageMs).to.be.above(full.lastedMs / 2);
      expect(full.said?.join(), told).to.match(/partition \d: the journal has not acknowledged frame \d+/);
    }
  });

  it('a cluster of three loses the server that leads most journals: every acknowledged payment is there, once', async () => {
    const load = ['--rate', '50', '--cards', '100', '--terminals', '10', '--seed', '4'];
    const course = await chaos([...load, '--nodes', '3', '--faults', 'nats-leader-kill']);
    const { report, told } = course;
    mustBeWhole(course);
    expect(report.faults.map(({ kind }) => kind)).to.deep.equal(['nats-leader-kill']);
    // Elected anew: without a leader nothing could have been stored.
    expect(report.faults[0]?.outageMs, told).to.be.above(200).and.below(ELECTED_WITHIN_MS);
  });

  it('says which faults there are, and takes no other', async () => {
    const { code, stderr } = await emoney(['chaos', '--faults', 'earthquake']);
    expect(code).to.equal(2);
    expect(stderr).to.match(/earthquake is none of: network, worker-kill, /);
    const alone = await emoney(['chaos', '--faults', 'nats-leader-kill']);
    expect(alone.code).to.equal(2);
    expect(alone.stderr).to.match(/nats-leader-kill needs --nodes 3/);
    const short = await emoney(['chaos', '--duration', '1s']);
    expect(short.code).to.equal(2);
    expect(short.stderr).to.match(/no fault has room/);
  });
});
