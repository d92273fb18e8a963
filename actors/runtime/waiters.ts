/** Senders whose answer comes with a later turn: those who repeated an id that is still open. Never durable. */
import { MAX_WAITERS_PER_ID } from '../bounds.js';
import type { Origin } from './outbox.js';

const NOBODY: readonly Origin[] = [];

export class Waiters {
  readonly #byKey = new Map<string, Origin[]>();

  /** The oldest of too many is dropped: its sender repeats. */
  add(key: string, origin: Origin): void {
    const waiting = this.#byKey.get(key);
    if (waiting === undefined) {
      // Nearly always the only one.
      this.#byKey.set(key, [origin]);
      return;
    }
    waiting.push(origin);
    if (waiting.length > MAX_WAITERS_PER_ID) waiting.shift();
  }

  take(key: string): readonly Origin[] {
    const waiting = this.#byKey.get(key);
    if (waiting === undefined) return NOBODY;
    this.#byKey.delete(key);
    return waiting;
  }
}
