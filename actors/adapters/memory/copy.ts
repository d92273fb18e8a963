const SLAB_BYTES = 16 * 1024;

let slab = new Uint8Array(SLAB_BYTES);
let used = 0;

/** A copy, in memory that copies share: a store of its own for each takes longer than the copying. */
export function copyOf(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  if (length > SLAB_BYTES / 4) return new Uint8Array(bytes);
  if (used + length > SLAB_BYTES) {
    slab = new Uint8Array(SLAB_BYTES);
    used = 0;
  }
  const copy = new Uint8Array(slab.buffer, used, length);
  copy.set(bytes);
  used += length;
  return copy;
}
