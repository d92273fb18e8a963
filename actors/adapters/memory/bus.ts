import type { Bus, Cancel, Clock } from '../../runtime/ports.js';
import { Link } from './link.js';

type Handler = (bytes: Uint8Array, subject: string) => void;

/** What becomes of one published message on its way. Each entry of `arrivals` is a copy that reaches the server. */
export interface BusFault {
  /** Delays in ms; none: the message is lost. */
  readonly arrivals: readonly number[];
}

interface Subscription {
  readonly pattern: RegExp;
  readonly link: Link;
  readonly handler: Handler;
}

/** The core NATS server of one deployment: hands each message to everybody who has subscribed, and forgets it. */
export class MemoryBusServer {
  readonly #subscriptions = new Set<Subscription>();

  /** `pattern`: a subject with `*` for one token and `>` for all that follow. */
  subscribe(subject: string, link: Link, handler: Handler): Cancel {
    const subscription = { pattern: patternOf(subject), link, handler };
    this.#subscriptions.add(subscription);
    return () => {
      this.#subscriptions.delete(subscription);
    };
  }

  publish(subject: string, bytes: Uint8Array): void {
    for (const subscription of this.#subscriptions) {
      if (!subscription.pattern.test(subject)) continue;
      const { link, handler } = subscription;
      // A copy for each: on the wire nobody can change what another one reads.
      link.answer(() => {
        if (this.#subscriptions.has(subscription)) handler(bytes.slice(), subject);
      });
    }
  }
}

/** One process's connection. Nothing is repeated; order holds only per connection and only without delays. */
export class MemoryBus implements Bus {
  readonly link: Link;
  readonly #server: MemoryBusServer;
  readonly #faults: { readonly subject: RegExp; readonly fault: BusFault }[] = [];

  constructor(server: MemoryBusServer, clock: Clock, link = new Link(clock)) {
    this.#server = server;
    this.link = link;
  }

  /** What becomes of this process's next message to a subject that fits `subject` (`*` and `>` allowed). */
  onNextPublish(subject: string, fault: BusFault): void {
    this.#faults.push({ subject: patternOf(subject), fault });
  }

  publish(subject: string, bytes: Uint8Array): void {
    const sent = bytes.slice();
    for (const delayMs of this.#faultFor(subject)?.arrivals ?? [0]) {
      this.link.send(() => this.#server.publish(subject, sent), { delayMs });
    }
  }

  subscribe(subject: string, handler: Handler): Cancel {
    return this.#server.subscribe(subject, this.link, handler);
  }

  flush(): Promise<void> {
    return new Promise((resolve) => {
      this.link.send(() => this.link.answer(resolve));
    });
  }

  #faultFor(subject: string): BusFault | undefined {
    const index = this.#faults.findIndex((each) => each.subject.test(subject));
    return index < 0 ? undefined : this.#faults.splice(index, 1)[0]?.fault;
  }
}

function patternOf(subject: string): RegExp {
  const tokens = subject.split('.').map((token) => {
    if (token === '*') return '[^.]+';
    return token === '>' ? '.+' : token.replaceAll(/[\\^$+?()[\]{}|/-]/g, '\\$&');
  });
  return new RegExp(`^${tokens.join('\\.')}$`);
}
