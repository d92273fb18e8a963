/**
 * What partitions of one worker say to each other does not go over the network: the same bytes, handed over in this
 * process. It saves the asks and answers of every payment a way over the network, and the server's work for them. No
 * safer and no less safe than the network: an owner that was replaced and does not know it yet gets what is local, but the next frame tells it, and
 * whoever asked asks again.
 */
import type { Bus, Cancel, Clock } from './ports.js';

type Handler = (bytes: Uint8Array, subject: string) => void;

export class LocalBus implements Bus {
  readonly #bus: Bus;
  readonly #clock: Pick<Clock, 'soon'>;
  readonly #handlers = new Map<string, Handler>();

  constructor(bus: Bus, clock: Pick<Clock, 'soon'>) {
    this.#bus = bus;
    this.#clock = clock;
  }

  publish(subject: string, bytes: Uint8Array): void {
    if (!this.#handlers.has(subject)) {
      this.#bus.publish(subject, bytes);
      return;
    }
    this.#clock.soon(() => {
      // Whoever it was for may have gone meanwhile: then it is lost, as on the network.
      this.#handlers.get(subject)?.(bytes, subject);
    });
  }

  /** `subject` has no wildcard, and one subscription here at a time. */
  subscribe(subject: string, handler: Handler): Cancel {
    this.#handlers.set(subject, handler);
    const cancel = this.#bus.subscribe(subject, handler);
    return () => {
      if (this.#handlers.get(subject) === handler) this.#handlers.delete(subject);
      cancel();
    };
  }

  flush(): Promise<void> {
    return this.#bus.flush();
  }
}
