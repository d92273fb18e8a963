import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, type ProcessMark } from '../../../servers/liveness.js';
import { readDataFile } from './dataFile.js';

/** Where a running system can be found. `<data>/system.json`, written while it runs. */
export interface SystemFile {
  readonly format: 1;
  readonly gateway: string;
  readonly secretPath: string;
  readonly natsUrl: string;
  readonly redisUrl: string;
  readonly deployment: string;
  /** The process that runs the system, told apart from a later one with the same id. */
  readonly owner: ProcessMark;
  readonly pids: Pids;
}

/** Process ids by role; a server that was not started here has none. */
export type Pids = Readonly<Partial<Record<'nats' | 'redis' | 'worker' | 'gateway', number>>>;

const FILE = 'system.json';

export async function writeSystemFile(dataDir: string, system: SystemFile): Promise<void> {
  const path = join(dataDir, FILE);
  const prepared = `${path}.${process.pid}`;
  await writeFile(prepared, `${JSON.stringify(system, undefined, 2)}\n`, { mode: 0o600 });
  // By rename: a reader never sees half of it.
  await rename(prepared, path);
}

export async function removeSystemFile(dataDir: string): Promise<void> {
  await rm(join(dataDir, FILE), { force: true });
}

/**
 * The system that runs on this folder now; undefined when none does, whatever a dead one left behind.
 * @throws UnreadableFile
 */
export async function findRunning(dataDir: string): Promise<SystemFile | undefined> {
  const text = await readDataFile(join(dataDir, FILE));
  const system = text === undefined ? undefined : parse(text);
  if (system === undefined || !isAlive(system.owner)) return undefined;
  return (await answers(system.gateway)) ? system : undefined;
}

async function answers(gateway: string): Promise<boolean> {
  try {
    const response = await fetch(`${gateway}/healthz`, { signal: AbortSignal.timeout(3_000) });
    return response.ok;
  } catch {
    return false;
  }
}

function parse(text: string): SystemFile | undefined {
  try {
    const system = JSON.parse(text) as SystemFile;
    return (system.format as number) === 1 ? system : undefined;
  } catch {
    return undefined;
  }
}
