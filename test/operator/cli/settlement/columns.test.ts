import { expect } from 'chai';
import pc from 'picocolors';
import { type Columns, linesOf, renderColumns, sumOf } from '../../../../operator/cli/settlement/columns.js';
import { totals } from './totals.js';

const purchases = { count: 1, amount: 2_000, parts: { value: 1_200, loan: 800 } };
const NONE: Columns = { device: undefined, terminal: undefined, center: undefined };

function differing(columns: Columns, settled = true): readonly string[] {
  return linesOf(columns, settled).flatMap(({ line, differs }) => (differs ? [line] : []));
}

describe('the columns of a batch side by side', () => {
  it('have a line for what some column has', () => {
    const columns = {
      ...NONE,
      terminal: totals({ purchases, enquiries: 2 }),
      center: totals({ purchases, enquiries: 2 }),
    };
    expect(linesOf(columns, true).map(({ line }) => line)).to.deep.equal(['purchases', 'enquiries']);
    expect(differing(columns)).to.deep.equal([]);
    expect(linesOf(NONE, true)).to.deep.equal([]);
  });

  it('differ where number, amount or split differ', () => {
    const terminal = totals({ purchases });
    for (const other of [
      { ...purchases, count: 2 },
      { ...purchases, amount: 1 },
      { ...purchases, parts: { value: 2_000 } },
    ]) {
      expect(differing({ ...NONE, terminal, center: totals({ purchases: other }) })).to.deep.equal([
        'purchases',
      ]);
    }
    expect(differing({ ...NONE, terminal: totals({ entries: 1 }), center: totals() })).to.deep.equal([
      'entries',
    ]);
    expect(differing({ ...NONE, terminal, center: undefined })).to.deep.equal(['purchases']);
  });

  it('a device says number and amount, and of refusals nothing', () => {
    const own = { purchases, declines: { count: 1, amount: 9 }, ownRefusals: { count: 1, amount: 9 } };
    const both = { terminal: totals(own), center: totals({ ...own, ownRefusals: {} }) };
    const said = { count: 1, amount: 2_000 };
    expect(differing({ ...both, device: totals({ purchases: said }) })).to.deep.equal([]);
    expect(differing({ ...both, device: totals() })).to.deep.equal(['purchases']);
    const wrong = totals({ purchases: said, declines: { count: 2, amount: 9 } });
    expect(differing({ ...both, device: wrong })).to.deep.equal(['declines']);
  });

  it('before it is settled, the center’s column is not there', () => {
    const columns = { ...NONE, terminal: totals({ purchases }) };
    expect(differing(columns, false)).to.deep.equal([]);
    expect(linesOf(columns, false)[0]?.center).to.equal(undefined);
  });

  it('are shown aligned, a difference marked', () => {
    const columns = {
      device: totals({ purchases: { count: 1, amount: 2_000 } }),
      terminal: totals({ purchases, refunds: { count: 1, amount: 5, parts: { value: 5 } } }),
      center: totals({ purchases, refunds: { count: 1, amount: 5, parts: { value: 5 } } }),
    };
    const text = renderColumns(linesOf(columns, true), true, pc.createColors(false));
    expect(text.split('\n')).to.deep.equal([
      'LINE       N  DEVICE  N  TERMINAL                           N  CENTER',
      'purchases  1    2000  1      2000  = value 1200 + loan 800  1    2000  = value 1200 + loan 800',
      'refunds    0       0  1         5  = value 5                1       5  = value 5                ≠',
    ]);
    expect(renderColumns([], true, pc.createColors(false))).to.equal('nothing was taken');
  });

  it('add up over business dates', () => {
    const rows = [totals({ purchases, entries: 1 }), totals({ purchases, entries: 2 })];
    const sum = sumOf(rows);
    expect(sum).to.deep.equal(
      totals({ purchases: { count: 2, amount: 4_000, parts: { value: 2_400, loan: 1_600 } }, entries: 3 }),
    );
    expect(sumOf([])).to.equal(undefined);
  });
});
