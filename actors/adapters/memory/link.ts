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

/**
 * The connection between one process and one server. Order is kept only among messages without a delay of their own.
 * A stopped process hears nothing more, but what it had sent still arrives; what a paused one had in its socket is
 * sent when it goes on.
 */
export class Link {
  readonly clock: Clock;
  #state: 'up' | 'cut' | 'paused' | 'stopped' = 'up';
  readonly #held: (() => void)[] = [];
  readonly #onRestore = new Set<() => void>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get state(): 'up' | 'cut' | 'paused' | 'stopped' {
    return this.#state;
  }

  /** From the process to the server. Once sent, it arrives whatever becomes of the process. */
  send(arrive: () => void, { delayMs = 0 }: Delivery = {}): void {
    if (this.#state === 'paused') this.#held.push(() => this.send(arrive, { delayMs }));
    else if (this.#state === 'up') this.#later(arrive, delayMs);
  }

  /** From the server to the process. Lost when the process is not there or not connected at its arrival. */
  answer(arrive: () => void, { delayMs = 0 }: Delivery = {}): void {
    this.#later(() => this.#handOver(arrive), delayMs);
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

  /** No message gets through, in either direction, until `restore`. */
  cut(): void {
    if (this.#state === 'up') this.#state = 'cut';
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

  #handOver(arrive: () => void): void {
    if (this.#state === 'up') arrive();
    else if (this.#state === 'paused') this.#held.push(arrive);
  }

  #later(action: () => void, delayMs: number): void {
    if (delayMs > 0) this.clock.after(delayMs, action);
    else this.clock.soon(action);
  }
}
