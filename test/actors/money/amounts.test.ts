import { expect } from 'chai';
import fc from 'fast-check';
import { exact, isAmount, MAX_TERM } from '../../../actors/money/amounts.js';

describe('amounts', () => {
  it('takes an integer from 1 to 999,999,999,999 and nothing else', () => {
    for (const amount of [1, 2, 999_999_999_999]) expect(isAmount(amount), String(amount)).to.equal(true);
    for (const amount of [0, -1, 1_000_000_000_000, 1.5, NaN, Infinity, 10n ** 18n, 5n]) {
      expect(isAmount(amount), String(amount)).to.equal(false);
    }
  });

  it('never lets a balance become negative, fractional or inexact', () => {
    for (const balance of [-1, 0.5, NaN, Infinity, 2 ** 53]) {
      expect(() => exact(balance, 'loan'), String(balance)).to.throw(/loan would become/);
    }
    fc.assert(fc.property(fc.maxSafeNat(), (balance) => exact(balance, 'loan') === balance));
  });

  it('keeps the sum of a card’s opening amounts exact', () => {
    expect(Number.isSafeInteger(5 * MAX_TERM)).to.equal(true);
  });
});
