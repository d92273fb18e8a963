import { readFile } from 'node:fs/promises';
import { CommandError } from '../errors.js';

/** A file of a data folder is there, and may or can not be read. */
export class UnreadableFile extends CommandError {
  constructor(path: string, cause: NodeJS.ErrnoException) {
    const denied = cause.code === 'EACCES' || cause.code === 'EPERM';
    super(
      denied
        ? `${path} may not be read (permission denied): use the account that began the folder, or name another one`
        : `${path} cannot be read: ${cause.message}`,
      1,
      { cause },
    );
    this.name = new.target.name;
  }
}

/** Its text; undefined: there is no such file. @throws UnreadableFile: one that is there is never taken for none */
export async function readDataFile(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const cause = error as NodeJS.ErrnoException;
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return undefined;
    throw new UnreadableFile(path, cause);
  }
}
