import { isUsable } from './binary.js';
import { cacheFolder, cachedBinary } from './cache.js';
import { fetchServer, type FetchWay } from './fetch.js';
import { nodeKind } from './kind.js';
import { silent, type Log } from './log.js';
import { judge, warningFor } from './versions.js';

/** A Node and its version, as `20.19.0`. */
export interface NodeProgram {
  readonly path: string;
  readonly version: string;
}

export interface FindNodeOptions {
  readonly log?: Log | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Default: the one that this program runs on. */
  readonly running?: NodeProgram | undefined;
  /** Default: from the npm registry. */
  readonly ways?: readonly FetchWay[] | undefined;
}

/**
 * The Node for work that only computes: the running one, or, if that is too old to be fast, the cached one, which is
 * fetched once. Where that is not possible a line says why, and it is the running one.
 */
export async function findNode(options: FindNodeOptions = {}): Promise<NodeProgram> {
  const { log = silent, env = process.env, ways } = options;
  const { running = { path: process.execPath, version: process.versions.node } } = options;
  const { policy } = nodeKind;
  if (judge(policy, running.version) !== 'refused') return running;
  const cache = cacheFolder(env);
  const tried: string[] = [];
  const cached = await cachedBinary(nodeKind, cache);
  if (cached !== undefined && !isUsable(cached)) tried.push(`cache: ${cached.reason}`);
  const found =
    cached !== undefined && isUsable(cached)
      ? cached
      : await fetchServer(nodeKind, cache, { log, tried }, ways);
  if (found !== undefined) return { path: found.path, version: found.version };
  log(`${warningFor(policy, running.version)} (tried: ${tried.join('; ')})`);
  return running;
}
