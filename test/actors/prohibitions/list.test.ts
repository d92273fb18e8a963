import { expect } from 'chai';
import fc from 'fast-check';
import { ProhibitionList, type ListChange } from '../../../actors/prohibitions/list.js';
import type { ProhibitionReason, VersionedEntry } from '../../../actors/prohibitions/ports.js';

describe('ProhibitionList', () => {
  let list: ProhibitionList;

  beforeEach(() => {
    list = new ProhibitionList();
  });

  it('has no version before the end was reached once', () => {
    list.apply(entry('c1', 1, 1, 'LIMIT'));
    expect(list.version()).to.equal(undefined);
    list.caughtUp({ incarnation: 1, sequence: 1 });
    expect(list.version()).to.deep.equal({ incarnation: 1, sequence: 1 });
  });

  it('knows an empty list as complete', () => {
    list.caughtUp({ incarnation: 1, sequence: 0 });
    expect(list.version()).to.deep.equal({ incarnation: 1, sequence: 0 });
  });

  it('says since which version a card has been prohibited without a break', () => {
    list.apply(entry('c1', 1, 3, 'LIMIT'));
    list.apply(entry('c1', 2, 5, 'LIMIT', 'LOST'));
    expect(list.prohibitedSince('c1')).to.deep.equal({ incarnation: 1, sequence: 3 });
    list.apply(entry('c1', 3, 6));
    expect(list.prohibitedSince('c1')).to.equal(undefined);
    list.apply(entry('c1', 4, 9, 'LIMIT'));
    expect(list.prohibitedSince('c1')).to.deep.equal({ incarnation: 1, sequence: 9 });
    expect(list.prohibitedSince('c2')).to.equal(undefined);
  });

  it('lets the newer position win, in whatever order entries come', () => {
    expect(list.apply(entry('c1', 7, 3))).to.equal(true);
    expect(list.apply(entry('c1', 6, 4, 'OPERATOR'))).to.equal(false);
    expect(list.apply(entry('c1', 7, 3))).to.equal(false);
    expect(list.entries()).to.deep.equal([]);
  });

  it('lists prohibited cards only', () => {
    list.apply(entry('c1', 1, 1, 'LIMIT'));
    list.apply(entry('c2', 1, 2, 'LOST'));
    list.apply(entry('c1', 2, 3));
    expect(list.entries()).to.deep.equal([entry('c2', 1, 2, 'LOST')]);
    expect(list.size).to.equal(1);
  });

  it('is cleared by another incarnation, and ignores what is left of the one before', () => {
    list.apply(entry('c1', 1, 9, 'LIMIT'));
    list.caughtUp({ incarnation: 1, sequence: 9 });
    list.caughtUp({ incarnation: 2, sequence: 0 });
    expect(list.entries()).to.deep.equal([]);
    expect(list.version()).to.deep.equal({ incarnation: 2, sequence: 0 });
    expect(list.apply(entry('c1', 5, 10, 'LIMIT'))).to.equal(false);
    list.caughtUp({ incarnation: 1, sequence: 10 });
    expect(list.version()).to.deep.equal({ incarnation: 2, sequence: 0 });
  });

  it('never goes back in completeness', () => {
    list.caughtUp({ incarnation: 1, sequence: 5 });
    list.caughtUp({ incarnation: 1, sequence: 4 });
    expect(list.version()?.sequence).to.equal(5);
  });

  it('tells its listeners what changed, and only that', () => {
    const changes: ListChange['kind'][] = [];
    const stop = list.onChange(({ kind }) => changes.push(kind));
    list.apply(entry('c1', 1, 1, 'LIMIT'));
    list.apply(entry('c1', 1, 1, 'LIMIT'));
    list.caughtUp({ incarnation: 1, sequence: 1 });
    list.caughtUp({ incarnation: 1, sequence: 1 });
    list.caughtUp({ incarnation: 2, sequence: 0 });
    stop();
    list.apply({ ...entry('c1', 1, 1, 'LIMIT'), version: { incarnation: 2, sequence: 1 } });
    expect(changes).to.deep.equal(['entry', 'complete', 'cleared', 'complete']);
  });

  it('ends the same whatever the order in which entries came', () => {
    const entries = fc.array(
      fc.record({
        card: fc.constantFrom('a', 'b', 'c'),
        position: fc.integer({ min: 1, max: 20 }),
      }),
    );
    const ends = (each: readonly { card: string; position: number }[]) => {
      const fresh = new ProhibitionList();
      // One position has one content: the decision at that place of the journal.
      for (const { card, position } of each) {
        fresh.apply(entry(card, position, position, ...(position % 3 === 0 ? [] : (['LIMIT'] as const))));
      }
      return fresh
        .entries()
        .map(({ card, position }) => `${card} ${position}`)
        .sort();
    };
    fc.assert(
      fc.property(entries, (each) => {
        expect(ends([...each].reverse())).to.deep.equal(ends(each));
      }),
    );
  });
});

function entry(
  card: string,
  position: number,
  sequence: number,
  ...reasons: readonly ProhibitionReason[]
): VersionedEntry {
  return { card, position, reasons, version: { incarnation: 1, sequence } };
}
