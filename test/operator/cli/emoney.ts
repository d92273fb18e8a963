import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The launcher that `npx emoney` runs. */
const LAUNCHER = fileURLToPath(new URL('../../../../bin/emoney', import.meta.url));

/** Servers are always its own: what whoever runs the tests has set does not count. Undefined: not passed on. */
const OWN = {
  NATS_URL: undefined,
  REDIS_URL: undefined,
  EMONEY_OPERATOR_SECRET: undefined,
  EMONEY_PIN_KEY: undefined,
  EMONEY_PARTITIONS: undefined,
  EMONEY_DEPLOYMENT: undefined,
  EMONEY_DEBUG: undefined,
};

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has written so far. */
  stdout(): string;
  stderr(): string;
}

/** `file`: takes its results; absent: they can be read here. */
export function startEmoney(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  cwd?: string,
  file?: number,
): Running {
  const child = spawn(process.execPath, [LAUNCHER, ...args], {
    env: { ...process.env, ...OWN, ...env },
    cwd,
    stdio: ['ignore', file ?? 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr?.on('data', (text: Buffer) => (stderr += text.toString()));
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => {
      resolve({ code, stdout, stderr });
    });
  });
  return { child, ended, stdout: () => stdout, stderr: () => stderr };
}

export async function emoney(args: readonly string[], env?: NodeJS.ProcessEnv, cwd?: string): Promise<Ended> {
  return startEmoney(args, env, cwd).ended;
}
