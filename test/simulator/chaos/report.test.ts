import { expect } from 'chai';
import { Absences } from '../../../simulator/chaos/absences.js';
import { AnswerTimes } from '../../../simulator/chaos/answerTimes.js';
import { Tap } from '../../../simulator/chaos/idleCards.js';
import { FAULTS } from '../../../simulator/chaos/kinds.js';
import { chaosReport, type MadeFault, type Observations } from '../../../simulator/chaos/report.js';
import { renderFaults } from '../../../simulator/chaos/reportText.js';
import type { SimulationReport } from '../../../simulator/report.js';

const PASSED = { verdict: 'pass', reason: '', seed: 7, accepted: 100 } as unknown as SimulationReport;
const BEGAN = 1_000;
const KILL: MadeFault = { kind: 'worker-kill', target: 'worker 1', partitions: [0], at: 3_000, lastedMs: 0 };

/** Of one partition, which answers every 50 ms, but not from 3,000 until `silentUntil`. */
function observed(made: readonly MadeFault[], silentUntil: number, absences = new Absences()): Observations {
  const answers = new AnswerTimes(1);
  for (let at = BEGAN; at < 12_000; at += 50)
    if (at <= 3_000 || at >= silentUntil) answers.answered('T', 'C', true, at);
  return {
    ...{ made, skipped: [], answers, absences, rejectedAt: [] },
    ...{ partitions: 1, beganAt: BEGAN, endedAt: 12_000 },
  };
}

