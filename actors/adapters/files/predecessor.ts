/** The name of the worker that has a data folder, for the one that has it next. */
import { readFile, rename, writeFile } from 'node:fs/promises';

/** Undefined: nobody has noted a name, or it cannot be read. */
export async function readPredecessor(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.trim() || undefined;
}

/** Whole, or not at all. */
export async function noteForSuccessor(path: string, worker: string): Promise<void> {
  const prepared = `${path}.new`;
  await writeFile(prepared, `${worker}\n`, { mode: 0o600 });
  await rename(prepared, path);
}
