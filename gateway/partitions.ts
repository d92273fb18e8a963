import { GATEWAY_DEADLINE_MS, MAX_PENDING_COMMANDS, STOPPED_PATIENCE_MS } from '../actors/bounds.js';
import { decodeReplies, type ReplyItem } from '../actors/runtime/deliveries.js';
import { partitionOf } from '../actors/runtime/placement.js';
import type { Bus, Cancel, Clock } from '../actors/runtime/ports.js';
import type { Subjects } from '../actors/runtime/subjects.js';
import { decodeMessage } from '../proto/message.js';
import { v1 } from '../proto/generated/emoney.js';
import { commandBytes } from './commandBytes.js';
import type { Log } from './log.js';
import { Outbox } from './outbox.js';
import { Pending, type Waiter } from './pending.js';

export interface PartitionsOptions {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly subjects: Subjects;
  readonly partitions: number;
  /** Name of this gateway process on the bus: unique, or two gateways would get each other's replies. */
  readonly instance: string;
  /** Why nobody serves a partition, where that waits for an operator; asked for every command. */
  readonly stoppedBecause: (partition: number) => string | undefined;
  readonly log: Log;
}

/** Who takes a partition's commands, and over which of its connections. */
interface Served {
  readonly epoch: number;
  /** Undefined until a heartbeat of this epoch has said it. */
  readonly reconnections: number | undefined;
}

/** The way to the partitions: commands out in batches, replies back to those who wait. */
export class Partitions {
  readonly count: number;
  private readonly options: PartitionsOptions;
  private readonly outbox: Outbox;
  private readonly pending = new Pending(GATEWAY_DEADLINE_MS);
  /** Newest epoch seen, by partition. */
  private readonly epochs: number[];
  /** The newest owner that was heard to take commands, by partition. */
  private readonly servedBy: Served[];
  private readonly unsubscribe: Cancel;
  private cancelTimer: Cancel | undefined;

  constructor(options: PartitionsOptions) {
    const { bus, clock, subjects, partitions, instance } = options;
    this.options = options;
    this.count = partitions;
    this.epochs = Array.from({ length: partitions }, () => 0);
    this.servedBy = this.epochs.map((epoch) => ({ epoch, reconnections: undefined }));
    const replyTo = subjects.gateway(instance);
    this.outbox = new Outbox({
      partitions,
      replyTo,
      soon: (callback) => {
        clock.soon(callback);
      },
      publish: (partition, delivery) => {
        bus.publish(subjects.partition(partition), delivery);
      },
    });
    this.unsubscribe = bus.subscribe(replyTo, (bytes) => {
      this.receive(bytes);
    });
  }

  get waiting(): number {
    return this.pending.size;
  }

  /** Partition of a card or terminal. */
  of(id: string): number {
    return partitionOf(id, this.count);
  }

  /** `card`: for which the partition may have to ask another before it can answer. */
  send(partition: number, command: v1.Command.$Properties, waiter: Waiter, card?: string): void {
    const { clock, stoppedBecause } = this.options;
    if (stoppedBecause(partition) !== undefined) {
      clock.soon(() => {
        this.refuseStopped([waiter], partition);
      });
      return;
    }
    if (this.pending.size >= MAX_PENDING_COMMANDS) {
      waiter.rejected(v1.Rejection.REJECTION_OVERLOADED, 'too much is under way in this gateway', 'gateway');
      return;
    }
    const bytes = commandBytes(command);
    const correlation = this.pending.add(partition, bytes, waiter, { now: clock.elapsed(), card });
    this.outbox.add(partition, correlation, bytes);
    if (this.cancelTimer === undefined) this.arm(GATEWAY_DEADLINE_MS);
    if (card !== undefined) this.watch(waiter, card);
  }

  /** Nobody serves it until an operator has done something: whoever waits for it is told so. */
  stopped(partition: number): void {
    this.refuseStopped(
      this.pending.takeOf(partition, (card) => this.of(card) === partition),
      partition,
    );
  }

