/** One file of the archive: one segment of a journal. */
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { ARCHIVE_BLOCK_BYTES, ARCHIVE_CHUNK_FRAMES } from '../../bounds.js';
import { ArchiveDamagedError, JournalHoleError } from '../../runtime/errors.js';
import { hashOf, sameBytes } from '../../runtime/frame.js';
import type { Journal, NewArchivedSegment, StoredFrame } from '../../runtime/ports.js';
import {
  type ArchiveBlock,
  type ArchiveFoot,
  decodeBlock,
  decodeFoot,
  decodeTail,
  encodeBlock,
  encodeFoot,
  FIRST_LINE,
  mustBe,
  TAIL_BYTES,
} from './archiveFormat.js';

/** Writes a segment into an empty file, a piece of the journal at a time. */
export async function writeSegment(
  file: FileHandle,
  deployment: string,
  segment: NewArchivedSegment,
  read: Journal['read'],
): Promise<void> {
  const writer = new Writer(file);
  await writer.append(FIRST_LINE);
  for (let next = segment.first; next <= segment.last;) {
    const frames: StoredFrame[] = [];
    const to = Math.min(segment.last, next + ARCHIVE_CHUNK_FRAMES - 1);
    const reached = await read(next, to, (frame) => frames.push(frame));
    if (reached === next) throw new JournalHoleError(`frame ${String(next)} cannot be read`);
    for (const frame of frames) await writer.add(frame);
    next = reached;
  }
  const { blocks, lastHash, checksum } = await writer.end();
  await file.appendFile(encodeFoot({ deployment, ...segment, blocks, lastHash, checksum }));
}

class Writer {
  readonly #file: FileHandle;
  readonly #checksum = createHash('sha256');
  readonly #blocks: ArchiveBlock[] = [];
  #block: StoredFrame[] = [];
  #blockBytes = 0;
  #offset = 0;
  #last: Uint8Array = new Uint8Array(0);

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async add(frame: StoredFrame): Promise<void> {
    this.#last = frame.bytes;
    this.#block.push(frame);
    this.#blockBytes += frame.bytes.length;
    if (this.#blockBytes >= ARCHIVE_BLOCK_BYTES) await this.#endBlock();
  }

  async end(): Promise<Pick<ArchiveFoot, 'blocks' | 'lastHash' | 'checksum'>> {
    if (this.#block.length > 0) await this.#endBlock();
    return { blocks: this.#blocks, lastHash: hashOf(this.#last), checksum: this.#checksum.digest() };
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.#checksum.update(bytes);
    await this.#file.appendFile(bytes);
    this.#offset += bytes.length;
  }

  async #endBlock(): Promise<void> {
    const stored = encodeBlock(this.#block);
    const first = this.#block[0]?.sequence ?? 0;
    this.#blocks.push({ first, offset: this.#offset, bytes: stored.length, crc: crc32(stored) });
    await this.append(stored);
    this.#block = [];
    this.#blockBytes = 0;
  }
}

/** A file of the archive, open. */
export class ArchiveFile {
  readonly foot: ArchiveFoot;
  readonly bytes: number;
  readonly #file: FileHandle;

  private constructor(file: FileHandle, bytes: number, foot: ArchiveFoot) {
    this.#file = file;
    this.bytes = bytes;
    this.foot = foot;
  }

  /** Throws ArchiveDamagedError. */
  static async open(path: string): Promise<ArchiveFile> {
    const file = await open(path, 'r').catch((error: unknown) => {
      throw new ArchiveDamagedError(`it cannot be opened (${String(error)})`, { cause: error });
    });
    try {
      const { size } = await file.stat();
      if (size < FIRST_LINE.length + TAIL_BYTES) throw new ArchiveDamagedError('a file that is cut short');
      const line = await read(file, 0, FIRST_LINE.length);
      if (!line.equals(FIRST_LINE)) throw new ArchiveDamagedError('a file that is no segment of this format');
      const tail = decodeTail(await read(file, size - TAIL_BYTES, TAIL_BYTES));
      const begin = size - TAIL_BYTES - tail.bytes;
      if (begin < FIRST_LINE.length) throw new ArchiveDamagedError('a file that is cut short');
      const foot = await read(file, begin, tail.bytes);
      mustBe(tail, foot);
      return new ArchiveFile(file, size, decodeFoot(foot));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Frames `from … to`, all of which are in the file. */
  async read(from: number, to: number, onFrame: (frame: StoredFrame) => void): Promise<void> {
    const { blocks, last } = this.foot;
    for (const [at, block] of blocks.entries()) {
      const end = (blocks[at + 1]?.first ?? last + 1) - 1;
      if (end < from) continue;
      if (block.first > to) return;
      const frames = decodeBlock(block, await read(this.#file, block.offset, block.bytes));
      if (frames.at(-1)?.sequence !== end)
        throw new ArchiveDamagedError(`the block of frame ${String(block.first)} has too few frames`);
      for (const frame of frames) if (frame.sequence >= from && frame.sequence <= to) onFrame(frame);
    }
  }

  /** From the first byte to the last. */
  async readWhole(onFrame: (frame: StoredFrame) => void): Promise<void> {
    const { blocks, first, last, lastHash, checksum } = this.foot;
    const sum = createHash('sha256').update(FIRST_LINE);
    let offset = FIRST_LINE.length;
    let next = first;
    let hash: Uint8Array = new Uint8Array(0);
    for (const block of blocks) {
      if (block.offset !== offset || block.first !== next)
        throw new ArchiveDamagedError('a block is missing');
      const stored = await read(this.#file, offset, block.bytes);
      sum.update(stored);
      offset += stored.length;
      const frames = decodeBlock(block, stored);
      next += frames.length;
      for (const frame of frames) onFrame(frame);
      const newest = frames.at(-1);
      if (newest !== undefined) hash = hashOf(newest.bytes);
    }
    if (next !== last + 1 || !sameBytes(hash, lastHash) || !sameBytes(sum.digest(), checksum))
      throw new ArchiveDamagedError('its frames are not those that its foot names');
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  for (let at = 0; at < length;) {
    const { bytesRead } = await file.read(buffer, at, length - at, position + at);
    if (bytesRead === 0) throw new ArchiveDamagedError('a file that is cut short');
    at += bytesRead;
  }
  return buffer;
}
