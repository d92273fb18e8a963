import { HAND_OVER_SETTLES_MS, OWNER_TIMEOUT_MS } from '../actors/bounds.js';
import { v1 } from '../proto/generated/emoney.js';
import { toUnsigned } from '../proto/guard.js';
import { WholeReader } from '../proto/wholeNumbers.js';
import { StoreFaultCounts } from './storeFaultCounts.js';

/** Who was last heard to own a partition. */
export interface Owner {
  readonly worker: string;
  readonly epoch: number;
  readonly sequence: number;
  /** Times that its connection was lost and made again. */
  readonly reconnections: number;
  /** False while it recovers, and once it has handed the partition over. */
  readonly serving: boolean;
  /** When it was first heard to serve; Infinity: it does not. */
  readonly servingSince: number;
  /** It has handed the partition over. */
  readonly released: boolean;
  /** Why its journal acknowledges nothing; empty: it acknowledges. */
  readonly silence: string;
  readonly heardAt: number;
}

/** Called with every heartbeat of a partition's newest owner. */
export type OnOwner = (partition: number, owner: Owner) => void;

/** A worker cannot serve a partition: it waits for an operator. */
export interface Stop {
  readonly worker: string;
  readonly reason: string;
  readonly heardAt: number;
}

/** Called with every heartbeat by which a partition is stopped, while nobody serves it. */
export type OnStopped = (partition: number) => void;

/** Owners of partitions, as their heartbeats say. For people and for readiness; it decides nothing about money. */
export class Owners {
  private readonly elapsed: () => number;
  private readonly onOwner: OnOwner;
  private readonly onStopped: OnStopped;
  private readonly owners: (Owner | undefined)[];
  /** By partition: what the last worker said that cannot serve it. */
  private readonly stopped = new Map<number, Stop>();
  private readonly faults: StoreFaultCounts;
  /** By worker. */
  private readonly degraded = new Map<
    string,
    { readonly said: readonly string[]; readonly heardAt: number }
  >();

  /** `elapsed`: milliseconds that pass evenly. */
  constructor(partitions: number, elapsed: () => number, onOwner: OnOwner, onStopped: OnStopped) {
    this.owners = Array.from({ length: partitions }, () => undefined);
    this.elapsed = elapsed;
    this.onOwner = onOwner;
    this.onStopped = onStopped;
    this.faults = new StoreFaultCounts();
  }

  /** A heartbeat's bytes. Throws when they are none. */
  heard(bytes: Uint8Array): void {
    const heartbeat = v1.Heartbeat.decode(new WholeReader(bytes));
    const { worker, partitions, stopped, degraded, reconnections } = heartbeat;
    const heardAt = this.elapsed();
    this.hearStopped(worker, stopped, heardAt);
    if (degraded.length > 0) this.degraded.set(worker, { said: degraded, heardAt });
    else this.degraded.delete(worker);
    for (const status of partitions) {
      const partition = status.partition ?? 0;
      if (partition >= this.owners.length) continue;
      const epoch = toUnsigned(status.epoch ?? 0, 'epoch');
      const known = this.owners[partition];
      if (known !== undefined && epoch < known.epoch) continue;
      const sequence = toUnsigned(status.sequence ?? 0, 'sequence');
      const released = status.released === true;
      const serving = status.serving === true && !released;
      const wasServing = known?.epoch === epoch && known.serving;
      const owner = {
        worker,
        epoch,
        sequence,
        reconnections,
        serving,
        servingSince: serving ? (wasServing ? known.servingSince : heardAt) : Infinity,
        released,
        silence: status.silence ?? '',
        heardAt,
      };
      this.owners[partition] = owner;
      this.faults.heard(partition, epoch, status.storeFaults ?? []);
      this.onOwner(partition, owner);
    }
  }

  of(partition: number): Owner | undefined {
    return this.owners[partition];
  }

  /** Partitions that nobody was heard to serve for OWNER_TIMEOUT_MS, or ever. */
  unserved(): readonly number[] {
    return [...this.owners.keys()].filter((partition) => !this.isServed(partition));
  }

  /** Somebody was heard to serve it, or to have it, within OWNER_TIMEOUT_MS. */
  heardOf(partition: number): Owner | undefined {
    const owner = this.owners[partition];
    return owner !== undefined && owner.heardAt >= this.elapsed() - OWNER_TIMEOUT_MS ? owner : undefined;
  }

  /**
   * Since when what it takes tells what it can carry; Infinity: nobody serves it. In the future: its owner is new. Who is
   * not heard for a while may be overloaded: only what was said counts.
   */
  settledSince(partition: number): number {
    const owner = this.of(partition);
    return owner === undefined ? Infinity : owner.servingSince + HAND_OVER_SETTLES_MS;
  }

  /** The worker that says that it cannot serve it; another may. */
  stopOf(partition: number): Stop | undefined {
    const stop = this.stopped.get(partition);
    return stop !== undefined && stop.heardAt >= this.elapsed() - OWNER_TIMEOUT_MS ? stop : undefined;
  }

  /** Why nobody serves it, when a worker says so: it waits for an operator. Asked for every command. */
  stoppedBecause(partition: number): string | undefined {
    if (this.stopped.size === 0 || this.isServed(partition)) return undefined;
    return this.stopOf(partition)?.reason;
  }

  /** What workers say that is wrong although payments go on. */
  complaints(): readonly string[] {
    const since = this.elapsed() - OWNER_TIMEOUT_MS;
    return [...this.degraded].flatMap(([worker, { said, heardAt }]) =>
      heardAt < since ? [] : said.map((each) => `${worker}: ${each}`),
    );
  }

  /** Partitions that are served, and whose journals acknowledge nothing, with the reason. */
  silent(): readonly { readonly partition: number; readonly reason: string }[] {
    const since = this.elapsed() - OWNER_TIMEOUT_MS;
    return [...this.owners.entries()].flatMap(([partition, owner]) =>
      owner === undefined || owner.silence === '' || owner.heardAt < since
        ? []
        : [{ partition, reason: owner.silence }],
    );
  }

  /** What Redis was caught at, since this gateway began to listen. */
  storeFaults(): ReadonlyMap<v1.StoreFault, number> {
    return this.faults.total;
  }

  private isServed(partition: number): boolean {
    return this.heardOf(partition)?.serving === true;
  }

  private hearStopped(
    worker: string,
    stopped: readonly v1.PartitionStopped.$Properties[],
    heardAt: number,
  ): void {
    for (const { partition = 0, reason } of stopped) {
      if (partition === null || partition >= this.owners.length) continue;
      this.stopped.set(partition, { worker, reason: reason ?? '', heardAt });
      const owner = this.owners[partition];
      // It had it until now: nobody need wait until it is missed.
      if (owner?.worker === worker && owner.serving)
        this.owners[partition] = { ...owner, serving: false, servingSince: Infinity };
      if (!this.isServed(partition)) this.onStopped(partition);
    }
  }
}
