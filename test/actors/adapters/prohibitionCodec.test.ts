import { expect } from 'chai';
import fc from 'fast-check';
import { decodeProhibition, encodeProhibition } from '../../../actors/adapters/prohibitionCodec.js';
import type { ProhibitionReason } from '../../../actors/prohibitions/ports.js';
import { GuardError } from '../../../proto/guard.js';

describe('the encoding of a prohibition', () => {
  it('gives back every entry as it was', () => {
    const entries = fc.record({
      card: fc.string({ minLength: 1, unit: 'grapheme' }),
      reasons: fc.uniqueArray(fc.constantFrom<ProhibitionReason>('LIMIT', 'OPERATOR', 'LOST')),
      position: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
    });
    fc.assert(
      fc.property(entries, (entry) => {
        expect(decodeProhibition(encodeProhibition(entry))).to.deep.equal(entry);
      }),
    );
  });

  it('refuses a position that is no position', () => {
    for (const position of [-1, 0.5, Number.NaN, 2 ** 60]) {
      expect(() => encodeProhibition({ card: 'c', reasons: [], position })).to.throw(GuardError);
    }
  });

  it('refuses bytes that are no entry, an entry without a card, and a reason that it does not know', () => {
    // Card "c", and a packed list of one reason: 99.
    const unknown = Uint8Array.of(0x0a, 1, 0x63, 0x12, 1, 99);
    for (const bytes of [Uint8Array.of(255, 255), new Uint8Array(), unknown]) {
      expect(() => decodeProhibition(bytes)).to.throw(GuardError);
    }
  });
});
