/** What the parts of a heartbeat are on the wire, both ways. */
import { v1 } from '../../proto/generated/emoney.js';
import { toUnsigned } from '../../proto/guard.js';
import type { StoreFault, StoreFaults } from './storeFaults.js';

/** What a heartbeat says of one partition. */
export interface OwnerStatus {
  readonly partition: number;
  readonly epoch: number;
  readonly released: boolean;
  readonly successor: string;
  readonly serving: boolean;
}

export function statusOf(status: v1.PartitionStatus.$Properties): OwnerStatus {
  return {
    partition: status.partition ?? 0,
    epoch: toUnsigned(status.epoch ?? 0, 'epoch'),
    released: status.released ?? false,
    successor: status.successor ?? '',
    serving: status.serving ?? false,
  };
}

const FAULT_NUMBERS: Readonly<Record<StoreFault, v1.StoreFault>> = {
  SNAPSHOT_MISSING: v1.StoreFault.STORE_FAULT_SNAPSHOT_MISSING,
  SNAPSHOT_STALE: v1.StoreFault.STORE_FAULT_SNAPSHOT_STALE,
  SNAPSHOT_UNREADABLE: v1.StoreFault.STORE_FAULT_SNAPSHOT_UNREADABLE,
  PAGE_LOST: v1.StoreFault.STORE_FAULT_PAGE_LOST,
  CHECKPOINT_LOST: v1.StoreFault.STORE_FAULT_CHECKPOINT_LOST,
  READ_FAILED: v1.StoreFault.STORE_FAULT_READ_FAILED,
  WRITE_FAILED: v1.StoreFault.STORE_FAULT_WRITE_FAILED,
};

export function faultsOf(faults: StoreFaults | undefined): v1.StoreFaults.$Properties[] {
  return (faults?.counts() ?? []).map(([fault, count]) => ({ fault: FAULT_NUMBERS[fault], count }));
}
