import { expect } from 'chai';
import fc from 'fast-check';
import { createBusinessClock } from '../../../actors/money/businessClock.js';
import { MAX_TIME } from '../../../actors/money/businessDate.js';
import type { DeploymentRules } from '../../../actors/money/deploymentRules.js';

const rules: DeploymentRules = {
  currency: 'JPY',
  currencyScale: 0,
  timeZone: 'Asia/Tokyo',
  created: 1_000_000,
  businessClock: undefined,
  parameters: undefined,
};

describe('the business clock', () => {
  it('is real time unless the deployment says otherwise', () => {
    expect(createBusinessClock(rules)(1_234_567)).to.equal(1_234_567);
  });

  it('runs from its start at its rate since the creation of the deployment', () => {
    const clock = createBusinessClock({ ...rules, businessClock: { start: 50_000, rate: 60 } });
    expect(clock(1_000_000)).to.equal(50_000);
    expect(clock(1_001_000)).to.equal(110_000);
    expect(clock(999_000)).to.equal(50_000);
  });

  it('never runs backwards and never leaves the four-digit years', () => {
    const clock = createBusinessClock({ ...rules, businessClock: { start: 50_000, rate: 100_000 } });
    const time = fc.integer({ min: 0, max: MAX_TIME });
    fc.assert(
      fc.property(time, time, (one, other) => {
        const [early, late] = [clock(Math.min(one, other)), clock(Math.max(one, other))];
        return early <= late && late <= MAX_TIME;
      }),
    );
  });
});
