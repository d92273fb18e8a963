/**
 * What can wait, of all partitions of a worker: they share one thread. While anything else comes, a pause that belongs
 * to it follows each turn; while nothing does, one turn follows the other. Nothing starves: after each pause a turn is
 * taken, however much else there is.
 */
import { BACKGROUND_PAUSE_MS, MAX_BACKGROUND } from '../bounds.js';
import type { Clock } from './ports.js';

export class Background {
  readonly #clock: Clock;
  #waiting: (() => void)[] = [];
  #scheduled = false;
  #otherAt = -Infinity;
  #takenAt = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** Something came for which somebody waits. */
  otherCame(): void {
    this.#otherAt = this.#clock.now();
  }

  /** Oldest first. Beyond MAX_BACKGROUND it is dropped: whoever asks asks again. */
  add(turn: () => void): void {
    if (this.#waiting.length >= MAX_BACKGROUND) return;
    this.#waiting.push(turn);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.length === 0) return;
    this.#scheduled = true;
    const take = (): void => {
      this.#scheduled = false;
      this.#take();
    };
    const pause = this.#pause();
    if (pause > 0) this.#clock.after(pause, take);
    else this.#clock.soon(take);
  }

  #pause(): number {
    const now = this.#clock.now();
    if (now - this.#otherAt >= BACKGROUND_PAUSE_MS) return 0;
    // A clock that is set back makes no pause longer.
    return Math.min(BACKGROUND_PAUSE_MS, this.#takenAt + BACKGROUND_PAUSE_MS - now);
  }

  #take(): void {
    const turn = this.#waiting.shift();
    if (turn === undefined) return;
    this.#takenAt = this.#clock.now();
    turn();
    this.#schedule();
  }
}
