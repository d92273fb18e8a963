import { expect } from 'chai';
import fc from 'fast-check';
import { planCuts } from '../../../simulator/powerCut/plan.js';

const anyPlan = fc.record({
  seed: fc.integer({ min: 0, max: 4_294_967_295 }),
  durationMs: fc.integer({ min: 1_000, max: 3_600_000 }),
  copies: fc.integer({ min: 0, max: 50 }),
  shutdown: fc.boolean(),
});

describe('plan of power cuts', () => {
  it('is the same for the same seed, and another for another', () => {
    const plan = (seed: number) => planCuts({ seed, durationMs: 20_000, copies: 10, shutdown: true });
    expect(plan(7)).to.deep.equal(plan(7));
    expect(plan(7)).to.not.deep.equal(plan(8));
  });

  it('has one moment in each equal part of the load, and the failure of the system itself last', () => {
    fc.assert(
      fc.property(anyPlan, (wanted) => {
        const plan = planCuts(wanted);
        const { copies, shutdown, durationMs } = wanted;
        expect(plan.map(({ kind }) => kind)).to.deep.equal([
          ...Array.from({ length: copies }, () => 'copy'),
          ...(shutdown ? ['shutdown'] : []),
        ]);
        for (const [part, { atMs }] of plan.entries()) {
          expect(atMs).to.be.at.least(Math.floor((part * durationMs) / plan.length));
          expect(atMs).to.be.below(((part + 1) * durationMs) / plan.length);
        }
      }),
    );
  });
});
