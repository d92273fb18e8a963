import { expect } from 'chai';
import fc from 'fast-check';
import { IdTable, NumberIndex, Seen } from '../../../simulator/auditor/ids.js';

describe('ids of the auditor', () => {
  it('find every number again, in whatever order numbers come', () => {
    const numbers = fc.uniqueArray(fc.oneof(fc.nat(200), fc.nat(100_000), fc.constant(2 ** 40)), {
      maxLength: 300,
    });
    fc.assert(
      fc.property(numbers, (all) => {
        const index = new NumberIndex();
        all.forEach((number, row) => {
          index.set(number, row);
        });
        all.forEach((number, row) => expect(index.get(number)).to.equal(row));
        expect(index.get(2 ** 41)).to.equal(undefined);
      }),
    );
  });

  it('keep what is known of an id while the table grows', () => {
    const ids = new IdTable();
    const kept = { value: 1, account: 2, loan: 3, interest: 4, fare: 5 };
    const parts = { ...kept, restoredLoan: 6, excess: 7, accountAsLoan: 8 };
    const first = ids.add(1, 2, 3);
    ids.mark(first, Seen.opened | Seen.countedLate);
    ids.setParts(first, parts);
    for (let number = 4; number < 5_000; number += 1)
      ids.setParts(ids.add(1, 2, number), { ...parts, value: number });
    expect(ids.has(first, Seen.countedLate)).to.equal(true);
    expect(ids.has(first, Seen.closed)).to.equal(false);
    expect(ids.partsOf(first)).to.deep.equal(parts);
    expect([ids.terminal[first], ids.incarnation[first], ids.number[first]]).to.deep.equal([1, 2, 3]);
    expect(ids.partsOf(ids.size - 1).value).to.equal(4_999);
  });
});
