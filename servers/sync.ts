import { access, open, readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/**
 * Forces a folder, everything below it and its own entry in its parent onto the disk. To be called
 * once after streams or consumers were created: the server does not always do it for new folders.
 */
export async function syncFolder(folder: string): Promise<void> {
  await access(folder);
  await syncBelow(resolve(folder));
  await syncPath(dirname(resolve(folder)));
}

async function syncBelow(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(ignoreVanished);
  for (const entry of entries ?? []) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await syncBelow(path);
    else if (entry.isFile()) await syncPath(path);
  }
  await syncPath(folder);
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r').catch(ignoreVanished);
  if (handle === undefined) return;
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A running server replaces files while we walk. */
function ignoreVanished(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
