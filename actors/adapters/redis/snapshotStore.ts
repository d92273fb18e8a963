import type { Snapshot, SnapshotStore, Versioned } from '../../runtime/ports.js';
import { snapshotKeysOf, type SnapshotKeys } from '../snapshotKeys.js';
import type { RedisConnection } from './connection.js';
import { decodeValue, encodeValue } from './versionedValue.js';
import { writeNewer } from './writeNewer.js';

/** The snapshots of one partition in Redis: one MGET to read, one script call to write, however many there are. */
export class RedisSnapshotStore implements SnapshotStore {
  readonly #connection: RedisConnection;
  readonly #keys: SnapshotKeys;

  constructor(connection: RedisConnection, deployment: string, partition: number) {
    this.#connection = connection;
    this.#keys = snapshotKeysOf(deployment, partition);
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
    await this.#write(
      snapshots.map(({ unit, generation, sequence, state }) => ({
        key: this.#keys.unit(unit),
        value: encodeValue({ generation, sequence, bytes: state }),
      })),
    );
  }

  readPages(pages: readonly { page: number; slot: number }[]): Promise<readonly (Versioned | undefined)[]> {
    return this.#read(pages.map(({ page, slot }) => this.#keys.page(page, slot)));
  }

  async writePage(page: number, slot: number, content: Versioned): Promise<void> {
    await this.#write([{ key: this.#keys.page(page, slot), value: encodeValue(content) }]);
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
    await this.#write([{ key: this.#keys.highest, value: encodeValue(highest) }]);
  }

  async writeCheckpoint(checkpoint: Versioned): Promise<boolean> {
    const [stands] = await this.#write([{ key: this.#keys.checkpoint, value: encodeValue(checkpoint) }]);
    return stands === true;
  }

  async #read(keys: readonly string[]): Promise<readonly (Versioned | undefined)[]> {
    if (keys.length === 0) return [];
    const values = await this.#connection.run((client) => client.mgetBuffer(...keys));
    return values.map(decodeValue);
  }

  async #write(values: readonly { key: string; value: Buffer }[]): Promise<readonly boolean[]> {
    if (values.length === 0) return [];
    return this.#connection.run((client) => writeNewer(client, values));
  }
}
