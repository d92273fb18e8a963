/** Senders whose answer comes with a later turn: those who repeated an id that is still open. Never durable. */
import { MAX_WAITERS_PER_ID } from '../bounds.js';
import type { Origin } from './outbox.js';

const NOBODY: readonly Origin[] = [];
export const MANY_WAIT = 'too many wait for this id: repeat it';

export class Waiters {
  readonly #byKey = new Map<string, Origin[]>();

  /** The oldest of too many, which waits no more: to be told to repeat, or it would hear nothing before a deadline. */
  add(key: string, origin: Origin): Origin | undefined {
    const waiting = this.#byKey.get(key);
    if (waiting === undefined) {
      // Nearly always the only one.
      this.#byKey.set(key, [origin]);
      return undefined;
    }
    waiting.push(origin);
    return waiting.length > MAX_WAITERS_PER_ID ? waiting.shift() : undefined;
  }

  take(key: string): readonly Origin[] {
    const waiting = this.#byKey.get(key);
    if (waiting === undefined) return NOBODY;
    this.#byKey.delete(key);
    return waiting;
  }
}
