/** Lists that are asked of one partition after the other: `next` of an answer names the partition first. */

const PARTITION_BYTES = 4;

export interface PartitionPlace {
  readonly partition: number;
  /** Within the partition. */
  readonly after: Uint8Array;
}

/** Where to go on after a page of `partition` that ended with `next`; empty: that was all. */
export function nextPage(partition: number, next: Uint8Array, partitions: number): Uint8Array {
  if (next.length > 0) return tokenOf({ partition, after: next });
  const none = new Uint8Array(0);
  return partition + 1 === partitions ? none : tokenOf({ partition: partition + 1, after: none });
}

function tokenOf({ partition, after }: PartitionPlace): Uint8Array {
  const token = Buffer.alloc(PARTITION_BYTES + after.length);
  token.writeUInt32BE(partition, 0);
  token.set(after, PARTITION_BYTES);
  return Uint8Array.from(token);
}

/** Undefined: it is no token of this deployment. */
export function placeOf(
  bytes: Uint8Array | null | undefined,
  partitions: number,
): PartitionPlace | undefined {
  if (!bytes?.length) return { partition: 0, after: new Uint8Array(0) };
  const token = Buffer.from(bytes);
  if (token.length < PARTITION_BYTES) return undefined;
  const partition = token.readUInt32BE(0);
  if (partition >= partitions) return undefined;
  return { partition, after: Uint8Array.from(token.subarray(PARTITION_BYTES)) };
}
