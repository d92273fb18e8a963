import { expect } from 'chai';
import fc from 'fast-check';
import {
  dropId,
  dropIdsBelow,
  findId,
  idEntries,
  type IdTable,
  idTableOf,
  moveOn,
  type Numbered,
  putId,
} from '../../../actors/money/idTable.js';

interface Entry extends Numbered {
  readonly text: string;
}

type Operation =
  | { readonly kind: 'put'; readonly number: number; readonly text: string }
  | { readonly kind: 'drop'; readonly number: number }
  | { readonly kind: 'dropBelow'; readonly number: number }
  | { readonly kind: 'moveOn'; readonly mark: number; readonly number: number; readonly text: string };

const number = fc.integer({ min: 1, max: 600 });
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 30, arbitrary: fc.record({ kind: fc.constant('put' as const), number, text: fc.string() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('drop' as const), number }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('dropBelow' as const), number }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('moveOn' as const), mark: number, number, text: fc.string() }),
  },
);

const isKept = ({ number: kept }: Numbered): boolean => kept % 7 === 0;

function apply(table: IdTable<Entry>, operated: Operation): IdTable<Entry> {
  if (operated.kind === 'put') return putId(table, { number: operated.number, text: operated.text });
  if (operated.kind === 'drop') return dropId(table, operated.number);
  if (operated.kind === 'dropBelow') return dropIdsBelow(table, operated.number, isKept);
  return moveOn(table, operated.mark, isKept, { number: operated.number, text: operated.text });
}

function applyToMap(map: Map<number, Entry>, operated: Operation): void {
  if (operated.kind === 'put') map.set(operated.number, { number: operated.number, text: operated.text });
  else if (operated.kind === 'drop') map.delete(operated.number);
  else {
    const mark = operated.kind === 'moveOn' ? operated.mark : operated.number;
    for (const entry of map.values()) if (entry.number < mark && !isKept(entry)) map.delete(entry.number);
    if (operated.kind === 'moveOn')
      map.set(operated.number, { number: operated.number, text: operated.text });
  }
}

describe('a table of ids', () => {
  it('holds what a map would hold, in order, whatever was put and dropped', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 800, size: 'max' }), (operations) => {
        let table: IdTable<Entry> = [];
        const map = new Map<number, Entry>();
        for (const operated of operations) {
          table = apply(table, operated);
          applyToMap(map, operated);
        }
        const sorted = [...map.values()].sort((one, other) => one.number - other.number);
        expect(idEntries(table)).to.deep.equal(sorted);
        expect(idEntries(idTableOf(sorted))).to.deep.equal(sorted);
        for (let id = 0; id <= 601; id += 1) expect(findId(table, id)).to.deep.equal(map.get(id));
      }),
      { numRuns: 40 },
    );
  });

  it('leaves every earlier table as it was', () => {
    const before = idTableOf(Array.from({ length: 200 }, (_, index) => ({ number: index * 2 + 2 })));
    const copy = structuredClone(before);
    putId(before, { number: 77 });
    putId(before, { number: 76 });
    dropId(before, 78);
    dropIdsBelow(before, 100, () => false);
    moveOn(before, 100, () => false, { number: 500 });
    expect(before).to.deep.equal(copy);
  });

  it('takes 100,000 ids in a time that grows about as their number', () => {
    const begin = performance.now();
    let table: IdTable<Numbered> = [];
    for (let id = 1; id <= 100_000; id += 1) table = putId(table, { number: (id * 7_919) % 100_003 });
    expect(idEntries(table)).to.have.length(100_000);
    // Copying the whole table for each would take minutes.
    expect(performance.now() - begin).to.be.below(20_000);
  });
});
