/** The history of a worker in LevelDB: one folder, one process. */
import { mkdir } from 'node:fs/promises';
import { ClassicLevel } from 'classic-level';
import { HISTORY_CACHE_BYTES, HISTORY_WRITE_BUFFER_BYTES } from '../../bounds.js';
import type { HistoryBatch, HistoryStore, KeyRange, Row } from '../../history/ports.js';
import { HistoryLockedError } from '../errors.js';

type Database = ClassicLevel<Uint8Array, Uint8Array>;

/**
 * Opens the folder, made if absent. A damaged one is emptied: all of it comes from the journals again.
 * @throws HistoryLockedError another process uses it
 */
export async function openLevelHistory(folder: string, log: (line: string) => void): Promise<HistoryStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    return new LevelHistoryStore(await open(folder));
  } catch (error) {
    const code = causeOf(error);
    if (code === 'LEVEL_LOCKED') throw new HistoryLockedError(folder, { cause: error });
    if (code !== 'LEVEL_CORRUPTION') throw error;
    log(`history: ${folder} is damaged and is made anew`);
    await ClassicLevel.destroy(folder);
    return new LevelHistoryStore(await open(folder));
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

function causeOf(error: unknown): unknown {
  const { cause } = error instanceof Error ? error : {};
  return cause instanceof Error && 'code' in cause ? cause.code : undefined;
}

class LevelHistoryStore implements HistoryStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  begin(): HistoryBatch {
    const batch = this.#database.batch();
    return {
      put: (key, value) => void batch.put(key, value),
      delete: (key) => void batch.del(key),
      discard: () => void batch.close(),
      // Without fsync: what a crash of the machine takes away is read from the journal again.
      write: () => batch.write(),
    };
  }

  get(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    return this.#database.getMany([...keys]);
  }

  async scan({ from, to, reverse, limit }: KeyRange): Promise<readonly Row[]> {
    return this.#database.iterator({ gte: from, lt: to, reverse, limit }).all();
  }

  clear(from: Uint8Array, to: Uint8Array): Promise<void> {
    return this.#database.clear({ gte: from, lt: to });
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}
