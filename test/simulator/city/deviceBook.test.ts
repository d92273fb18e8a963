import { expect } from 'chai';
import { DeviceBook } from '../../../simulator/city/deviceBook.js';
import { replyOf } from './replies.js';

const id = (number: number) => ({ terminal: 'T1', incarnation: 1, number });

describe("a device's own book", () => {
  it('holds what was approved and what was reversed, in lines and sums, until it is taken', () => {
    const book = new DeviceBook();
    book.approved(replyOf({ id: id(1) }));
    book.approved(replyOf({ id: id(2), kind: 'ENTRY', amount: 0 }));
    book.declined(700, 9);
    book.declined(50, 0);
    book.reversed(replyOf({ id: id(1), outcome: 'REVERSED' }), true);
    // Its answer never came: that something was undone says that it had been approved.
    book.reversed(replyOf({ id: id(3), outcome: 'REVERSED', amount: 300 }), false);
    book.reversed(replyOf({ id: id(4), outcome: 'REVERSED', amount: 0 }), false);
    book.reversed(replyOf({ id: id(5), outcome: 'REVERSING', amount: 0 }), false);
    const { totals, transactions, unsure } = book.take();
    expect(
      transactions.map(({ number, reversal = false, amount }) => [number, reversal, amount]),
    ).to.deep.equal([
      [1, false, 2_000],
      [1, true, 2_000],
      [3, false, 300],
      [3, true, 300],
    ]);
    expect(totals).to.deep.equal({
      purchases: { count: 2, amount: 2_300 },
      purchaseReversals: { count: 2, amount: 2_300 },
      declines: { count: 1, amount: 700 },
      ownRefusals: { count: 1, amount: 50 },
    });
    expect(unsure).to.equal(1);
    expect(book.take()).to.deep.equal({ totals: {}, transactions: [], unsure: 0 });
  });
});
