import { randomUUID } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isUsable, probeBinary, type Binary, type Unusable } from './binary.js';
import type { ProgramKind } from './kind.js';
import { makeFolder } from './makeFolder.js';

/** What a fetcher left in a staging folder; paths are relative to it. */
export interface Unpacked {
  readonly binary: string;
  readonly libraries: readonly string[];
}

/** A folder beside the entries in which one is prepared: `work` is thrown away, `root` is kept. */
export interface Staging {
  readonly folder: string;
  readonly work: string;
  readonly root: string;
}

const ENTRY = 'entry.json';
const STAGING_PREFIX = '.staging-';
const ABANDONED_AFTER_MS = 3_600_000;

/** `EMONEY_CACHE`, else `$XDG_CACHE_HOME/emoney`, else `~/.cache/emoney`. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const own = env['EMONEY_CACHE'];
  if (own !== undefined && own !== '') return own;
  const xdg = env['XDG_CACHE_HOME'];
  return join(xdg === undefined || xdg === '' ? join(homedir(), '.cache') : xdg, 'emoney');
}

/** The cached server, run once; `undefined` if there is none, a reason if it is broken or too old. */
export async function cachedBinary(kind: ProgramKind, cache: string): Promise<Binary | Unusable | undefined> {
  const folder = entryFolder(kind, cache);
  const present = await stat(folder).catch(() => undefined);
  return present === undefined ? undefined : probeEntry(kind, folder);
}

/** Opens a staging folder, and clears those that a killed program left more than an hour ago. */
export async function openStaging(cache: string): Promise<Staging> {
  await clearAbandoned(cache);
  const folder = join(cache, `${STAGING_PREFIX}${randomUUID()}`);
  const staging = { folder, work: join(folder, 'work'), root: join(folder, 'root') };
  await makeFolder(staging.work);
  await mkdir(staging.root);
  return staging;
}

/**
 * Makes a staged server the cache's entry, by one rename, after it has run where it was staged.
 * When another program was faster, its entry is taken if it runs, and replaced if it does not.
 */
export async function publishStaged(
  kind: ProgramKind,
  cache: string,
  staging: Staging,
  unpacked: Unpacked,
): Promise<Binary | Unusable> {
  await rm(staging.work, { recursive: true, force: true });
  await writeFile(join(staging.folder, ENTRY), JSON.stringify(unpacked));
  const staged = await probeEntry(kind, staging.folder);
  if (!isUsable(staged)) return staged;
  const folder = entryFolder(kind, cache);
  if (await moved(staging.folder, folder)) return probeEntry(kind, folder);
  const rival = await probeEntry(kind, folder);
  if (isUsable(rival)) return rival;
  await moved(folder, join(cache, `${STAGING_PREFIX}broken-${randomUUID()}`));
  await moved(staging.folder, folder);
  return probeEntry(kind, folder);
}

function entryFolder(kind: ProgramKind, cache: string): string {
  return join(cache, `${kind.name}-${process.platform}-${process.arch}`);
}

async function probeEntry(kind: ProgramKind, folder: string): Promise<Binary | Unusable> {
  const entry = await readEntry(folder);
  if (entry === undefined) return { reason: 'is incomplete' };
  const libraries = entry.libraries.map((library) => join(folder, library));
  return probeBinary(kind, join(folder, entry.binary), libraries);
}

async function readEntry(folder: string): Promise<Unpacked | undefined> {
  try {
    const entry = JSON.parse(await readFile(join(folder, ENTRY), 'utf8')) as Partial<Unpacked>;
    if (typeof entry.binary !== 'string' || !Array.isArray(entry.libraries)) return undefined;
    return { binary: entry.binary, libraries: entry.libraries.map(String) };
  } catch {
    return undefined;
  }
}

async function moved(from: string, to: string): Promise<boolean> {
  return rename(from, to).then(
    () => true,
    () => false,
  );
}

async function clearAbandoned(cache: string): Promise<void> {
  const names = await readdir(cache).catch(() => []);
  for (const name of names.filter((each) => each.startsWith(STAGING_PREFIX))) {
    const folder = join(cache, name);
    const found = await stat(folder).catch(() => undefined);
    const ageMs = Date.now() - (found?.mtimeMs ?? Date.now());
    if (ageMs > ABANDONED_AFTER_MS) await rm(folder, { recursive: true, force: true });
  }
}
