/**
 * What the files of the archive's folder have in common: a line that names the format, pieces, and a foot that names
 * them, with its own length and CRC-32 at the very end. Whatever is not what was written throws the kind's `Damaged`.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

type ErrorType = new (message: string, options?: ErrorOptions) => Error;

export interface FileKind {
  /** For errors. */
  readonly name: string;
  readonly firstLine: Buffer;
  readonly Damaged: ErrorType;
  /** For what the system refuses to read, which says nothing of what was written. */
  readonly Unavailable: ErrorType;
}

/** A piece as it was written. */
export interface Written {
  readonly bytes: number;
  readonly crc: number;
}

const TAIL_BYTES = 8;

/** The foot, its length and its CRC-32: the end of a file. */
export function endOf(foot: Uint8Array): Buffer {
  const tail = Buffer.alloc(TAIL_BYTES);
  tail.writeUInt32BE(foot.length, 0);
  tail.writeUInt32BE(crc32(foot), 4);
  return Buffer.concat([foot, tail]);
}

export function mustBe({ Damaged }: FileKind, written: Written, bytes: Uint8Array): void {
  if (bytes.length !== written.bytes || crc32(bytes) !== written.crc) {
    throw new Damaged('a piece whose checksum is not the one that was written');
  }
}

/** What `decode` makes of a piece; `what`: for the error. */
export function decoded<T>({ Damaged }: FileKind, what: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof Damaged) throw error;
    throw new Damaged(`${what} cannot be read (${String(error)})`, { cause: error });
  }
}

/** Such a file, open. What was deleted meanwhile can still be read. */
export class FramedFile {
  readonly bytes: number;
  readonly foot: Buffer;
  readonly #kind: FileKind;
  readonly #file: FileHandle;

  private constructor(kind: FileKind, file: FileHandle, bytes: number, foot: Buffer) {
    this.#kind = kind;
    this.#file = file;
    this.bytes = bytes;
    this.foot = foot;
  }

  /** Throws the kind's `Damaged` also for a file that is not there, that is of another kind, or whose foot is damaged. */
  static async open(kind: FileKind, path: string): Promise<FramedFile> {
    const { name, firstLine, Damaged } = kind;
    const file = await asked(kind, 'opened', () => open(path, 'r'));
    try {
      const { size } = await asked(kind, 'read', () => file.stat());
      if (size < firstLine.length + TAIL_BYTES) throw new Damaged('a file that is cut short');
      const line = await read(kind, file, 0, firstLine.length);
      if (!line.equals(firstLine)) throw new Damaged(`a file that is no ${name} of this format`);
      const tail = await read(kind, file, size - TAIL_BYTES, TAIL_BYTES);
      const written = { bytes: tail.readUInt32BE(0), crc: tail.readUInt32BE(4) };
      const begin = size - TAIL_BYTES - written.bytes;
      if (begin < firstLine.length) throw new Damaged('a file that is cut short');
      const foot = await read(kind, file, begin, written.bytes);
      mustBe(kind, written, foot);
      return new FramedFile(kind, file, size, foot);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async read(offset: number, length: number): Promise<Buffer> {
    return read(this.#kind, this.#file, offset, length);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

async function read(kind: FileKind, file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  for (let at = 0; at < length;) {
    const { bytesRead } = await asked(kind, 'read', () => file.read(bytes, at, length - at, offset + at));
    if (bytesRead === 0) throw new kind.Damaged('a file that is cut short');
    at += bytesRead;
  }
  return bytes;
}

/** What the system answers. A file that is gone stays gone; a mount that fails, or too many open files, may pass. */
async function asked<T>({ Damaged, Unavailable }: FileKind, what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const isRefused =
      error instanceof Error && 'syscall' in error && 'code' in error && error.code !== 'ENOENT';
    throw new (isRefused ? Unavailable : Damaged)(`it cannot be ${what} (${String(error)})`, {
      cause: error,
    });
  }
}
