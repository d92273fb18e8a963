import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import pc from 'picocolors';
import { EventColumns } from '../../../operator/cli/tail/columns.js';
import { EVENT_TYPES, viewsOf } from '../../../operator/cli/tail/eventView.js';
import { v1 } from '../../../proto/generated/emoney.js';

const COLORS = pc.createColors(false);
const PLACE = { time: '1970-01-01T00:00:00.005Z', partition: 2, sequence: 9 };

function viewed(event: v1.Event.$Properties) {
  const events = [v1.Event.encode(event).finish()];
  const frame = { sequence: 9, timeMs: 5, turns: { turns: [{ events }] } };
  const [view] = viewsOf(2, v1.Frame.encode(frame).finish());
  return view!;
}

describe('an event as an operator reads it', () => {
  const cases: readonly (readonly [string, v1.Event.$Properties, object, string])[] = [
    [
      'CardInstructed',
      { cardInstructed: { card: 'C1', instruction: { reference: 'S1', amount: 900, timeMs: 4 } } },
      { card: 'C1', reference: 'S1', amount: 900 },
      'reference S1',
    ],
    [
      'RecordAdjusted',
      {
        recordAdjusted: {
          ...{ card: 'C1', reference: 'A1', adjustment: { loan: -5, interest: 2 }, note: 'waived' },
        },
      },
      { card: 'C1', reference: 'A1', adjustment: { loan: -5, interest: 2 }, note: 'waived' },
      'reference A1; loan -5; interest +2; waived',
    ],
    [
      'RecordCollectionReturned',
      { recordCollectionReturned: { card: 'C1', order: 'O1', amount: 800 } },
      { card: 'C1', order: 'O1', amount: 800 },
      'order O1',
    ],
    ['CardReplaced', { cardReplaced: { card: 'C1', device: 2 } }, { card: 'C1', device: 2 }, 'device 2'],
    [
      'CardInterestPosted',
      { cardInterestPosted: { card: 'C1', amount: 44, through: 20_260_105 } },
      { card: 'C1', amount: 44, through: 20_260_105 },
      'through 20260105',
    ],
    [
      'CardPinSet',
      { cardPinSet: { card: 'C1', pinHash: Buffer.alloc(16, 65) } },
      { card: 'C1' },
      'CardPinSet',
    ],
    ['ParametersSet', { parametersSet: { parameters: { number: 1 } } }, {}, 'ParametersSet'],
  ];
  it('has every type that an event can be, as the protocol names them', async () => {
    const proto = await readFile(
      new URL('../../../../proto/emoney/v1/events.proto', import.meta.url),
      'utf8',
    );
    const body = /message Event \{\s+oneof body \{([^}]*)\}/.exec(proto)?.[1] ?? '';
    const types = [...body.matchAll(/^\s+(\w+) \w+ = \d+;/gm)].map(([, type]) => type);
    expect(types).to.have.length.above(60);
    expect(EVENT_TYPES).to.have.members([...types, 'Genesis', 'Epoch', 'Released', 'Sealed']);
  });

  for (const [type, event, fields, line] of cases) {
    it(type, () => {
      expect(EVENT_TYPES).to.include(type);
      const view = viewed(event);
      expect(view).to.deep.equal({ ...PLACE, type, ...fields });
      expect(new EventColumns(COLORS).line(view)).to.contain(line);
    });
  }

  it('a refund says of what', () => {
    const id = { terminal: 'T1', incarnation: 1, number: 8 };
    const original = { terminal: 'T2', incarnation: 3, number: 4 };
    const asked = { id, card: 'C1', kind: v1.Kind.KIND_REFUND, device: 1, original };
    const view = viewed({
      cardMoved: { asked, answer: { outcome: v1.Outcome.OUTCOME_APPROVED, amount: 7 } },
    });
    expect(view).to.deep.include({ id: 'T1#1#8', original: 'T2#3#4', kind: 'REFUND', amount: 7 });
    expect(view).to.not.have.property('device');
    expect(new EventColumns(COLORS).line(view)).to.contain('of T2#3#4');
  });
});
