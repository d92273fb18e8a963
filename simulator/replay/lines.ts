import { createReadStream } from 'node:fs';

/** One line of a text file, without its end. Numbers start at 1. */
export interface Line {
  readonly number: number;
  readonly text: string;
}

/** The file cannot be read at all, whatever its lines say. */
export class UnreadableFileError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UnreadableFileError';
  }
}

/** Beyond any line of transactions: a file without line ends must not fill the memory. */
const MAX_LINE_LENGTH = 1_000_000;
const CHUNK_BYTES = 65_536;

/**
 * Lines of a UTF-8 file, in pieces, as the disk gives them. LF or CRLF; a byte order mark is dropped. Bytes that are
 * no UTF-8 become U+FFFD, which no id may hold. `onBytes` sees every byte, in order.
 * @throws UnreadableFileError
 */
export async function* readLines(
  path: string,
  onBytes: (bytes: Uint8Array) => void = () => undefined,
): AsyncGenerator<Line[]> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  let number = 0;
  for await (const bytes of readBytes(path)) {
    if (number === 0 && rest === '') refuseUtf16(path, bytes);
    onBytes(bytes);
    const texts = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = texts.pop() ?? '';
    if (rest.length > MAX_LINE_LENGTH)
      throw new UnreadableFileError(
        `${path}: line ${number + texts.length + 1} is too long: is it a CSV file?`,
      );
    yield texts.map((text) => ({ number: (number += 1), text: withoutReturn(text) }));
  }
  rest += decoder.decode();
  if (rest !== '') yield [{ number: number + 1, text: withoutReturn(rest) }];
}

async function* readBytes(path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const bytes of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
      yield bytes as Uint8Array;
    }
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const text = reason === 'ENOENT' ? 'there is no such file' : `cannot be read (${reason})`;
    throw new UnreadableFileError(`${path}: ${text}`, { cause: error });
  }
}

function refuseUtf16(path: string, bytes: Uint8Array): void {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new UnreadableFileError(`${path}: is UTF-16; convert it to UTF-8 (iconv -f UTF-16 -t UTF-8)`);
  }
}

function withoutReturn(text: string): string {
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}
