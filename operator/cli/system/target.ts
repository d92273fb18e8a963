import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { MARKER } from '../../../servers/folder.js';
import { CommandError } from '../errors.js';
import { DEFAULT_DEPLOYMENT } from '../options.js';
import type { Creation } from './creation.js';
import { heldDeployment, holdsDeployment } from './deployment.js';
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
  /** As in SystemOptions. */
  readonly creation?: Creation | undefined;
  readonly log: (line: string) => void;
  /** The command only looks: nothing is created for it. */
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
 * (default: on a temporary folder that goes with it; for a command that only looks, on ./data).
 */
export async function openTarget(options: TargetOptions): Promise<Target> {
  const running = await findRunning(resolve(options.data ?? DEFAULT_DATA));
  if (options.gateway !== undefined) return attachByAddress(options.gateway, options.secret, running);
  if (running !== undefined) return attach(running, options);
  if (options.mustExist !== true) return boot(options);
  return boot({ ...options, data: requireData(options.data) });
}

/** The folder that is looked at, with a deployment in it. */
function requireData(data: string | undefined): string {
  const folder = resolve(data ?? DEFAULT_DATA);
  // One whose nats-server runs elsewhere has the folder's own mark only.
  const elsewhere = process.env['NATS_URL'] !== undefined && existsSync(join(folder, MARKER));
  if (holdsDeployment(folder) || elsewhere) return folder;
  throw new CommandError(
    data === undefined
      ? `no system is running here, and ${folder} holds none: start one with \`npm start\`, or name --gateway or --data`
      : `${folder} holds no deployment: name the data folder of one with --data, or a running system with --gateway`,
  );
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
  const { data, partitions, creation, mustExist, log } = options;
  const temporary = data === undefined ? await mkdtemp(join(tmpdir(), 'emoney-')) : undefined;
  const dataDir = resolve(data ?? temporary ?? '');
  const deployment =
    options.deployment ??
    process.env['EMONEY_DEPLOYMENT'] ??
    (await heldDeployment(dataDir)) ??
    DEFAULT_DEPLOYMENT;
  const discard = async (): Promise<void> => {
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
  };
  try {
    log(`starting a system on ${temporary === undefined ? dataDir : 'a temporary folder'}`);
    const system = await startSystem({ dataDir, partitions, deployment, creation, mustExist, log });
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
