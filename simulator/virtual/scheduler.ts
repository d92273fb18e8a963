import type { Cancel, Clock } from '../../actors/runtime/ports.js';

interface Timer {
  readonly due: number;
  /** Undefined: cancelled. */
  callback: (() => void) | undefined;
  /** In its millisecond. */
  next: Timer | undefined;
}

const settled = Promise.resolve();

/** Steps between which the real event loop gets its turn: for progress and signals, never for the world. */
const STEPS_IN_A_ROW = 20_000;

/** Timers that are due within so many ms, nearly all, wait in their millisecond. */
const NEAR_MS = 8_192;

/**
 * The time of a world: nothing happens in it but what is scheduled here, one callback after the other. Between two of
 * them every promise that can go on has gone on, so the order of everything follows from the order of the callbacks.
 */
export class Scheduler implements Clock {
  readonly #began: number;
  #time = 0;
  #steps = 0;
  #ready: (() => void)[] = [];
  #nextReady = 0;
  /** By millisecond, a list for each of the next: of equal times the first comes first. Its first, and its last. */
  readonly #first = new Array<Timer | undefined>(NEAR_MS).fill(undefined);
  readonly #last = new Array<Timer | undefined>(NEAR_MS).fill(undefined);
  /** All before this moment have run. */
  #reached = 0;
  /** Those due later, the earliest last. */
  readonly #far: Timer[] = [];

  /** `began`: milliseconds since 1970. */
  constructor(began: number) {
    this.#began = began;
  }

  /** Milliseconds since 1970; whole ones, as clocks tell. */
  now(): number {
    return this.#began + this.#time;
  }

  /** Milliseconds since the world began. */
  elapsed(): number {
    return this.#time;
  }

  /** Callbacks that have run. */
  get steps(): number {
    return this.#steps;
  }

  after(ms: number, callback: () => void): Cancel {
    const timer: Timer = { due: this.#time + Math.max(0, Math.ceil(ms)), callback, next: undefined };
    if (timer.due < this.#reached + NEAR_MS) this.#putNear(timer);
    else this.#putFar(timer);
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
    return this.#nextReady < this.#ready.length ? this.#nextOfReady() : this.#nextTimer(end);
  }

  #nextTimer(end: number): (() => void) | undefined {
    for (;;) {
      const place = this.#reached % NEAR_MS;
      for (let timer = this.#first[place]; timer !== undefined; timer = timer.next) {
        this.#first[place] = timer.next;
        const { callback } = timer;
        if (callback === undefined) continue;
        // The last of its millisecond is held for long: not what its callback holds.
        timer.callback = undefined;
        this.#time = Math.max(this.#time, this.#reached);
        return callback;
      }
      if (this.#reached >= end) break;
      this.#pass();
    }
    this.#time = Math.max(this.#time, end);
    return undefined;
  }

  /** On to the next millisecond; another one is near now. */
  #pass(): void {
    this.#reached += 1;
    const last = this.#reached + NEAR_MS - 1;
    for (let next = this.#far.at(-1); next?.due === last; next = this.#far.at(-1)) {
      this.#far.pop();
      this.#putNear(next);
    }
  }

  #putNear(timer: Timer): void {
    const place = timer.due % NEAR_MS;
    const before = this.#last[place];
    if (this.#first[place] === undefined || before === undefined) this.#first[place] = timer;
    else before.next = timer;
    this.#last[place] = timer;
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

  #putFar(timer: Timer): void {
    const far = this.#far;
    let place = far.length;
    while (place > 0 && (far[place - 1]?.due ?? 0) <= timer.due) place -= 1;
    far.splice(place, 0, timer);
  }
}
