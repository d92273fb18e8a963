import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CommandError } from '../errors.js';
import { DEFAULT_DATA } from './target.js';

export interface ArchiveFolderOptions {
  readonly data?: string;
  readonly archive?: string;
}

/** `--archive`, else the one in `--data`. */
export function archiveFolder({ archive, data = DEFAULT_DATA }: ArchiveFolderOptions): string {
  return resolve(archive ?? join(data, 'archive'));
}

/**
 * For a command that only looks: a disk that is not mounted is no empty archive. In a data folder the archive is made
 * with the first file.
 * @throws CommandError no such folder
 */
export function requireArchiveFolder(options: ArchiveFolderOptions): string {
  const { archive, data = DEFAULT_DATA } = options;
  const folder = resolve(archive ?? data);
  if (!existsSync(folder)) {
    throw new CommandError(`no such folder: ${folder}: mount it, or name another with --archive or --data`);
  }
  return archiveFolder(options);
}
