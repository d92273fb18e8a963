import { expect } from 'chai';
import { GOALS, judge, verdicts } from '../../bench/goals.js';

const goal = (name: string) => GOALS.find((each) => each.name === name)!;
const engine = (ofPackedRaw: number, ofRedisAlways: number) => ({
  engine: { inFlight256: { ofPackedRaw, ofRedisAlways } },
});

describe('the goals of the benches', () => {
  it('are reached where every bound holds, at the bound too', () => {
    const { reached, asked, measured } = judge(goal('Engine, 256 in flight'), engine(0.5, 1.5));
    expect(reached).to.equal(true);
    expect(asked).to.equal('of packed raw ≥ 0.50 ×, of Redis always ≥ 1.50 ×');
    expect(measured).to.equal('of packed raw 0.50 ×, of Redis always 1.50 ×');
  });

  it('are not reached where one bound does not hold', () => {
    expect(judge(goal('Engine, 256 in flight'), engine(0.7, 1.4)).reached).to.equal(false);
    const slow = { openLoop1000: { p50Ms: 2, p99Ms: 14, p999Ms: 51 } };
    expect(judge(goal('1,000 payments/s, open loop'), slow).reached).to.equal(false);
  });

  it('are not judged where a number is missing', () => {
    const { reached, measured } = judge(goal('Recovery'), { recovery: { eventsPerSecond: 600_000 } });
    expect(reached).to.equal(undefined);
    expect(measured).to.equal('replay 600,000/s');
    for (const verdict of verdicts({})) expect(verdict).to.include({ reached: undefined, measured: '' });
  });

  it('compare the interest run with the time before it, and want every borrower charged once', () => {
    const run = (chargedOnce: number) => ({
      exactness: { borrowers: 10, chargedOnce },
      phases: [{ latency: { p99Ms: 10 } }, { latency: { p99Ms: 30 } }],
    });
    const found = verdicts({ interest: { plain: run(10), killed: run(9) } });
    expect(found.find(({ name }) => name.startsWith('Interest: charged'))?.reached).to.equal(false);
    expect(found.find(({ name }) => name.startsWith('Interest: p99'))?.reached).to.equal(true);
  });
});
