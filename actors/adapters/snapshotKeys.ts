/** Names of a partition's snapshots, the same in every store. */
export interface SnapshotKeys {
  unit(unit: string): string;
  page(page: number, slot: number): string;
  readonly checkpoint: string;
  readonly highest: string;
}

export function snapshotKeysOf(deployment: string, partition: number): SnapshotKeys {
  const root = `emoney:${deployment}:${String(partition)}`;
  return {
    unit: (unit) => `${root}:u:${unit}`,
    page: (page, slot) => `${root}:page:${String(page)}:${String(slot)}`,
    checkpoint: `${root}:checkpoint`,
    highest: `${root}:highest`,
  };
}
