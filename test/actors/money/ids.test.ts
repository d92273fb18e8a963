import { expect } from 'chai';
import { isValidId, isValidText } from '../../../actors/money/ids.js';

describe('ids', () => {
  it('takes printable text of 1 to 64 characters', () => {
    for (const id of ['1', 'T-1', '9223372036854775807', 'a/b#c', 'a b', 'é', '駅改札', 'x'.repeat(64)]) {
      expect(isValidId(id), id).to.equal(true);
    }
  });

  it('refuses what could look like another id, or is no text', () => {
    const refused = ['', ' a', 'a ', 'a\nb', 'a\tb', '\0', '\u007f', '\u0085', '\u00a0', '\u200b', '\u202e'];
    for (const id of [...refused, 'a\ud800', '\ufffd', 'x'.repeat(65), 'a\u2028b']) {
      expect(isValidId(id), JSON.stringify(id)).to.equal(false);
    }
  });

  it('takes an empty note, but no control characters in one', () => {
    expect(isValidText('')).to.equal(true);
    expect(isValidText('reported by telephone, 14:02')).to.equal(true);
    expect(isValidText('two\nlines')).to.equal(false);
    expect(isValidText('x'.repeat(257))).to.equal(false);
  });
});
