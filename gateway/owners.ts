import { OWNER_TIMEOUT_MS } from '../actors/bounds.js';
import { v1 } from '../proto/generated/emoney.js';
import { toUnsigned } from '../proto/guard.js';

/** Who was last heard to own a partition. */
export interface Owner {
  readonly worker: string;
  readonly epoch: number;
  readonly sequence: number;
  readonly heardAt: number;
}

/** Owners of partitions, as their heartbeats say. For people and for readiness; it decides nothing about money. */
export class Owners {
  private readonly now: () => number;
  private readonly onEpoch: (partition: number, epoch: number) => void;
  private readonly owners: (Owner | undefined)[];

  constructor(partitions: number, now: () => number, onEpoch: (partition: number, epoch: number) => void) {
    this.owners = Array.from({ length: partitions }, () => undefined);
    this.now = now;
    this.onEpoch = onEpoch;
  }

  /** A heartbeat's bytes. Throws when they are none. */
  heard(bytes: Uint8Array): void {
    const { worker, partitions } = v1.Heartbeat.decode(bytes);
    const heardAt = this.now();
    for (const status of partitions) {
      const partition = status.partition ?? 0;
      if (partition >= this.owners.length) continue;
      const epoch = toUnsigned(status.epoch ?? 0, 'epoch');
      const known = this.owners[partition];
      if (known !== undefined && epoch < known.epoch) continue;
      const sequence = toUnsigned(status.sequence ?? 0, 'sequence');
      this.owners[partition] = { worker, epoch, sequence, heardAt: status.released === true ? 0 : heardAt };
      this.onEpoch(partition, epoch);
    }
  }

  of(partition: number): Owner | undefined {
    return this.owners[partition];
  }

  /** Partitions whose owner was not heard for OWNER_TIMEOUT_MS, or never. */
  silent(): readonly number[] {
    const since = this.now() - OWNER_TIMEOUT_MS;
    return [...this.owners.entries()].flatMap(([partition, owner]) =>
      owner === undefined || owner.heardAt < since ? [partition] : [],
    );
  }
}
