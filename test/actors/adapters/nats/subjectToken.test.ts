import { expect } from 'chai';
import fc from 'fast-check';
import { subjectToken } from '../../../../actors/adapters/nats/subjectToken.js';

describe('a token of a subject', () => {
  it('leaves what is harmless as it is', () => {
    expect(subjectToken('Card-0815_x')).to.equal('Card-0815_x');
  });

  it('hides what has a meaning in a subject', () => {
    expect(subjectToken('a.b *>\n%')).to.equal('a%2Eb%20%2A%3E%0A%25');
  });

  it('refuses an empty text', () => {
    expect(() => subjectToken('')).to.throw(RangeError);
  });

  it('is one harmless word for any text, from which the text can be got back', () => {
    const text = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(text, (each) => {
        const token = subjectToken(each);
        expect(token).to.match(/^[A-Za-z0-9_%-]+$/);
        expect(decodeURIComponent(token)).to.equal(each);
      }),
    );
  });
});
