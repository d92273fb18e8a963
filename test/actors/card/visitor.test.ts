import { expect } from 'chai';
import type { CardTransactionEvent } from '../../../actors/card/card.js';
import { evolveVisitorIds, NO_IDS, recall, type VisitorIds } from '../../../actors/card/visitor.js';
import { bareAnswer } from '../../../actors/money/answer.js';
import { idEntries } from '../../../actors/money/idTable.js';
import type { Asked } from '../../../actors/money/transaction.js';
import { askedOf, idOf, NOON } from '../money/samples.js';

const approved = { ...bareAnswer('APPROVED', 2_000, NOON), position: 9 };
const reversal = { ...bareAnswer('REVERSED', 2_000, NOON), position: 11 };

function moved(asked: Asked): CardTransactionEvent {
  return { type: 'CardMoved', asked, answer: approved };
}

function reversed(asked: Asked): CardTransactionEvent {
  return { type: 'CardReversed', asked, answer: reversal, bookedDate: asked.businessDate };
}

function after(...events: readonly CardTransactionEvent[]): VisitorIds {
  return events.reduce(evolveVisitorIds, NO_IDS);
}

describe("a partition's memory of a terminal's ids", () => {
  it('lets a new id be decided, and tells OUTCOME that it was never seen, without remembering that', () => {
    expect(recall(NO_IDS, 'EXECUTE', askedOf(), NOON)).to.deep.equal({ kind: 'decide', original: undefined });
    expect(recall(NO_IDS, 'OUTCOME', askedOf(), NOON)).to.deep.include({ kind: 'answer' });
    expect(recall(NO_IDS, 'OUTCOME', askedOf(), NOON)).to.have.nested.property(
      'answer.outcome',
      'ID_UNKNOWN',
    );
  });

  it('answers a known id with what is recorded, however it is asked', () => {
    const ids = after(moved(askedOf()));
    for (const mode of ['EXECUTE', 'OUTCOME'] as const) {
      expect(recall(ids, mode, askedOf(), NOON)).to.deep.include({ answer: approved });
    }
  });

  it('refuses another content under a known id', () => {
    const ids = after(moved(askedOf()));
    for (const other of [askedOf({ digest: 1 }), askedOf({ card: 'C2' })]) {
      const recalled = recall(ids, 'EXECUTE', other, NOON);
      expect(recalled).to.have.nested.property('answer.outcome', 'IDEMPOTENCY_CONFLICT');
    }
    const recalled = recall(ids, 'REVERSE', askedOf({ card: 'C2' }), NOON);
    expect(recalled).to.have.nested.property('answer.outcome', 'IDEMPOTENCY_CONFLICT');
  });

  it('lets an approved id be undone once; then the answer to that is the answer', () => {
    const ids = after(moved(askedOf()));
    expect(recall(ids, 'REVERSE', askedOf(), NOON)).to.have.nested.property('original.answer', approved);
    const undone = evolveVisitorIds(ids, reversed(askedOf()));
    expect(recall(undone, 'REVERSE', askedOf(), NOON)).to.deep.include({ kind: 'answer', answer: reversal });
    const late = recall(undone, 'EXECUTE', askedOf(), NOON);
    expect(late).to.have.nested.property('answer.outcome', 'REVERSED');
    expect(late).to.have.nested.property('answer.amount', 0);
    expect(late).to.have.nested.property('answer.original', 'APPROVED');
  });

  it('A15: never executes an id whose reversal came first, whatever its content', () => {
    const ids = after(reversed(askedOf({ kind: undefined, digest: 0, amount: 0 })));
    const late = recall(ids, 'EXECUTE', askedOf(), NOON);
    expect(late).to.have.nested.property('answer.outcome', 'REVERSED');
  });

  it('forgets below the mark, and then rejects instead of executing again (D7)', () => {
    const ids = after(
      moved(askedOf()),
      moved(askedOf({ id: idOf(2) })),
      moved(askedOf({ id: idOf(3), mark: 3 })),
    );
    expect(ids.incarnations).to.have.length(1);
    expect(idEntries(ids.incarnations[0]!.entries).map(({ number }) => number)).to.deep.equal([3]);
    expect(recall(ids, 'EXECUTE', askedOf({ id: idOf(2) }), NOON)).to.deep.equal({ kind: 'tooOld' });
    expect(recall(ids, 'REVERSE', askedOf({ id: idOf(1) }), NOON)).to.deep.equal({ kind: 'tooOld' });
  });

  it('never moves its mark back', () => {
    const ids = after(moved(askedOf({ id: idOf(5), mark: 5 })), moved(askedOf({ id: idOf(6), mark: 2 })));
    expect(ids.incarnations[0]?.mark).to.equal(5);
  });

  it('forgets incarnations that can no longer ask', () => {
    const ids = after(moved(askedOf()), moved(askedOf({ id: idOf(1, 3), oldestIncarnation: 3 })));
    expect(ids.incarnations.map(({ incarnation }) => incarnation)).to.deep.equal([3]);
    expect(recall(ids, 'EXECUTE', askedOf({ id: idOf(2) }), NOON)).to.deep.equal({ kind: 'tooOld' });
  });

  it('never forgets anything of a source, below no mark and in no incarnation', () => {
    const ids = after(
      moved(askedOf({ id: idOf(7), fromSource: true, mark: 0 })),
      moved(askedOf({ id: idOf(1, 2), oldestIncarnation: 2 })),
      moved(askedOf({ id: idOf(3), fromSource: true, mark: 0, oldestIncarnation: 2 })),
    );
    for (const number of [3, 7]) {
      const known = recall(ids, 'EXECUTE', askedOf({ id: idOf(number), fromSource: true }), NOON);
      expect(known).to.deep.include({ answer: approved });
    }
    const fresh = recall(ids, 'EXECUTE', askedOf({ id: idOf(1), fromSource: true }), NOON);
    expect(fresh).to.deep.include({ kind: 'decide' });
  });
});
