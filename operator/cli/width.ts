/** How many columns of a terminal a text takes: letters of China, Japan and Korea, and most emoji, take two. */

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Half-width forms, which the scripts below have too. */
const NARROW = /^[\uff61-\uffdc\uffe8-\uffee]/;
const WIDE =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Emoji_Presentation}\u3000-\u303e\u30fb-\u30fc\uff01-\uff60\uffe0-\uffe6]/u;
/** Takes none: nothing of it is shown by itself. */
const NOTHING = /^[\p{Control}\p{Mark}\p{Default_Ignorable_Code_Point}]+$/u;
/** Only such texts are looked at letter by letter. */
const PLAIN = /^[\u0020-\u007e]*$/;

/** Of a text in one line, without escape codes. */
export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += widthOfOne(segment);
  return width;
}

function widthOfOne(grapheme: string): number {
  if (NOTHING.test(grapheme)) return 0;
  // U+FE0F asks for the coloured picture, which is wide.
  return (WIDE.test(grapheme) && !NARROW.test(grapheme)) || grapheme.includes('\ufe0f') ? 2 : 1;
}
