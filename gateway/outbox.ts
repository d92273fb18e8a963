import { MAX_DELIVERY_BYTES } from '../actors/bounds.js';
import { type DeliveryItem, encodeDelivery } from '../actors/runtime/deliveries.js';

/** Bytes around one command in a Delivery: tags, lengths and the correlation, at their largest. */
const ITEM_OVERHEAD = 24;

export interface OutboxOptions {
  readonly partitions: number;
  /** Subject for the Replies. */
  readonly replyTo: string;
  /** Calls back once, after everything that is ready now. */
  readonly soon: (callback: () => void) => void;
  readonly publish: (partition: number, delivery: Uint8Array) => void;
}

interface Open {
  items: DeliveryItem[];
  bytes: number;
}

/**
 * Collects the commands of one tick by partition; each partition's leave as one Delivery, or as several where one
 * would exceed MAX_DELIVERY_BYTES. What costs is the message, not the command.
 */
export class Outbox {
  private readonly options: OutboxOptions;
  private readonly open: (Open | undefined)[];
  private scheduled = false;

  constructor(options: OutboxOptions) {
    this.options = options;
    this.open = Array.from({ length: options.partitions }, () => undefined);
  }

  add(partition: number, correlation: number, command: Uint8Array): void {
    const size = command.length + ITEM_OVERHEAD;
    let open = this.open[partition];
    if (open !== undefined && open.bytes + size > MAX_DELIVERY_BYTES) {
      this.leave(partition, open);
      open = undefined;
    }
    if (open === undefined) this.open[partition] = open = { items: [], bytes: 0 };
    open.items.push({ correlation, command });
    open.bytes += size;
    if (!this.scheduled) {
      this.scheduled = true;
      this.options.soon(() => {
        this.flush();
      });
    }
  }

  flush(): void {
    this.scheduled = false;
    for (const [partition, open] of this.open.entries()) {
      if (open !== undefined) this.leave(partition, open);
    }
  }

  private leave(partition: number, open: Open): void {
    this.open[partition] = undefined;
    const delivery = { replyTo: this.options.replyTo, items: open.items };
    this.options.publish(partition, encodeDelivery(delivery));
  }
}
