import { expect } from 'chai';
import type { Body } from '../../client/connection.js';
import { listDayTotals, listLoans } from '../../client/reports.js';
import { v1 } from '../../proto/generated/emoney.js';

function answering(...answers: readonly v1.ServerMessage.$Properties[]) {
  const asked: Body[] = [];
  const ask = async (body: Body): Promise<v1.ServerMessage> => {
    asked.push(body);
    return v1.ServerMessage.decode(v1.ServerMessage.encode(answers[asked.length - 1] ?? {}).finish());
  };
  return { ask, asked };
}

function loan(card: string, owed: number): v1.Loan.$Properties {
  return { card, fareOwed: 1, interest: 2, loan: owed - 3, owed, limit: 1_000, available: 1_003 - owed };
}

function page(
  partition: number,
  sequence: number,
  loans: v1.Loan.$Properties[],
  next: readonly number[] = [],
  over = true,
): v1.ServerMessage.$Properties {
  return { loans: { loans, next: Uint8Array.from(next), asOf: { partition, sequence }, over } };
}

describe('client: loans as at a date', () => {
  it('who owes most comes first, capped; sums are of all', async () => {
    const { ask, asked } = answering(
      page(0, 7, [loan('A', 10), loan('B', 50), loan('C', 30)], [1]),
      page(0, 7, [loan('D', 50), loan('E', 5)], [2]),
      page(1, 9, [], [3], false),
      page(2, 4, [loan('F', 40)]),
    );
    const loans = await listLoans(ask, 20261120, 2);
    expect(loans.loans.map(({ card, owed }) => [card, owed])).to.deep.equal([
      ['B', 50],
      ['D', 50],
    ]);
    expect(loans).to.deep.include({ businessDate: 20261120, more: true, cards: 6, over: false });
    expect(loans.sums).to.deep.equal({ fareOwed: 6n, interest: 12n, loan: 167n, owed: 185n });
    expect(loans.asOf).to.deep.equal([
      { partition: 0, sequence: 7 },
      { partition: 1, sequence: 9 },
      { partition: 2, sequence: 4 },
    ]);
    expect(asked.map(({ listLoans: each }) => [...(each?.after ?? [])])).to.deep.equal([[], [1], [2], [3]]);
  });

  it('all of them, where all are wanted', async () => {
    const { ask } = answering(page(0, 7, [loan('A', 10), loan('B', 50)]));
    const loans = await listLoans(ask, 20261120, Infinity);
    expect([loans.loans.length, loans.more, loans.over]).to.deep.equal([2, false, true]);
    expect(loans.loans[0]).to.deep.equal({
      ...{ card: 'B', fareOwed: 1, interest: 2, loan: 47, owed: 50, limit: 1_000, available: 953 },
    });
  });
});

describe('client: totals of business dates', () => {
  const purchases = (count: number, value: number): v1.CountedAmount.$Properties => ({
    ...{ count, amount: value, parts: { value } },
  });
  const rows = (
    partition: number,
    totals: v1.DayTotals.$Properties[],
    next: readonly number[] = [],
  ): v1.ServerMessage.$Properties => ({
    dayTotals: { totals, next: Uint8Array.from(next), asOf: { partition, sequence: 5 } },
  });

  it('are added up over dates and partitions, by terminal and in all; the center’s apart', async () => {
    const { ask, asked } = answering(
      rows(
        0,
        [
          { businessDate: 20261101, center: { interest: { count: 1, amount: 44, parts: { interest: 44 } } } },
          { businessDate: 20261101, terminal: 'T2', totals: { purchases: purchases(1, 10), enquiries: 2 } },
          { businessDate: 20261102, terminal: 'T2', totals: { purchases: purchases(2, 20), entries: 1 } },
        ],
        [1],
      ),
      rows(1, [
        { businessDate: 20261102, center: { adjustments: { count: 1, amount: -3, parts: { loan: -3 } } } },
        { businessDate: 20261102, terminal: 'T1', totals: { purchases: purchases(4, 5) } },
        { businessDate: 20261102, terminal: 'T2', totals: { declines: purchases(1, 0) } },
      ]),
    );
    const totals = await listDayTotals(ask, { from: 20261101, to: 20261102 });
    expect(totals.terminals.map(({ terminal }) => terminal)).to.deep.equal(['T1', 'T2']);
    const [, second] = totals.terminals;
    expect(second?.totals.purchases).to.deep.include({ count: 3, amount: 30n, value: 30n });
    expect(second?.totals).to.deep.include({ enquiries: 2, entries: 1 });
    expect(second?.totals.declines.count).to.equal(1);
    expect(totals.all?.purchases).to.deep.include({ count: 7, amount: 35n });
    expect(totals.center?.interest).to.deep.include({ count: 1, amount: 44n, interest: 44n });
    expect(totals.center?.adjustments).to.deep.include({ count: 1, amount: -3n, loan: -3n });
    expect(totals.asOf.map(({ partition }) => partition)).to.deep.equal([0, 1]);
    expect(asked[0]?.listDayTotals).to.deep.include({ fromDate: 20261101, toDate: 20261102, terminal: '' });
  });

  it('of one terminal have no line of the center', async () => {
    const { ask } = answering(rows(0, []));
    const totals = await listDayTotals(ask, { from: 20261101, to: 20261102, terminal: 'T1' });
    expect([totals.all, totals.center, totals.terminals]).to.deep.equal([undefined, undefined, []]);
  });
});
