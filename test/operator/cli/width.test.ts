import { expect } from 'chai';
import fc from 'fast-check';
import { widthOf } from '../../../operator/cli/width.js';

describe('how wide a text stands on a terminal', () => {
  for (const [text, width] of [
    ['', 0],
    ['till-1', 6],
    ['till-ä', 6],
    // a and a combining mark
    ['a\u0308', 1],
    ['紛失', 4],
    ['ひらがな', 8],
    ['カード', 6],
    // half-width katakana with its voicing mark
    ['ｶﾞ', 1],
    ['한글', 4],
    ['Ａ１', 4],
    ['、。「」', 8],
    ['≠ ✖ … ─', 7],
    ['🚉', 2],
    ['👩‍👧', 2],
    ['❤️', 2],
    ['店-1号', 6],
    ['\u200b', 0],
  ] as const) {
    it(`${JSON.stringify(text)}: ${width}`, () => {
      expect(widthOf(text)).to.equal(width);
    });
  }

  it('of two texts beside each other is the sum', () => {
    const texts = fc
      .array(fc.constantFrom('a', ' ', '紛', 'カ', '。', 'ä', '1'))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(texts, texts, (one, other) => widthOf(one + other) === widthOf(one) + widthOf(other)),
    );
  });
});
