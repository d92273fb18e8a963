import { expect } from 'chai';
import fc from 'fast-check';
import type { Balances } from '../../../actors/money/balances.js';
import { pendingSum, projected, roomBehind } from '../../../actors/money/instruction.js';
import { C1_BALANCES } from './samples.js';

function instructions(...amounts: readonly number[]) {
  return amounts.map((amount, index) => ({ reference: `R${index}`, amount, time: 0 }));
}

describe('pending store instructions (rule 5)', () => {
  const owing: Balances = { ...C1_BALANCES, storedValue: 0, loan: 1_500, interest: 22 };

  it('B4: projected: I 0, L 0, SV 478', () => {
    expect(projected(owing, instructions(2_000), 20_000)).to.deep.equal({ ...C1_BALANCES, storedValue: 478 });
    expect(pendingSum(instructions(2_000, 5))).to.equal(2_005);
  });

  it('are projected in order, as far as they fit', () => {
    const full = { ...C1_BALANCES, storedValue: 19_500 };
    expect(projected(full, instructions(900, 1), 20_000)).to.equal(full);
    expect(projected(full, instructions(400, 900, 1), 20_000)).to.include({ storedValue: 19_900 });
  });

  it('B4c: leave room behind them for what is left of the cap', () => {
    const card = { ...C1_BALANCES, storedValue: 19_000 };
    expect(roomBehind(card, instructions(900), 20_000)).to.equal(100);
    expect(roomBehind({ ...card, storedValue: 19_500 }, instructions(900), 20_000)).to.equal(0);
    expect(roomBehind(owing, [], 20_000)).to.equal(21_522);
  });

  it('what has room behind them fits once they are applied', () => {
    const held = fc.nat(20_000);
    const balances = fc.record({
      storedValue: held,
      loan: held,
      interest: held,
      fareOwed: held,
      limit: held,
    });
    fc.assert(
      fc.property(
        balances,
        fc.array(fc.integer({ min: 1, max: 9_000 }), { maxLength: 5 }),
        (before, amounts) => {
          const pending = instructions(...amounts);
          const room = roomBehind(before, pending, 20_000);
          if (room === 0) return;
          const after = projected(before, instructions(...amounts, room), 20_000);
          const owed = after.loan + after.interest + after.fareOwed;
          expect(after.storedValue - owed, 'exactly full').to.equal(20_000);
        },
      ),
    );
  });
});
