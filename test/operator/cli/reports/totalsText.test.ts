import { expect } from 'chai';
import pc from 'picocolors';
import { batchTotalsOf } from '../../../../client/totals.js';
import { totalsText } from '../../../../operator/cli/reports/totalsText.js';

describe('totals on a screen', () => {
  const PLAIN = pc.createColors(false);
  const terminal = (name: string, count: number) => ({
    terminal: name,
    totals: batchTotalsOf({ purchases: { count, amount: count, parts: { value: count } } }),
  });
  const day = {
    ...{ from: 20260105, to: 20260105, all: undefined, center: undefined, asOf: [] },
    terminals: [terminal('till-1', 3), terminal('till-10', 9), terminal('till-2', 5)],
  };
  const shown = (most: number): readonly string[] =>
    [...totalsText(day, most, PLAIN).matchAll(/^till-\d+/gm)].map(([name]) => name);

  it('stand by the names of the terminals, however much each took', () => {
    expect(shown(3)).to.deep.equal(['till-1', 'till-2', 'till-10']);
  });

  it('are of those with the most transactions, where there is no room for all', () => {
    expect(shown(2)).to.deep.equal(['till-2', 'till-10']);
    expect(totalsText(day, 2, PLAIN)).to.match(/and 1 terminal more, with fewer transactions: --terminal/);
  });
});
