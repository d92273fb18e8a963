import { expect } from 'chai';
import type { CollectionOrder } from '../../../../client/matters.js';
import { ageing } from '../../../../operator/cli/settlement/ageing.js';
import { collectionsCsv } from '../../../../operator/cli/settlement/csv.js';

describe('collections', () => {
  it('are CSV, quoted where need be', () => {
    const order: CollectionOrder = {
      ...{ order: '3-0-9-0', settlement: 3, card: 'C1', account: 'A-1', amount: 800, kind: 'debit' },
      ...{ transaction: { terminal: 'T,1', incarnation: 2, number: 7 }, businessDate: 20260105, timeMs: 9 },
    };
    const other: CollectionOrder = { ...order, order: '3-0-9-1', account: 'a "b"', kind: 'credit' };
    expect(collectionsCsv([order, other])).to.equal(
      'order,settlement,card,account,transaction,amount,kind\n' +
        '3-0-9-0,3,C1,A-1,"T,1#2#7",800,debit\n' +
        '3-0-9-1,3,C1,"a ""b""","T,1#2#7",800,credit\n',
    );
    expect(collectionsCsv([])).to.equal('order,settlement,card,account,transaction,amount,kind\n');
  });

  it('age: up to a week, up to a month, older', () => {
    const aged = [0, 7, 8, 30, 31, 400].map((ageDays) => ({ ageDays, amount: 10 }));
    expect(ageing(aged)).to.equal('up to 7 days: 2 = 20; 8 to 30 days: 2 = 20; older: 2 = 20');
    expect(ageing([])).to.equal('up to 7 days: 0; 8 to 30 days: 0; older: 0');
  });
});
