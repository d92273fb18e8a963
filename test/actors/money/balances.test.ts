import { MAX_AMOUNT, MAX_BALANCE, MAX_HELD_VALUE } from '../../../actors/bounds.js';
import { expect } from 'chai';
import fc from 'fast-check';
import {
  applyDeposit,
  applyPurchase,
  type Balances,
  depositThatFits,
  owed,
  splitDeposit,
  splitPurchase,
  undoDeposit,
  undoPurchase,
} from '../../../actors/money/balances.js';
import type { Parts } from '../../../actors/money/parts.js';

const amount = fc.integer({ min: 1, max: 1_000_000 });
const held = fc.integer({ min: 0, max: 1_000_000 });
const anyBalances: fc.Arbitrary<Balances> = fc.record({
  storedValue: held,
  loan: held,
  interest: held,
  fareOwed: held,
  limit: held,
});

function sum({ value, account, loan, interest, fare }: Parts): number {
  return value + account + loan + interest + fare;
}

/** What the holder has, less what the holder owes. */
function worth(balances: Balances): number {
  return balances.storedValue - owed(balances);
}

describe('the arithmetic of a card', () => {
  it('splits every purchase into parts that add up to its amount, value first (I2)', () => {
    fc.assert(
      fc.property(anyBalances, amount, (balances, price) => {
        const parts = splitPurchase(balances, price);
        expect(sum(parts)).to.equal(price);
        expect(parts.value).to.equal(Math.min(price, balances.storedValue));
        expect(worth(applyPurchase(balances, parts))).to.equal(worth(balances) - price);
      }),
    );
  });

  it('pays fare, interest and principal with a deposit, in this order, before stored value (rule 4)', () => {
    fc.assert(
      fc.property(anyBalances, amount, (balances, paid) => {
        const parts = splitDeposit(balances, paid);
        const after = applyDeposit(balances, parts);
        expect(sum(parts)).to.equal(paid);
        expect(worth(after)).to.equal(worth(balances) + paid);
        if (after.fareOwed > 0) expect(parts.interest + parts.loan + parts.value).to.equal(0);
        if (after.interest > 0) expect(parts.loan + parts.value).to.equal(0);
        if (after.loan > 0) expect(parts.value).to.equal(0);
      }),
    );
  });

  it('B4b: a deposit of 20 lowers interest of 22 to 2; one of 1,502 then pays everything', () => {
    const before = { storedValue: 0, loan: 1_500, interest: 22, fareOwed: 0, limit: 10_000 };
    const after = applyDeposit(before, splitDeposit(before, 20));
    expect(after).to.include({ interest: 2, loan: 1_500 });
    const free = applyDeposit(after, splitDeposit(after, 1_502));
    expect(owed(free)).to.equal(0);
    expect(free.storedValue).to.equal(0);
  });

  it('gives back the whole purchase, whatever happened to the loan in between (rule 9)', () => {
    fc.assert(
      fc.property(anyBalances, amount, fc.option(amount), (balances, price, deposit) => {
        const parts = splitPurchase(balances, price);
        let between = applyPurchase(balances, parts);
        if (deposit !== null) between = applyDeposit(between, splitDeposit(between, deposit));
        const after = undoPurchase(between, parts);
        expect(worth(after)).to.equal(worth(between) + price);
        if (deposit === null) expect(after).to.deep.equal(balances);
      }),
    );
  });

  it('R9: after 2,000 and a deposit of 500, what is given back beyond the principal goes to stored value', () => {
    const before = { storedValue: 0, loan: 300, interest: 0, fareOwed: 0, limit: 10_000 };
    const parts = { value: 600, account: 0, loan: 400, interest: 0, fare: 0, restoredLoan: 0 };
    expect(undoPurchase(before, parts)).to.include({ loan: 0, storedValue: 700 });
  });

  it('takes back a deposit in its parts; what the card no longer holds becomes loan (rule 9)', () => {
    fc.assert(
      fc.property(anyBalances, amount, fc.option(amount), (balances, deposit, price) => {
        const parts = splitDeposit(balances, deposit);
        let between = applyDeposit(balances, parts);
        if (price !== null) between = applyPurchase(between, splitPurchase(between, price));
        const after = undoDeposit(between, parts);
        expect(worth(after)).to.equal(worth(between) - deposit);
        expect(after.storedValue).to.be.at.least(0);
        if (price === null) expect(after).to.deep.equal(balances);
      }),
    );
  });

  it('says what fits: cap − SV + owed, never less than 0; A4: 15,800', () => {
    const c1 = { storedValue: 4_200, loan: 0, interest: 0, fareOwed: 0, limit: 10_000 };
    expect(depositThatFits(c1, 20_000)).to.equal(15_800);
    expect(depositThatFits({ ...c1, loan: 300, interest: 20, fareOwed: 1 }, 20_000)).to.equal(16_121);
    expect(depositThatFits({ ...c1, storedValue: 30_000 }, 20_000)).to.equal(0);
  });

  it('leaves room, on a card without a cap, for every later reversal', () => {
    const full = { storedValue: MAX_HELD_VALUE - 1, loan: 0, interest: 0, fareOwed: 0, limit: 0 };
    expect(depositThatFits(full, undefined)).to.equal(1);
    const paid = splitPurchase(full, MAX_AMOUNT);
    const topped = splitDeposit(applyPurchase(full, paid), MAX_AMOUNT);
    const again = applyDeposit(applyPurchase(full, paid), topped);
    expect(undoPurchase(again, paid).storedValue).to.equal(MAX_HELD_VALUE - 1 + MAX_AMOUNT);
    expect(MAX_HELD_VALUE + 7_000 * MAX_AMOUNT).to.be.below(MAX_BALANCE);
    expect(depositThatFits(undoPurchase(again, paid), undefined)).to.equal(0);
  });

  it('drops a turn that would take more value than there is', () => {
    const c1 = { storedValue: 5, loan: 0, interest: 0, fareOwed: 0, limit: 0 };
    const parts = { value: 6, account: 0, loan: 0, interest: 0, fare: 0, restoredLoan: 0 };
    expect(() => applyPurchase(c1, parts)).to.throw(/stored value would become -1/);
  });
});
