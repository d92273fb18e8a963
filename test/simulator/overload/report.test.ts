import { expect } from 'chai';
import type { Report as AuditReport } from '../../../simulator/auditor/report.js';
import { overloadReport, type Observed } from '../../../simulator/overload/report.js';
import { Steps, type Measured } from '../../../simulator/overload/steps.js';

const part = (p50: number, p99: number, change: Partial<Measured> = {}): Measured => ({
  ...{ seconds: 10, offeredPerSecond: 100, acceptedPerSecond: 100, refusedPerSecond: 0, late: 0 },
  latencyMs: { p50, p90: p99, p99, p999: p99, max: p99 },
  ...change,
});

const good: Observed = {
  ...{ seed: 7, factor: 5, capacityPerSecond: 200, forgone: 10, recoveryMs: 500, errors: 0, problems: [] },
  before: part(10, 50),
  during: part(50, 250, { acceptedPerSecond: 150, refusedPerSecond: 850 }),
  after: part(10, 60),
  rejected: { OVERLOADED: 10 },
  unhinted: {},
  memoryMiB: { gateway: { before: 150, peak: 200, after: 180 } },
  audit: { verdict: 'pass', violationCount: 0 } as AuditReport,
};

describe('simulator: overload report', () => {
  it('passes what was refused with a hint, answered in time, bounded, and as before soon', () => {
    expect(overloadReport(good)).to.deep.include({
      ...{ verdict: 'pass', reason: '' },
      slower: { p50: 5, p99: 5 },
    });
  });

  const bad: readonly (readonly [string, Partial<Observed>])[] = [
    ['no overload', { rejected: {} }],
    ['otherwise than OVERLOADED: UNAVAILABLE', { rejected: { OVERLOADED: 1, UNAVAILABLE: 1 } }],
    ['no retry hint: OVERLOADED', { unhinted: { OVERLOADED: 1 } }],
    ['p50 of what was accepted 6 times', { during: part(60, 100, { acceptedPerSecond: 150 }) }],
    ['p99 of what was accepted 6 times', { during: part(20, 300, { acceptedPerSecond: 150 }) }],
    ['only 40 % of the capacity', { during: part(20, 100, { acceptedPerSecond: 80 }) }],
    ['memory grew: gateway', { memoryMiB: { gateway: { before: 100, peak: 900, after: 100 } } }],
    ['not as before within 5 s', { recoveryMs: 6_000 }],
    ['12 % more were refused than before', { after: part(10, 60, { refusedPerSecond: 12 }) }],
    ['3 without an answer', { errors: 3 }],
    ['wrong: T1/1: answered CARD_UNKNOWN', { problems: ['T1/1: answered CARD_UNKNOWN'] }],
    ['2 violations', { audit: { verdict: 'fail', violationCount: 2 } as AuditReport }],
  ];
  for (const [reason, change] of bad) {
    it(`fails with its seed: ${reason}`, () => {
      const report = overloadReport({ ...good, ...change });
      expect(report.verdict).to.equal('fail');
      expect(report.reason).to.contain(reason).and.contain('seed 7');
    });
  }
});

describe('simulator: overload steps', () => {
  it('knows rates, latency, and from when on nothing is refused or slow for a while', () => {
    const steps = new Steps(1_000);
    steps.offered(0);
    steps.offered(20);
    steps.accepted(1_100, 10);
    const unsettledMs = (longestMs: number, refused = 0): number => steps.unsettledMs({ longestMs, refused });
    expect(unsettledMs(50)).to.equal(0);
    expect(steps.mostRefused).to.equal(0);
    steps.refused(1_300);
    expect(unsettledMs(50)).to.equal(500);
    steps.accepted(2_100, 60);
    expect(unsettledMs(50)).to.equal(1_250);
    expect(unsettledMs(100)).to.equal(500);
    steps.refused(1_310);
    expect(steps.mostRefused).to.equal(2);
    expect(unsettledMs(100, 1)).to.equal(500);
    expect(unsettledMs(100, 2)).to.equal(0);
    const measured = steps.measured(3_000);
    expect(measured).to.include({
      ...{ seconds: 2, offeredPerSecond: 1, acceptedPerSecond: 1, refusedPerSecond: 1, late: 1 },
    });
    expect(measured.latencyMs.max).to.be.within(60, 60.1);
    for (let at = 2_300; at < 4_600; at += 250) steps.accepted(at, 10);
    steps.accepted(4_700, 200);
    expect(unsettledMs(50), 'a pause, long after').to.equal(1_250);
  });
});
