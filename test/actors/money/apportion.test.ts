import { expect } from 'chai';
import fc from 'fast-check';
import { MAX_AMOUNT } from '../../../actors/bounds.js';
import { apportion } from '../../../actors/money/apportion.js';

const weights = fc
  .array(fc.integer({ min: 0, max: MAX_AMOUNT }), { minLength: 1, maxLength: 4 })
  .filter((each) => each.some((weight) => weight > 0));
const amount = fc.integer({ min: 0, max: MAX_AMOUNT });

describe('an amount apportioned by largest remainder', () => {
  it('A10: 1,001 by 40 : 60 as 400 and 601', () => {
    expect(apportion(1_001, [40, 60])).to.deep.equal([400, 601]);
  });

  it('A10c: 100 by 280 : 419 : 301 as 28, 42, 30', () => {
    expect(apportion(100, [280, 419, 301])).to.deep.equal([28, 42, 30]);
  });

  it('of equal remainders the earlier comes first', () => {
    expect(apportion(1, [1, 1])).to.deep.equal([1, 0]);
    expect(apportion(2, [1, 1, 1])).to.deep.equal([1, 1, 0]);
    expect(apportion(5, [1, 1, 2])).to.deep.equal([1, 1, 3]);
  });

  it('adds up, is less than one unit off, and gives nothing to a weight of 0', () => {
    fc.assert(
      fc.property(amount, weights, (whole, each) => {
        const shares = apportion(whole, each);
        const sum = each.reduce((one, other) => one + other, 0);
        expect(shares.reduce((one, other) => one + other, 0)).to.equal(whole);
        for (const [index, weight] of each.entries()) {
          const share = shares[index] ?? -1;
          const off = BigInt(share) * BigInt(sum) - BigInt(whole) * BigInt(weight);
          expect(off > -BigInt(sum) && off < BigInt(sum), `${share} of ${weight}`).to.equal(true);
          if (weight === 0) expect(share).to.equal(0);
        }
      }),
    );
  });

  it('whole: given back whole, in any number of steps, it leaves nothing', () => {
    fc.assert(
      fc.property(
        weights,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }),
        (parts, steps) => {
          let left = parts;
          for (const step of [...steps, 1]) {
            const rest = left.reduce((one, other) => one + other, 0);
            const taken = Math.floor(rest * step);
            if (taken === 0) continue;
            const shares = apportion(taken, left);
            left = left.map((part, index) => part - (shares[index] ?? 0));
            expect(Math.min(...left), 'never more than there was').to.be.at.least(0);
          }
          expect(left.every((part) => part === 0)).to.equal(true);
        },
      ),
    );
  });
});
