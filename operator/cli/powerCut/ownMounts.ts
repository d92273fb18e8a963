/** The command once more, in a mount namespace of its own (mount_namespaces(7)). */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { tiedToParent } from '../../../servers/tie.js';

/** Names the folder to the command that is run once more. */
export const FOLDER = 'EMONEY_POWER_CUT_FOLDER';

/**
 * Runs what this process was asked for once more, with a folder for its disks. What it mounts there nobody else sees,
 * and it vanishes with the last process that sees it, however that ends; the folder is removed here. Resolves with the
 * exit code.
 */
export async function runInOwnMounts(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'emoney-power-cut-'));
  try {
    return await again(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function again(folder: string): Promise<number> {
  const own = ['unshare', '--mount', '--propagation', 'private', '--'];
  const [program, ...args] = await tiedToParent([
    ...own,
    ...[process.execPath, ...process.execArgv, ...process.argv.slice(1)],
  ]);
  // A group of its own: Ctrl-C reaches it once, from here.
  const child = spawn(program, args, {
    detached: true,
    stdio: 'inherit',
    env: { ...process.env, [FOLDER]: folder },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      child.kill(signal);
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
