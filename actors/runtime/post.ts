/**
 * How commands and replies travel between partitions, gateways and whoever else asks: as bytes over the network, and
 * within a process as they are. It saves the asks and answers of every payment a way over the network, the server's
 * work for them, and being written and read. Neither is safer than the other: an owner that was replaced and does not
 * know it yet gets what is local, but the next frame tells it, and whoever asked asks again.
 */
import {
  decodeDelivery,
  decodeReplies,
  type Delivery,
  encodeDelivery,
  encodeReplies,
  type Replies,
} from './deliveries.js';
import type { Bus, Cancel, Clock } from './ports.js';

/** At most once: a message may be lost on every way. What is taken is nobody's to change. */
export interface Post {
  sendDelivery(subject: string, delivery: Delivery): void;
  sendReplies(subject: string, replies: Replies): void;
  /** `subject` has no wildcard, and is taken once at a time in a process. */
  takeDeliveries(subject: string, handler: (delivery: Delivery) => void): Cancel;
  takeReplies(subject: string, handler: (replies: Replies) => void): Cancel;
}

/** Over the network. What cannot be read is not ours: it is lost. */
export class BusPost implements Post {
  readonly #bus: Bus;
  readonly #log: (line: string) => void;

  constructor(bus: Bus, log: (line: string) => void) {
    this.#bus = bus;
    this.#log = log;
  }

  sendDelivery(subject: string, delivery: Delivery): void {
    this.#bus.publish(subject, encodeDelivery(delivery));
  }

  sendReplies(subject: string, replies: Replies): void {
    this.#bus.publish(subject, encodeReplies(replies));
  }

  takeDeliveries(subject: string, handler: (delivery: Delivery) => void): Cancel {
    return this.#take(subject, decodeDelivery, handler);
  }

  takeReplies(subject: string, handler: (replies: Replies) => void): Cancel {
    return this.#take(subject, decodeReplies, handler);
  }

  #take<Letter>(
    subject: string,
    decode: (bytes: Uint8Array) => Letter,
    handler: (letter: Letter) => void,
  ): Cancel {
    return this.#bus.subscribe(subject, (bytes) => {
      let letter: Letter;
      try {
        letter = decode(bytes);
      } catch (error) {
        this.#log(`a message on ${subject} cannot be read: ${String(error)}`);
        return;
      }
      handler(letter);
    });
  }
}

/** What is taken in this process is handed over; the rest goes over the network. */
export class LocalPost implements Post {
  readonly #network: Post;
  readonly #clock: Pick<Clock, 'soon'>;
  readonly #deliveries = new Map<string, (delivery: Delivery) => void>();
  readonly #replies = new Map<string, (replies: Replies) => void>();

  constructor(network: Post, clock: Pick<Clock, 'soon'>) {
    this.#network = network;
    this.#clock = clock;
  }

  sendDelivery(subject: string, delivery: Delivery): void {
    if (this.#deliveries.has(subject)) this.#handOver(this.#deliveries, subject, delivery);
    else this.#network.sendDelivery(subject, delivery);
  }

  sendReplies(subject: string, replies: Replies): void {
    if (this.#replies.has(subject)) this.#handOver(this.#replies, subject, replies);
    else this.#network.sendReplies(subject, replies);
  }

  takeDeliveries(subject: string, handler: (delivery: Delivery) => void): Cancel {
    const cancel = this.#network.takeDeliveries(subject, handler);
    return taken(this.#deliveries, subject, handler, cancel);
  }

  takeReplies(subject: string, handler: (replies: Replies) => void): Cancel {
    const cancel = this.#network.takeReplies(subject, handler);
    return taken(this.#replies, subject, handler, cancel);
  }

  #handOver<Letter>(
    handlers: ReadonlyMap<string, (letter: Letter) => void>,
    subject: string,
    letter: Letter,
  ): void {
    this.#clock.soon(() => {
      // Whoever it was for may have gone meanwhile: then it is lost, as on the network.
      handlers.get(subject)?.(letter);
    });
  }
}

function taken<Letter>(
  handlers: Map<string, (letter: Letter) => void>,
  subject: string,
  handler: (letter: Letter) => void,
  cancel: Cancel,
): Cancel {
  handlers.set(subject, handler);
  return () => {
    if (handlers.get(subject) === handler) handlers.delete(subject);
    cancel();
  };
}
