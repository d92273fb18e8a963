import type { Clock } from '../../runtime/ports.js';

/** What the link has to do with one message, besides handing it over. Times in milliseconds. */
export interface Delivery {
  readonly delayMs?: number;
}

export interface Asking extends Delivery {
  readonly timeoutMs: number;
  /** What the asker throws when no answer came in time. */
  readonly timedOut: () => Error;
  /** Fault: the question is answered, but the answer never arrives. */
  readonly loseAnswer?: boolean;
}

export interface LinkOptions {
  /** How long each message is on its way, in ms; those of one direction never overtake each other. Default: no time. */
  readonly latencyMs?: (() => number) | undefined;
  /** Called before each message that the process sends: a fault may end the process right here. */
  readonly beforeSend?: (() => void) | undefined;
}

/** Which messages a cut stops: those to the server, those to the process, or both. */
export type Direction = 'both' | 'outward' | 'inward';

/**
 * The connection between one process and one server. Order is kept only among messages without a delay of their own.
 * A stopped process hears nothing more, but what it had sent still arrives; what a paused one had in its socket is
 * sent when it goes on.
 */
export class Link {
  readonly clock: Clock;
  readonly #options: LinkOptions;
  #state: 'up' | 'cut' | 'paused' | 'stopped' = 'up';
  #cut: Direction = 'both';
  /** When the last message of each direction arrives. */
  #outwardDue = 0;
  #inwardDue = 0;
  readonly #held: (() => void)[] = [];
  readonly #onRestore = new Set<() => void>();

  constructor(clock: Clock, options: LinkOptions = {}) {
    this.clock = clock;
    this.#options = options;
  }

  get state(): 'up' | 'cut' | 'paused' | 'stopped' {
    return this.#state;
  }

  /** From the process to the server. Once sent, it arrives whatever becomes of the process. */
  send(arrive: () => void, { delayMs = 0 }: Delivery = {}): void {
    this.#options.beforeSend?.();
    if (this.#state === 'paused') this.#held.push(() => this.send(arrive, { delayMs }));
    else if (this.#passes('outward')) this.#later('outward', arrive, delayMs);
  }

  /** From the server to the process. Lost when the process is not there or not connected at its arrival. */
  answer(arrive: () => void, { delayMs = 0 }: Delivery = {}): void {
    this.#later('inward', () => this.#handOver(arrive), delayMs);
  }

  /** A question to the server and its answer; what the server throws comes back as well. */
  ask<T>(question: () => T, { timeoutMs, timedOut, loseAnswer = false, ...delivery }: Asking): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = this.clock.after(timeoutMs, () => this.local(() => reject(timedOut())));
      const settle = (action: () => void) => {
        if (loseAnswer) return;
        this.answer(() => {
          cancel();
          action();
        });
      };
      this.send(() => {
        try {
          const answer = question();
          settle(() => resolve(answer));
        } catch (error) {
          settle(() => reject(error instanceof Error ? error : new Error(String(error))));
        }
      }, delivery);
    });
  }

  /** Something that the process does by itself, such as noticing that time is up: no network is needed for it. */
  local(action: () => void): void {
    if (this.#state === 'paused') this.#held.push(action);
    else if (this.#state !== 'stopped') action();
  }

  /** Calls back after every `restore`, as a client notices that it is connected again. */
  onRestore(callback: () => void): () => void {
    this.#onRestore.add(callback);
    return () => {
      this.#onRestore.delete(callback);
    };
  }

  /** No message gets through, in either direction or in one, until `restore`. */
  cut(direction: Direction = 'both'): void {
    if (this.#state !== 'up') return;
    this.#state = 'cut';
    this.#cut = direction;
  }

  restore(): void {
    if (this.#state !== 'cut') return;
    this.#state = 'up';
    for (const callback of this.#onRestore) callback();
  }

  /** SIGSTOP: nothing is lost, all of it comes late. */
  pause(): void {
    if (this.#state === 'up') this.#state = 'paused';
  }

  /** SIGCONT: what waited in the sockets, in its order. */
  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'up';
    for (const held of this.#held.splice(0)) this.clock.soon(held);
  }

  /** kill -9. For ever. */
  stop(): void {
    this.#state = 'stopped';
    this.#held.length = 0;
  }

  #passes(direction: Direction): boolean {
    if (this.#state === 'cut') return this.#cut !== 'both' && this.#cut !== direction;
    return this.#state === 'up';
  }

  #handOver(arrive: () => void): void {
    if (this.#passes('inward')) arrive();
    else if (this.#state === 'paused') this.#held.push(arrive);
  }

  #later(direction: 'outward' | 'inward', action: () => void, delayMs: number): void {
    const { latencyMs } = this.#options;
    if (latencyMs !== undefined) this.#afterLatency(direction, action, delayMs, latencyMs());
    else if (delayMs > 0) this.clock.after(delayMs, action);
    else this.clock.soon(action);
  }

  /** What is delayed by a fault is overtaken; nothing else is. */
  #afterLatency(direction: 'outward' | 'inward', action: () => void, delayMs: number, latency: number): void {
    const now = this.clock.now();
    if (delayMs > 0) {
      this.clock.after(delayMs + latency, action);
      return;
    }
    const before = direction === 'outward' ? this.#outwardDue : this.#inwardDue;
    const due = Math.max(before, now + latency);
    if (direction === 'outward') this.#outwardDue = due;
    else this.#inwardDue = due;
    this.clock.after(due - now, action);
  }
}
