import { MAX_CLOCK_SKEW_MS } from '../bounds.js';
import type { Clock } from './ports.js';

/**
 * The clock of one ownership (D13): the machine's at the takeover, which was compared with the server's then, and from
 * there on evenly, however the machine's is set. A year too far in one frame would stay in the journal for ever.
 */
export class SteadyClock implements Clock {
  readonly #machine: Clock;
  readonly #offset: number;

  constructor(machine: Clock) {
    this.#machine = machine;
    this.#offset = machine.now() - machine.elapsed();
  }

  now(): number {
    return this.#offset + this.#machine.elapsed();
  }

  elapsed(): number {
    return this.#machine.elapsed();
  }

  after(ms: number, callback: () => void): () => void {
    return this.#machine.after(ms, callback);
  }

  soon(callback: () => void): void {
    this.#machine.soon(callback);
  }

  /** Milliseconds by which the machine's clock was set since; 0: by none, or by less than clocks may differ. */
  get setBy(): number {
    const ms = this.#machine.now() - this.now();
    return Math.abs(ms) > MAX_CLOCK_SKEW_MS ? ms : 0;
  }
}
