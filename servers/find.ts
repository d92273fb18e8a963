import { access, constants } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { isUsable, probeBinary, type Binary } from './binary.js';
import { cacheFolder, cachedBinary } from './cache.js';
import { ServerNotFound, ServerUnusable } from './errors.js';
import { fetchServer } from './fetch.js';
import { silent, type Log } from './log.js';
import { warningFor } from './versions.js';
import type { ServerKind } from './kind.js';

export interface FindOptions {
  readonly log?: Log | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** `false`: only what is already on the machine. */
  readonly fetch?: boolean | undefined;
}

const EXTRA_FOLDERS = ['/usr/local/bin', '/usr/local/sbin', '/usr/bin', '/usr/sbin', '/opt/homebrew/bin'];

/**
 * Finds a server: the binary that its variable names, then PATH and the usual folders, then the
 * cache, then what can be fetched. A wanted version anywhere on the machine wins over an accepted one.
 * @throws ServerUnusable the variable names something that does not run or is too old
 * @throws ServerNotFound nothing found and nothing fetched
 */
export async function findServer(kind: ServerKind, options: FindOptions = {}): Promise<Binary> {
  const { log = silent, env = process.env } = options;
  const tried: string[] = [];
  const found =
    (await fromVariable(kind, env)) ??
    (await onMachine(kind, env, tried)) ??
    (options.fetch === false ? undefined : await fetchServer(kind, cacheFolder(env), { log, tried }));
  if (found === undefined) throw new ServerNotFound(kind.name, kind.policy.least, kind.hint, tried);
  if (found.standing === 'accepted') log(warningFor(kind.policy, found.version));
  return found;
}

async function fromVariable(kind: ServerKind, env: NodeJS.ProcessEnv): Promise<Binary | undefined> {
  const named = env[kind.variable];
  if (named === undefined || named === '') return undefined;
  const probed = await probeBinary(kind, resolve(named));
  if (!isUsable(probed)) throw new ServerUnusable(kind.variable, named, probed.reason);
  return probed;
}

async function onMachine(
  kind: ServerKind,
  env: NodeJS.ProcessEnv,
  tried: string[],
): Promise<Binary | undefined> {
  const usable: Binary[] = [];
  for (const path of await candidates(kind, env)) {
    const probed = await probeBinary(kind, path);
    if (isUsable(probed)) usable.push(probed);
    else tried.push(`${path}: ${probed.reason}`);
  }
  if (tried.length === 0 && usable.length === 0) tried.push('PATH: none');
  const wanted = usable.find((binary) => binary.standing === 'wanted');
  if (wanted !== undefined) return wanted;
  const cached = await fromCache(kind, env, tried);
  return cached?.standing === 'wanted' ? cached : (usable[0] ?? cached);
}

async function fromCache(
  kind: ServerKind,
  env: NodeJS.ProcessEnv,
  tried: string[],
): Promise<Binary | undefined> {
  const cached = await cachedBinary(kind, cacheFolder(env));
  if (cached === undefined || isUsable(cached)) return cached;
  tried.push(`cache: ${cached.reason}`);
  return undefined;
}

async function candidates(kind: ServerKind, env: NodeJS.ProcessEnv): Promise<string[]> {
  const named = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const folders = new Set([...named, ...EXTRA_FOLDERS]);
  const paths = [...folders].map((folder) => join(folder, kind.name));
  const present = await Promise.all(paths.map(isExecutable));
  return paths.filter((_, index) => present[index]);
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
