import { setTimeout as delay } from 'node:timers/promises';
import { commandLine, isAlive, type ProcessMark } from './liveness.js';
import type { Log } from './log.js';

const PATIENCE_MS = 10_000;
const LOOK_EVERY_MS = 20;

/**
 * Ends a server that a dead program left behind: SIGTERM, after ten seconds SIGKILL. A process that
 * began at another moment, or whose command line lacks `argument`, is not that server and is left alone.
 */
export async function endOrphan(server: ProcessMark, argument: string, log: Log): Promise<void> {
  if (!isAlive(server) || !commandLine(server.pid).includes(argument)) return;
  log(`ending pid ${server.pid}, which a program that is gone left behind`);
  signal(server.pid, 'SIGTERM');
  signal(server.pid, 'SIGCONT');
  if (await gone(server)) return;
  signal(server.pid, 'SIGKILL');
  await gone(server);
}

async function gone(server: ProcessMark): Promise<boolean> {
  const deadline = Date.now() + PATIENCE_MS;
  while (isAlive(server)) {
    if (Date.now() > deadline) return false;
    await delay(LOOK_EVERY_MS);
  }
  return true;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended between the look and the signal, which is what was wanted.
  }
}
