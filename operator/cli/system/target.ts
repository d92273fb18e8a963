import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CommandError } from '../errors.js';
import { readSecret } from './secret.js';
import { endOnSignal } from './signals.js';
import { startSystem } from './system.js';
import { findRunning, type Pids, type SystemFile } from './systemFile.js';

export interface TargetOptions {
  readonly gateway?: string | undefined;
  readonly secret?: string | undefined;
  readonly data?: string | undefined;
  readonly partitions?: number | undefined;
  readonly deployment?: string | undefined;
  readonly log: (line: string) => void;
  /** Nothing can be seen on a temporary folder. */
  readonly mustExist?: boolean;
  /** What this command has to bring to its end before a system that it booted is stopped by a signal. */
  readonly beforeEnd?: () => Promise<void>;
}

/** The system that a command talks to. */
export interface Target {
  /** http://host:port */
  readonly gateway: string;
  readonly secret: string;
  /** Of a system on this machine: for reading the processes' CPU time. */
  readonly pids: () => Pids;
  /** This command has booted it: nobody else uses it. */
  readonly alone: boolean;
  /** Ends the system if this command has booted it. */
  release(): Promise<void>;
}

/** Where `npm start` keeps its data. */
export const DEFAULT_DATA = './data';

/**
 * `--gateway`, else the system that runs on `--data` (default: on ./data), else an embedded one, booted on `--data`
 * (default: on a temporary folder that goes with it).
 */
export async function openTarget(options: TargetOptions): Promise<Target> {
  const running = await findRunning(resolve(options.data ?? DEFAULT_DATA));
  if (options.gateway !== undefined) return attachByAddress(options.gateway, options.secret, running);
  if (running !== undefined) return attach(running, options);
  if (options.mustExist === true && options.data === undefined) {
    throw new CommandError(
      'no system is running here: start one with `npm start`, or name --gateway or --data',
    );
  }
  return boot(options);
}

async function attachByAddress(
  gateway: string,
  given: string | undefined,
  running: SystemFile | undefined,
): Promise<Target> {
  const ours = running?.gateway === gateway ? running : undefined;
  const secret = given ?? (ours && (await readSecret(ours.secretPath)));
  if (secret === undefined) {
    throw new CommandError(
      `the operator's secret of ${gateway} is needed: give --secret or set EMONEY_OPERATOR_SECRET`,
    );
  }
  return { gateway, secret, pids: () => ours?.pids ?? {}, alone: false, release: async () => undefined };
}

async function attach(running: SystemFile, { log, secret: given }: TargetOptions): Promise<Target> {
  log(`using the running system at ${running.gateway}`);
  const secret = given ?? (await readSecret(running.secretPath));
  if (secret === undefined) throw new CommandError(`${running.secretPath} cannot be read: give --secret`);
  return {
    gateway: running.gateway,
    secret,
    pids: () => running.pids,
    alone: false,
    release: async () => undefined,
  };
}

async function boot(options: TargetOptions): Promise<Target> {
  const { data, partitions, log } = options;
  const deployment = options.deployment ?? process.env['EMONEY_DEPLOYMENT'] ?? 'emoney';
  const temporary = data === undefined ? await mkdtemp(join(tmpdir(), 'emoney-')) : undefined;
  const dataDir = resolve(data ?? temporary ?? '');
  const discard = async (): Promise<void> => {
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
  };
  try {
    log(`starting a system on ${temporary === undefined ? dataDir : 'a temporary folder'}`);
    const system = await startSystem({ dataDir, partitions, deployment, log });
    const release = async (): Promise<void> => {
      await system.stop();
      await discard();
    };
    endOnSignal({
      end: async () => {
        await options.beforeEnd?.();
        await release();
      },
      kill: () => {
        system.kill();
      },
    });
    void system.failed.then(async (reason) => {
      process.stderr.write(`emoney: ${reason}\n`);
      await release();
      process.exit(1);
    });
    return { gateway: system.gateway, secret: system.secret, pids: system.pids, alone: true, release };
  } catch (error) {
    await discard();
    throw error;
  }
}
