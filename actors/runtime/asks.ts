/**
 * What units of this partition have asked of others and still wait for (D1, D6, D12). Repeated until settled; a
 * rejection or a lost answer ends nothing.
 */
import {
  ASK_RETRY_MAX_MS,
  ASK_RETRY_MS,
  ASK_SWEEP_MS,
  MAX_DELIVERY_BYTES,
  UNWRITTEN_ASK_BYTES,
} from '../bounds.js';
import type { DeliveryItem, Replies } from './deliveries.js';
import type { Ask } from './domain.js';
import type { Cancel, Clock } from './ports.js';
import type { Post } from './post.js';
import type { Subjects } from './subjects.js';

/** Something of the worker that can be asked like a partition, for instance the prohibition stream. */
export type Outlet = (command: Uint8Array) => Promise<Uint8Array>;

class Pending implements DeliveryItem {
  readonly ask: Ask;
  readonly correlation: number;
  attempts = 0;
  nextAt = 0;
  /** The outlet works on it now. */
  busy = false;

  constructor(ask: Ask, correlation: number) {
    this.ask = ask;
    this.correlation = correlation;
  }

  /** Written only when it is asked for: within a process it is not. */
  get command(): Uint8Array {
    return this.ask.command;
  }

  get meaning(): unknown {
    return this.ask.meaning;
  }
}

export interface AsksParts {
  readonly post: Post;
  readonly clock: Clock;
  readonly subjects: Subjects;
  readonly partition: number;
  readonly epoch: number;
  readonly outlets: ReadonlyMap<string, Outlet>;
  /** An answer has arrived: it becomes a command to the unit that asked. */
  readonly onAnswer: (ask: Ask, reply: Uint8Array, meaning: unknown) => void;
}

export class Asks {
  readonly #parts: AsksParts;
  readonly #byKey = new Map<string, Pending>();
  readonly #byCorrelation = new Map<number, Pending>();
  readonly #deliveries = new Map<number, { items: DeliveryItem[]; bytes: number }>();
  readonly #epochs = new Map<number, number>();
  readonly #subject: string;
  #next = 1;
  #timer: Cancel | undefined;
  #unsubscribe: Cancel | undefined;

  constructor(parts: AsksParts) {
    this.#parts = parts;
    this.#subject = parts.subjects.answers(parts.partition, parts.epoch);
  }

  get size(): number {
    return this.#byKey.size;
  }

  start(): void {
    this.#unsubscribe = this.#parts.post.takeReplies(this.#subject, (replies) => {
      this.#receive(replies);
    });
    this.#schedule();
  }

  stop(): void {
    this.#timer?.();
    this.#unsubscribe?.();
    this.#byKey.clear();
    this.#byCorrelation.clear();
  }

  /** Called only when the frame of the asking turn is acknowledged. Sent with the next flush. */
  release(ask: Ask): void {
    this.settle(ask.key);
    const pending = new Pending(ask, this.#next);
    this.#next += 1;
    this.#byKey.set(ask.key, pending);
    this.#byCorrelation.set(pending.correlation, pending);
    this.#send(pending);
  }

  settle(key: string): void {
    const pending = this.#byKey.get(key);
    if (pending === undefined) return;
    this.#byKey.delete(key);
    this.#byCorrelation.delete(pending.correlation);
  }

  /** Asks that are ready together for one partition leave as one message. */
  flush(): void {
    for (const [partition, { items }] of this.#deliveries) this.#publish(partition, items);
    this.#deliveries.clear();
  }

  /** A partition has a new owner, who knows nothing of what the one before was asked. */
  servedAnew(partition: number): void {
    for (const pending of this.#byKey.values()) {
      const { to } = pending.ask;
      if (!('partition' in to) || to.partition !== partition) continue;
      pending.attempts = 0;
      this.#send(pending);
    }
    this.flush();
  }

  #send(pending: Pending): void {
    const pause = Math.min(ASK_RETRY_MS * 2 ** pending.attempts, ASK_RETRY_MAX_MS);
    pending.attempts += 1;
    pending.nextAt = this.#parts.clock.elapsed() + pause;
    const { to, meaning } = pending.ask;
    if ('outlet' in to) {
      void this.#askOutlet(pending, to.outlet);
      return;
    }
    let delivery = this.#deliveries.get(to.partition);
    if (delivery === undefined) this.#deliveries.set(to.partition, (delivery = { items: [], bytes: 0 }));
    delivery.items.push(pending);
    delivery.bytes += meaning === undefined ? pending.command.length + 16 : UNWRITTEN_ASK_BYTES;
    if (delivery.bytes < MAX_DELIVERY_BYTES) return;
    this.#publish(to.partition, delivery.items);
    this.#deliveries.delete(to.partition);
  }

  #publish(partition: number, items: readonly DeliveryItem[]): void {
    this.#parts.post.sendDelivery(this.#parts.subjects.partition(partition), {
      replyTo: this.#subject,
      items,
    });
  }

  async #askOutlet(pending: Pending, name: string): Promise<void> {
    const outlet = this.#parts.outlets.get(name);
    if (outlet === undefined || pending.busy) return;
    pending.busy = true;
    try {
      const reply = await outlet(pending.ask.command);
      if (this.#byKey.get(pending.ask.key) === pending) this.#parts.onAnswer(pending.ask, reply, undefined);
    } catch {
      // Unknown: asked again by the sweep.
    } finally {
      pending.busy = false;
    }
  }

  #receive({ partition, epoch, items }: Replies): void {
    if (epoch < (this.#epochs.get(partition) ?? 0)) return;
    this.#epochs.set(partition, epoch);
    for (const { correlation, reply, meaning } of items) {
      const pending = this.#byCorrelation.get(correlation);
      if (pending !== undefined && reply.length > 0) this.#parts.onAnswer(pending.ask, reply, meaning);
    }
  }

  #schedule(): void {
    this.#timer = this.#parts.clock.after(ASK_SWEEP_MS, () => {
      const now = this.#parts.clock.elapsed();
      for (const pending of this.#byKey.values()) if (pending.nextAt <= now) this.#send(pending);
      this.flush();
      this.#schedule();
    });
  }
}
