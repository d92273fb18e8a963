import { rm } from 'node:fs/promises';
import { isUsable, type Binary } from './binary.js';
import { openStaging, publishStaged, type Staging, type Unpacked } from './cache.js';
import { natsFromDebian, redisFromApt, spinFromApt } from './debian.js';
import { natsFromGitHub } from './github.js';
import type { ProgramKind } from './kind.js';
import type { Log } from './log.js';
import { nodeFromRegistry } from './registry.js';

/** One way to get a server without touching the system. Throws with a short reason. */
export interface FetchWay {
  readonly from: string;
  readonly unpack: (staging: Staging) => Promise<Unpacked>;
}

export interface FetchReport {
  readonly log: Log;
  /** What was tried and why it did not work, for the one line that a person gets. */
  readonly tried: string[];
}

const WAYS: Readonly<Record<ProgramKind['name'], readonly FetchWay[]>> = {
  'nats-server': [
    { from: "Debian's unstable suite", unpack: natsFromDebian },
    { from: 'GitHub releases', unpack: natsFromGitHub },
  ],
  'redis-server': [{ from: "this system's own packages", unpack: redisFromApt }],
  spin: [{ from: "this system's own packages", unpack: spinFromApt }],
  node: [{ from: 'the npm registry (57 MB)', unpack: (staging) => nodeFromRegistry(staging) }],
};

/** Fetches into the cache, way by way. `undefined` when none works; never rejects for that reason. */
export async function fetchServer(
  kind: ProgramKind,
  cache: string,
  report: FetchReport,
  ways: readonly FetchWay[] = WAYS[kind.name],
): Promise<Binary | undefined> {
  for (const way of ways) {
    report.log(`fetching ${kind.name} from ${way.from} into ${cache} (once)`);
    try {
      return await fetchBy(way, kind, cache);
    } catch (error) {
      report.tried.push(`${way.from}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return undefined;
}

async function fetchBy(way: FetchWay, kind: ProgramKind, cache: string): Promise<Binary> {
  const staging = await openStaging(cache);
  try {
    const unpacked = await way.unpack(staging);
    const binary = await publishStaged(kind, cache, staging, unpacked);
    if (!isUsable(binary)) throw new Error(`got it, but ${binary.reason}`);
    return binary;
  } finally {
    await rm(staging.folder, { recursive: true, force: true });
  }
}
