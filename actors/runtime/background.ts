/**
 * What can wait, of all partitions of a worker: they share one thread. While anything else comes, a pause that belongs
 * to it follows each turn; while nothing does, one turn follows the other. Nothing starves: after each pause a turn is
 * taken, however much else there is.
 */
import { BACKGROUND_PAUSE_MS } from '../bounds.js';
import type { Clock } from './ports.js';

export class Background {
  readonly #clock: Clock;
  /** By partition. */
  readonly #waiting = new Map<number, () => void>();
  #scheduled = false;
  #otherAt = -Infinity;
  #takenAt = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Something came for which somebody waits. */
  otherCame(): void {
    this.#otherAt = this.#clock.elapsed();
  }

  /**
   * Oldest first, one of each partition: it is asked for one thing at a time, and again when that takes long. What is
   * asked later takes the place of what waits.
   */
  add(partition: number, turn: () => void): void {
    this.#waiting.set(partition, turn);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.size === 0) return;
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
    const now = this.#clock.elapsed();
    if (now - this.#otherAt >= BACKGROUND_PAUSE_MS) return 0;
    return this.#takenAt + BACKGROUND_PAUSE_MS - now;
  }

  #take(): void {
    const [oldest] = this.#waiting;
    if (oldest === undefined) return;
    const [partition, turn] = oldest;
    this.#waiting.delete(partition);
    this.#takenAt = this.#clock.elapsed();
    turn();
    this.#schedule();
  }
}