  /** An owner of a later epoch exists: what an older one still says does not count any more (D1). */
  seen(partition: number, epoch: number): void {
    if (epoch > (this.epochs[partition] ?? Infinity)) this.epochs[partition] = epoch;
  }

  /**
   * An owner takes commands now. What was sent before went to an older one, or to nobody, or on a connection that it has
   * lost: it is sent again.
   */
  served(partition: number, epoch: number, reconnections?: number): void {
    const known = this.servedBy[partition];
    if (known === undefined || epoch < known.epoch) return;
    if (epoch === known.epoch && (reconnections ?? known.reconnections) === known.reconnections) return;
    this.servedBy[partition] = { epoch, reconnections };
    const isFirstHeard = epoch === known.epoch && known.reconnections === undefined;
    if (known.epoch > 0 && !isFirstHeard) this.sendAgain(partition);
  }

  /** The bus was lost and is back: whatever was under way may be lost. */
  reconnected(): void {
    for (const partition of this.servedBy.keys()) this.sendAgain(partition);
  }

  close(): void {
    this.unsubscribe();
    this.cancelTimer?.();
  }

  /**
   * In the same order. What was executed is known by its id, and answered as it was recorded; a session is opened once
   * more, and only the later one counts.
   */
  private sendAgain(partition: number): void {
    for (const { correlation, command } of this.pending.renew(partition)) {
      this.outbox.add(partition, correlation, command);
    }
  }

  /** Whatever is recorded of an id its terminal answers at once; all else would wait for the card's partition in vain. */
  private watch(waiter: Waiter, card: string): void {
    const { clock, stoppedBecause } = this.options;
    const partition = this.of(card);
    if (stoppedBecause(partition) === undefined) return;
    clock.after(STOPPED_PATIENCE_MS, () => {
      if (this.pending.forget(waiter)) this.refuseStopped([waiter], partition);
    });
  }

  private refuseStopped(waiters: readonly Waiter[], partition: number): void {
    const because = this.options.stoppedBecause(partition) ?? 'it is served again';
    const detail = `partition ${partition} has stopped: ${because}`;
    for (const waiter of waiters) waiter.rejected(v1.Rejection.REJECTION_UNAVAILABLE, detail, 'stopped');
  }

  private receive(bytes: Uint8Array): void {
    try {
      const { partition, epoch, items } = decodeReplies(bytes);
      if (epoch < (this.epochs[partition] ?? Infinity)) return;
      this.seen(partition, epoch);
      for (const item of items) this.settle(item);
      this.served(partition, epoch);
    } catch (error) {
      // Not a reply of ours: nothing is settled by it, and whoever waits is told UNAVAILABLE in time.
      this.options.log(`gateway: replies that cannot be read were dropped: ${String(error)}`);
    }
  }

  private settle({ correlation, reply, rejection, detail }: ReplyItem): void {
    const waiter = this.pending.take(correlation);
    if (waiter === undefined) return;
    if (rejection !== v1.Rejection.REJECTION_UNSPECIFIED) {
      waiter.rejected(rejection, detail, 'partition');
      return;
    }
    try {
      if (waiter.passOn?.(reply) !== true) waiter.answered(decodeMessage(v1.CommandReply, reply));
    } catch (error) {
      this.options.log(`gateway: a reply could not be passed on: ${String(error)}`);
      const detail = 'the answer could not be read; ask for the outcome';
      waiter.rejected(v1.Rejection.REJECTION_INTERNAL, detail, 'gateway');
    }
  }

  private arm(ms: number): void {
    this.cancelTimer = this.options.clock.after(ms, () => {
      this.expire();
    });
  }

  private expire(): void {
    this.cancelTimer = undefined;
    const now = this.options.clock.elapsed();
    for (const waiter of this.pending.takeExpired(now)) {
      waiter.rejected(
        v1.Rejection.REJECTION_UNAVAILABLE,
        `the partition did not answer within ${GATEWAY_DEADLINE_MS} ms; the id may have been executed: repeat it`,
        'deadline',
      );
    }
    const next = this.pending.untilNext(now);
    if (next !== undefined) this.arm(Math.max(1, next));
  }
}
