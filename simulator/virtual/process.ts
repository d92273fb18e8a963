import { Link } from '../../actors/adapters/memory/link.js';
import type { Clock } from '../../actors/runtime/ports.js';
import type { Scheduler } from './scheduler.js';

export interface ProcessParts {
  readonly name: string;
  readonly scheduler: Scheduler;
  /** How long a message is on its way, in ms. */
  readonly latencyMs: () => number;
  /** Its code threw where nobody catches: a real process would have died of it. */
  readonly onError: (error: unknown) => void;
}

/** One process of the world: its clock, its connections, and how it ends. */
export class Process {
  readonly name: string;
  readonly clock: Clock;
  readonly #parts: ProcessParts;
  readonly #links: Link[] = [];
  readonly #onEnd: (() => void)[] = [];
  #state: 'running' | 'paused' | 'ended' = 'running';
  #held: (() => void)[] = [];
  #skewMs = 0;
  #sendsLeft = Infinity;

  constructor(parts: ProcessParts) {
    this.#parts = parts;
    this.name = parts.name;
    const { scheduler } = parts;
    this.clock = {
      now: () => scheduler.now() + this.#skewMs,
      elapsed: () => scheduler.elapsed(),
      after: (ms, callback) => scheduler.after(ms, () => this.#run(callback)),
      soon: (callback) => scheduler.soon(() => this.#run(callback)),
    };
  }

  get state(): 'running' | 'paused' | 'ended' {
    return this.#state;
  }

  get skewMs(): number {
    return this.#skewMs;
  }

  /** A connection to a server. */
  link(): Link {
    const { scheduler, latencyMs } = this.#parts;
    const link = new Link(scheduler, {
      latencyMs,
      beforeSend: () => {
        this.#sendsLeft -= 1;
        if (this.#sendsLeft < 0) this.end();
      },
    });
    this.#links.push(link);
    return link;
  }

  /** The machine's clock is set to the world's time and so many ms. Timers do not notice. */
  setClock(skewMs: number): void {
    this.#skewMs = skewMs;
  }

  /** Ends with the message after the next `sends`, at whatever await that is. */
  endAfter(sends: number): void {
    this.#sendsLeft = sends;
  }

  onEnd(callback: () => void): void {
    this.#onEnd.push(callback);
  }

  /** kill -9: what it had sent arrives, nothing else of it happens any more. */
  end(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#held = [];
    for (const link of this.#links) link.stop();
    for (const callback of this.#onEnd) callback();
  }

  /** SIGSTOP. */
  pause(): void {
    if (this.#state !== 'running') return;
    this.#state = 'paused';
    for (const link of this.#links) link.pause();
  }

  /** SIGCONT: everything that was due meanwhile happens now. */
  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'running';
    for (const link of this.#links) link.resume();
    for (const callback of this.#held.splice(0)) this.clock.soon(callback);
  }

  #run(callback: () => void): void {
    if (this.#state === 'paused') this.#held.push(callback);
    else if (this.#state === 'running') {
      try {
        callback();
      } catch (error) {
        this.#parts.onError(error);
      }
    }
  }
}
