import { spawn, type ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { environmentFor, type Binary } from './binary.js';
import { claimFolder, type Claim } from './claim.js';
import { AddressInUse, ServerNotReady, ServerStartFailed } from './errors.js';
import { openLogFile, type LogFile } from './logfile.js';
import { tiedToParent } from './tie.js';
import type { Log } from './log.js';

/** How a server ended. `asked`: by `stop()`; a `kill()` counts as not asked. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly asked: boolean;
}

/** A running child. It has a process group of its own, so that Ctrl-C reaches only its parent. */
export interface ServerProcess {
  readonly pid: number;
  readonly logPath: string;
  /** Resolves when the child has ended, for whatever reason; never rejects. */
  readonly exited: Promise<Exit>;
  /** SIGTERM, and SIGKILL when the child still lives after `stopWithinMs`. May be repeated. */
  stop(): Promise<Exit>;
  /** Sends a signal as a fault does it: SIGKILL, SIGSTOP, SIGCONT. */
  kill(signal: NodeJS.Signals): void;
}

export interface ProcessPlan {
  readonly name: string;
  readonly binary: Binary;
  /** The folder that this server has for itself. */
  readonly dir: string;
  /** One of `args`; its value is found nowhere else and identifies the process. */
  readonly configPath: string;
  /** The content of that file; written once the folder is claimed. */
  readonly config: string;
  readonly args: readonly string[];
  readonly ports: readonly number[];
  /** Looks once. `undefined`: ready. Else what is missing, in words. */
  readonly probe: (pid: number) => Promise<string | undefined>;
  readonly readyWithinMs: number;
  readonly stopWithinMs: number;
  readonly log: Log;
}

const PROBE_EVERY_MS = 15;
const SHOWN_LINES = 8;

const living = new Set<ChildProcess>();

/**
 * Starts a server and waits until it answers.
 * @throws AlreadyRunning, AddressInUse, ServerStartFailed, ServerNotReady
 */
export async function startProcess(plan: ProcessPlan): Promise<ServerProcess> {
  const claim = await claimFolder(plan.dir, plan.configPath, plan.log);
  const logFile = openLogFile(join(plan.dir, `${plan.name}.log`));
  const server = await launch(plan, claim, logFile).catch((error: unknown) => {
    releaseQuietly(claim);
    throw error;
  });
  try {
    await untilReady(plan, server, logFile);
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function launch(plan: ProcessPlan, claim: Claim, logFile: LogFile): Promise<ServerProcess> {
  const child = await spawnChild(plan, logFile);
  logFile.close();
  const failure = await spawned(child);
  if (failure !== undefined || child.pid === undefined) {
    throw new ServerStartFailed(plan.name, failure ?? 'no process', '');
  }
  claim.recordServer(child.pid);
  return supervise(plan, child, child.pid, claim, logFile.path);
}

async function spawnChild(plan: ProcessPlan, logFile: LogFile): Promise<ChildProcess> {
  await writeFile(plan.configPath, plan.config);
  const [program, ...args] = await tiedToParent([plan.binary.path, ...plan.args]);
  return spawn(program, args, {
    cwd: plan.dir,
    detached: true,
    env: environmentFor(plan.binary.libraries),
    stdio: ['ignore', logFile.descriptor, logFile.descriptor],
  });
}

function spawned(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.once('spawn', () => {
      resolve(undefined);
    });
    child.once('error', (error) => {
      resolve(error.message);
    });
  });
}

function supervise(
  plan: ProcessPlan,
  child: ChildProcess,
  pid: number,
  claim: Claim,
  logPath: string,
): ServerProcess {
  let asked = false;
  endAtExit(child);
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      living.delete(child);
      releaseQuietly(claim);
      resolve({ code, signal, asked });
    });
  });
  const stop = () => {
    asked = true;
    return endChild(child, exited, plan.stopWithinMs);
  };
  return { pid, logPath, exited, stop, kill: (signal) => void child.kill(signal) };
}

/** The last resort when this program ends without `stop()`: an uncaught error, `process.exit`. */
function endAtExit(child: ChildProcess): void {
  living.add(child);
  process.off('exit', endLiving);
  process.once('exit', endLiving);
}

function endLiving(): void {
  for (const child of living) child.kill('SIGTERM');
}

async function endChild(child: ChildProcess, exited: Promise<Exit>, withinMs: number): Promise<Exit> {
  child.kill('SIGTERM');
  child.kill('SIGCONT');
  const patience = setTimeout(() => child.kill('SIGKILL'), withinMs);
  const exit = await exited;
  clearTimeout(patience);
  return exit;
}

/** On a file system that a simulated power cut has shut down nothing can be removed; the claim is then stale. */
function releaseQuietly(claim: Claim): void {
  try {
    claim.release();
  } catch {
    // The next start finds a claim without a living server and takes it over.
  }
}

async function untilReady(plan: ProcessPlan, server: ServerProcess, logFile: LogFile): Promise<void> {
  const deadline = Date.now() + plan.readyWithinMs;
  const ended = server.exited.then((exit) => ({ exit }));
  for (;;) {
    const seen = await Promise.race([ended, plan.probe(server.pid)]);
    if (seen === undefined) return;
    if (typeof seen === 'object') throw startFailure(plan, seen.exit, logFile);
    if (Date.now() > deadline) {
      throw new ServerNotReady(plan.name, seen, plan.readyWithinMs, logFile.tail(SHOWN_LINES));
    }
    await delay(PROBE_EVERY_MS);
  }
}

function startFailure(plan: ProcessPlan, exit: Exit, logFile: LogFile): Error {
  const lastLines = logFile.tail(SHOWN_LINES);
  if (/address already in use/i.test(lastLines)) return new AddressInUse(plan.name, plan.ports);
  const how = exit.signal === null ? `ended with code ${String(exit.code)}` : `ended by ${exit.signal}`;
  return new ServerStartFailed(plan.name, how, lastLines);
}
