/** How long the steps of something took, for a line of the log. */
import type { Clock } from './ports.js';

export class Stopwatch {
  readonly #clock: Clock;
  readonly #steps: string[] = [];
  #since: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.elapsed();
  }

  /** The step that ends here. */
  ended(step: string): void {
    const now = this.#clock.elapsed();
    this.#steps.push(`${step} in ${String(now - this.#since)} ms`);
    this.#since = now;
  }

  /** `checkpoint in 3 ms, index in 41 ms` */
  text(): string {
    return this.#steps.join(', ');
  }
}
