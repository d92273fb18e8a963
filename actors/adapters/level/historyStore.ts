/** The history of a worker in LevelDB: one folder, one process. */
import { mkdir } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { ClassicLevel } from 'classic-level';
import { HISTORY_CACHE_BYTES, HISTORY_WRITE_BUFFER_BYTES } from '../../bounds.js';
import { HistoryDamagedError } from '../../history/errors.js';
import type { HistoryBatch, HistoryStore, KeyRange, Row } from '../../history/ports.js';
import { HistoryLockedError } from '../errors.js';

type Database = ClassicLevel<Uint8Array, Uint8Array>;

export interface LevelHistory extends HistoryStore {
  /** It holds the folder's lock now: no other process uses it. */
  readonly isOpen: boolean;
}

/**
 * Opens the folder, made if absent. A damaged one is emptied, now or when that is found: all of it comes from the
 * journals again. One that cannot be opened, as on a full disk, is opened by who needs it later: payments need no history.
 * @throws HistoryLockedError another process uses it
 */
export async function openLevelHistory(folder: string, log: (line: string) => void): Promise<LevelHistory> {
  const store = new LevelHistoryStore(folder, log);
  try {
    await store.open();
  } catch (error) {
    if (error instanceof HistoryLockedError) throw error;
    log(`history: ${folder} cannot be opened (${String(error)}): tried again, payments go on`);
  }
  return store;
}

async function openFolder(folder: string, log: (line: string) => void): Promise<Database> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    return await open(folder);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'LEVEL_LOCKED') throw new HistoryLockedError(folder, { cause: error });
    if (code !== 'LEVEL_CORRUPTION') throw error;
    return openAnew(folder, log);
  }
}

/** Throws what LevelDB says, which names the file. */
async function open(folder: string): Promise<Database> {
  const database: Database = new ClassicLevel(folder, {
    keyEncoding: 'view',
    valueEncoding: 'view',
    writeBufferSize: HISTORY_WRITE_BUFFER_BYTES,
    cacheSize: HISTORY_CACHE_BYTES,
  });
  await database.open().catch((error: unknown) => {
    throw error instanceof Error && error.cause instanceof Error ? error.cause : error;
  });
  return database;
}

async function openAnew(folder: string, log: (line: string) => void): Promise<Database> {
  log(`history: ${folder} is damaged and is made anew`);
  await ClassicLevel.destroy(folder);
  return open(folder);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/**
 * Why another database takes its place. `damaged`: it cannot be read, and is made anew. `unusable`: it is not open yet,
 * or a write has failed. LevelDB then keeps its error until it is opened again, also when there is room, and what it
 * writes behind half a record in its log is lost.
 */
type Fault = 'damaged' | 'unusable';

class LevelHistoryStore implements LevelHistory {
  generation = 0;
  readonly #folder: string;
  readonly #log: (line: string) => void;
  readonly #seal = new Seal();
  /** Undefined: none was ever open. */
  #database: Database | undefined;
  /** Another one takes its place before it is used again. */
  #fault: Fault | undefined = 'unusable';
  #renewal: Promise<Database> | undefined;
  #closed = false;

  constructor(folder: string, log: (line: string) => void) {
    this.#folder = folder;
    this.#log = log;
  }

  get isOpen(): boolean {
    return this.#fault === undefined;
  }

  /** Before anybody uses it. */
  async open(): Promise<void> {
    this.#database = await openFolder(this.#folder, this.#log);
    this.#fault = undefined;
  }

  begin(): HistoryBatch {
    const database = this.#database;
    // Of a database whose place another one takes there is no batch: nothing of it would be stored.
    if (database === undefined || this.#fault !== undefined) throw new HistoryDamagedError();
    const batch = this.#batchOf(database);
    return {
      put: (key, value) => void batch.put(key, this.#seal.of(key, value)),
      delete: (key) => void batch.del(key),
      discard: () => void batch.close(),
      // Without fsync: what a crash of the machine takes away is read from the journal again.
      write: () => this.#writing(database, () => batch.write()),
    };
  }

  async get(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    const database = await this.#whole();
    return this.#reading(database, async () => {
      const values = await database.getMany([...keys]);
      return values.map((value, at) => value && unseal(keys[at] ?? value, value));
    });
  }

  async scan({ from, to, reverse, limit }: KeyRange): Promise<readonly Row[]> {
    const database = await this.#whole();
    return this.#reading(database, async () => {
      const rows = await database.iterator({ gte: from, lt: to, reverse, limit }).all();
      return rows.map(([key, value]) => [key, unseal(key, value)] as const);
    });
  }

  async clear(from: Uint8Array, to: Uint8Array): Promise<void> {
    const database = await this.#whole();
    return this.#writing(database, () => database.clear({ gte: from, lt: to }));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#renewal?.catch(() => undefined);
    await this.#database?.close();
  }

  /** Throws HistoryDamagedError, and has the database made anew, where it cannot be read. */
  async #reading<Result>(database: Database, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw this.#problem(database, error, isDamage(error) ? 'damaged' : undefined);
    }
  }

  /** The same; one that could not be written is opened again before it is used again. */
  async #writing(database: Database, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const failed = codeOf(error) === 'LEVEL_IO_ERROR' ? 'unusable' : undefined;
      throw this.#problem(database, error, isDamage(error) ? 'damaged' : failed);
    }
  }

  #batchOf(database: Database): ReturnType<Database['batch']> {
    try {
      return database.batch();
    } catch (error) {
      throw this.#problem(database, error, undefined);
    }
  }

  #problem(database: Database, error: unknown, fault: Fault | undefined): unknown {
    if (this.#closed) return error;
    // Somebody else has found the fault: what it fails with is that it is closed.
    if (database !== this.#database || this.#fault !== undefined)
      return new HistoryDamagedError({ cause: error });
    if (fault === undefined) return error;
    this.generation += 1;
    this.#fault = fault;
    // Not at once: what failed would fail again.
    if (fault === 'unusable') return error;
    // Who reads or writes next waits for it, and is told if it fails.
    this.#whole().catch(() => undefined);
    return new HistoryDamagedError({ cause: error });
  }

  /** The database, opened or made anew first if it must be: tried again by everyone who needs it. */
  async #whole(): Promise<Database> {
    if (this.#database !== undefined && (this.#fault === undefined || this.#closed)) return this.#database;
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async #renew(): Promise<Database> {
    if (this.#closed) throw new Error(`the history in ${this.#folder} is closed`);
    // It holds the folder's lock. It may fail to close as it failed to be read.
    await this.#database?.close().catch(() => undefined);
    const isDamaged = this.#fault === 'damaged';
    this.#database = await (isDamaged ? openAnew : openFolder)(this.#folder, this.#log);
    this.#fault = undefined;
    if (!isDamaged) this.#log(`history: ${this.#folder} can be used again`);
    return this.#database;
  }
}

/** LevelDB sees it, or the seal does. */
function isDamage(error: unknown): boolean {
  return codeOf(error) === 'LEVEL_CORRUPTION' || error instanceof BrokenSealError;
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
