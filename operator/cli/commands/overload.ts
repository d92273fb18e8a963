import { type Command, InvalidArgumentError, Option } from 'commander';
import { overload } from '../../../simulator/overload/overload.js';
import type { OverloadReport } from '../../../simulator/overload/report.js';
import { renderOverload, renderOverloadVerdict } from '../../../simulator/overload/reportText.js';
import { CommandError } from '../errors.js';
import { integerParser, option, parseDuration, parseRate } from '../options.js';
import { openOutput, type Output } from '../output.js';
import { memoryMiBOf } from '../system/memory.js';
import { slowDown } from '../system/slowdown.js';
import { withTarget, type Target } from '../system/target.js';
import { EndableLoad } from './load.js';
import { painter, PhasedProgress, requirePartitions, webSocketUrl } from './shared.js';

interface OverloadCommandOptions {
  readonly gateway?: string;
  readonly secret?: string;
  readonly secretFile?: string;
  readonly data?: string;
  readonly partitions?: number;
  readonly json?: boolean;
  readonly factor: number;
  readonly slow?: number;
  readonly normal: number;
  readonly part: number;
  readonly inFlight: number;
  readonly cards: number;
  readonly terminals: number;
  readonly seed: number;
}

export function addOverload(program: Command): void {
  program
    .command('overload')
    .description('offer several times what a system can carry; see what it refuses, and how the rest fares')
    .addOption(new Option('--factor <n>', 'times the capacity').argParser(parseRate).default(5))
    .addOption(
      new Option('--normal <share>', 'of the capacity, before and after').argParser(parseRate).default(0.7),
    )
    .addOption(
      new Option('--part <time>', 'length of each part').argParser(parseDuration).default(10_000, '10s'),
    )
    .addOption(
      new Option('--in-flight <n>', 'payments that are open while the capacity is measured')
        .argParser(integerParser(1, 100_000))
        .default(256),
    )
    .addOption(new Option('--cards <n>', 'cards').argParser(integerParser(1, 1_000_000)).default(2_000))
    .addOption(
      new Option('--terminals <n>', 'terminals; up to 1000 have a connection each')
        .argParser(integerParser(1, 100_000))
        .default(400),
    )
    .addOption(
      new Option('--seed <n>', 'the same seed gives the same cards and choices')
        .argParser(integerParser(0, 4_294_967_295))
        .default(1),
    )
    .addOption(
      new Option('--slow <share>', 'leave the worker only this share of its processor time').argParser(
        parseShare,
      ),
    )
    .addOption(option.gateway())
    .addOption(option.secret())
    .addOption(option.secretFile())
    .addOption(option.data())
    .addOption(option.partitions())
    .addOption(option.json())
    .addHelpText('after', HELP)
    .action(run);
}

const HELP = `
Measures the capacity (closed loop), then offers payments at a normal rate, at so many times the capacity, and at the
normal rate again (open loop: they begin at times of their own). Who is refused goes away.

Where the load generator shares the processors with the system, it would starve it by itself: --slow 0.1 stops the worker
for nine tenths of the time, so that five times what it can carry is still little for everybody else.

Uses --gateway, else the system that runs on --data (default: ./data); else starts one on a temporary folder.
Exit code 0: what exceeded the capacity was refused with OVERLOADED and a hint, the rest took at most five times as
long as before, memory stayed bounded, soon afterwards everything was as before, and the audit passed; 1: not.

Examples:
  $ emoney overload --slow 0.1
  $ emoney overload --factor 10 --part 30s --json
`;

/** @throws InvalidArgumentError */
function parseShare(text: string): number {
  const share = parseRate(text);
  if (share < 1) return share;
  throw new InvalidArgumentError('A share above 0 and below 1 is expected, such as 0.1.');
}

async function run(options: OverloadCommandOptions): Promise<void> {
  const output = openOutput(options.json === true);
  const load = new EndableLoad();
  const opening = { ...options, log: output.say, beforeEnd: () => load.end() };
  await withTarget(opening, async (target) => {
    await requirePartitions(target, options.partitions);
    const report = await load.run((signal) => overloaded(options, target, output, signal));
    output.document(report);
    if (report.verdict === 'fail') process.exitCode = 1;
  });
}

async function overloaded(
  { factor, slow, normal, part, inFlight, cards, terminals, seed }: OverloadCommandOptions,
  { gateway, secret, alone, pids }: Target,
  output: Output,
  signal: AbortSignal,
): Promise<OverloadReport> {
  const progress = new PhasedProgress();
  const { worker } = pids();
  if (slow !== undefined && worker === undefined)
    throw new CommandError('--slow needs a system of which the worker runs on this machine', 2);
  const letRun = slow === undefined || worker === undefined ? undefined : slowDown(worker, slow);
  try {
    const report = await overload({
      ...{ url: webSocketUrl(gateway), secret, alone, signal },
      ...{ factor, normal, inFlight, cards, terminals, seed, partMs: part },
      memory: () => memoryOf(pids()),
      onProgress: (phase, done, total, note) => {
        progress.update(phase, done, total, note);
      },
    });
    progress.end();
    const paint = painter(output);
    output.print(renderOverload(report, paint));
    output.print(renderOverloadVerdict(report, paint));
    return report;
  } finally {
    progress.end();
    await letRun?.();
  }
}

function memoryOf(pids: ReturnType<Target['pids']>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(pids).flatMap(([name, pid]) => {
      const size = memoryMiBOf(pid);
      return size === undefined ? [] : [[name, size]];
    }),
  );
}
