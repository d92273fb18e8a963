import { mkdtemp, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { Chaos } from '../../../simulator/chaos/chaos.js';
import { IDLE_PER_PARTITION } from '../../../simulator/chaos/idleCards.js';
import { FAULT_KINDS, FAULTS, faultsWith, type FaultKind } from '../../../simulator/chaos/kinds.js';
import { LINK_KINDS } from '../../../simulator/chaos/linkFaults.js';
import { planFaults, roomForEach } from '../../../simulator/chaos/plan.js';
import { chaosReport, type ChaosReport, type LeftOut } from '../../../simulator/chaos/report.js';
import { renderFaults } from '../../../simulator/chaos/reportText.js';
import { OperatorLink } from '../../../simulator/operatorLink.js';
import { renderSimulation, renderVerdict } from '../../../simulator/reportText.js';
import { simulate } from '../../../simulator/simulate.js';
import { JournalDisk, NoDiskError } from '../chaos/journalDisk.js';
import { type Processes, startProcesses } from '../chaos/processes.js';
import { CommandError, describeError } from '../errors.js';
import { integerParser, option, parseDuration, parseRate } from '../options.js';
import { openOutput, type Output } from '../output.js';
import { endOnSignal } from '../system/signals.js';
import { EndableLoad } from './load.js';
import { painter, PhasedProgress, webSocketUrl } from './shared.js';

interface ChaosOptions {
  readonly duration?: number;
  readonly seed: number;
  readonly faults?: readonly FaultKind[];
  readonly nodes: 1 | 3;
  readonly gateways: number;
  readonly rate: number;
  readonly cards: number;
  readonly terminals: number;
  readonly partitions?: number;
  readonly json?: boolean;
}

const DRAIN_MS = 90_000;
/** Of each partition: so few that what nobody uses leaves memory after each checkpoint, however few cards there are. */
const UNITS_IN_MEMORY = 8;
/** Instead of the names of all faults of connections. */
const NETWORK = 'network';

export function addChaos(program: Command): void {
  program
    .command('chaos')
    .description('kill, stop, cut off and rob the processes of a system under load; then audit the books')
    .option('--duration <time>', 'length of the load (default: room for every fault once)', parseDuration)
    .addOption(
      new Option('--seed <n>', 'the same seed gives the same faults, cards and choices')
        .argParser(integerParser(0, 4_294_967_295))
        .default(1),
    )
    .addOption(
      new Option('--faults <a,b,…>', `only these (default: all); ${NETWORK}: all of connections`).argParser(
        parseFaults,
      ),
    )
    .addOption(new Option('--rate <n>', 'arrivals per second').argParser(parseRate).default(200))
    .addOption(new Option('--cards <n>', 'cards').argParser(integerParser(1, 1_000_000)).default(1_000))
    .addOption(new Option('--terminals <n>', 'terminals').argParser(integerParser(2, 100_000)).default(50))
    .addOption(
      new Option('--nodes <n>', 'nats-servers: one, or a cluster of three (R3)')
        .argParser(parseNodes)
        .default(1),
    )
    .addOption(
      new Option('--gateways <n>', 'gateways; a terminal that lost one finds another')
        .argParser(integerParser(1, 4))
        .default(1),
    )
    .addOption(option.partitions())
    .addOption(option.json())
    .addHelpText('after', HELP)
    .action(run);
}

const HELP = `
Starts nats-server, redis-server, two workers and a gateway on a temporary folder, and ends them. Other systems are not
touched. Whatever is killed is started again after a quarter of a second, as a supervisor would do it. Every connection
passes through a proxy of ours, which can delay, throttle, freeze and cut it.

Faults:
${FAULT_KINDS.map(inOneLine).join('\n')}

Exit code 0: every acknowledged payment is in the journals, once, the audit passed, and every target was met; 1: not.
A failure names its seed and keeps the folder. Ctrl-C ends everything in order and keeps nothing.

Examples:
  $ emoney chaos                                       every fault once, in about five minutes
  $ emoney chaos --duration 1h --seed 7 --json
  $ emoney chaos --nodes 3 --faults nats-leader-kill,nats-quorum-loss
  $ emoney chaos --faults worker-kill,worker-stop --duration 2m    only these, as often as there is room for
  $ emoney chaos --faults network                      all faults of connections
  $ emoney chaos --gateways 2 --faults gateway-kill    its terminals go on at the other one
`;

function inOneLine(kind: FaultKind): string {
  const { does, nodes } = FAULTS[kind];
  return `  ${kind.padEnd(24)} ${does}${nodes === 3 ? ' (--nodes 3)' : ''}`;
}

/** @throws InvalidArgumentError */
function parseNodes(text: string): 1 | 3 {
  if (text === '1') return 1;
  if (text === '3') return 3;
  throw new InvalidArgumentError('1 or 3 is expected.');
}

/** @throws InvalidArgumentError, which lists them */
function parseFaults(text: string): readonly FaultKind[] {
  const kinds = text.split(',').flatMap((name) => {
    if (name === NETWORK) return LINK_KINDS;
    const found = FAULT_KINDS.find((kind) => kind === name);
    if (found === undefined)
      throw new InvalidArgumentError(`${name} is none of: ${[NETWORK, ...FAULT_KINDS].join(', ')}.`);
    return [found];
  });
  return [...new Set(kinds)];
}

async function run(options: ChaosOptions): Promise<void> {
  const output = openOutput(options.json === true);
  const { seed, nodes } = options;
  const possible = faultsWith(nodes);
  const faults = options.faults ?? possible;
  const impossible = faults.find((kind) => !possible.includes(kind));
  if (impossible !== undefined)
    throw new CommandError(`${impossible} needs --nodes ${FAULTS[impossible].nodes ?? nodes}`, 2);
  const durationMs = options.duration ?? roomForEach(faults);
  if (planFaults({ seed, durationMs, kinds: faults }).length === 0)
    throw new CommandError('no fault has room in so short a --duration', 2);
  const folder = await mkdtemp(join(tmpdir(), 'emoney-chaos-'));
  const load = new EndableLoad();
  const starting = started(options, faults, folder, output);
  endInOrder(starting, folder, load, output);
  let passed = false;
  try {
    const { processes, kinds, leftOut } = await starting;
    load.signal.throwIfAborted();
    const plan = planFaults({ seed, durationMs, kinds });
    const working = load.run((signal) =>
      disturbed(options, { durationMs, plan, leftOut }, processes, output, signal),
    );
    const report = await Promise.race([working, processes.failed]).finally(async () => {
      // Who ended it by a signal stops them, in its time.
      if (!load.signal.aborted) await processes.stop();
    });
    passed = report.verdict === 'pass';
    output.document(report);
  } finally {
    if (!load.signal.aborted) await leave(folder, passed, seed, output);
  }
  if (!passed) process.exitCode = 1;
}

async function leave(folder: string, passed: boolean, seed: number, output: Output): Promise<void> {
  if (passed) {
    await rm(folder, { recursive: true, force: true });
    return;
  }
  // Empty: nothing was started.
  await rmdir(folder).catch(() => {
    output.say(`seed ${seed}; journals and logs are kept in ${folder}`);
  });
}

/** Ctrl-C, also while everything is being started: an interrupted run has shown nothing, so nothing is kept of it. */
function endInOrder(starting: Promise<Started>, folder: string, load: EndableLoad, output: Output): void {
  let processes: Processes | undefined;
  starting.then(
    (started) => (processes = started.processes),
    () => undefined,
  );
  const kept = (): void => {
    output.say(`journals and logs are kept in ${folder}`);
  };
  endOnSignal({
    end: async () => {
      try {
        await load.end();
        await starting.catch(() => undefined);
        await processes?.stop();
        await rm(folder, { recursive: true, force: true });
        output.say('ended before there was a verdict: nothing is kept');
      } catch (error) {
        output.say(`emoney: ${describeError(error)}`);
        kept();
      }
    },
    kill: () => {
      processes?.end();
      kept();
    },
  });
}

interface Started extends Possible {
  readonly processes: Processes;
}

async function started(
  options: ChaosOptions,
  faults: readonly FaultKind[],
  folder: string,
  output: Output,
): Promise<Started> {
  const { partitions, nodes, gateways } = options;
  const possible = await possibleHere(faults, folder);
  for (const { kind, reason } of possible.leftOut) output.say(`left out: ${kind} (${reason})`);
  output.say(`starting ${inWords(options)} on ${folder}`);
  const dataDir = join(folder, 'system');
  const { disk } = possible;
  const processes = await startProcesses({
    ...{ dataDir, partitions, nodes, gateways, disk, log: output.say },
    unitsInMemory: UNITS_IN_MEMORY,
  });
  return { ...possible, processes };
}

interface Possible {
  readonly kinds: readonly FaultKind[];
  readonly disk: JournalDisk | undefined;
  readonly leftOut: readonly LeftOut[];
}

/** Without those that this machine cannot make; a disk that can be filled, if it is to be. */
async function possibleHere(faults: readonly FaultKind[], folder: string): Promise<Possible> {
  if (!faults.includes('nats-disk-full')) return { kinds: faults, disk: undefined, leftOut: [] };
  try {
    return { kinds: faults, disk: await JournalDisk.mount(folder), leftOut: [] };
  } catch (error) {
    if (!(error instanceof NoDiskError)) throw error;
    const kinds = faults.filter((kind) => kind !== 'nats-disk-full');
    if (kinds.length === 0) throw new CommandError(error.message);
    return { kinds, disk: undefined, leftOut: [{ kind: 'nats-disk-full', reason: error.message }] };
  }
}

function inWords({ nodes, gateways }: ChaosOptions): string {
  const servers = nodes === 1 ? 'nats-server' : `${nodes} nats-servers`;
  return `${servers}, redis-server, two workers and ${gateways === 1 ? 'a gateway' : `${gateways} gateways`}`;
}

interface Course {
  readonly durationMs: number;
  readonly plan: ReturnType<typeof planFaults>;
  readonly leftOut: readonly LeftOut[];
}

async function disturbed(
  { seed, cards, terminals, rate }: ChaosOptions,
  { durationMs, plan, leftOut }: Course,
  system: Processes,
  output: Output,
  signal: AbortSignal,
): Promise<ChaosReport> {
  const target = { url: webSocketUrl(system.gateway), secret: system.secret };
  const operator = await OperatorLink.open({ ...target, url: webSocketUrl(system.operatorGateway) });
  const progress = new PhasedProgress();
  const chaos = new Chaos({
    ...{ plan, system, operator },
    onFault: (fault) => {
      // With its time: the logs of the processes have theirs.
      output.say(`${new Date().toISOString()} ${fault.kind}: ${fault.target}`);
    },
  });
  try {
    const simulation = await simulate({
      ...target,
      ...{ scenario: 'payments', seed, cards, terminals, durationMs, alone: true, signal },
      pace: { kind: 'rate', rate },
      idleCards: IDLE_PER_PARTITION * system.partitions,
      drainWithinMs: DRAIN_MS,
      cpu: () => ({}),
      disturbance: chaos,
      onProgress: ({ phase, done, total, note }) => {
        progress.update(phase, done, total, note);
      },
    });
    progress.end();
    const report = chaosReport(simulation, chaos.seen, leftOut);
    const paint = painter(output);
    output.print([renderSimulation(report, paint), '', renderFaults(report, paint)].join('\n'));
    output.print(renderVerdict(report, paint));
    return report;
  } finally {
    progress.end();
    await operator.close();
  }
}
