import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AlreadyRunning } from './errors.js';
import { isAlive, markOf, type ProcessMark } from './liveness.js';
import { makeFolder } from './makeFolder.js';
import { endOrphan } from './orphan.js';
import type { Log } from './log.js';

/** The right to run one server on a folder. Kept in `running.json`: who holds it, and the server's process. */
export interface Claim {
  recordServer(pid: number): void;
  release(): void;
}

interface ClaimRecord {
  readonly parent: ProcessMark;
  readonly server?: ProcessMark;
}

const FILE = 'running.json';

/**
 * Takes the folder for this process. A server that a dead program left behind is ended first.
 * `argument` is one by which that server's command line is recognised.
 * @throws AlreadyRunning a living program holds it
 * @throws FolderUnusable
 */
export async function claimFolder(folder: string, argument: string, log: Log): Promise<Claim> {
  await makeFolder(folder);
  const path = join(folder, FILE);
  const mine: ClaimRecord = { parent: ownMark() };
  while (!created(path, mine)) await clearStale(path, folder, argument, log);
  return {
    recordServer: (pid) => {
      const server = markOf(pid);
      if (server !== undefined) replace(path, { ...mine, server });
    },
    release: () => {
      rmSync(path, { force: true });
    },
  };
}

/** @throws AlreadyRunning if a living program runs a server on the folder */
export async function refuseIfRunning(folder: string, argument: string, log: Log): Promise<void> {
  const path = join(folder, FILE);
  if (readText(path) !== undefined) await clearStale(path, folder, argument, log);
}

function ownMark(): ProcessMark {
  return markOf(process.pid) ?? { pid: process.pid, began: '' };
}

async function clearStale(path: string, folder: string, argument: string, log: Log): Promise<void> {
  const text = readText(path);
  if (text === undefined) return;
  const record = parse(text);
  if (record !== undefined && isHeld(record)) throw new AlreadyRunning(record.parent.pid, folder);
  if (record?.server !== undefined) await endOrphan(record.server, argument, log);
  setAside(path, text);
}

/** A living parent whose server has ended lets go by itself; one that records no server is starting it. */
function isHeld(record: ClaimRecord): boolean {
  return isAlive(record.parent) && (record.server === undefined || isAlive(record.server));
}

/** Removes the stale claim that was read. If another program was faster, its new claim is put back. */
function setAside(path: string, text: string): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (readText(aside) !== text) tryLink(aside, path);
  rmSync(aside, { force: true });
}

function created(path: string, record: ClaimRecord): boolean {
  const prepared = `${path}.${randomUUID()}`;
  writeFileSync(prepared, JSON.stringify(record));
  try {
    return tryLink(prepared, path);
  } finally {
    rmSync(prepared, { force: true });
  }
}

function replace(path: string, record: ClaimRecord): void {
  const prepared = `${path}.${randomUUID()}`;
  writeFileSync(prepared, JSON.stringify(record));
  renameSync(prepared, path);
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** `undefined` for what is no claim, as a power cut may leave it: such a file holds nobody. */
function parse(text: string): ClaimRecord | undefined {
  try {
    const { parent, server } = JSON.parse(text) as { parent?: unknown; server?: unknown };
    if (!isMark(parent)) return undefined;
    return isMark(server) ? { parent, server } : { parent };
  } catch {
    return undefined;
  }
}

function isMark(value: unknown): value is ProcessMark {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, began } = value as Partial<ProcessMark>;
  return Number.isSafeInteger(pid) && typeof began === 'string';
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
