import type { Versioned } from '../../runtime/ports.js';

/** Generation and sequence, 8 bytes each, big endian: the same order as the numbers, so that a script can compare. */
export const HEADER_BYTES = 16;

export function encodeValue({ generation, sequence, bytes }: Versioned): Buffer {
  const value = Buffer.allocUnsafe(HEADER_BYTES + bytes.length);
  value.writeBigUInt64BE(BigInt(generation), 0);
  value.writeBigUInt64BE(BigInt(sequence), 8);
  value.set(bytes, HEADER_BYTES);
  return value;
}

/** Undefined for what cannot be such a value: it is as good as absent. */
export function decodeValue(value: Buffer | null): Versioned | undefined {
  if (value === null || value.length < HEADER_BYTES) return undefined;
  const generation = Number(value.readBigUInt64BE(0));
  const sequence = Number(value.readBigUInt64BE(8));
  if (!Number.isSafeInteger(generation) || !Number.isSafeInteger(sequence)) return undefined;
  return { generation, sequence, bytes: value.subarray(HEADER_BYTES) };
}
