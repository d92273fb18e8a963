/** Where an actor must live, computed by the auditor itself: FNV-1a, 32 bits, over UTF-8 (draft-eastlake-fnv). */
export const EXPECTED_HASH_FUNCTION = 'fnv1a32';

const utf8 = new TextEncoder();

export function placeOf(id: string, partitions: number): number {
  let hash = 2_166_136_261;
  for (const byte of utf8.encode(id)) hash = Math.imul(hash ^ byte, 16_777_619);
  return (hash >>> 0) % partitions;
}
