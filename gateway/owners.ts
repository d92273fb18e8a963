import { OWNER_TIMEOUT_MS } from '../actors/bounds.js';
import { v1 } from '../proto/generated/emoney.js';
import { toUnsigned } from '../proto/guard.js';

/** Who was last heard to own a partition. */
export interface Owner {
  readonly worker: string;
  readonly epoch: number;
  readonly sequence: number;
  /** False while it recovers, and once it has handed the partition over. */
  readonly serving: boolean;
  readonly heardAt: number;
}

/** Called with every heartbeat of a partition's newest owner. */
export type OnOwner = (partition: number, owner: Owner) => void;

/** Owners of partitions, as their heartbeats say. For people and for readiness; it decides nothing about money. */
export class Owners {
  private readonly now: () => number;
  private readonly onOwner: OnOwner;
  private readonly owners: (Owner | undefined)[];
  /** By partition: what the last worker said that cannot serve it. */
  private readonly stopped = new Map<number, { readonly reason: string; readonly heardAt: number }>();

  constructor(partitions: number, now: () => number, onOwner: OnOwner) {
    this.owners = Array.from({ length: partitions }, () => undefined);
    this.now = now;
    this.onOwner = onOwner;
  }

  /** A heartbeat's bytes. Throws when they are none. */
  heard(bytes: Uint8Array): void {
    const { worker, partitions, stopped } = v1.Heartbeat.decode(bytes);
    const heardAt = this.now();
    for (const { partition, reason } of stopped) {
      this.stopped.set(partition ?? 0, { reason: reason ?? '', heardAt });
    }
    for (const status of partitions) {
      const partition = status.partition ?? 0;
      if (partition >= this.owners.length) continue;
      const epoch = toUnsigned(status.epoch ?? 0, 'epoch');
      const known = this.owners[partition];
      if (known !== undefined && epoch < known.epoch) continue;
      const sequence = toUnsigned(status.sequence ?? 0, 'sequence');
      const serving = status.serving === true && status.released !== true;
      const owner = { worker, epoch, sequence, serving, heardAt };
      this.owners[partition] = owner;
      this.onOwner(partition, owner);
    }
  }

  of(partition: number): Owner | undefined {
    return this.owners[partition];
  }

  /** Partitions that nobody was heard to serve for OWNER_TIMEOUT_MS, or ever. */
  unserved(): readonly number[] {
    const since = this.now() - OWNER_TIMEOUT_MS;
    return [...this.owners.entries()].flatMap(([partition, owner]) =>
      owner?.serving === true && owner.heardAt >= since ? [] : [partition],
    );
  }

  /** Why nobody serves it, when a worker says so: it waits for an operator. */
  stoppedBecause(partition: number): string | undefined {
    const stopped = this.stopped.get(partition);
    const isHeard = stopped !== undefined && stopped.heardAt >= this.now() - OWNER_TIMEOUT_MS;
    return isHeard ? stopped.reason : undefined;
  }
}