describe('report of faults', () => {
  it('says when a fault was, how long its partitions were silent, and whether that was within the target', () => {
    const report = chaosReport(PASSED, observed([KILL], 4_900));
    expect(report).to.include({ verdict: 'pass', reason: '', accepted: 100, usualSilenceMs: 50 });
    expect(report.faults).to.have.length(1);
    expect(report.faults[0]).to.include({
      ...{ kind: 'worker-kill', target: 'worker 1', atMs: 2_000, outageMs: 1_900, nobodyMs: 1_900 },
      ...{ targetMs: 2_000, withinTarget: true },
    });
    expect(renderFaults(report)).to.match(/2\.00 s +worker-kill +worker 1 +1\.90 s .* within 2 s +ok/);
  });

  it('fails with the seed when a target is missed, whatever else was right', () => {
    const report = chaosReport(PASSED, observed([KILL], 5_100));
    expect(report.faults[0]).to.include({ outageMs: 2_100, withinTarget: false });
    expect(report.verdict).to.equal('fail');
    expect(report.reason).to.equal('target missed: worker-kill (2100 ms); seed 7');
  });

  it('fails when the books are wrong, when a fault could not be made, and when none was', () => {
    const failed = { ...PASSED, verdict: 'fail', reason: '3 violations in the audit; seed 7' } as const;
    expect(chaosReport(failed, observed([KILL], 3_000)).reason).to.equal('3 violations in the audit; seed 7');
    const skipped = chaosReport(PASSED, { ...observed([KILL], 3_000), skipped: ['nats-kill'] });
    expect(skipped).to.include({
      verdict: 'fail',
      reason: 'not whole again in time for: nats-kill; seed 7',
    });
    expect(chaosReport(PASSED, observed([], 3_000)).reason).to.equal('no fault was made; seed 7');
  });

  it('gives what stands still the time for which it does, where nothing else can serve', () => {
    const stopped: MadeFault = { ...KILL, kind: 'nats-stop', lastedMs: 3_000 };
    expect(chaosReport(PASSED, observed([stopped], 7_900)).faults[0]).to.include({
      outageMs: 4_900,
      targetMs: 5_000,
      withinTarget: true,
    });
    const worker: MadeFault = { ...stopped, kind: 'worker-stop' };
    expect(chaosReport(PASSED, observed([worker], 5_900)).faults[0]).to.include({ withinTarget: false });
  });

  it('measures a cut until the last terminal is back, and misses one that never is', () => {
    const cut: MadeFault = { ...KILL, kind: 'connections-cut', partitions: [] };
    const absences = new Absences();
    absences.lost('T1', 3_001);
    absences.back('T1', 4_500);
    expect(chaosReport(PASSED, observed([cut], 3_000, absences)).faults[0]).to.include({
      ...{ outageMs: 1_500, terminals: 1, targetMs: null, withinTarget: true },
    });
    absences.lost('T2', 3_002);
    expect(chaosReport(PASSED, observed([cut], 3_000, absences)).faults[0]).to.include({
      terminals: 2,
      withinTarget: false,
    });
  });

  it('fails where /readyz did not name the cause, and says what could not be made here', () => {
    const full: MadeFault = { ...KILL, kind: 'nats-disk-full', lastedMs: 6_000 };
    const said = ['partition 0: the journal has not acknowledged frame 7 for 3 s'];
    const named = chaosReport(PASSED, observed([{ ...full, said }], 9_500));
    expect(named.faults[0]).to.deep.include({ outageMs: 6_500, targetMs: 11_000, withinTarget: true, said });
    const silent = chaosReport(PASSED, observed([{ ...full, said: [] }], 9_500));
    expect(silent.faults[0]).to.deep.include({ withinTarget: false, said: [] });
    expect(silent.verdict).to.equal('fail');
    const leftOut = [{ kind: 'nats-disk-full', reason: 'no root' }] as const;
    const without = chaosReport(PASSED, observed([KILL], 3_000), leftOut);
    expect(without).to.deep.include({ verdict: 'pass', leftOut });
    expect(renderFaults(without)).to.include('left out: nats-disk-full (no root)');
  });

  it('holds cards that were not in memory to a target of their own', () => {
    const idle = new Tap(['C1'], 3_000);
    const robbed: MadeFault = { ...KILL, kind: 'redis-stop', target: 'redis', lastedMs: 3_000, idle };
    idle.answered('C1', 5_200);
    const served = chaosReport(PASSED, observed([robbed], 3_000));
    expect(served.faults[0]).to.include({ idleMs: 2_200, idleTargetMs: 5_000, withinTarget: true });
    expect(renderFaults(served)).to.match(/redis-stop \(3\.00 s\) +redis +0\.05 s +0\.05 s +2\.20 s +0 /);
    const late = chaosReport(PASSED, observed([{ ...robbed, idle: new Tap(['C1'], 3_000) }], 3_000));
    expect(late.faults[0]).to.include({ idleMs: 9_000, outageMs: 50, withinTarget: false });
    expect(late.reason).to.equal('target missed: redis-stop (50 ms, not in memory 9000 ms); seed 7');
    const unasked = chaosReport(PASSED, observed([{ ...robbed, idle: undefined }], 3_000));
    expect(unasked.faults[0]).to.include({ idleMs: null, withinTarget: false });
    expect(chaosReport(PASSED, observed([KILL], 3_000)).faults[0]).to.include({
      ...{ idleMs: null, idleTargetMs: null, withinTarget: true },
    });
  });

  it('counts what was refused until the next fault; a rolling restart may refuse nothing', () => {
    const rolling: MadeFault = { ...KILL, kind: 'rolling-restart' };
    const second: MadeFault = { ...KILL, at: 8_000 };
    const seen = (...rejectedAt: number[]): Observations => ({
      ...observed([rolling, second], 3_000),
      rejectedAt,
    });
    const none = chaosReport(PASSED, seen(2_999, 8_000));
    expect(none.faults.map(({ refused }) => refused)).to.deep.equal([0, 1]);
    expect(none).to.include({ verdict: 'pass' });
    const one = chaosReport(PASSED, seen(7_999));
    expect(one.faults[0]).to.include({ refused: 1, refusesNone: true, withinTarget: false });
    expect(one.reason).to.equal('target missed: rolling-restart (50 ms, 1 refused); seed 7');
  });

  it('looks at each fault until the next one', () => {
    const second: MadeFault = { ...KILL, at: 8_000 };
    const report = chaosReport(PASSED, observed([KILL, second], 4_000));
    expect(report.faults.map(({ outageMs }) => outageMs)).to.deep.equal([1_000, 50]);
  });

  it('has a target, and a time, for every kind', () => {
    for (const { lasts, withinMs, scope, target } of Object.values(FAULTS)) {
      expect(lasts[0]).to.be.at.most(lasts[1]);
      expect(target).to.not.equal('');
      expect(withinMs === undefined && scope !== 'terminals').to.equal(false);
    }
  });
});
