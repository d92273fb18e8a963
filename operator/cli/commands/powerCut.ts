import { type Command, Option } from 'commander';
import { Cutter, type MadeCut } from '../../../simulator/powerCut/cutter.js';
import { planCuts } from '../../../simulator/powerCut/plan.js';
import { powerCutReport, type Examined, type PowerCutReport } from '../../../simulator/powerCut/report.js';
import { renderCuts } from '../../../simulator/powerCut/reportText.js';
import { renderSimulation } from '../../../simulator/reportText.js';
import { simulate } from '../../../simulator/simulate.js';
import type { RedisSync } from '../../../servers/redis.js';
import type { Processes } from '../chaos/processes.js';
import { CommandError } from '../errors.js';
import { integerParser, option, parseDuration, parseRate } from '../options.js';
import { openOutput, type Output } from '../output.js';
import { Cuttable } from '../powerCut/cuttable.js';
import { Disk } from '../powerCut/disk.js';
import { missingForPowerCuts } from '../powerCut/needs.js';
import { FOLDER, runInOwnMounts } from '../powerCut/ownMounts.js';
import { endOnSignal } from '../system/signals.js';
import { EndableLoad } from './load.js';
import { painter, PhasedProgress, webSocketUrl } from './shared.js';

interface PowerCutOptions {
  readonly duration: number;
  readonly copies: number;
  /** commander's `--no-shutdown`. */
  readonly shutdown: boolean;
  readonly control?: boolean;
  readonly redisSync: RedisSync;
  readonly segmentBytes: number;
  readonly seed: number;
  readonly rate: number;
  readonly cards: number;
  readonly terminals: number;
  readonly partitions?: number;
  readonly json?: boolean;
}

const DRAIN_MS = 90_000;
/** Of each journal, some are closed and begun in every second of the load. */
const SEGMENT_BYTES = 50_000;
/** As soon as the system serves: nothing that came later has taken its new streams to the disk. */
const CREATION: MadeCut = { cut: 0, kind: 'creation', atMs: 0, replies: 0, awayMs: undefined };

export function addPowerCut(program: Command): void {
  program
    .command('power-cut')
    .description('cut the power of the disk under a system at random moments; then audit what is left')
    .addOption(
      new Option('--copies <n>', 'moments at which the disk is put aside as a failure would leave it')
        .argParser(integerParser(0, 1_000))
        .default(10),
    )
    .option('--no-shutdown', 'do not end with a failure of the system under load, which then goes on')
    .addOption(
      new Option('--duration <time>', 'length of the load').argParser(parseDuration).default(20_000, '20s'),
    )
    .option('--control', 'nats-server without fsync: passes if losses are seen')
    .addOption(
      new Option('--redis-sync <when>', 'when Redis writes to its disk: snapshots may be older than journals')
        .choices(['always', 'everysec', 'no'])
        .default('always'),
    )
    .addOption(
      new Option('--segment-bytes <n>', 'a journal goes on in another segment after so many bytes')
        .argParser(integerParser(1, Number.MAX_SAFE_INTEGER))
        .default(SEGMENT_BYTES),
    )
    .addOption(
      new Option('--seed <n>', 'the same seed gives the same moments, cards and choices')
        .argParser(integerParser(0, 4_294_967_295))
        .default(1),
    )
    .addOption(new Option('--rate <n>', 'arrivals per second').argParser(parseRate).default(200))
    .addOption(new Option('--cards <n>', 'cards').argParser(integerParser(1, 1_000_000)).default(500))
    .addOption(new Option('--terminals <n>', 'terminals').argParser(integerParser(2, 100_000)).default(50))
    .addOption(option.partitions())
    .addOption(option.json())
    .addHelpText('after', HELP)
    .action(runOnce);
}

const HELP = `
What was not fsynced when the power failed is gone, the page cache too, which kill -9 cannot show. Starts nats-server,
redis-server, two workers and a gateway on a disk of its own (ext4 on a loop device), and puts that disk aside at random
moments of the load. At the end it cuts the disk's power under the system (the file system is shut down without writing
its log), kills every process, mounts the disk again, starts everything, and the terminals go on. Then it starts a
system on each disk that was put aside, and compares its journals with every answer that had come before.

Needs root, and the tools of XFS. What it mounts no other process sees; it is gone when the command has ended.

Columns: acknowledged: transactions of which a terminal had been told before the cut; recovered: transactions in the
journals; segments: in which they stand; lost: what was told of them is not there as it was told; doubled: they took effect twice; serves after: from
the start of the servers until every partition is served.
Exit code 0: nothing is lost or doubled, and every audit passed; with --control: losses were seen; 1: not.

Examples:
  $ sudo emoney power-cut                          ten copies and a failure, in some two minutes
  $ sudo emoney power-cut --copies 100 --duration 5m --seed 7 --json
  $ sudo emoney power-cut --redis-sync no          snapshots are older than journals: still nothing is lost
  $ sudo emoney power-cut --control                without fsync: it must see what is lost
`;

