import { expect } from 'chai';
import type { RecordTransactionEvent } from '../../../actors/center/record.js';
import { evolveTotals } from '../../../actors/center/totals.js';
import { NO_PARTS } from '../../../actors/money/parts.js';
import type { BatchTotals } from '../../../actors/money/totals.js';
import { askedOf, C1, NOON } from '../money/samples.js';

const { storedValue, loan, interest, fareOwed, limit } = C1;
const shared = {
  balances: { storedValue, loan, interest, fareOwed, limit },
  receiveTime: NOON,
  accrualDate: 2024_02_29,
  pinVerified: false,
  account: '',
};

function compiled(...events: readonly RecordTransactionEvent[]): BatchTotals | undefined {
  return events.reduce<readonly BatchTotals[]>(evolveTotals, [])[0];
}

describe("the center's totals of a terminal", () => {
  it('A13: approvals by their parts, refusals by their amount', () => {
    const row = compiled(
      {
        type: 'RecordMoved',
        asked: askedOf({ amount: 2_000 }),
        parts: { ...NO_PARTS, value: 1_200, loan: 800 },
        ...shared,
      },
      { type: 'RecordMoved', asked: askedOf({ amount: 500 }), parts: { ...NO_PARTS, loan: 500 }, ...shared },
      {
        type: 'RecordDeclined',
        asked: askedOf({ amount: 9_000 }),
        outcome: 'CREDIT_LIMIT',
        receiveTime: NOON,
      },
    );
    expect(row?.purchases).to.deep.include({ count: 2, amount: 2_500n });
    expect(row?.purchases.parts).to.deep.include({ value: 1_200n, loan: 1_300n });
    expect(row?.declines).to.deep.include({ count: 1, amount: 9_000n });
    expect(row?.ownRefusals.count).to.equal(0);
  });

  it('books an undo in the batch and on the date in which it happens', () => {
    const moved: RecordTransactionEvent = {
      type: 'RecordMoved',
      asked: askedOf(),
      parts: NO_PARTS,
      ...shared,
    };
    const undone: RecordTransactionEvent = {
      type: 'RecordReversed',
      asked: askedOf({ batch: 2, businessDate: 2024_03_01 }),
      parts: { ...NO_PARTS, value: 1_200, loan: 800 },
      amount: 2_000,
      undone: true,
      ...shared,
    };
    const totals = [moved, undone].reduce<readonly BatchTotals[]>(evolveTotals, []);
    expect(totals.map(({ batch, businessDate }) => [batch, businessDate])).to.deep.equal([
      [1, 2024_02_29],
      [2, 2024_03_01],
    ]);
    expect(totals[1]?.purchaseReversals).to.deep.include({ count: 1, amount: 2_000n });
  });

  it('counts what undid 0, and no tombstone', () => {
    const reversed = (undone: boolean): RecordTransactionEvent => ({
      type: 'RecordReversed',
      asked: askedOf({ kind: 'FARE' }),
      parts: NO_PARTS,
      amount: 0,
      undone,
      ...shared,
    });
    expect(compiled(reversed(true))?.fareReversals).to.deep.include({ count: 1, amount: 0n });
    expect(compiled(reversed(false))).to.equal(undefined);
  });
});
