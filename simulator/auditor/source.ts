/** How the auditor sees a system, and how it tells how far it is. */
import type {
  CardDescription,
  SnapshotDescription,
  TerminalDescription,
  TotalsDescription,
} from './compare.js';

export interface AuditFrame {
  readonly sequence: number;
  /** As stored. */
  readonly bytes: Uint8Array;
}

/** How the auditor sees a system. Errors end the audit. */
export interface AuditSource {
  partitionCount(): Promise<number>;
  /** Sequence of the last frame that is stored; 0: none. */
  lastSequence(partition: number): Promise<number>;
  /** Frames from `from` on to the present end, in order, in batches of any size. */
  readFrames(partition: number, from: number): AsyncIterable<readonly AuditFrame[]>;
  /** At most 200 ids each; one description an id, also for what does not exist. */
  describeCards(ids: readonly string[]): Promise<readonly CardDescription[]>;
  describeTerminals(ids: readonly string[]): Promise<readonly TerminalDescription[]>;
  /** The center's totals, the sum over all partitions. */
  describeTotals(ids: readonly string[]): Promise<readonly TotalsDescription[]>;
  /** At most 200 units, such as card/C1. Undefined: what keeps the snapshots is away. */
  readSnapshots(
    partition: number,
    units: readonly string[],
  ): Promise<readonly SnapshotDescription[] | undefined>;
}

export interface AuditProgress {
  readonly phase: 'journals' | 'cards' | 'terminals' | 'snapshots';
  readonly done: number;
  readonly total: number;
}
