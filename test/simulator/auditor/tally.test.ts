import { expect } from 'chai';
import fc from 'fast-check';
import { Kind } from '../../../simulator/auditor/codes.js';
import { NO_PARTS } from '../../../simulator/auditor/wire/money.js';
import { compareTotals, SUMS, TotalsBook } from '../../../simulator/auditor/tally.js';

const parts = (value: number) => ({ ...NO_PARTS, value, loan: 1 });

describe('totals of the auditor', () => {
  it('stay exact beyond 2^53', () => {
    const amounts = fc.array(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), { maxLength: 20 });
    fc.assert(
      fc.property(amounts, (all) => {
        const line = new TotalsBook().on(1, 20260301).line('purchases');
        for (const amount of all) line.add(amount, parts(amount));
        const sum = all.reduce((total, amount) => total + BigInt(amount), 0n);
        expect(SUMS.map((name) => line.total(name))).to.deep.equal([
          sum,
          sum,
          0n,
          BigInt(all.length),
          ...[0n, 0n, 0n, 0n, 0n],
        ]);
        for (const amount of all) line.add(amount, parts(amount), -1);
        expect(line.total('amount')).to.equal(0n);
        expect(line.count).to.equal(0);
      }),
    );
  });

  it('count the reversal of a fare of 0; of an entry there is no line', () => {
    const row = new TotalsBook().on(1, 20260301);
    row.reversed(Kind.fare, 0, NO_PARTS);
    row.reversed(Kind.entry, 0, NO_PARTS);
    expect(row.lines.fareReversals?.count).to.equal(1);
    expect(Object.keys(row.lines)).to.deep.equal(['fareReversals']);
  });

  it('are equal when one side lacks a batch in which nothing happened', () => {
    const one = new TotalsBook();
    one.on(1, 20260301);
    one.on(2, 20260302).line('declines');
    const differences: string[] = [];
    compareTotals(one, new TotalsBook(), (what) => differences.push(what));
    expect(differences).to.deep.equal([]);
  });

  it('name each sum that differs, but not a line that only one side has', () => {
    const [one, other] = [new TotalsBook(), new TotalsBook()];
    one.on(1, 20260301).line('deposits').add(5, parts(4));
    one.on(1, 20260301).line('ownRefusals').add(9, parts(0));
    other.addAll(one);
    other.on(1, 20260301).line('deposits').add(1, parts(0));
    const differences: string[] = [];
    const compared = compareTotals(
      one,
      other,
      (what, ...sums) => differences.push(`${what} ${sums.join(' ')}`),
      'ownRefusals',
    );
    expect(differences).to.deep.equal([
      'batch 1/20260301 deposits count 1 2',
      'batch 1/20260301 deposits amount 5 6',
      'batch 1/20260301 deposits loan 1 2',
    ]);
    expect(compared).to.equal(12);
  });
});
