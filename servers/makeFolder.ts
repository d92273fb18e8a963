import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { FolderUnusable } from './errors.js';

/**
 * Makes a folder, and those above it that are missing (0700). Step by step: mkdir's own `recursive` never ends where
 * the file system says ENOENT although the folder above is there, as /proc does.
 * @throws FolderUnusable
 */
export async function makeFolder(folder: string): Promise<void> {
  const path = resolve(folder);
  await make(path).catch((error: unknown) => {
    throw new FolderUnusable(path, error);
  });
}

async function make(path: string): Promise<void> {
  if (await exists(path)) return;
  await make(dirname(path));
  await mkdir(path, { mode: 0o700 }).catch(async (error: unknown) => {
    // Another program was faster.
    if (!(await exists(path))) throw error;
  });
}

async function exists(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found !== undefined && !found.isDirectory()) throw new Error('it is a file');
  return found !== undefined;
}
