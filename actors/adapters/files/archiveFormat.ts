/** The bytes of a file of the archive (archive.proto), both ways. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { v1 } from '../../../proto/generated/emoney.js';
import { fromUnsigned, toNumber, toUnsigned } from '../../../proto/guard.js';
import { decodeMessage, encodeMessage } from '../../../proto/message.js';
import { ArchiveDamagedError, ArchiveUnavailableError } from '../../runtime/errors.js';
import type { StoredFrame } from '../../runtime/ports.js';
import { decoded, endOf, type FileKind, mustBe, type Written } from './framedFile.js';

const FORMAT = 1;
export const SEGMENT_FILE: FileKind = {
  name: 'segment',
  firstLine: Buffer.from('emoney segment 1\n'),
  Damaged: ArchiveDamagedError,
  Unavailable: ArchiveUnavailableError,
};
/** Events are much alike: half of what they take goes at a cost that nobody waits for. */
const LEVEL = 6;

export interface ArchiveBlock extends Written {
  /** Position of its first frame. */
  readonly first: number;
  readonly offset: number;
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
  mustBe(SEGMENT_FILE, { bytes, crc }, stored);
  return decoded(SEGMENT_FILE, `the block of frame ${String(first)}`, () =>
    decodeMessage(v1.ArchiveFrames, inflateRawSync(stored)).frames.map((frame, at) => ({
      sequence: first + at,
      bytes: frame.bytes ?? new Uint8Array(0),
      storedAt: toNumber(frame.storedAtMs ?? 0, 'stored_at_ms'),
    })),
  );
}

/** The end of the file. */
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
  return endOf(message);
}

export function decodeFoot(bytes: Uint8Array): ArchiveFoot {
  return decoded(SEGMENT_FILE, 'its foot', () => {
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
