/** Where an actor lives. Part of the genesis frame: it can never change for a deployment. */
export const HASH_FUNCTION = 'fnv1a32';

/** FNV-1a, 32 bits, over the UTF-8 bytes of `text` (draft-eastlake-fnv). */
export function fnv1a32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7f) return fnv1a32Bytes(new TextEncoder().encode(text));
    hash = Math.imul(hash ^ unit, 0x01000193);
  }
  return hash >>> 0;
}

/** The same, of the text's UTF-8 bytes. */
export function fnv1a32Bytes(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** Partition of the actor with this id, 0 … partitions − 1. Cards and terminals are placed by their bare id. */
export function partitionOf(id: string, partitions: number): number {
  return fnv1a32(id) % partitions;
}
