/** The history of a worker in LevelDB: one folder, one process. */
import { mkdir } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { ClassicLevel } from 'classic-level';
import { HISTORY_CACHE_BYTES, HISTORY_WRITE_BUFFER_BYTES } from '../../bounds.js';
import { HistoryDamagedError } from '../../history/errors.js';
import type { HistoryBatch, HistoryStore, KeyRange, Row } from '../../history/ports.js';
import { HistoryLockedError } from '../errors.js';

type Database = ClassicLevel<Uint8Array, Uint8Array>;

/**
 * Opens the folder, made if absent. A damaged one is emptied, now or when that is found: all of it comes from the
 * journals again.
 * @throws HistoryLockedError another process uses it
 */
export async function openLevelHistory(folder: string, log: (line: string) => void): Promise<HistoryStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    return new LevelHistoryStore(folder, await open(folder), log);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'LEVEL_LOCKED') throw new HistoryLockedError(folder, { cause: error });
    if (code !== 'LEVEL_CORRUPTION') throw error;
    return new LevelHistoryStore(folder, await openAnew(folder, log), log);
  }
}

async function open(folder: string): Promise<Database> {
  const database: Database = new ClassicLevel(folder, {
    keyEncoding: 'view',
    valueEncoding: 'view',
    writeBufferSize: HISTORY_WRITE_BUFFER_BYTES,
    cacheSize: HISTORY_CACHE_BYTES,
  });
  await database.open();
  return database;
}

async function openAnew(folder: string, log: (line: string) => void): Promise<Database> {
  log(`history: ${folder} is damaged and is made anew`);
  await ClassicLevel.destroy(folder);
  return open(folder);
}

/** Of opening, the cause has it. */
function codeOf(error: unknown): unknown {
  if (!(error instanceof Error)) return undefined;
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause) return cause.code;
  return 'code' in error ? error.code : undefined;
}

class LevelHistoryStore implements HistoryStore {
  generation = 0;
  readonly #folder: string;
  readonly #log: (line: string) => void;
  readonly #seal = new Seal();
  #database: Database;
  /** It cannot be read: another one takes its place. */
  #damaged = false;
  #renewal: Promise<Database> | undefined;
  #closed = false;

  constructor(folder: string, database: Database, log: (line: string) => void) {
    this.#folder = folder;
    this.#log = log;
    this.#database = database;
  }

  begin(): HistoryBatch {
    const database = this.#database;
    // Of a database that is being made anew there is no batch: nothing of it would be stored.
    const batch = this.#batchOf(database);
    return {
      put: (key, value) => void batch.put(key, this.#seal.of(key, value)),
      delete: (key) => void batch.del(key),
      discard: () => void batch.close(),
      // Without fsync: what a crash of the machine takes away is read from the journal again.
      write: () => this.#within(database, () => batch.write()),
    };
  }

  async get(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    const database = await this.#whole();
    return this.#within(database, async () => {
      const values = await database.getMany([...keys]);
      return values.map((value, at) => value && unseal(keys[at] ?? value, value));
    });
  }

  async scan({ from, to, reverse, limit }: KeyRange): Promise<readonly Row[]> {
    const database = await this.#whole();
    return this.#within(database, async () => {
      const rows = await database.iterator({ gte: from, lt: to, reverse, limit }).all();
      return rows.map(([key, value]) => [key, unseal(key, value)] as const);
    });
  }

  async clear(from: Uint8Array, to: Uint8Array): Promise<void> {
    const database = await this.#whole();
    return this.#within(database, () => database.clear({ gte: from, lt: to }));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#renewal?.catch(() => undefined);
    await this.#database.close();
  }

  /** Throws HistoryDamagedError, and has the database made anew, where it cannot be read. */
  async #within<Result>(database: Database, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw this.#problem(database, error);
    }
  }

  #batchOf(database: Database): ReturnType<Database['batch']> {
    try {
      return database.batch();
    } catch (error) {
      throw this.#problem(database, error);
    }
  }

  #problem(database: Database, error: unknown): unknown {
    if (this.#closed) return error;
    // Somebody else has found it damaged: what it fails with is that it is closed.
    if (database !== this.#database || this.#damaged) return new HistoryDamagedError({ cause: error });
    if (codeOf(error) !== 'LEVEL_CORRUPTION' && !(error instanceof BrokenSealError)) return error;
    this.generation += 1;
    this.#damaged = true;
    // Who reads or writes next waits for it, and is told if it fails.
    this.#whole().catch(() => undefined);
    return new HistoryDamagedError({ cause: error });
  }

  /** The database, made anew first if it is damaged: tried again by everyone who needs it. */
  async #whole(): Promise<Database> {
    if (!this.#damaged) return this.#database;
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async #renew(): Promise<Database> {
    // It may fail to close as it failed to be read.
    await this.#database.close().catch(() => undefined);
    this.#database = await openAnew(this.#folder, this.#log);
    this.#damaged = false;
    return this.#database;
  }
}

const SEAL_BYTES = 4;

/**
 * LevelDB does not look at the checksums of the blocks that it reads, and a compressed one with a wrong bit may still
 * be unpacked: each value ends with a CRC-32 of itself and its key.
 */
class Seal {
  #bytes = Buffer.allocUnsafeSlow(64 * 1024);

  /** Until the next one: LevelDB copies it. */
  of(key: Uint8Array, value: Uint8Array): Uint8Array {
    const length = key.length + value.length;
    if (this.#bytes.length < length + SEAL_BYTES)
      this.#bytes = Buffer.allocUnsafeSlow(2 * length + SEAL_BYTES);
    // Behind its key, so that one look gives the checksum of both.
    this.#bytes.set(key);
    this.#bytes.set(value, key.length);
    const { buffer } = this.#bytes;
    this.#bytes.writeUInt32BE(crc32(new Uint8Array(buffer, 0, length)), length);
    return new Uint8Array(buffer, key.length, value.length + SEAL_BYTES);
  }
}

/** Throws BrokenSealError. */
function unseal(key: Uint8Array, sealed: Uint8Array): Uint8Array {
  const length = sealed.length - SEAL_BYTES;
  if (length < 0) throw new BrokenSealError();
  const value = sealed.subarray(0, length);
  const seal = new DataView(sealed.buffer, sealed.byteOffset + length).getUint32(0);
  if (crc32(value, crc32(key)) !== seal) throw new BrokenSealError();
  return value;
}

class BrokenSealError extends Error {}
