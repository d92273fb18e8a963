import { expect } from 'chai';
import pc from 'picocolors';
import { EventColumns } from '../../../operator/cli/tail/columns.js';
import type { EventView } from '../../../operator/cli/tail/eventView.js';
import { widthOf } from '../../../operator/cli/width.js';

const PLAIN = pc.createColors(false);
const event = (card: string, id: string): EventView => ({
  ...{ time: '2026-01-05T00:00:00.000Z', partition: 0, sequence: 7, type: 'RecordMoved' },
  ...{ card, id, kind: 'PURCHASE', outcome: 'APPROVED', amount: 5 },
});
const SHORT = event('C1', 'T1#1#4');
const LONG = event('交通系カード-0000000000000000042', `a-terminal-with-a-very-long-name#12#1000000007`);

describe('the columns of events', () => {
  const placeOf = (text: string, line: string): number => widthOf(line.slice(0, line.indexOf(text)));

  it('stand under each other, long ids and wide letters among them, where all are known', () => {
    const columns = new EventColumns(PLAIN);
    columns.fit([SHORT, LONG]);
    const [header, ...lines] = [columns.header(), columns.line(SHORT), columns.line(LONG)];
    for (const [head, text] of [
      ['KIND', 'purchase'],
      ['OUTCOME', 'APPROVED'],
    ] as const) {
      for (const line of lines) expect(placeOf(text, line)).to.equal(placeOf(head, header));
    }
  });

  it('stay as wide as what has come, and cut nothing', () => {
    const columns = new EventColumns(PLAIN);
    const before = columns.line(SHORT);
    const wide = columns.line(LONG);
    const after = columns.line(SHORT);
    expect(wide).to.include(LONG.card).and.include(LONG.id);
    expect(placeOf('purchase', after)).to.equal(placeOf('purchase', wide));
    expect(placeOf('purchase', before)).to.be.below(placeOf('purchase', after));
  });
});
