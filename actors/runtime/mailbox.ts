/** Commands that wait until the open frame has room for what they decide, oldest first. */
import { MAX_WAIT_MS, MAX_WAITING, MAX_WAITING_RESERVED } from '../bounds.js';
import type { Origin } from './outbox.js';
import type { Clock } from './ports.js';

export const OVERLOADED = 'too much waits in this partition';

interface Waiting<Command> {
  readonly command: Command;
  readonly origin: Origin | undefined;
  readonly since: number;
}

export class Mailbox<Command> {
  readonly #clock: Pick<Clock, 'elapsed'>;
  #waiting: Waiting<Command>[] = [];

  constructor(clock: Pick<Clock, 'elapsed'>) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#waiting.length;
  }

  add(command: Command, origin: Origin | undefined): void {
    this.#waiting.push({ command, origin, since: this.#clock.elapsed() });
  }

  /**
   * What is refused now: nothing while what waits is decided soon, then what would be new, and everything at the bound of
   * the memory. `loading`: commands that wait for their actors.
   */
  refuses(loading: number): 'nothing' | 'new' | 'all' {
    const count = this.#waiting.length + loading;
    if (count === 0) return 'nothing';
    if (count >= MAX_WAITING_RESERVED) return 'all';
    const [oldest] = this.#waiting;
    const isLong = oldest !== undefined && this.#clock.elapsed() - oldest.since > MAX_WAIT_MS;
    return count >= MAX_WAITING || isLong ? 'new' : 'nothing';
  }

  /** Runs them in order, as long as there is room. */
  drain(hasRoom: () => boolean, run: (command: Command, origin: Origin | undefined) => void): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const [at, { command, origin }] of waiting.entries()) {
      if (!hasRoom()) {
        this.#waiting = [...waiting.slice(at), ...this.#waiting];
        return;
      }
      run(command, origin);
    }
  }
}
