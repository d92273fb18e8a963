const encoder = new TextEncoder();

/**
 * Any text as one token of a subject: UTF-8 bytes, percent-encoded except for letters, digits, - and _. So dots,
 * spaces, `*` and `>` mean nothing. Different texts have different tokens. Throws for an empty text.
 */
export function subjectToken(text: string): string {
  if (text === '') throw new RangeError('an empty text cannot be a token of a subject');
  if (/^[A-Za-z0-9_-]+$/.test(text)) return text;
  return Array.from(encoder.encode(text), encodeByte).join('');
}

function encodeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  if (/[A-Za-z0-9_-]/.test(character)) return character;
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
