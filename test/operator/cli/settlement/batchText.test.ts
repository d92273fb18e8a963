import { expect } from 'chai';
import pc from 'picocolors';
import type { BatchSettlement } from '../../../../client/batch.js';
import type { BatchDifferences, ColumnLine, Difference } from '../../../../client/differences.js';
import { type BatchView, renderBatch, waitingText } from '../../../../operator/cli/settlement/batchText.js';
import { linesOf } from '../../../../operator/cli/settlement/columns.js';
import { totals } from './totals.js';

const SETTLEMENT: BatchSettlement = {
  ...{ batch: 3, closedTimeMs: 1_000, openIds: 0, awaited: [], compiling: [], settledTimeMs: undefined },
  ...{ device: undefined, terminal: undefined, center: undefined },
};
const FOUND: BatchDifferences = {
  ...{ terminal: 'T1', batch: 3, closed: true, differences: [], compared: 2, reported: 1 },
  ...{ deviceCompared: true, away: [], settled: undefined },
};
const LINE: ColumnLine = { kind: 'PURCHASE', outcome: 'APPROVED', amount: 500, parts: undefined };
const DIFFERENCE: Difference = {
  ...{ id: { terminal: 'T1', incarnation: 1, number: 7 }, reversal: false, card: 'C1', inFlight: false },
  ...{ device: undefined, terminal: LINE, center: LINE, lacking: ['device'] },
};

function rendered(view: Partial<BatchView>, found: Partial<BatchDifferences> = {}): string {
  const whole = { terminal: 'T1', batch: 3, settlement: undefined, lines: [], ...view };
  return renderBatch({ ...whole, found: { ...FOUND, ...found } }, pc.createColors(false));
}

describe('a batch for people', () => {
  it('says how it stands', () => {
    const columns = { device: undefined, terminal: undefined, center: undefined };
    const settled = { settledTimeMs: 2_000, ...columns };
    expect(rendered({}, { settled })).to.match(/^T1, batch 3: settled 1970-01-01 00:00:02Z\n/);
    expect(rendered({}, { closed: false })).to.match(/^T1, batch 3: open\n/);
    expect(rendered({ settlement: SETTLEMENT })).to.match(/^T1, batch 3: closed .* waits for its settlement/);
  });

  it('says what it waits for', () => {
    const waits = (change: Partial<BatchSettlement>) => waitingText({ ...SETTLEMENT, ...change });
    expect(waits({ openIds: 1, awaited: [2] })).to.match(/1 transaction in flight to partition 2$/);
    expect(waits({ openIds: 2, awaited: [0, 2], compiling: [1] })).to.match(
      /2 transactions in flight to partitions 0, 2 and the center's column of partition 1$/,
    );
  });

  it('lists each difference with what every column has', () => {
    const otherwise = { ...DIFFERENCE, device: { ...LINE, amount: 499 }, lacking: [] };
    const split = { ...LINE, parts: { ...totalsParts(), value: 500 } };
    const reversal = {
      ...DIFFERENCE,
      reversal: true,
      inFlight: true,
      terminal: undefined,
      center: split,
      lacking: [],
    };
    const refused = { ...DIFFERENCE, terminal: { ...LINE, outcome: 'CREDIT_LIMIT' as const } };
    const text = rendered({}, { differences: [DIFFERENCE, otherwise, reversal, refused] });
    expect(text).to.include('4 differences in 2 transactions and reversals');
    const rows = text.split('\n').filter((line) => line.startsWith('T1#1#7'));
    expect(rows[0]).to.match(/purchase +C1 +missing at the device +– +500 +500$/);
    expect(rows[1]).to.match(/otherwise +499 +500 +500$/);
    expect(rows[2]).to.match(/reversal of purchase +C1 +in flight +– +– +500 = value 500$/);
    expect(rows[3]).to.match(/CREDIT_LIMIT 500 +500$/);
  });

  it('says what was not compared', () => {
    expect(rendered({})).to.match(/no differences: 2 transactions and reversals compared$/);
    expect(rendered({}, { compared: 1 })).to.match(/: 1 transaction or reversal compared$/);
    expect(rendered({}, { deviceCompared: false })).to.include('The device has reported nothing');
    expect(rendered({}, { away: [1, 2] })).to.include('column of partitions 1, 2 was not compared');
    const columns = {
      device: totals({ purchases: { count: 1, amount: 5 } }),
      ...{ terminal: totals({ purchases: { count: 2, amount: 9 } }), center: undefined },
    };
    const lines = linesOf(columns, false);
    expect(rendered({ lines }, { reported: 0 })).to.include('its sums only');
    expect(rendered({ lines }, { reported: 1 })).not.to.include('its sums only');
  });
});

function totalsParts() {
  const none = { value: 0, account: 0, loan: 0, interest: 0, fare: 0 };
  return { ...none, restoredLoan: 0, excess: 0, accountAsLoan: 0 };
}
