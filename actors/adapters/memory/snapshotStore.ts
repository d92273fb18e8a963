import { READ_TIMEOUT_MS } from '../../bounds.js';
import { StoreUnavailableError } from '../../runtime/errors.js';
import type { Clock, Snapshot, SnapshotStore, Versioned } from '../../runtime/ports.js';
import { snapshotKeysOf, type SnapshotKeys } from '../snapshotKeys.js';
import { copyOf } from './copy.js';
import { Link } from './link.js';
import type { MemorySnapshotServer } from './snapshotServer.js';

export interface MemorySnapshotStoreOptions {
  readonly server: MemorySnapshotServer;
  readonly clock: Clock;
  readonly deployment: string;
  readonly partition: number;
  readonly link?: Link;
}

/** One process's view of a MemorySnapshotServer. Its writes can come late, also after the process has stopped. */
export class MemorySnapshotStore implements SnapshotStore {
  readonly link: Link;
  readonly #server: MemorySnapshotServer;
  readonly #keys: SnapshotKeys;
  #writeDelayMs = 0;

  constructor(options: MemorySnapshotStoreOptions) {
    this.#server = options.server;
    this.#keys = snapshotKeysOf(options.deployment, options.partition);
    this.link = options.link ?? new Link(options.clock);
  }

  /** Fault: this process's writes need so many ms to the server, until 0 is given. */
  delayWrites(ms: number): void {
    this.#writeDelayMs = ms;
  }

  async readUnits(units: readonly string[]): Promise<readonly (Snapshot | undefined)[]> {
    const found = await this.#read(units.map((unit) => this.#keys.unit(unit)));
    return units.map((unit, index) => {
      const value = found[index];
      if (value === undefined) return undefined;
      return { unit, generation: value.generation, sequence: value.sequence, state: value.bytes };
    });
  }

  async writeUnits(snapshots: readonly Snapshot[]): Promise<void> {
    const values = snapshots.map(({ unit, generation, sequence, state }) => ({
      key: this.#keys.unit(unit),
      value: { generation, sequence, bytes: state },
    }));
    await this.#write(values);
  }

  readPages(pages: readonly { page: number; slot: number }[]): Promise<readonly (Versioned | undefined)[]> {
    return this.#read(pages.map(({ page, slot }) => this.#keys.page(page, slot)));
  }

  async writePage(page: number, slot: number, content: Versioned): Promise<void> {
    await this.#write([{ key: this.#keys.page(page, slot), value: content }]);
  }

  async readCheckpoint(): Promise<Versioned | undefined> {
    const [found] = await this.#read([this.#keys.checkpoint]);
    return found;
  }

  async readHighest(): Promise<Versioned | undefined> {
    const [found] = await this.#read([this.#keys.highest]);
    return found;
  }

  async raiseHighest(highest: Versioned): Promise<void> {
    await this.#write([{ key: this.#keys.highest, value: highest }]);
  }

  async writeCheckpoint(checkpoint: Versioned): Promise<boolean> {
    const [stands] = await this.#write([{ key: this.#keys.checkpoint, value: checkpoint }]);
    return stands === true;
  }

  #read(keys: readonly string[]): Promise<readonly (Versioned | undefined)[]> {
    return this.#ask(() => keys.map((key) => copyOfValue(this.#server.get(key))), 0);
  }

  #write(values: readonly { key: string; value: Versioned }[]): Promise<readonly boolean[]> {
    // Copied now: the caller may change its buffers while the bytes are on the way.
    const copies = values.map(({ key, value }) => ({ key, value: copyOfValue(value) }));
    return this.#ask(
      () => copies.map(({ key, value }) => this.#server.putNewer(key, value)),
      this.#writeDelayMs,
    );
  }

  #ask<T>(question: () => T, delayMs: number): Promise<T> {
    const guarded = () => {
      if (!this.#server.available) throw unavailable('connection refused');
      return question();
    };
    const timedOut = () => unavailable(`silent for ${READ_TIMEOUT_MS} ms`);
    return this.link.ask(guarded, { timeoutMs: READ_TIMEOUT_MS, timedOut, delayMs });
  }
}

function unavailable(reason: string): StoreUnavailableError {
  return new StoreUnavailableError(`the snapshots cannot be asked: ${reason}`);
}

function copyOfValue<Value extends Versioned | undefined>(value: Value): Value {
  return value && { ...value, bytes: copyOf(value.bytes) };
}
