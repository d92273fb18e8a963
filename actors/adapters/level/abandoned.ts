/** Temporary histories of workers that were killed: nobody reads them again. */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';

/** The beginning of their folders' names. */
export const TEMPORARY_HISTORY = 'emoney-history-';

/** One that is younger may be about to be opened. */
const YOUNG_MS = 60_000;

/** Removes those that no process uses. What cannot be removed stays: it is somebody else's, or in use. */
export async function removeAbandoned(folder: string, log: (line: string) => void): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  for (const name of names.filter((each) => each.startsWith(TEMPORARY_HISTORY))) {
    const path = join(folder, name);
    if (!(await isAbandoned(path))) continue;
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
    log(`history: removed ${path}, which a worker that was killed has left behind`);
  }
}

/** LevelDB's own lock says whether a process uses it, and ends with the process, whatever its end. */
async function isAbandoned(path: string): Promise<boolean> {
  try {
    if (Date.now() - (await stat(path)).mtimeMs < YOUNG_MS) return false;
    await ClassicLevel.destroy(path);
    return true;
  } catch {
    return false;
  }
}
