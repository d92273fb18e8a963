import { expect } from 'chai';
import fc from 'fast-check';
import { dateOfDay, dayOf } from '../../../actors/money/businessDate.js';
import {
  type Accrual,
  beginAccrual,
  CARRY_UNIT,
  changePrincipal,
  charge,
  isAccruing,
} from '../../../actors/money/interest.js';
import { dayAfter, TODAY } from './samples.js';

const EIGHTEEN = () => 180_000;

/** Numerators of what rule 6 accrues: principal at the end of the day before × rate, over CARRY_UNIT. */
function exactly(
  principal: number,
  changes: readonly (readonly [day: number, amount: number])[],
  last: number,
  rateOn: (date: number) => number,
): bigint {
  let sum = 0n;
  for (let day = 1; day <= last; day += 1) {
    const held = changes.reduce((held, [on, amount]) => (on < day ? held + amount : held), principal);
    sum += BigInt(Math.max(0, held)) * BigInt(rateOn(dayAfter(day)));
  }
  return sum;
}

describe('interest (rule 6)', () => {
  it('B2: 100,000 at 18 % over 27 days is 1,331 and a fraction', () => {
    const { amount, accrual } = charge(beginAccrual(TODAY, 100_000), dayAfter(27), EIGHTEEN);
    expect(amount).to.equal(1_331);
    expect(accrual).to.deep.equal({
      through: dayAfter(27),
      principal: 100_000,
      carry: 185_000_000,
      changes: [],
    });
    expect(185_000_000 / CARRY_UNIT).to.be.closeTo(0.5068, 0.0001);
  });

  it('the same in one charge or in any number of them, at any rate and with any changes', () => {
    const day = fc.integer({ min: 1, max: 60 });
    const change = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: -50_000, max: 50_000 }));
    fc.assert(
      fc.property(
        fc.nat(1_000_000),
        fc.array(change, { maxLength: 8 }),
        fc.array(day, { maxLength: 6 }),
        fc.integer({ min: 0, max: 10_000_000 }),
        (principal, changes, stops, rate) => {
          const rateOn = (date: number) => (date > dayAfter(30) ? 180_000 : rate);
          let accrual: Accrual = beginAccrual(TODAY, principal);
          for (const [on, amount] of changes) accrual = changePrincipal(accrual, dayAfter(on), amount);
          let posted = 0n;
          for (const stop of [...stops.sort((one, other) => one - other), 60]) {
            const charged = charge(accrual, dayAfter(stop), rateOn);
            expect(charged.amount).to.be.at.least(0);
            expect(charged.accrual.carry).to.be.within(0, CARRY_UNIT - 1);
            posted += BigInt(charged.amount);
            ({ accrual } = charged);
          }
          const total = posted * BigInt(CARRY_UNIT) + BigInt(accrual.carry);
          expect(total).to.equal(exactly(principal, changes, 60, rateOn));
          expect(accrual.changes).to.deep.equal([]);
        },
      ),
    );
  });

  it('is exact where a number is not: a rate of 1,000 % on the largest loans', () => {
    const principal = 999_999_999_999;
    const { amount, accrual } = charge(beginAccrual(TODAY, principal), dayAfter(400), () => 10_000_000);
    const numerator = BigInt(principal) * 10_000_000n * 400n;
    expect(BigInt(amount)).to.equal(numerator / BigInt(CARRY_UNIT));
    expect(BigInt(accrual.carry)).to.equal(numerator % BigInt(CARRY_UNIT));
  });

  it('a charge up to a date that is charged already changes nothing', () => {
    const { accrual } = charge(beginAccrual(TODAY, 5_000), dayAfter(5), EIGHTEEN);
    expect(charge(accrual, dayAfter(5), EIGHTEEN)).to.deep.equal({ amount: 0, accrual });
    expect(charge(accrual, dayAfter(2), EIGHTEEN)).to.deep.equal({ amount: 0, accrual });
  });

  it('counts the days of the calendar: over the end of a month and of a leap year’s February', () => {
    const days = (from: number, to: number) => charge(beginAccrual(from, 365), to, () => 1_000_000).amount;
    expect(days(2024_02_28, 2024_03_01)).to.equal(2);
    expect(days(2023_02_28, 2023_03_01)).to.equal(1);
    expect(days(2023_12_31, 2024_12_31)).to.equal(366);
    expect(dateOfDay(dayOf(2024_02_28) + 1)).to.equal(2024_02_29);
  });

  describe('remembers changes of the principal until they are charged', () => {
    const begun = beginAccrual(TODAY, 1_000);

    it('one for each date, ascending, none of 0', () => {
      let accrual = changePrincipal(begun, dayAfter(3), 50);
      accrual = changePrincipal(accrual, dayAfter(1), 20);
      accrual = changePrincipal(accrual, dayAfter(3), 5);
      expect(accrual.changes).to.deep.equal([
        { businessDate: dayAfter(1), amount: 20 },
        { businessDate: dayAfter(3), amount: 55 },
      ]);
      accrual = changePrincipal(accrual, dayAfter(1), -20);
      expect(accrual.changes).to.deep.equal([{ businessDate: dayAfter(3), amount: 55 }]);
      expect(changePrincipal(begun, dayAfter(1), 0)).to.equal(begun);
    });

    it('what is of a charged date is in the principal at once', () => {
      const accrual = changePrincipal(begun, TODAY, 500);
      expect(accrual).to.deep.equal({ ...begun, principal: 1_500 });
      expect(changePrincipal(begun, dayAfter(-9), 500)).to.deep.equal(accrual);
    });

    it('and visits nobody for nothing', () => {
      expect(isAccruing(begun)).to.equal(true);
      const repaid = changePrincipal(begun, dayAfter(1), -1_000);
      expect(isAccruing(charge(repaid, dayAfter(1), EIGHTEEN).accrual)).to.equal(false);
      expect(isAccruing(beginAccrual(TODAY, 0))).to.equal(false);
      expect(isAccruing(changePrincipal(beginAccrual(TODAY, 0), dayAfter(1), 5))).to.equal(true);
    });
  });
});
