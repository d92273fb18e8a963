import { expect } from 'chai';
import { fareOf, inForce, NO_PARAMETERS, sameParameters } from '../../../actors/money/parameters.js';
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
