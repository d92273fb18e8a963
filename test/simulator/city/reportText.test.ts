import { expect } from 'chai';
import { PART_NAMES } from '../../../simulator/city/day.js';
import { FLOWS } from '../../../simulator/city/dayTable.js';
import { renderCity } from '../../../simulator/city/reportText.js';
import type { CityReport, PartReport } from '../../../simulator/city/report.js';

function part(change: Partial<PartReport> = {}): PartReport {
  const money = Object.fromEntries(FLOWS.map((flow) => [flow, 0])) as PartReport['money'];
  const nothing = { declined: {}, kinds: {}, activities: {}, operators: {} };
  return { ...{ orders: 0, approved: 0, reversals: 0 }, ...nothing, money, ...change };
}

const REPORT: CityReport = {
  ...{ fromMs: 0, toMs: 1 },
  parts: {
    morning: part({
      orders: 1_200,
      approved: 1_190,
      declined: { ALREADY_INSIDE: 10 },
      kinds: { entry: 700 },
    }),
    noon: part({ orders: 300, approved: 299, declined: { PIN_WRONG: 1 }, kinds: { purchase: 300 } }),
    evening: part({ kinds: { purchase: 5 } }),
    night: part({ money: { ...part().money, value: 400 } }),
  },
  night: {
    ...{ batches: 12, compared: 12, differences: 2, settlements: 1, ordered: 9, orderedAmount: 1_234 },
    ...{ creditedAmount: 56, confirmed: 7, returned: 1, returnedAmount: 300, datesCharged: 1 },
    longestMs: { closing: 1, settling: 2, charging: 3 },
  },
  interest: { posted: '153', paid: '29' },
  loans: { drawn: '2463', repaid: '1033', now: '1307' },
  explained: { alike: 442, moved: 30, otherwise: 0 },
  ...{ offlineExits: 4, phones: 59 },
};

describe("a city's report", () => {
  const text = renderCity(REPORT);

  it('has a column for each part of the day, and their sum; rows of nothing are left out', () => {
    for (const name of [...PART_NAMES, 'all']) expect(text.split('\n')[0]).to.include(name);
    expect(text).to.match(/^orders +1,200 +300 +0 +0 +1,500$/m);
    expect(text).to.match(/^ {2}already inside +10 +0 +0 +0 +10$/m);
    expect(text).to.match(/^ {2}pin wrong +0 +1 +0 +0 +1$/m);
    expect(text).to.match(/^paid from value +0 +0 +0 +400 +400$/m);
    expect(text).not.to.include('paid out');
  });

  it('tells of kinds, batches, settlement, interest and loans', () => {
    expect(text).to.match(/^kinds +entry 700, purchase 305$/m);
    expect(text).to.match(/^batches +12 closed, 12 compared in three columns, 2 differences/m);
    expect(text).to.match(/^settlement +1 with 9 orders: 1,234 collected, 56 credited/m);
    expect(text).to.match(/^interest +1 dates charged on schedule; 153 posted, 29 paid$/m);
    expect(text).to.match(/^loans +2,463 drawn, 1,033 repaid, 1,307 now$/m);
  });
});
