/** One file of the archive: one segment of a journal. */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { ARCHIVE_BLOCK_BYTES } from '../../bounds.js';
import { ArchiveDamagedError } from '../../runtime/errors.js';
import { hashOf, sameBytes } from '../../runtime/frame.js';
import type { Journal, NewArchivedSegment, StoredFrame } from '../../runtime/ports.js';
import {
  type ArchiveBlock,
  type ArchiveFoot,
  decodeBlock,
  decodeFoot,
  encodeBlock,
  encodeFoot,
  SEGMENT_FILE,
} from './archiveFormat.js';
import { segmentFrames } from '../segmentFrames.js';
import { FramedFile } from './framedFile.js';

/** Writes a segment into an empty file, a piece of the journal at a time. */
export async function writeSegment(
  file: FileHandle,
  deployment: string,
  segment: NewArchivedSegment,
  read: Journal['read'],
): Promise<void> {
  const writer = new Writer(file);
  await writer.append(SEGMENT_FILE.firstLine);
  for await (const frames of segmentFrames(segment, read)) {
    for (const frame of frames) await writer.add(frame);
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
  readonly #file: FramedFile;

  private constructor(file: FramedFile) {
    this.foot = decodeFoot(file.foot);
    this.#file = file;
  }

  /** Throws ArchiveDamagedError, ArchiveUnavailableError. */
  static async open(path: string): Promise<ArchiveFile> {
    const file = await FramedFile.open(SEGMENT_FILE, path);
    try {
      return new ArchiveFile(file);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  get bytes(): number {
    return this.#file.bytes;
  }

  /** Frames `from … to`, all of which are in the file. */
  async read(from: number, to: number, onFrame: (frame: StoredFrame) => void): Promise<void> {
    const { blocks, last } = this.foot;
    for (const [at, block] of blocks.entries()) {
      const end = (blocks[at + 1]?.first ?? last + 1) - 1;
      if (end < from) continue;
      if (block.first > to) return;
      const frames = decodeBlock(block, await this.#file.read(block.offset, block.bytes));
      if (frames.at(-1)?.sequence !== end)
        throw new ArchiveDamagedError(`the block of frame ${String(block.first)} has too few frames`);
      for (const frame of frames) if (frame.sequence >= from && frame.sequence <= to) onFrame(frame);
    }
  }

  /** From the first byte to the last. */
  async readWhole(onFrame: (frame: StoredFrame) => void): Promise<void> {
    const { blocks, first, last, lastHash, checksum } = this.foot;
    const sum = createHash('sha256').update(SEGMENT_FILE.firstLine);
    let offset = SEGMENT_FILE.firstLine.length;
    let next = first;
    let hash: Uint8Array = new Uint8Array(0);
    for (const block of blocks) {
      if (block.offset !== offset || block.first !== next)
        throw new ArchiveDamagedError('a block is missing');
      const stored = await this.#file.read(offset, block.bytes);
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
