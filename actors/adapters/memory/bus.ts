import type { Bus, Cancel, Clock } from '../../runtime/ports.js';
import { copyOf } from './copy.js';
import { Link } from './link.js';

type Handler = (bytes: Uint8Array, subject: string) => void;

/** What becomes of one published message on its way. Each entry of `arrivals` is a copy that reaches the server. */
export interface BusFault {
  /** Delays in ms; none: the message is lost. */
  readonly arrivals: readonly number[];
}

interface Subscription {
  /** Undefined: the subject has no wildcards. */
  readonly pattern: RegExp | undefined;
  readonly link: Link;
  readonly handler: Handler;
}

/** The core NATS server of one deployment: hands each message to everybody who has subscribed, and forgets it. */
export class MemoryBusServer {
  /** Those without wildcards, by subject; looking through all of them for each message takes too long. */
  readonly #exact = new Map<string, Set<Subscription>>();
  readonly #patterns = new Set<Subscription>();

  /** `subject`: may have `*` for one token and `>` for all that follow. */
  subscribe(subject: string, link: Link, handler: Handler): Cancel {
    const isPattern = /[*>]/.test(subject);
    const subscription = { pattern: isPattern ? patternOf(subject) : undefined, link, handler };
    const among = isPattern ? this.#patterns : (this.#exact.get(subject) ?? new Set<Subscription>());
    if (!isPattern) this.#exact.set(subject, among);
    among.add(subscription);
    return () => {
      among.delete(subscription);
    };
  }

  publish(subject: string, bytes: Uint8Array): void {
    const exact = this.#exact.get(subject);
    if (exact !== undefined) for (const each of exact) hand(each, exact, subject, bytes);
    for (const each of this.#patterns) {
      if (each.pattern?.test(subject) === true) hand(each, this.#patterns, subject, bytes);
    }
  }
}

function hand(to: Subscription, among: Set<Subscription>, subject: string, bytes: Uint8Array): void {
  const { link, handler } = to;
  // The server notices that a process is gone.
  if (link.state === 'stopped') among.delete(to);
  // A copy for each: on the wire nobody can change what another one reads.
  else {
    link.answer(() => {
      if (among.has(to)) handler(copyOf(bytes), subject);
    });
  }
}

/** One process's connection. Nothing is repeated; order holds only per connection and only without delays. */
export class MemoryBus implements Bus {
  readonly link: Link;
  readonly #server: MemoryBusServer;
  readonly #faults: { readonly subject: RegExp; readonly fault: BusFault }[] = [];
  readonly #faultOf: ((subject: string) => BusFault | undefined) | undefined;

  /** `faultOf`: asked for every message; undefined: nothing happens to it. */
  constructor(
    server: MemoryBusServer,
    clock: Clock,
    link = new Link(clock),
    faultOf?: (subject: string) => BusFault | undefined,
  ) {
    this.#server = server;
    this.link = link;
    this.#faultOf = faultOf;
  }

  /** What becomes of this process's next message to a subject that fits `subject` (`*` and `>` allowed). */
  onNextPublish(subject: string, fault: BusFault): void {
    this.#faults.push({ subject: patternOf(subject), fault });
  }

  publish(subject: string, bytes: Uint8Array): void {
    const sent = copyOf(bytes);
    const fault = this.#faultFor(subject) ?? this.#faultOf?.(subject);
    for (const delayMs of fault?.arrivals ?? [0]) {
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
    if (this.#faults.length === 0) return undefined;
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
