import { StoreUnavailableError } from '../../runtime/errors.js';
import type { Versioned } from '../../runtime/ports.js';

/** Redis as far as the snapshots go: keys with versioned values, and everything that can happen to them. */
export class MemorySnapshotServer {
  readonly #values = new Map<string, Versioned>();
  /** What was there before each write, oldest first, so that a suffix of the writes can be lost. */
  readonly #undo: { readonly key: string; readonly before: Versioned | undefined }[] = [];
  #available = true;
  #room = Infinity;
  #compares = true;
  #setBack = 0;
  readonly #onWrite: ((key: string, value: Versioned) => void) | undefined;

  /** `onWrite`: is shown every value that takes effect. */
  constructor(onWrite?: (key: string, value: Versioned) => void) {
    this.#onWrite = onWrite;
  }

  /** Writes that replaced something newer: there must never be one. */
  get setBack(): number {
    return this.#setBack;
  }

  /** Sabotage: the adapter's script compares nothing. */
  forgetToCompare(): void {
    this.#compares = false;
  }

  get available(): boolean {
    return this.#available;
  }

  keys(): readonly string[] {
    return [...this.#values.keys()].sort();
  }

  /** Undefined also for what cannot be such a value, as Redis's adapter has it. */
  get(key: string): Versioned | undefined {
    const value = this.#values.get(key);
    return value !== undefined && isVersion(value) ? value : undefined;
  }

  /**
   * Replaces what is there unless that is newer: then false. Throws when there is no room. `value`: nobody changes its
   * bytes any more.
   */
  putNewer(key: string, value: Versioned): boolean {
    if (this.#room <= 0)
      throw new StoreUnavailableError("OOM command not allowed when used memory > 'maxmemory'");
    this.#room -= 1;
    const before = this.get(key);
    const order = before === undefined ? 1 : compareVersions(value, before);
    if (order >= 0 || !this.#compares) {
      if (order < 0) this.#setBack += 1;
      this.#undo.push({ key, before });
      this.#onWrite?.(key, value);
      this.#values.set(key, value);
    }
    return order >= 0;
  }

  /** Fault: a restart that lost the last `count` writes. */
  loseLastWrites(count: number): void {
    for (const { key, before } of this.#undo.splice(Math.max(0, this.#undo.length - count)).reverse()) {
      if (before === undefined) this.#values.delete(key);
      else this.#values.set(key, before);
    }
  }

  /** Number of writes that took effect and can be lost. */
  get writes(): number {
    return this.#undo.length;
  }

  /** Fault: keys that fit are gone: deleted, or evicted. Returns how many. */
  delete(fits: (key: string) => boolean): number {
    const gone = this.keys().filter(fits);
    for (const key of gone) this.#values.delete(key);
    return gone.length;
  }

  /** Fault: the content of one key is overwritten with something else. */
  replace(key: string, value: Versioned): void {
    this.#values.set(key, value);
  }

  /** Fault: memory is full after so many writes, until Infinity is given: writes fail, reads do not. */
  setRoom(writes: number): void {
    this.#room = writes;
  }

  /** Fault: nobody can be reached, until true is given. */
  setAvailable(available: boolean): void {
    this.#available = available;
  }
}

function isVersion({ generation, sequence }: Versioned): boolean {
  return Number.isSafeInteger(generation) && Number.isSafeInteger(sequence);
}

/** By generation, then sequence: negative, 0 or positive as `a` is older than, equal to or newer than `b`. */
export function compareVersions(
  a: Pick<Versioned, 'generation' | 'sequence'>,
  b: Pick<Versioned, 'generation' | 'sequence'>,
): number {
  return a.generation - b.generation || a.sequence - b.sequence;
}
