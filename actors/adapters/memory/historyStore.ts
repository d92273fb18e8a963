import { HistoryDamagedError } from '../../history/errors.js';
import type { HistoryBatch, HistoryStore, KeyRange, Row } from '../../history/ports.js';

interface Change {
  readonly key: Uint8Array;
  /** Undefined: deleted. */
  readonly value: Uint8Array | undefined;
}

/** What a folder holds while no process uses it, and what it loses when the machine fails. */
export class MemoryHistoryDisk {
  readonly #batches: (readonly Change[])[] = [];

  /** A crash of the machine: the newest `count` batches are gone, whole. */
  loseNewest(count: number): void {
    this.#batches.splice(Math.max(0, this.#batches.length - count));
  }

  store(changes: readonly Change[]): void {
    this.#batches.push(changes);
  }

  rows(): Row[] {
    const rows = new Map<string, Row>();
    for (const { key, value } of this.#batches.flat()) {
      const name = Buffer.from(key).toString('hex');
      if (value === undefined) rows.delete(name);
      else rows.set(name, [key, value]);
    }
    return [...rows.values()].sort(([one], [other]) => Buffer.compare(one, other));
  }
}

/** One process's view of the disk. */
export class MemoryHistoryStore implements HistoryStore {
  generation = 0;
  readonly #disk: MemoryHistoryDisk;
  #rows: Row[];
  #closed = false;
  #failures = 0;
  #damaged = false;

  constructor(disk = new MemoryHistoryDisk()) {
    this.#disk = disk;
    this.#rows = disk.rows();
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
      put: (key, value) => void changes.push({ key: key.slice(), value: value.slice() }),
      delete: (key) => void changes.push({ key: key.slice(), value: undefined }),
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
      const row = this.#rows[this.#placeOf(key)];
      return row !== undefined && Buffer.compare(row[0], key) === 0 ? row[1].slice() : undefined;
    });
  }

  async scan({ from, to, reverse, limit }: KeyRange): Promise<readonly Row[]> {
    this.#mustBeOpen();
    const rows = this.#rows.slice(this.#placeOf(from), this.#placeOf(to));
    if (reverse) rows.reverse();
    return rows.slice(0, limit).map(([key, value]) => [key.slice(), value.slice()]);
  }

  async clear(from: Uint8Array, to: Uint8Array): Promise<void> {
    this.#mustBeOpen();
    const rows = this.#rows.slice(this.#placeOf(from), this.#placeOf(to));
    this.#write(rows.map(([key]) => ({ key, value: undefined })));
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #write(changes: readonly Change[]): void {
    this.#mustBeOpen();
    if (this.#failures > 0) {
      this.#failures -= 1;
      throw new Error('no space left on device');
    }
    this.#disk.store(changes);
    for (const { key, value } of changes) {
      const place = this.#placeOf(key);
      const row = this.#rows[place];
      const present = row !== undefined && Buffer.compare(row[0], key) === 0;
      this.#rows.splice(place, present ? 1 : 0, ...(value === undefined ? [] : [[key, value] as const]));
    }
  }

  /** Of the first key that is not less. */
  #placeOf(key: Uint8Array): number {
    let low = 0;
    for (let high = this.#rows.length; low < high;) {
      const middle = (low + high) >>> 1;
      if (Buffer.compare(this.#rows[middle]?.[0] ?? key, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new Error('the history is closed');
    if (!this.#damaged) return;
    this.#damaged = false;
    this.generation += 1;
    this.#disk.loseNewest(Infinity);
    this.#rows = [];
    throw new HistoryDamagedError();
  }
}
