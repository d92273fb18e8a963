import type { Cancel, Clock } from '../../runtime/ports.js';

interface Timer {
  readonly due: number;
  readonly callback: () => void;
}

/** Steps after which a run counts as endless: something schedules itself at the same instant for ever. */
const MAX_STEPS = 10_000_000;

/**
 * A clock that stands still until a test moves it. Callbacks run one by one, by time and then in the order in which
 * they were scheduled; between two of them everything that promises had ready is finished. So a run is the same
 * every time.
 */
export class ManualClock implements Clock {
  /** Time of day minus running time; timers follow the running time, as a machine's do when its clock is set. */
  #offset: number;
  #running = 0;
  readonly #ready: (() => void)[] = [];
  readonly #timers: Timer[] = [];

  /** `now`: milliseconds since 1970. */
  constructor(now = Date.UTC(2026, 0, 5, 3)) {
    this.#offset = now;
  }

  now(): number {
    return this.#offset + this.#running;
  }

  elapsed(): number {
    return this.#running;
  }

  after(ms: number, callback: () => void): Cancel {
    const timer = { due: this.#running + Math.max(0, ms), callback };
    this.#timers.splice(this.#placeOf(timer.due), 0, timer);
    return () => {
      const index = this.#timers.indexOf(timer);
      if (index >= 0) this.#timers.splice(index, 1);
    };
  }

  soon(callback: () => void): void {
    this.#ready.push(callback);
  }

  /** The clock of another machine: it runs with this one, but shows `ms` more (or less). */
  shifted(ms: number): Clock {
    return {
      now: () => this.now() + ms,
      elapsed: () => this.elapsed(),
      after: (delay, callback) => this.after(delay, callback),
      soon: (callback) => this.soon(callback),
    };
  }

  /** Callbacks that wait. */
  pending(): { readonly ready: number; readonly timers: number } {
    return { ready: this.#ready.length, timers: this.#timers.length };
  }

  /** Sets the time of day forward or back by `ms`. Timers do not notice. */
  set(ms: number): void {
    this.#offset += ms;
  }

  /** Runs everything that is ready now; time does not pass. */
  async settle(): Promise<void> {
    await this.advance(0);
  }

  /** Lets `ms` pass, running what becomes due in its order. */
  async advance(ms: number): Promise<void> {
    const end = this.#running + ms;
    await this.#run(() => this.#step(end));
    this.#running = Math.max(this.#running, end);
  }

  /** Runs until nothing is scheduled any more, or `limitMs` have passed. Returns the milliseconds that passed. */
  async runUntilIdle(limitMs = 3_600_000): Promise<number> {
    const begin = this.#running;
    await this.#run(() => this.#step(begin + limitMs));
    return this.#running - begin;
  }

  /** Runs until `condition` holds. Throws, naming `what`, when `limitMs` pass or nothing is left to run. */
  async runUntil(condition: () => boolean, what: string, limitMs = 600_000): Promise<void> {
    const end = this.#running + limitMs;
    await this.#run(() => !condition() && this.#step(end));
    if (!condition()) throw new Error(`never came: ${what} (within ${limitMs} ms of the manual clock)`);
  }

  async #run(step: () => boolean): Promise<void> {
    await promisesDrained();
    for (let steps = 0; step(); steps += 1) {
      if (steps > MAX_STEPS) throw new Error('the manual clock never becomes idle');
      await promisesDrained();
    }
  }

  #step(end: number): boolean {
    const callback = this.#ready.shift() ?? this.#nextTimer(end);
    callback?.();
    return callback !== undefined;
  }

  #nextTimer(end: number): (() => void) | undefined {
    const first = this.#timers[0];
    if (first === undefined || first.due > end) return undefined;
    this.#timers.shift();
    this.#running = Math.max(this.#running, first.due);
    return first.callback;
  }

  #placeOf(due: number): number {
    let low = 0;
    for (let high = this.#timers.length; low < high;) {
      const middle = (low + high) >>> 1;
      if ((this.#timers[middle]?.due ?? Infinity) <= due) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A turn of the real event loop: every promise that can continue has continued, however long its chain. */
function promisesDrained(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
