import { MAX_AMOUNT, MAX_BALANCE, MAX_HELD_VALUE } from '../../../actors/bounds.js';
import { expect } from 'chai';
import fc from 'fast-check';
import {
  adjusted,
  applyDeposit,
  applyPayment,
  type Balances,
  depositThatFits,
  dueOf,
  giveBack,
  owed,
  splitDeposit,
  takeAgain,
  undoDeposit,
} from '../../../actors/money/balances.js';
import { NO_PARTS, type Parts } from '../../../actors/money/parts.js';

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

/** All loan, whatever the limit says. */
function splitPurchase(balances: Balances, price: number): Parts {
  const loan = dueOf(balances, price);
  return { ...NO_PARTS, value: price - loan, loan };
}

function undoPurchase(balances: Balances, parts: Parts): Balances {
  return giveBack(balances, parts, false).balances;
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
        expect(worth(applyPayment(balances, parts))).to.equal(worth(balances) - price);
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
        let between = applyPayment(balances, parts);
        if (deposit !== null) between = applyDeposit(between, splitDeposit(between, deposit));
        const after = undoPurchase(between, parts);
        expect(worth(after)).to.equal(worth(between) + price);
        if (deposit === null) expect(after).to.deep.equal(balances);
      }),
    );
  });

  it('R9: after 2,000 and a deposit of 500, what is given back beyond the principal goes to stored value', () => {
    const before = { storedValue: 0, loan: 300, interest: 0, fareOwed: 0, limit: 10_000 };
    const parts = { ...NO_PARTS, value: 600, loan: 400 };
    expect(undoPurchase(before, parts)).to.include({ loan: 0, storedValue: 700 });
  });

  it('takes back a deposit in its parts; what the card no longer holds becomes loan (rule 9)', () => {
    fc.assert(
      fc.property(anyBalances, amount, fc.option(amount), (balances, deposit, price) => {
        const parts = splitDeposit(balances, deposit);
        let between = applyDeposit(balances, parts);
        if (price !== null) between = applyPayment(between, splitPurchase(between, price));
        const after = undoDeposit(between, parts).balances;
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
    const topped = splitDeposit(applyPayment(full, paid), MAX_AMOUNT);
    const again = applyDeposit(applyPayment(full, paid), topped);
    expect(undoPurchase(again, paid).storedValue).to.equal(MAX_HELD_VALUE - 1 + MAX_AMOUNT);
    expect(MAX_HELD_VALUE + 7_000 * MAX_AMOUNT).to.be.below(MAX_BALANCE);
    expect(depositThatFits(undoPurchase(again, paid), undefined)).to.equal(0);
  });

  it('drops a turn that would take more value than there is', () => {
    const c1 = { storedValue: 5, loan: 0, interest: 0, fareOwed: 0, limit: 0 };
    const parts = { ...NO_PARTS, value: 6 };
    expect(() => applyPayment(c1, parts)).to.throw(/stored value would become -1/);
  });

  it('takes again exactly what was given back, if nothing happened in between (rule 9)', () => {
    const given = fc.record({ value: held, account: held, loan: held });
    fc.assert(
      fc.property(anyBalances, given, fc.boolean(), (balances, parts, returned) => {
        const back = giveBack(balances, { ...NO_PARTS, ...parts }, returned);
        const again = takeAgain(back.balances, back.parts, returned);
        expect(again.balances).to.deep.equal(balances);
        expect(again.parts).to.deep.equal(back.parts);
      }),
    );
  });

  it('takes again what was given back of an uncollected fare', () => {
    fc.assert(
      fc.property(anyBalances, held, held, (balances, value, fare) => {
        const back = giveBack(balances, { ...NO_PARTS, value, fare }, false);
        expect(takeAgain(back.balances, back.parts, false).balances).to.deep.equal(balances);
      }),
    );
  });

  it('is worth as much less when taken again, whatever was spent or paid in between', () => {
    fc.assert(
      fc.property(
        anyBalances,
        held,
        held,
        fc.option(amount),
        fc.option(amount),
        (balances, value, loan, paid, price) => {
          const back = giveBack(balances, { ...NO_PARTS, value, loan }, false);
          let between = back.balances;
          if (paid !== null) between = applyDeposit(between, splitDeposit(between, paid));
          if (price !== null) between = applyPayment(between, splitPurchase(between, price));
          const again = takeAgain(between, back.parts, false);
          expect(worth(again.balances)).to.equal(worth(between) - value - loan);
          expect(again.balances.storedValue).to.be.at.least(0);
        },
      ),
    );
  });

  it('an account share that came back since is loan when it is taken again', () => {
    const before = { storedValue: 0, loan: 500, interest: 0, fareOwed: 0, limit: 10_000 };
    const again = takeAgain(before, { ...NO_PARTS, account: 300 }, true);
    expect(again.balances.loan).to.equal(800);
    expect(again.parts.accountAsLoan).to.equal(300);
    expect(takeAgain(before, { ...NO_PARTS, account: 300 }, false).balances.loan).to.equal(500);
  });

  it('is adjusted by signed amounts, never below 0 (rule 18)', () => {
    const c1 = { storedValue: 1_200, loan: 10, interest: 5, fareOwed: 3, limit: 10_000 };
    const change = { storedValue: -1_200, loan: 90, interest: -5, fareOwed: 0 };
    expect(adjusted(c1, change)).to.deep.equal({ ...c1, storedValue: 0, loan: 100, interest: 0 });
    for (const name of ['storedValue', 'loan', 'interest', 'fareOwed'] as const) {
      const none = { storedValue: 0, loan: 0, interest: 0, fareOwed: 0 };
      expect(adjusted(c1, { ...none, [name]: -c1[name] - 1 }), name).to.equal(undefined);
      expect(adjusted(c1, { ...none, [name]: -c1[name] })?.[name], name).to.equal(0);
    }
  });
});