async function runOnce(options: PowerCutOptions): Promise<void> {
  const folder = process.env[FOLDER];
  if (folder !== undefined) {
    await run(options, folder);
    return;
  }
  if (options.copies === 0 && !options.shutdown)
    throw new CommandError('--copies 0 and --no-shutdown leave no cut to make', 2);
  const missing = await missingForPowerCuts();
  if (missing !== undefined) throw new CommandError(missing);
  process.exitCode = await runInOwnMounts();
}

async function run(options: PowerCutOptions, folder: string): Promise<void> {
  const output = openOutput(options.json === true);
  const { partitions, redisSync } = options;
  const control = options.control === true;
  const disk = await Disk.make(folder);
  const system = new Cuttable({
    ...{ disk, partitions, redisSync, log: output.say, natsSync: control ? 'interval' : 'always' },
    // Without fsync new streams would be missing, not only frames.
    segmentBytes: control ? undefined : options.segmentBytes,
  });
  const load = new EndableLoad();
  const clear = async (): Promise<void> => {
    await system.end();
    await disk.remove();
  };
  endOnSignal({
    end: async () => {
      await load.end();
      await clear();
    },
    // The disks vanish with the last process that sees them.
    kill: () => undefined,
  });
  let report: PowerCutReport;
  try {
    report = await load.run((signal) => cut(options, system, output, signal));
  } finally {
    await clear();
  }
  output.document(report);
  if (report.verdict === 'fail') process.exitCode = 1;
}

async function cut(
  options: PowerCutOptions,
  system: Cuttable,
  output: Output,
  signal: AbortSignal,
): Promise<PowerCutReport> {
  const control = options.control === true;
  output.say('starting two servers, two workers and a gateway on a disk of their own');
  const running = await system.start();
  if (control) await system.syncStreams();
  else await system.copy(CREATION.cut);
  // Without fsync nothing would come back.
  const shutdown = options.shutdown && !control;
  const { seed, copies, duration: durationMs } = options;
  const cutter = new Cutter({
    plan: planCuts({ seed, durationMs, copies, shutdown }),
    target: system,
    onCut: (number, kind) => {
      output.say(`${new Date().toISOString()} cut ${number}: ${kind}`);
    },
  });
  const simulation = await loaded(options, running, cutter, signal);
  await system.end();
  const examined: Examined[] = [];
  for (const made of control ? cutter.made : [CREATION, ...cutter.made]) {
    signal.throwIfAborted();
    output.say(`starting what cut ${made.cut} has left`);
    examined.push(await system.examine(made, cutter.toldBefore(made), !control));
  }
  const report = powerCutReport({ control, examined, simulation });
  const paint = painter(output);
  output.print([renderSimulation(simulation, paint), '', renderCuts(report, paint)].join('\n'));
  const { verdict, reason } = report;
  output.print(
    `verdict: ${paint(verdict, verdict === 'pass' ? 'good' : 'bad')}${reason === '' ? '' : ` (${reason})`}`,
  );
  return report;
}

async function loaded(
  { seed, cards, terminals, rate, duration: durationMs }: PowerCutOptions,
  running: Processes,
  disturbance: Cutter,
  signal: AbortSignal,
): ReturnType<typeof simulate> {
  const progress = new PhasedProgress();
  try {
    return await simulate({
      ...{ url: webSocketUrl(running.gateway), secret: running.secret, signal, alone: true },
      ...{ scenario: 'payments', seed, cards, terminals, durationMs, disturbance },
      pace: { kind: 'rate', rate },
      drainWithinMs: DRAIN_MS,
      cpu: () => ({}),
      onProgress: ({ phase, done, total, note }) => {
        progress.update(phase, done, total, note);
      },
    });
  } finally {
    progress.end();
  }
}
