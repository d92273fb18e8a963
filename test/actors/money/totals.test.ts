import { expect } from 'chai';
import { NO_PARTS } from '../../../actors/money/parts.js';
import {
  type BatchTotals,
  countApproved,
  countRefusal,
  countReversal,
} from '../../../actors/money/totals.js';

const today = { batch: 1, businessDate: 20240229 };
const parts = { ...NO_PARTS, value: 1_200, loan: 800 };

describe('compiled totals', () => {
  it('A1: 2,000 = value 1,200 + due 800, count 1', () => {
    const [row] = countApproved([], today, 'PURCHASE', parts);
    expect(row).to.deep.include({ batch: 1, businessDate: 20240229, enquiries: 0 });
    expect(row?.purchases).to.deep.include({ count: 1, amount: 2_000n });
    expect(row?.purchases.parts).to.deep.include({ value: 1_200n, loan: 800n, account: 0n });
  });

  it('keeps an undo as a line of its own and takes nothing out', () => {
    const before = countApproved([], today, 'PURCHASE', parts);
    const [row] = countReversal(before, today, 'PURCHASE', 2_000, parts);
    expect(row?.purchases).to.deep.equal(before[0]?.purchases);
    expect(row?.purchaseReversals).to.deep.include({ count: 1, amount: 2_000n });
  });

  it('counts the undoing of a fare of 0, as it counts the fare; of an entry there is no line', () => {
    const before = countApproved([], today, 'FARE', NO_PARTS);
    const [row] = countReversal(before, today, 'FARE', 0, NO_PARTS);
    expect([row?.fares.count, row?.fareReversals.count]).to.deep.equal([1, 1]);
    expect(countReversal(before, today, 'ENTRY', 0, NO_PARTS)).to.equal(before);
  });

  it('keeps a row for each batch and business date', () => {
    let totals: readonly BatchTotals[] = [];
    totals = countApproved(totals, today, 'DEPOSIT', { ...NO_PARTS, value: 10 });
    totals = countRefusal(totals, { ...today, businessDate: 20240301 }, 'declines', 7);
    totals = countRefusal(totals, { ...today, batch: 2 }, 'ownRefusals', 0);
    totals = countApproved(totals, today, 'ENQUIRY', NO_PARTS);
    expect(totals.map(({ batch, businessDate }) => [batch, businessDate])).to.deep.equal([
      [1, 20240229],
      [1, 20240301],
      [2, 20240229],
    ]);
    expect(totals[0]).to.deep.include({ enquiries: 1 });
    expect(totals[2]?.ownRefusals).to.deep.include({ count: 1, amount: 0n });
  });

  it('stays exact beyond what a number can hold', () => {
    let totals: readonly BatchTotals[] = [];
    for (let index = 0; index < 10_000; index += 1) {
      totals = countApproved(totals, today, 'PURCHASE', {
        ...NO_PARTS,
        value: 999_999_999_999,
      });
    }
    expect(totals[0]?.purchases.amount).to.equal(9_999_999_999_990_000n);
    expect(totals[0]?.purchases.parts.value).to.equal(9_999_999_999_990_000n);
  });
});
