import { expect } from 'chai';
import fc from 'fast-check';
import { idText, parseIdBeginning } from '../../../actors/money/idText.js';
import { MAX_NUMBER } from '../../../actors/money/ids.js';

describe('a transaction id as text', () => {
  it('is terminal#incarnation#number, and read back as exactly that', () => {
    expect(idText({ terminal: 'T1', incarnation: 2, number: 40 })).to.equal('T1#2#40');
    const terminals = fc.string({ minLength: 1, maxLength: 64 }).filter((name) => !name.includes('#'));
    const ids = fc.record({
      terminal: terminals,
      incarnation: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
      number: fc.integer({ min: 1, max: MAX_NUMBER }),
    });
    fc.assert(
      fc.property(ids, (id) => {
        expect(parseIdBeginning(idText(id))).to.deep.equal({ ...id, whole: true });
      }),
    );
  });

  it('may be a beginning: names as far as they go, numbers whole', () => {
    const of = (terminal: string, whole: boolean, incarnation?: number, number?: number) => {
      return { terminal, whole, incarnation, number };
    };
    expect(parseIdBeginning('T1')).to.deep.equal(of('T1', false));
    expect(parseIdBeginning('T1#')).to.deep.equal(of('T1', true));
    expect(parseIdBeginning('T1#3')).to.deep.equal(of('T1', true, 3));
    expect(parseIdBeginning('T1#3#')).to.deep.equal(of('T1', true, 3));
    expect(parseIdBeginning('T1#3#4')).to.deep.equal(of('T1', true, 3, 4));
    expect(parseIdBeginning('#1#')).to.deep.equal(of('#1', true));
    expect(parseIdBeginning('Tor#West')).to.deep.equal(of('Tor#West', false));
    expect(parseIdBeginning('Tor#West#3#4')).to.deep.equal(of('Tor#West', true, 3, 4));
  });

  it('is none where no id begins so', () => {
    for (const text of ['', 'T1#4294967296', `T1#1#${2 ** 53}`]) {
      expect(parseIdBeginning(text), text).to.equal(undefined);
    }
  });
});
