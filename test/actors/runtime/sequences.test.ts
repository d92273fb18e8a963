import { expect } from 'chai';
import fc from 'fast-check';
import { emptyPage, encodePage, readPage } from '../../../actors/runtime/indexPage.js';
import { Sequences } from '../../../actors/runtime/sequences.js';
import { v1 } from '../../../proto/generated/emoney.js';

/** Some whose bytes look like another's characters. */
const key = fc.oneof(
  fc.nat(200).map((number) => `card/C${String(number)}`),
  fc.constantFrom('', 'é', 'Ã©', 'card/é', 'card/Ã©', 'カード', '🂡', 'x'.repeat(200)),
  fc.string({ unit: 'grapheme' }),
);
const sequence = fc.oneof(fc.nat(300), fc.constantFrom(2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER));
const entries = fc.array(fc.tuple(key, sequence), { maxLength: 200 });

describe('sequences of units', () => {
  it('are those that were set last, whatever the keys', () => {
    fc.assert(
      fc.property(entries, fc.array(key), (all, others) => {
        const sequences = new Sequences(26);
        const expected = new Map<string, number>();
        for (const [unit, last] of all) {
          sequences.set(unit, last);
          expected.set(unit, last);
        }
        for (const unit of [...expected.keys(), ...others]) {
          expect(sequences.get(unit), unit).to.equal(expected.get(unit));
        }
        expect(sequences.size).to.equal(expected.size);
        const inOrder = [...expected.values()];
        expect(inOrder.map((_, at) => sequences.sequenceAt(at))).to.deep.equal(inOrder);
      }),
    );
  });

  it('are written as protobufjs writes them, and read again', () => {
    fc.assert(
      fc.property(fc.nat(255), entries, (page, all) => {
        const expected = new Map(all);
        const content = emptyPage();
        for (const [unit, last] of all) content.set(unit, last);
        const bytes = encodePage(page, content);
        const [units, sequences] = [[...expected.keys()], [...expected.values()]];
        const message = v1.IndexPage.encode({ format: 1, page, units, sequences }).finish();
        expect(Buffer.from(bytes)).to.deep.equal(Buffer.from(message));
        const read = readPage(page, bytes);
        for (const [unit, last] of expected) expect(read.get(unit)).to.equal(last);
        read.set('card/new', 7);
        expect(read.get('card/new')).to.equal(7);
        expect(read.size).to.equal(expected.size + (expected.has('card/new') ? 0 : 1));
      }),
    );
  });
});
