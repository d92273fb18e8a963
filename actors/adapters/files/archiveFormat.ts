/** The bytes of a file of the archive (archive.proto), both ways. */
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { v1 } from '../../../proto/generated/emoney.js';
import { fromUnsigned, toNumber, toUnsigned } from '../../../proto/guard.js';
import { decodeMessage, encodeMessage } from '../../../proto/message.js';
import { ArchiveDamagedError } from '../../runtime/errors.js';
import type { StoredFrame } from '../../runtime/ports.js';

const FORMAT = 1;
/** Every file of the archive begins with it. */
export const FIRST_LINE = Buffer.from('emoney segment 1\n');
/** Length and CRC-32 of the foot, at the end of the file. */
export const TAIL_BYTES = 8;
/** Events are much alike: half of what they take goes at a cost that nobody waits for. */
const LEVEL = 6;

export interface ArchiveBlock {
  /** Position of its first frame. */
  readonly first: number;
  readonly offset: number;
  readonly bytes: number;
  readonly crc: number;
}

export interface ArchiveFoot {
  readonly deployment: string;
  readonly partition: number;
  readonly segment: number;
  readonly first: number;
  readonly last: number;
  readonly previousHash: Uint8Array;
  readonly lastHash: Uint8Array;
  readonly blocks: readonly ArchiveBlock[];
  /** SHA-256 of everything before the foot. */
  readonly checksum: Uint8Array;
}

export function encodeBlock(frames: readonly StoredFrame[]): Buffer {
  const message = encodeMessage(v1.ArchiveFrames, {
    frames: frames.map(({ bytes, storedAt }) => ({
      bytes,
      storedAtMs: fromUnsigned(storedAt, 'stored_at_ms'),
    })),
  });
  return deflateRawSync(message, { level: LEVEL });
}

/** Throws ArchiveDamagedError for bytes that are not the block's. */
export function decodeBlock({ first, bytes, crc }: ArchiveBlock, stored: Uint8Array): StoredFrame[] {
  mustBe({ bytes, crc }, stored);
  return decoded(`the block of frame ${String(first)}`, () =>
    decodeMessage(v1.ArchiveFrames, inflateRawSync(stored)).frames.map((frame, at) => ({
      sequence: first + at,
      bytes: frame.bytes ?? new Uint8Array(0),
      storedAt: toNumber(frame.storedAtMs ?? 0, 'stored_at_ms'),
    })),
  );
}

/** The end of the file: the foot, its length and its CRC-32. */
export function encodeFoot(foot: ArchiveFoot): Buffer {
  const { deployment, partition, segment, first, last, previousHash, lastHash, checksum } = foot;
  const message = encodeMessage(v1.ArchiveFoot, {
    ...{ format: FORMAT, deployment, partition, segment, previousHash, lastHash, checksum },
    first: fromUnsigned(first, 'first'),
    frames: fromUnsigned(last - first + 1, 'frames'),
    blocks: foot.blocks.map((block) => ({
      first: fromUnsigned(block.first, 'first'),
      offset: fromUnsigned(block.offset, 'offset'),
      ...{ bytes: block.bytes, crc: block.crc },
    })),
  });
  const tail = Buffer.alloc(TAIL_BYTES);
  tail.writeUInt32BE(message.length, 0);
  tail.writeUInt32BE(crc32(message), 4);
  return Buffer.concat([message, tail]);
}

/** Length and CRC-32 of the foot, from the last bytes of the file. */
export function decodeTail(tail: Buffer): { readonly bytes: number; readonly crc: number } {
  return { bytes: tail.readUInt32BE(0), crc: tail.readUInt32BE(4) };
}

export function decodeFoot(bytes: Uint8Array): ArchiveFoot {
  return decoded('its foot', () => {
    const { format, deployment, partition, segment, previousHash, lastHash, checksum, ...wire } =
      decodeMessage(v1.ArchiveFoot, bytes);
    if (format !== FORMAT) {
      throw new ArchiveDamagedError(`format ${String(format)} is not known to this version`);
    }
    const first = toUnsigned(wire.first, 'first');
    const blocks = wire.blocks.map((block) => ({
      first: toUnsigned(block.first ?? 0, 'first'),
      offset: toUnsigned(block.offset ?? 0, 'offset'),
      bytes: block.bytes ?? 0,
      crc: block.crc ?? 0,
    }));
    const last = first + toUnsigned(wire.frames, 'frames') - 1;
    return { deployment, partition, segment, first, last, previousHash, lastHash, blocks, checksum };
  });
}

/** Throws ArchiveDamagedError unless the bytes are those that were written. */
export function mustBe(written: { readonly bytes: number; readonly crc: number }, bytes: Uint8Array): void {
  if (bytes.length !== written.bytes || crc32(bytes) !== written.crc) {
    throw new ArchiveDamagedError('a piece whose checksum is not the one that was written');
  }
}

function decoded<T>(what: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof ArchiveDamagedError) throw error;
    throw new ArchiveDamagedError(`${what} cannot be read (${String(error)})`, { cause: error });
  }
}
