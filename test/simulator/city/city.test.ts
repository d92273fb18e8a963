/** A short city on real servers: everything in it happens, and the auditor passes over all of it. */
import { expect } from 'chai';
import { createBusinessCalendar } from '../../../actors/money/businessDate.js';
import type { Parameters } from '../../../actors/money/parameters.js';
import { ACTIVITY_NAMES, PART_NAMES } from '../../../simulator/city/day.js';
import { simulate, type SimulationOptions } from '../../../simulator/simulate.js';
import { PARAMETERS } from '../../acceptance/claims/fixture.js';
import { startSystem, type TestSystem } from '../../acceptance/system.js';
import { thrownBy } from '../../support/thrownBy.js';

/** A day in 10 s. */
const RATE = 8_640;
const DAY_MS = 86_400_000 / RATE;
/** Three in the morning, in Tokyo. */
const START = Date.UTC(2026, 2, 1, 18);
const GRACE_MS = 3_000;

const OPTIONS: Omit<SimulationOptions, 'url' | 'secret'> = {
  ...{ scenario: 'city', cards: 150, terminals: 24, seed: 11, drainWithinMs: 60_000, alone: true },
  durationMs: 1.05 * DAY_MS,
  pace: { kind: 'rate', rate: 120 },
  cpu: () => ({}),
  onProgress: () => undefined,
};

describe('a city', function () {
  this.timeout(180_000);
  let system: TestSystem | undefined;
  afterEach(async () => {
    await system?.stop();
    system = undefined;
  });

  it('lives through a day and its night, and everything adds up', async () => {
    const fares = ['A', 'B'].flatMap((fromZone) =>
      ['A', 'B'].map((toZone) => ({ fromZone, toZone, amount: fromZone === toZone ? 0 : 320 })),
    );
    const parameters: Parameters = {
      ...PARAMETERS,
      effectiveFrom: createBusinessCalendar('Asia/Tokyo')(START),
      fares,
    };
    const businessClock = { start: START, rate: RATE, graceMs: GRACE_MS };
    system = await startSystem({ parameters, businessClock });
    const { url, secret } = system;
    const { city, ...report } = await simulate({ ...OPTIONS, url, secret });

    expect(report.violations, `seed ${report.seed}`).to.deep.equal([]);
    expect([report.verdict, report.reason]).to.deep.equal(['pass', '']);
    if (city === undefined) throw new Error('a city reports itself');
    const parts = PART_NAMES.map((name) => city.parts[name]);
    for (const name of ACTIVITY_NAMES) {
      // Rare ones may not fit into a day of seconds.
      if (RARE.has(name)) continue;
      const begun = parts.reduce((sum, { activities }) => sum + (activities[name] ?? 0), 0);
      expect(begun, name).to.be.greaterThan(0);
    }
    const declined = new Set(parts.flatMap((part) => Object.keys(part.declined)));
    for (const code of DECLINED) expect([...declined], code).to.include(code);
    expect(city.night).to.deep.include({ settlements: 1, datesCharged: 1 });
    expect(city.night.batches).to.equal(report.terminals);
    expect(city.night.compared).to.equal(report.terminals);
    expect(city.night.ordered).to.be.greaterThan(0);
    expect(Number(city.interest.posted)).to.be.greaterThan(0);
    expect(city.explained['alike']).to.be.greaterThan(0);
    expect(city.explained['otherwise']).to.equal(0);
    expect(city.phones).to.be.greaterThan(0);
    expect(report.prohibitionMs).not.to.equal(null);
  });

  it('needs a clock that is faster than real time', async () => {
    system = await startSystem();
    const { url, secret } = system;
    const error = await thrownBy(() => simulate({ ...OPTIONS, url, secret, durationMs: 1 }));
    expect(error).to.be.an('error').with.property('name', 'RealTimeError');
  });
});

const RARE: ReadonlySet<string> = new Set(['brokenLine', 'adjust', 'close', 'offlineExit', 'phoneMove']);

const DECLINED = [
  ...['ALREADY_INSIDE', 'NOT_INSIDE', 'PIN_REQUIRED', 'PIN_WRONG', 'PIN_BLOCKED', 'CARD_PROHIBITED'],
  ...['DEFERRAL_NOT_PERMITTED', 'CREDIT_LIMIT', 'VOID_NOT_POSSIBLE', 'REFUND_EXCEEDS_ORIGINAL'],
  'DEVICE_SUPERSEDED',
];
