import { resolve } from 'node:path';
import type { Command } from 'commander';
import { removeData } from '../../../servers/embedded.js';
import { CommandError } from '../errors.js';
import { option } from '../options.js';
import { openOutput, type Output } from '../output.js';
import { startSystem, type System } from '../system/system.js';
import { DEFAULT_DATA, endOnSignal } from '../system/target.js';
import { runSimulation, simulationOptions, type SimulationCommandOptions } from './simulation.js';

interface UpOptions extends SimulationCommandOptions {
  readonly data: string;
  readonly fresh?: boolean;
  readonly demo?: boolean;
  readonly exit?: boolean;
  readonly partitions?: number;
  readonly deployment: string;
  readonly json?: boolean;
}

export function addUp(program: Command): void {
  const command = program
    .command('up')
    .description('run a whole system on this machine: nats-server, redis-server, a worker, a gateway')
    .addOption(option.data().default(DEFAULT_DATA))
    .option('--fresh', 'delete the data folder first')
    .option('--demo', 'then run the main job: load, report, verdict')
    .option('--exit', 'with --demo: end after the verdict; exit code 0 only if it is pass')
    .addOption(option.partitions())
    .addOption(option.deployment())
    .addOption(option.json());
  for (const each of simulationOptions('20s')) command.addOption(each.helpGroup('With --demo:'));
  command.addHelpText('after', HELP).action(run);
}

const HELP = `
With NATS_URL or REDIS_URL set, that server is used and not started. Ctrl-C ends in order: drained, checkpointed,
children ended; a second one ends at once.

Examples:
  $ emoney up                                 until Ctrl-C
  $ emoney up --demo --exit --duration 5s     start, five seconds of load, verdict, end
  $ emoney up --fresh                         begin anew
`;

async function run(options: UpOptions): Promise<void> {
  if (options.exit === true && options.demo !== true) throw new CommandError('--exit needs --demo', 2);
  const output = openOutput(options.json === true);
  const dataDir = resolve(options.data);
  if (options.fresh === true) await removeData(dataDir, output.say);
  const { partitions, deployment } = options;
  const began = performance.now();
  const system = await startSystem({ dataDir, partitions, deployment, log: output.say });
  const ended = untilEnded(system, output);
  output.say(
    `ready after ${((performance.now() - began) / 1_000).toFixed(1)} s: gateway ${system.gateway}, data in ${dataDir}`,
  );
  try {
    if (options.demo === true) await demonstrate(options, system, output);
    else output.document({ gateway: system.gateway, partitions: system.partitions, data: dataDir });
    if (options.exit === true) return;
    output.print(`gateway: ${system.gateway}`);
    output.say('Ctrl-C ends the system');
    await ended;
  } finally {
    await system.stop();
  }
}

async function demonstrate(options: UpOptions, system: System, output: Output): Promise<void> {
  const { gateway, secret, pids } = system;
  const report = await runSimulation(options, { gateway, secret, pids, alone: true }, output);
  output.document({ ...report, gateway });
  if (report.verdict === 'fail') process.exitCode = 1;
}

/** Resolves never; a signal, or a system that cannot go on, ends the process in order. */
function untilEnded(system: System, output: Output): Promise<never> {
  endOnSignal(
    () => system.stop(),
    () => {
      system.kill();
    },
  );
  void system.failed.then(async (reason) => {
    output.say(`emoney: ${reason}`);
    await system.stop();
    process.exit(1);
  });
  return new Promise(() => undefined);
}
