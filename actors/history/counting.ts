/** Adds what events count to the rows of sums: once for each batch of the store, and from memory where it can. */
import { HISTORY_COUNTED } from '../bounds.js';
import { sumsKey } from './keys.js';
import type { Count, HistoryBatch, HistoryStore } from './ports.js';
import { decodeSums, encodeSums } from './rows.js';

export class Counting {
  readonly #store: HistoryStore;
  readonly #partition: number;
  /** As they are in the store, by name. */
  readonly #stored = new Map<string, Map<number, bigint>>();
  /** Of the present batch. */
  #added = new Map<string, Map<number, number | bigint>>();

  constructor(store: HistoryStore, partition: number) {
    this.#store = store;
    this.#partition = partition;
  }

  add({ name, adds }: Count): void {
    let sums = this.#added.get(name);
    if (sums === undefined) this.#added.set(name, (sums = new Map<number, number | bigint>()));
    for (let at = 0; at < adds.length; at += 2) {
      const slot = adds[at] ?? 0;
      sums.set(slot, plus(sums.get(slot) ?? 0, adds[at + 1] ?? 0));
    }
  }

  /** To be called once for each batch, before it is written. */
  async store(batch: HistoryBatch): Promise<void> {
    const added = this.#added;
    if (added.size === 0) return;
    this.#added = new Map();
    await this.#read([...added.keys()].filter((name) => !this.#stored.has(name)));
    for (const [name, adds] of added) {
      const sums = this.#stored.get(name) ?? new Map<number, bigint>();
      for (const [slot, sum] of adds) sums.set(slot, (sums.get(slot) ?? 0n) + BigInt(sum));
      batch.put(this.#keyOf(name), encodeSums(sums));
    }
    // All of them are in the batch: they are read again.
    if (this.#stored.size > HISTORY_COUNTED) this.#stored.clear();
  }

  async #read(names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    const values = await this.#store.get(names.map((name) => this.#keyOf(name)));
    for (const [at, name] of names.entries()) {
      const value = values[at];
      this.#stored.set(name, value === undefined ? new Map<number, bigint>() : decodeSums(value));
    }
  }

  #keyOf(name: string): Buffer {
    return sumsKey(this.#partition, Buffer.from(name, 'latin1'));
  }
}

/** Exact: beyond what a number holds it becomes a bigint. */
function plus(sum: number | bigint, added: number): number | bigint {
  if (typeof sum === 'number' && Number.isSafeInteger(sum + added)) return sum + added;
  return BigInt(sum) + BigInt(added);
}
