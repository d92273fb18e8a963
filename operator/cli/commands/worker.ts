import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { collectYoungSpaceEarly } from '../../../actors/adapters/system/youngSpace.js';
import { runWorker } from '../../../actors/worker.js';
import { openDataFolder } from '../../../servers/folder.js';
import { CommandError } from '../errors.js';
import { collectAcceptedLoss, option } from '../options.js';
import { openOutput } from '../output.js';
import { requireNats } from '../system/givenServers.js';
import { endWithin, sayReady, startedUnderParent, untilAskedToEnd } from '../system/parent.js';

interface WorkerCommandOptions {
  readonly natsUrl?: string;
  readonly natsSystemUrl?: string;
  readonly redisUrl?: string;
  readonly deployment: string;
  readonly name?: string;
  readonly data?: string;
  readonly archive?: string;
  readonly segmentBytes?: number;
  readonly unitsInMemory?: number;
  readonly acceptLoss?: ReadonlyMap<number, string>;
  readonly json?: boolean;
}

export function addWorker(program: Command): void {
  program
    .command('worker')
    .description(
      'host partitions of a deployment: shares them with the other workers, and takes over from dead ones',
    )
    .addOption(option.natsUrl())
    .addOption(option.natsSystemUrl())
    .addOption(option.redisUrl())
    .addOption(option.deployment())
    .option('--name <name>', 'unique name (default: host, process and a random part)')
    .option('--data <folder>', 'keeps the history, of this worker alone (default: a temporary folder)')
    .addOption(option.archive())
    .addOption(option.segmentBytes())
    .addOption(option.unitsInMemory())
    .option(
      '--accept-loss <partition=reason>',
      'go on although acknowledged frames of this partition are gone; recorded in its journal; repeatable',
      collectAcceptedLoss,
    )
    .addOption(option.json())
    .addHelpText(
      'after',
      '\nExample:\n  $ NATS_URL=nats://a:4222 REDIS_URL=redis://b:6379 emoney worker --data ./worker-1\n',
    )
    .action(work);
}

async function work(options: WorkerCommandOptions): Promise<void> {
  const output = openOutput(options.json === true);
  const { natsUrl, natsSystemUrl, redisUrl, deployment, name, data, archive } = options;
  const { acceptLoss, segmentBytes, unitsInMemory } = options;
  if (natsUrl === undefined || redisUrl === undefined) {
    throw new CommandError(
      'NATS_URL and REDIS_URL are needed (or --nats-url and --redis-url); `emoney up` starts both',
      2,
    );
  }
  collectYoungSpaceEarly();
  const worker = await startedUnderParent(async () => {
    await requireNats(natsUrl);
    if (data !== undefined) await openDataFolder(data);
    return runWorker({
      ...{ natsUrl, natsSystemUrl, redisUrl, deployment, acceptLoss, segmentBytes, unitsInMemory },
      log: stamped(output.say),
      ...(name === undefined ? {} : { worker: name }),
      ...(data === undefined ? {} : { historyDir: join(resolve(data), 'history') }),
      archiveDir: archive ?? (data === undefined ? undefined : join(resolve(data), 'archive')),
    });
  });
  const asked = untilAskedToEnd();
  sayReady({});
  output.document({ worker: worker.name, deployment, pid: process.pid });
  output.say(`worker ${worker.name} of deployment ${deployment} runs; Ctrl-C ends it`);
  output.say(`ending: ${await asked}`);
  await endWithin(() => worker.stop());
}

/** Lines of a log, with their time. */
export function stamped(say: (line: string) => void): (line: string) => void {
  return (line) => {
    say(`${new Date().toISOString()} ${line}`);
  };
}
