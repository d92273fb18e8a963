import { HistoryDamagedError } from '../../history/errors.js';
import type { HistoryBatch, HistoryStore, KeyRange, Row } from '../../history/ports.js';
import { copyOf } from './copy.js';

interface Change {
  readonly name: string;
  /** Undefined: deleted. */
  readonly value: Uint8Array | undefined;
}

/** New keys are sorted into the others once they are more than this part of them: one out of so many. */
const MERGED_SHARE = 8;

/**
 * What a folder holds while no process uses it, and what it loses when the machine fails. Keys are kept as Latin-1
 * strings, which sort as their bytes do.
 */
export class MemoryHistoryDisk {
  /** Undefined: deleted. */
  readonly #values = new Map<string, Uint8Array | undefined>();
  /** Each key of `#values` is in one of the two; those of the first are sorted. */
  #sorted: string[] = [];
  #added: string[] = [];
  /** What each batch replaced, oldest first. */
  readonly #undo: (readonly Change[])[] = [];

  /** A crash of the machine: the newest `count` batches are gone, whole. */
  loseNewest(count: number): void {
    const lost = this.#undo.splice(Math.max(0, this.#undo.length - count));
    for (const batch of lost.reverse())
      for (const { name, value } of batch.toReversed()) this.#set(name, value);
  }

  store(changes: readonly Change[]): void {
    this.#undo.push(changes.map(({ name, value }) => ({ name, value: this.#set(name, value) })));
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#values.get(nameOf(key));
  }

  /** In their order or against it, of the keys from `from` to before `to`, at most `limit`. */
  rows({ from, to, reverse, limit }: KeyRange): Row[] {
    const [first, end] = [nameOf(from), nameOf(to)];
    if (this.#added.length > this.#sorted.length / MERGED_SHARE) this.#merge();
    const keys = this.#sorted.slice(this.#placeOf(first), this.#placeOf(end));
    const added = this.#added.filter((key) => key >= first && key < end);
    if (added.length > 0) keys.push(...added.sort());
    // Two runs that are sorted already cost a comparison a key.
    if (added.length > 0) keys.sort();
    if (reverse) keys.reverse();
    const rows: Row[] = [];
    for (const key of keys) {
      if (rows.length === limit) break;
      const value = this.#values.get(key);
      if (value !== undefined) rows.push([Buffer.from(key, 'latin1'), value]);
    }
    return rows;
  }

  /** Returns what was there before. */
  #set(key: string, value: Uint8Array | undefined): Uint8Array | undefined {
    const before = this.#values.get(key);
    if (before === undefined && !this.#values.has(key)) this.#added.push(key);
    this.#values.set(key, value);
    return before;
  }

  #merge(): void {
    const added = this.#added.sort();
    const merged: string[] = [];
    let at = 0;
    const take = (key: string): void => {
      if (this.#values.get(key) === undefined) this.#values.delete(key);
      else merged.push(key);
    };
    for (const key of this.#sorted) {
      for (let next = added[at]; next !== undefined && next < key; next = added[at]) {
        take(next);
        at += 1;
      }
      take(key);
    }
    for (; at < added.length; at += 1) take(added[at] ?? '');
    this.#sorted = merged;
    this.#added = [];
  }

  /** Of the first key that is not less. */
  #placeOf(key: string): number {
    let low = 0;
    for (let high = this.#sorted.length; low < high;) {
      const middle = (low + high) >>> 1;
      if ((this.#sorted[middle] ?? key) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** One process's view of the disk. */
export class MemoryHistoryStore implements HistoryStore {
  generation = 0;
  readonly #disk: MemoryHistoryDisk;
  #closed = false;
  #failures = 0;
  #damaged = false;

  constructor(disk = new MemoryHistoryDisk()) {
    this.#disk = disk;
  }

  /** The next `count` writes fail, as on a full disk. */
  failNextWrites(count: number): void {
    this.#failures = count;
  }

  /** The next read or write finds that what is stored cannot be read. */
  damage(): void {
    this.#damaged = true;
  }

  begin(): HistoryBatch {
    const changes: Change[] = [];
    const { generation } = this;
    return {
      put: (key, value) => void changes.push({ name: nameOf(key), value: copyOf(value) }),
      delete: (key) => void changes.push({ name: nameOf(key), value: undefined }),
      discard: () => undefined,
      write: async () => {
        if (generation !== this.generation) throw new HistoryDamagedError();
        this.#write(changes);
      },
    };
  }

  async get(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    this.#mustBeOpen();
    return keys.map((key) => {
      const value = this.#disk.get(key);
      return value && copyOf(value);
    });
  }

  async scan(range: KeyRange): Promise<readonly Row[]> {
    this.#mustBeOpen();
    return this.#disk.rows(range).map(([key, value]) => [key, copyOf(value)]);
  }

  async clear(from: Uint8Array, to: Uint8Array): Promise<void> {
    this.#mustBeOpen();
    const rows = this.#disk.rows({ from, to, reverse: false, limit: Infinity });
    this.#write(rows.map(([key]) => ({ name: nameOf(key), value: undefined })));
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #write(changes: readonly Change[]): void {
    this.#mustBeOpen();
    if (this.#failures > 0) {
      this.#failures -= 1;
      this.generation += 1;
      throw new Error('no space left on device');
    }
    this.#disk.store(changes);
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new Error('the history is closed');
    if (!this.#damaged) return;
    this.#damaged = false;
    this.generation += 1;
    this.#disk.loseNewest(Infinity);
    throw new HistoryDamagedError();
  }
}

function nameOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
}
