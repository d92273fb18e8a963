/**
 * Cards with which nobody pays but when Redis is hit: no worker has them in memory then, and what they wait for is how
 * long it takes until such a card is served again. Times in ms of one clock.
 */
import { partitionOf } from '../../actors/runtime/placement.js';
import type { IdleCards } from '../disturbance.js';
import type { Purse } from '../purse.js';

/** Of each partition, at every tap: one might be the first that another waits for. */
export const TAPPED_TOGETHER = 2;
/** So many of each partition there are about: the next tap of one comes long after it has left memory again. */
export const IDLE_PER_PARTITION = 16;

/** Cards that were tapped at one moment. */
export class Tap {
  readonly #at: number;
  readonly #missing: Set<string>;
  #lastAt: number;

  constructor(cards: readonly string[], at: number) {
    this.#at = at;
    this.#lastAt = at;
    this.#missing = new Set(cards);
  }

  answered(card: string, at: number): void {
    if (this.#missing.delete(card)) this.#lastAt = at;
  }

  /** Until the last of them was answered; seen until `until`. */
  waitedMs(until: number): number {
    return (this.#missing.size > 0 ? until : this.#lastAt) - this.#at;
  }
}

export class IdleTaps {
  readonly #partitions: readonly Purse[][];
  #tap: IdleCards['tap'] = () => undefined;
  #newest: Tap | undefined;

  constructor(partitions: number) {
    this.#partitions = Array.from({ length: partitions }, () => []);
  }

  begin({ purses, tap }: IdleCards): void {
    this.#tap = tap;
    for (const purse of purses)
      this.#partitions[partitionOf(purse.card, this.#partitions.length)]?.push(purse);
  }

  /** Some of each partition, those first that were not tapped for the longest time. `at`: from when they wait. */
  tap(at: number): Tap {
    const tapped = this.#partitions.flatMap((purses) => {
      const some = purses.splice(0, TAPPED_TOGETHER);
      purses.push(...some);
      return some;
    });
    this.#newest = new Tap(
      tapped.map(({ card }) => card),
      at,
    );
    for (const purse of tapped) this.#tap(purse);
    return this.#newest;
  }

  answered(card: string, at: number): void {
    this.#newest?.answered(card, at);
  }
}
