import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { RejectedError } from '../../../client/errors.js';
import { MARKER } from '../../../servers/folder.js';
import { CommandError } from '../errors.js';
import { DEFAULT_DEPLOYMENT } from '../options.js';
import type { Creation } from './creation.js';
import { readDataFile } from './dataFile.js';
import { heldDeployment, holdsDeployment } from './deployment.js';
import { givenSecret, keptSecret, type Secret } from './secret.js';
import { endOnSignal } from './signals.js';
import { startSystem } from './system.js';
import { findRunning, type Pids, type SystemFile } from './systemFile.js';

export interface TargetOptions {
  readonly gateway?: string | undefined;
  readonly secret?: string | undefined;
  readonly secretFile?: string | undefined;
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
  /** Where the secret was said: an option, a variable, or a file. */
  readonly secretFrom: string;
  /** Of a system on this machine: for reading the processes' CPU time. */
  readonly pids: () => Pids;
  /** This command has booted it: nobody else uses it. */
  readonly alone: boolean;
  /** It was booted on a folder that goes with it. */
  readonly temporary: boolean;
  /** Ends the system if this command has booted it. */
  release(): Promise<void>;
}

/** Where `npm start` keeps its data. */
export const DEFAULT_DATA = './data';

/**
 * Does `work` on the target, and releases it.
 * @throws CommandError, which says where a secret comes from that the gateway refuses; else what `work` throws
 */
export async function withTarget(
  options: TargetOptions,
  work: (target: Target) => Promise<void>,
): Promise<void> {
  const target = await openTarget(options);
  try {
    await work(target);
  } catch (error) {
    if (!(error instanceof RejectedError && error.code === 'UNAUTHORIZED')) throw error;
    throw new CommandError(
      `${error.message} (it comes from ${target.secretFrom}): name that of ${target.gateway} by --secret-file`,
      1,
      { cause: error },
    );
  } finally {
    await target.release();
  }
}

/**
 * `--gateway`, else the system that runs on `--data` (default: on ./data), else an embedded one, booted on `--data`
 * (default: on a temporary folder that goes with it; for a command that only looks, on ./data).
 */
async function openTarget(options: TargetOptions): Promise<Target> {
  const given = await givenSecret(options);
  const looked = findRunning(resolve(options.data ?? DEFAULT_DATA));
  // Who says both needs nothing of a folder here.
  const needless = options.gateway !== undefined && given !== undefined;
  const running = await (needless ? looked.catch(() => undefined) : looked);
  if (options.gateway !== undefined) return attachByAddress(options.gateway, given, running);
  if (running !== undefined) return attach(running, given, options.log);
  if (options.mustExist !== true) return boot(options);
  return boot({ ...options, data: await requireData(options.data) });
}

/** The folder that is looked at, with a deployment in it. */
async function requireData(data: string | undefined): Promise<string> {
  const folder = resolve(data ?? DEFAULT_DATA);
  // One whose nats-server runs elsewhere has the folder's own mark only.
  const elsewhere =
    process.env['NATS_URL'] !== undefined && (await readDataFile(join(folder, MARKER))) !== undefined;
  if ((await holdsDeployment(folder)) || elsewhere) return folder;
  throw new CommandError(
    data === undefined
      ? `no system is running here, and ${folder} holds none: start one with \`npm start\`, or name --gateway or --data`
      : `${folder} holds no deployment: name the data folder of one with --data, or a running system with --gateway`,
  );
}

async function attachByAddress(
  gateway: string,
  given: Secret | undefined,
  running: SystemFile | undefined,
): Promise<Target> {
  const ours = running?.gateway === gateway ? running : undefined;
  const secret = given ?? (ours && (await keptSecret(ours.secretPath)));
  if (secret === undefined) {
    throw new CommandError(
      `the operator's secret of ${gateway} is needed: give --secret-file or --secret, or set EMONEY_OPERATOR_SECRET`,
    );
  }
  return {
    ...{ gateway, secret: secret.value, secretFrom: secret.from },
    pids: () => ours?.pids ?? {},
    alone: false,
    temporary: false,
    release: async () => undefined,
  };
}

async function attach(
  running: SystemFile,
  given: Secret | undefined,
  log: TargetOptions['log'],
): Promise<Target> {
  log(`using the running system at ${running.gateway}`);
  const secret = given ?? (await keptSecret(running.secretPath));
  if (secret === undefined)
    throw new CommandError(`${running.secretPath} is not there: give --secret-file or --secret`);
  return {
    ...{ gateway: running.gateway, secret: secret.value, secretFrom: secret.from },
    pids: () => running.pids,
    alone: false,
    temporary: false,
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
    log(
      temporary === undefined
        ? `starting a system on ${dataDir}`
        : 'no system is running here: starting one on a temporary folder, which goes with it (--data keeps one)',
    );
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
    const { gateway, secret, secretFrom, pids } = system;
    return {
      ...{ gateway, secret, secretFrom, pids, release },
      ...{ alone: true, temporary: temporary !== undefined },
    };
  } catch (error) {
    await discard();
    throw error;
  }
}
