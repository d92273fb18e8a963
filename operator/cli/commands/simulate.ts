import type { Command } from 'commander';
import { CommandError } from '../errors.js';
import { namedOption, option } from '../options.js';
import { openOutput } from '../output.js';
import {
  type CreationOptions,
  creationOptions,
  readDemoCreation,
  USUAL_RATE_TEXT,
} from '../system/creation.js';
import { withTarget } from '../system/target.js';
import { EndableLoad } from './load.js';
import { requireCreation, requirePartitions } from './shared.js';
import { runSimulation, simulationOptions, type SimulationCommandOptions } from './simulation.js';
import { runVirtualWorlds, virtualOptions, type VirtualCommandOptions } from './virtual.js';

interface SimulateOptions extends SimulationCommandOptions, CreationOptions, VirtualCommandOptions {
  readonly gateway?: string;
  readonly secret?: string;
  readonly secretFile?: string;
  readonly data?: string;
  readonly partitions?: number;
  readonly json?: boolean;
}

export function addSimulate(program: Command): void {
  const command = program
    .command('simulate')
    .description('let thousands of cards pay at hundreds of terminals, then audit the books');
  for (const each of simulationOptions()) command.addOption(each);
  command
    .addOption(option.gateway())
    .addOption(option.secret())
    .addOption(option.secretFile())
    .addOption(option.data())
    .addOption(option.partitions())
    .addOption(option.json());
  for (const each of [...creationOptions(USUAL_RATE_TEXT), ...virtualOptions()]) command.addOption(each);
  command.addHelpText('after', HELP).action(run);
}

const HELP = `
Uses --gateway, else the system that runs on --data (default: ./data, where npm start keeps its own); else starts one
on --data (default: a temporary folder) and ends it. Exit code 0: verdict pass; 1: fail.

Examples:
  $ emoney simulate --duration 20s                       closed loop, 256 payments open at any time
  $ emoney simulate --rate 2000 --duration 1m --json     open loop, 2,000 arrivals a second
  $ emoney simulate --scenario city                      two days of a city, half a minute each
  $ emoney simulate --virtual --seeds 1..1000            a thousand worlds in which everything goes wrong
  $ emoney simulate --gateway http://10.0.0.5:8080 --secret s3cret --cards 50000 --seed 7
`;

async function run(options: SimulateOptions, command: Command): Promise<void> {
  mustFit(options, command);
  const output = openOutput(options.json === true);
  if (options.virtual === true) {
    await runVirtualWorlds(options, output);
    return;
  }
  const load = new EndableLoad();
  const creation = await readDemoCreation(options);
  const opening = { ...options, creation, log: output.say, beforeEnd: () => load.end() };
  await withTarget(opening, async (target) => {
    await requirePartitions(target, options.partitions);
    await requireCreation(target, creation);
    const report = await load.run((signal) => runSimulation(options, target, output, signal));
    output.document(report);
    if (report.verdict === 'fail') process.exitCode = 1;
  });
}

/** An option of the other kind would be left aside: the load would come upon a system that nobody meant. */
function mustFit({ virtual }: SimulateOptions, command: Command): void {
  const ofWorlds = virtualOptions().map(({ long }) => long);
  if (virtual === true) {
    const others = command.options.filter(({ long }) => long !== '--json' && !ofWorlds.includes(long));
    const stray = namedOption(command, others);
    if (stray !== undefined) throw new CommandError(`--virtual takes no ${stray}`, 2);
    return;
  }
  const stray = namedOption(command, virtualOptions());
  if (stray !== undefined) throw new CommandError(`${stray} needs --virtual`, 2);
}
