/** The folder of the archive: what every kind of file in it needs. */
import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BASE_LEFTOVER_MS } from '../../bounds.js';

/** Empty where there is no such folder yet. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** A file that was renamed stays so, whatever happens to the power. */
export async function syncEntries(folder: string): Promise<void> {
  const opened = await open(folder, 'r');
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}

/** Removes what a writer that was killed has left. `isUnfinished`: by its name. */
export async function removeLeftovers(
  folder: string,
  isUnfinished: (name: string) => boolean,
): Promise<void> {
  for (const name of await namesIn(folder)) {
    if (!isUnfinished(name)) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > BASE_LEFTOVER_MS) await rm(path, { force: true });
  }
}
