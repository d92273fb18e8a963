import { expect } from 'chai';
import fc from 'fast-check';
import {
  fareOf,
  inForce,
  NO_PARAMETERS,
  type Parameters,
  refundableFrom,
  sameParameters,
} from '../../../actors/money/parameters.js';
import { dayAfter, PARAMETERS, TODAY } from './samples.js';

describe('parameters', () => {
  const later = { ...PARAMETERS, number: 1, effectiveFrom: dayAfter(10) };
  const schedule = [PARAMETERS, later];

  it('are in force from their date on', () => {
    expect(inForce(schedule, TODAY)).to.equal(PARAMETERS);
    expect(inForce(schedule, dayAfter(9))).to.equal(PARAMETERS);
    expect(inForce(schedule, dayAfter(10))).to.equal(later);
    expect(inForce(schedule, dayAfter(-1)), 'before the first').to.equal(NO_PARAMETERS);
    expect(inForce([], TODAY)).to.equal(NO_PARAMETERS);
  });

  it('of one date: the higher number; of a later number with an earlier date: that date’s', () => {
    const corrected = { ...later, number: 2 };
    expect(inForce([...schedule, corrected], dayAfter(10))).to.equal(corrected);
    const between = { ...later, number: 2, effectiveFrom: dayAfter(5) };
    expect(inForce([...schedule, between], dayAfter(7))).to.equal(between);
    expect(inForce([...schedule, between], dayAfter(10))).to.equal(later);
  });

  describe('say how old a purchase may be that is refunded', () => {
    const from = (day: number, ...schedule: readonly Parameters[]) => refundableFrom(schedule, dayAfter(day));
    const days = (number: number, effectiveDay: number, refundDays: number): Parameters => {
      return { ...PARAMETERS, number, effectiveFrom: dayAfter(effectiveDay), refundDays };
    };
    const created = { ...PARAMETERS, refundDays: 10 };

    it('as many days as are in force', () => {
      expect(from(3, created)).to.equal(dayAfter(-7));
      expect(from(3), 'usually').to.equal(dayAfter(3 - 180));
      expect(from(20, created, days(1, 20, 4)), 'fewer, from the first day').to.equal(dayAfter(16));
    });

    it('what was too old once stays so when they become more', () => {
      const more = days(1, 20, 100);
      expect(from(19, created, more)).to.equal(dayAfter(9));
      expect(from(20, created, more)).to.equal(dayAfter(9));
      expect(from(109, created, more)).to.equal(dayAfter(9));
      expect(from(110, created, more)).to.equal(dayAfter(10));
    });

    it('and so never goes back', () => {
      const change = fc.record({ day: fc.nat(60), refundDays: fc.nat(40) });
      fc.assert(
        fc.property(fc.array(change, { maxLength: 4 }), (changes) => {
          const schedule = [created, ...changes.map((each, at) => days(at + 1, each.day, each.refundDays))];
          for (let day = 1; day < 100; day += 1) {
            expect(from(day, ...schedule)).to.be.at.least(from(day - 1, ...schedule));
          }
        }),
      );
    });
  });

  it('have the fare from zone to zone; no row: the highest; no table: 0', () => {
    const fares = [
      { fromZone: 'A', toZone: 'B', amount: 320 },
      { fromZone: 'A', toZone: 'A', amount: 0 },
      { fromZone: 'B', toZone: 'C', amount: 900 },
    ];
    const table = { ...PARAMETERS, fares };
    expect(fareOf(table, 'A', 'B')).to.equal(320);
    expect(fareOf(table, 'A', 'A')).to.equal(0);
    expect(fareOf(table, 'B', 'A'), 'one way is not the other').to.equal(900);
    expect(fareOf({ ...table, fares: [] }, 'A', 'B')).to.equal(0);
  });

  it('are the same only if everything is', () => {
    expect(sameParameters(PARAMETERS, { ...PARAMETERS, fares: [...PARAMETERS.fares] })).to.equal(true);
    const others = [
      { number: 9 },
      { effectiveFrom: 1 },
      { ratePpm: 1 },
      { frequency: 'WEEKLY' as const },
      { refundDays: 1 },
      { fares: [] },
      { fares: [{ fromZone: 'A', toZone: 'B', amount: 321 }] },
    ];
    for (const other of others) {
      expect(sameParameters(PARAMETERS, { ...PARAMETERS, ...other }), JSON.stringify(other)).to.equal(false);
    }
  });
});
