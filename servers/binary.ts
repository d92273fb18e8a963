import { delimiter } from 'node:path';
import { runCommand } from './command.js';
import { judge, parseVersion, type Standing } from './versions.js';
import type { ProgramKind } from './kind.js';

/** A server program on this machine that was run once to ask for its version. */
export interface Binary {
  readonly path: string;
  /** Folders with shared libraries that the system does not have; empty for an installed server. */
  readonly libraries: readonly string[];
  readonly version: string;
  readonly standing: Standing;
}

export interface Unusable {
  readonly reason: string;
}

const VERSION_TIMEOUT_MS = 10_000;

/** Asks the program for its version: what cannot say its version, or is too old, cannot be used. */
export async function probeBinary(
  kind: ProgramKind,
  path: string,
  libraries: readonly string[] = [],
): Promise<Binary | Unusable> {
  const env = environmentFor(libraries);
  const result = await runCommand(path, [kind.versionFlag ?? '--version'], {
    timeoutMs: VERSION_TIMEOUT_MS,
    env,
  });
  if (!result.ok) return { reason: result.reason };
  const version = parseVersion(result.stdout);
  if (version === undefined) return { reason: 'says no version' };
  const standing = judge(kind.policy, version);
  if (standing === 'refused') return { reason: `${version} is older than ${kind.policy.least}` };
  return { path, libraries, version, standing };
}

export function isUsable(probed: Binary | Unusable): probed is Binary {
  return 'standing' in probed;
}

/** The child's environment. LC_ALL: redis-server 7 refuses to start under a locale that is not installed. */
export function environmentFor(libraries: readonly string[]): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, LC_ALL: 'C' };
  if (libraries.length === 0) return env;
  const inherited = process.env['LD_LIBRARY_PATH'];
  const folders = inherited === undefined ? libraries : [...libraries, inherited];
  return { ...env, LD_LIBRARY_PATH: folders.join(delimiter) };
}
