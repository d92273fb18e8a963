import type { Cancel, Clock } from '../../actors/runtime/ports.js';

interface Timer {
  readonly due: number;
  /** Of equal times the one that was asked for first comes first. */
  readonly order: number;
  callback: (() => void) | undefined;
}

const settled = Promise.resolve();

/** Steps between which the real event loop gets its turn: for progress and signals, never for the world. */
const STEPS_IN_A_ROW = 20_000;

/**
 * The time of a world: nothing happens in it but what is scheduled here, one callback after the other. Between two of
 * them every promise that can go on has gone on, so the order of everything follows from the order of the callbacks.
 */
export class Scheduler implements Clock {
  readonly #began: number;
  #time = 0;
  #order = 0;
  #steps = 0;
  #ready: (() => void)[] = [];
  #nextReady = 0;
  /** A binary heap. */
  readonly #timers: Timer[] = [];

  /** `began`: milliseconds since 1970. */
  constructor(began: number) {
    this.#began = began;
  }

  /** Milliseconds since 1970; whole ones, as clocks tell. */
  now(): number {
    return this.#began + this.#time;
  }

  /** Milliseconds since the world began. */
  get elapsed(): number {
    return this.#time;
  }

  /** Callbacks that have run. */
  get steps(): number {
    return this.#steps;
  }

  after(ms: number, callback: () => void): Cancel {
    const timer: Timer = { due: this.#time + Math.max(0, Math.ceil(ms)), order: this.#order++, callback };
    this.#push(timer);
    return () => {
      timer.callback = undefined;
    };
  }

  soon(callback: () => void): void {
    this.#ready.push(callback);
  }

  /** Runs until `done` holds (true), `limitMs` have passed or nothing is left to do (false). */
  run(done: () => boolean, limitMs: number): Promise<boolean> {
    const end = this.#time + limitMs;
    return new Promise((resolve, reject) => {
      const atNextTick = (): void => {
        process.nextTick(step);
      };
      const step = (): void => {
        try {
          if (done()) {
            resolve(true);
            return;
          }
          const callback = this.#next(end);
          if (callback === undefined) {
            resolve(false);
            return;
          }
          this.#steps += 1;
          callback();
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
          return;
        }
        if (this.#steps % STEPS_IN_A_ROW === 0) setImmediate(step);
        // Node takes the next tick only when no microtask is left: all promises have gone on by then.
        else void settled.then(atNextTick);
      };
      process.nextTick(step);
    });
  }

  /** Runs until the promise is settled. Throws its error, or when it is not settled within `limitMs`. */
  async finish<T>(promise: Promise<T>, what: string, limitMs: number): Promise<T> {
    let settled = false;
    const note = (): void => {
      settled = true;
    };
    promise.then(note, note);
    if (!(await this.run(() => settled, limitMs))) throw new Error(`never came: ${what}`);
    return promise;
  }

  #next(end: number): (() => void) | undefined {
    if (this.#nextReady < this.#ready.length) return this.#nextOfReady();
    for (let first = this.#timers[0]; first !== undefined && first.due <= end; first = this.#timers[0]) {
      this.#pop();
      if (first.callback === undefined) continue;
      this.#time = Math.max(this.#time, first.due);
      return first.callback;
    }
    this.#time = Math.max(this.#time, end);
    return undefined;
  }

  #nextOfReady(): (() => void) | undefined {
    const callback = this.#ready[this.#nextReady];
    this.#nextReady += 1;
    if (this.#nextReady === this.#ready.length) {
      this.#ready = [];
      this.#nextReady = 0;
    }
    return callback;
  }

  #push(timer: Timer): void {
    const heap = this.#timers;
    let place = heap.length;
    heap.push(timer);
    while (place > 0) {
      const above = (place - 1) >>> 1;
      const parent = heap[above];
      if (parent === undefined || before(parent, timer)) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = timer;
  }

  #pop(): void {
    const heap = this.#timers;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      let child = heap[below];
      if (child === undefined) break;
      const right = heap[below + 1];
      if (right !== undefined && before(right, child)) {
        child = right;
        below += 1;
      }
      if (before(last, child)) break;
      heap[place] = child;
      place = below;
    }
    heap[place] = last;
  }
}

function before(one: Timer, other: Timer): boolean {
  return one.due < other.due || (one.due === other.due && one.order < other.order);
}
