import { v1 } from '../proto/generated/emoney.js';

interface Known {
  readonly epoch: number;
  readonly counts: ReadonlyMap<v1.StoreFault, number>;
}

/** Owners count from the moment they took a partition; here it is summed up over owners, so that it never falls. */
export class StoreFaultCounts {
  readonly total = new Map<v1.StoreFault, number>();
  private readonly known = new Map<number, Known>();

  /** `epoch` is not below any that was heard of this partition. */
  heard(partition: number, epoch: number, said: readonly v1.StoreFaults.$Properties[]): void {
    if (said.length === 0) return;
    const known = this.known.get(partition);
    const before = known?.epoch === epoch ? known.counts : undefined;
    const counts = new Map<v1.StoreFault, number>();
    for (const { fault, count } of said) {
      // One of a newer worker has no name here.
      if (fault == null || count == null || !(fault in v1.StoreFault)) continue;
      counts.set(fault, count);
      const more = count - (before?.get(fault) ?? 0);
      this.total.set(fault, (this.total.get(fault) ?? 0) + more);
    }
    this.known.set(partition, { epoch, counts });
  }
}
