import { expect } from 'chai';
import { exactnessOf, Runs } from '../../../bench/interest/runs.js';
import type { Frame } from '../../../actors/runtime/frame.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { encodeMessage } from '../../../proto/message.js';

const THROUGH = 20_260_102;

function frame(time: number, ...events: v1.Event.$Properties[]): Frame {
  const encoded = events.map((event) => encodeMessage(v1.Event, event));
  const body = { kind: 'turns', turns: [{ units: [], events: encoded }] } as const;
  return { sequence: time, previousHash: new Uint8Array(0), epoch: 1, time, body };
}

function charged(card: string, amount = 49): readonly v1.Event.$Properties[] {
  return [
    { recordInterestPosted: { card, amount, through: THROUGH } },
    { cardInterestPosted: { card, amount, through: THROUGH } },
  ];
}

function judged(frames: readonly Frame[], borrowers: readonly string[]) {
  const runs = new Runs();
  for (const each of frames) runs.add(each, 100);
  const run = runs.result().get(THROUGH);
  return { run: run!, exactness: exactnessOf(run!, borrowers) };
}

describe('what the journals say about an interest run', () => {
  it('each borrower was charged once, by record and card', () => {
    const frames = [frame(1, ...charged('a')), frame(2, ...charged('b'))];
    const { exactness } = judged(frames, ['a', 'b']);
    expect(exactness).to.deep.equal({
      ...{ borrowers: 2, chargedOnce: 2, missed: 0, chargedTwice: 0, amountsAgree: true },
    });
  });

  it('a borrower was missed', () => {
    const { exactness } = judged([frame(1, ...charged('a'))], ['a', 'b']);
    expect(exactness).to.include({ chargedOnce: 1, missed: 1, chargedTwice: 0 });
  });

  it('a borrower was charged twice', () => {
    const frames = [frame(1, ...charged('a')), frame(2, ...charged('a')), frame(3, ...charged('b'))];
    const { exactness } = judged(frames, ['a', 'b']);
    expect(exactness).to.include({ chargedOnce: 1, missed: 0, chargedTwice: 1 });
  });

  it('only the record was charged, or another amount than the card', () => {
    const [record] = charged('a');
    const { exactness } = judged([frame(1, record!)], ['a']);
    expect(exactness).to.include({ chargedOnce: 0, missed: 1, amountsAgree: false });
    const [, card] = charged('a', 50);
    expect(judged([frame(1, record!, card!)], ['a']).exactness.amountsAgree).to.equal(false);
  });

  it('interest of another date is another run', () => {
    const other = { recordInterestPosted: { card: 'a', amount: 49, through: THROUGH + 1 } };
    const { run } = judged([frame(1, ...charged('a')), frame(2, other)], ['a']);
    expect(run.records.get('a')).to.equal(1);
  });

  it('the run lasts from its beginning to its end, and its frames are those in between', () => {
    const { run } = judged(
      [
        frame(5, ...charged('before')),
        frame(10, { runBegun: { through: THROUGH } }),
        frame(20, ...charged('a')),
        frame(30, { runEnded: { through: THROUGH } }),
        frame(40, { recordInterestPosted: { card: 'a', amount: 1, through: THROUGH + 1 } }),
      ],
      ['a'],
    );
    expect(run).to.include({ begunAt: 10, endedAt: 30, frames: 3, events: 4 });
  });
});
