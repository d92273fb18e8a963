import { randomUUID } from 'node:crypto';
import { open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { refuseIfRunning } from './claim.js';
import { AlreadyRunning, FolderUnusable, ForeignFolder } from './errors.js';
import { silent, type Log } from './log.js';
import { makeFolder } from './makeFolder.js';

/** The file by which a data folder is known as ours. */
export const MARKER = 'emoney.json';

export const SERVER_FOLDERS = ['nats', 'redis'] as const;

export type FolderState = 'created' | 'continued';

const FORMAT = 1;
/** Not content: what `mkfs` puts on a new disk, and markers that a killed program did not finish. */
const IGNORED = /^(lost\+found|emoney\.json\..+)$/;

/**
 * Opens a data folder: a new or empty one gets the marker (`created`), one of ours is `continued`.
 * @throws ForeignFolder it holds other files
 * @throws FolderUnusable it cannot be made, read or written
 */
export async function openDataFolder(dataDir: string): Promise<FolderState> {
  await makeFolder(dataDir);
  const names = await contentOf(dataDir);
  if (names.includes(MARKER)) return 'continued';
  if (names.length > 0) throw new ForeignFolder(resolve(dataDir), MARKER);
  await writeMarker(dataDir).catch((error: unknown) => {
    throw new FolderUnusable(resolve(dataDir), error);
  });
  return 'created';
}

/**
 * Deletes a data folder of ours with everything in it; an absent or empty one is left as it is. The
 * marker goes last, so that an interrupted removal can be repeated.
 * @throws ForeignFolder it holds files but no marker
 * @throws AlreadyRunning a living program uses it
 */
export async function removeData(dataDir: string, log: Log = silent): Promise<void> {
  const names = await contentOf(dataDir);
  if (names.length === 0) return;
  if (!names.includes(MARKER)) throw new ForeignFolder(resolve(dataDir), MARKER);
  for (const name of SERVER_FOLDERS) {
    const folder = join(resolve(dataDir), name);
    await refuseIfRunning(folder, folder, log).catch((error: unknown) => {
      throw withDataFolder(error, dataDir);
    });
  }
  for (const name of names.filter((each) => each !== MARKER)) {
    await rm(join(dataDir, name), { recursive: true, force: true });
  }
  await rm(join(dataDir, MARKER), { force: true });
  await rmdir(dataDir).catch(() => undefined);
}

/** Names the data folder that a person knows, not the folder of one server in it. */
export function withDataFolder(error: unknown, dataDir: string): unknown {
  return error instanceof AlreadyRunning ? new AlreadyRunning(error.pid, resolve(dataDir)) : error;
}

async function contentOf(dataDir: string): Promise<string[]> {
  const names = await readdir(dataDir).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new FolderUnusable(resolve(dataDir), error);
  });
  return names.filter((name) => !IGNORED.test(name));
}

async function writeMarker(dataDir: string): Promise<void> {
  const prepared = join(dataDir, `${MARKER}.${randomUUID()}`);
  const file = await open(prepared, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify({ format: FORMAT, created: new Date().toISOString() })}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(prepared, join(dataDir, MARKER));
}
