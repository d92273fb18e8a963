import { resolve } from 'node:path';
import type { Command } from 'commander';
import { removeData } from '../../../servers/embedded.js';
import { CommandError } from '../errors.js';
import { namedOption, option } from '../options.js';
import { openOutput, type Output } from '../output.js';
import {
  type CreationOptions,
  creationOptions,
  readDemoCreation,
  USUAL_RATE_TEXT,
} from '../system/creation.js';
import { startSystem, type System } from '../system/system.js';
import { endOnSignal } from '../system/signals.js';
import { DEFAULT_DATA } from '../system/target.js';
import { EndableLoad } from './load.js';
import { runSimulation, simulationOptions, type SimulationCommandOptions } from './simulation.js';

interface UpOptions extends SimulationCommandOptions, CreationOptions {
  readonly data: string;
  readonly fresh?: boolean;
  readonly demo?: boolean;
  readonly exit?: boolean;
  readonly partitions?: number;
  readonly deployment: string;
  readonly host: string;
  readonly port: number;
  readonly archive?: string;
  readonly segmentBytes?: number;
  readonly keepSegments?: number;
  readonly json?: boolean;
}

export function addUp(program: Command): void {
  const command = program
    .command('up')
    .description(
      'run a whole system on this machine: nats-server, redis-server, a worker, a gateway, an archiver',
    )
    .addOption(option.data().default(DEFAULT_DATA))
    .option('--fresh', 'delete the data folder first')
    .option('--demo', 'then run the main job: load, report, verdict')
    .option('--exit', 'with --demo: end after the verdict; exit code 0 only if it is pass')
    .addOption(option.partitions())
    .addOption(option.deployment())
    .addOption(option.host().default('127.0.0.1'))
    .addOption(option.port())
    .addOption(option.archive())
    .addOption(option.segmentBytes())
    .addOption(option.keepSegments())
    .addOption(option.json());
  for (const each of creationOptions(USUAL_RATE_TEXT)) command.addOption(each);
  for (const each of simulationOptions()) command.addOption(each.helpGroup('With --demo:'));
  command.addHelpText('after', HELP).action(run);
}

const HELP = `
With NATS_URL or REDIS_URL set, that server is used and not started. Ctrl-C ends in order: drained, checkpointed,
children ended; a second one ends at once. The key under which PINs are hashed is EMONEY_PIN_KEY, else made once and
kept in <data>/pin.key: every gateway of the deployment, also on other machines, needs the same.

What a deployment was created with stays: said again it must be the same. Rate, frequency and fares can be changed later,
from a date that has not begun (\`emoney parameters set\`); currency and time zone never.

Examples:
  $ emoney up                                 until Ctrl-C
  $ emoney up --interest-rate 14.6 --fares fares.csv
                                              interest daily; gates take what the table says
  $ emoney up --demo --exit --duration 5s     start, five seconds of load, verdict, end
  $ emoney up --fresh --demo --exit --scenario city
                                              a new deployment, and two days of a city on it
  $ emoney up --port 8080 --host 0.0.0.0      terminals of other machines connect to port 8080
  $ emoney up --fresh                         begin anew
`;

async function run(options: UpOptions, command: Command): Promise<void> {
  if (options.demo !== true) mustBeWithoutDemo(options, command);
  const output = openOutput(options.json === true);
  const dataDir = resolve(options.data);
  // Before anything is deleted.
  const creation = await readDemoCreation(options);
  if (options.fresh === true) await removeData(dataDir, output.say);
  const { partitions, deployment, host, port, segmentBytes, keepSegments } = options;
  const archiveDir = options.archive === undefined ? undefined : resolve(options.archive);
  const began = performance.now();
  const system = await startSystem({
    ...{ dataDir, partitions, deployment, creation, log: output.say },
    ...{ host, port, archiveDir, segmentBytes, keepSegments },
  });
  const load = new EndableLoad();
  endInOrder(system, load, output);
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  output.say(`ready after ${seconds} s: gateway ${system.gateway}, data in ${dataDir}`);
  try {
    if (options.demo === true) await demonstrate(options, system, load, output);
    else output.document({ gateway: system.gateway, partitions: system.partitions, data: dataDir });
    if (options.exit === true) return;
    output.print(`gateway: ${system.gateway}`);
    output.say('Ctrl-C ends the system');
    // Until a signal ends the process.
    await new Promise(() => undefined);
  } finally {
    await system.stop();
  }
}

async function demonstrate(
  options: UpOptions,
  { gateway, secret, pids }: System,
  load: EndableLoad,
  output: Output,
): Promise<void> {
  const target = { gateway, secret, pids, alone: true };
  const report = await load.run((signal) => runSimulation(options, target, output, signal));
  output.document({ ...report, gateway });
  process.exitCode = report.verdict === 'pass' ? 0 : 1;
}

function mustBeWithoutDemo({ exit }: UpOptions, command: Command): void {
  const stray = exit === true ? '--exit' : namedOption(command, simulationOptions());
  if (stray !== undefined) throw new CommandError(`${stray} needs --demo`, 2);
}

/** A signal, or a system that cannot go on, ends the process. */
function endInOrder(system: System, load: EndableLoad, output: Output): void {
  endOnSignal({
    end: async () => {
      await load.end();
      await system.stop();
    },
    kill: () => {
      system.kill();
    },
    // Ended as it should be, after the verdict if there was to be one: that is no failure.
    exitCode: () => (load.interrupted ? undefined : Number(process.exitCode ?? 0)),
  });
  void system.failed.then(async (reason) => {
    output.say(`emoney: ${reason}`);
    await system.stop();
    process.exit(1);
  });
}
