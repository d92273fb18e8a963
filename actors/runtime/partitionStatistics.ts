/** Counters since the partition was taken. */
export interface PartitionStatistics {
  readonly frames: number;
  readonly turns: number;
  readonly events: number;
  readonly frameBytes: number;
  readonly waiting: number;
  readonly openAsks: number;
  readonly unitsInMemory: number;
  readonly dirtyUnits: number;
  /** Units that frames since the last owner's checkpoint changed, and that are not in memory yet. */
  readonly unitsToLoad: number;
  readonly sequence: number;
  readonly checkpointed: number;
}
