import { expect } from 'chai';
import fc from 'fast-check';
import { createBusinessClock } from '../../../actors/money/businessClock.js';
import { createBusinessCalendar } from '../../../actors/money/businessDate.js';
import { createDateEnd } from '../../../actors/money/dateEnd.js';
import type { DeploymentRules } from '../../../actors/money/deploymentRules.js';

const created = Date.UTC(2026, 0, 5);

function rulesIn(timeZone: string, businessClock?: DeploymentRules['businessClock']): DeploymentRules {
  return { currency: 'JPY', currencyScale: 0, timeZone, created, businessClock, parameters: undefined };
}

describe('the end of a business date', () => {
  it('is midnight in the deployment’s zone', () => {
    expect(createDateEnd(rulesIn('Asia/Tokyo'))(20261120)).to.equal(Date.parse('2026-11-21T00:00:00+09:00'));
    expect(createDateEnd(rulesIn('America/New_York'))(20261101)).to.equal(
      Date.parse('2026-11-02T00:00:00-05:00'),
    );
    expect(createDateEnd(rulesIn('Asia/Kathmandu'))(20261120)).to.equal(
      Date.parse('2026-11-21T00:00:00+05:45'),
    );
  });

  it('is the last one, where clocks were put back over midnight', () => {
    // From midnight to 23:00 of the day before.
    const end = createDateEnd(rulesIn('America/Sao_Paulo'))(20180217);
    expect(new Date(end).toISOString()).to.equal('2018-02-18T03:00:00.000Z');
  });

  it('is, whatever the clock and the zone, the first time of partitions of a later date', () => {
    const zones = fc.constantFrom(
      'Asia/Tokyo',
      'UTC',
      'America/St_Johns',
      'Pacific/Kiritimati',
      'Pacific/Niue',
    );
    const clocks = fc.option(
      fc.record({
        start: fc.integer({ min: created, max: created + 1e10 }),
        rate: fc.integer({ min: 1, max: 100_000 }),
      }),
      { nil: undefined },
    );
    fc.assert(
      fc.property(zones, clocks, fc.integer({ min: 0, max: 1e9 }), (zone, businessClock, elapsed) => {
        const rules = rulesIn(zone, businessClock);
        const clock = createBusinessClock(rules);
        const dateOf = createBusinessCalendar(zone);
        const date = dateOf(clock(created + elapsed));
        const end = createDateEnd(rules)(date);
        expect(end).to.be.greaterThan(created + elapsed);
        expect(dateOf(clock(end))).to.be.greaterThan(date);
        expect(dateOf(clock(end - 1))).to.equal(date);
      }),
    );
  });

  it('is before everything, of a date before the deployment’s first', () => {
    const rules = rulesIn('UTC', { start: created, rate: 60 });
    expect(createDateEnd(rules)(20260104)).to.equal(0);
  });
});
