/** One run of the simulator, as `simulate` and `up --demo` make it. */
import { Option } from 'commander';
import { simulate, type SimulationOptions } from '../../../simulator/simulate.js';
import type { SimulationReport } from '../../../simulator/report.js';
import { renderSimulation, renderVerdict } from '../../../simulator/reportText.js';
import { integerParser, parseDuration, parseRate } from '../options.js';
import type { Output } from '../output.js';
import { cpuMicrosOf } from '../system/cpu.js';
import type { Pids } from '../system/systemFile.js';
import { painter, PhasedProgress, webSocketUrl } from './shared.js';

export interface SimulationCommandOptions {
  readonly cards: number;
  readonly terminals: number;
  readonly duration: number;
  readonly rate?: number;
  readonly inFlight?: number;
  readonly seed: number;
  readonly drain: number;
}

const IN_FLIGHT = 256;

export const simulationOptions = (duration: string): Option[] => [
  new Option('--cards <n>', 'cards').argParser(integerParser(1, 10_000_000)).default(5_000),
  new Option('--terminals <n>', 'terminals; up to 1000 have a connection each')
    .argParser(integerParser(2, 1_000_000))
    .default(200),
  new Option('--duration <time>', 'length of the load')
    .argParser(parseDuration)
    .default(parseDuration(duration), duration),
  new Option('--rate <n>', 'open loop: arrivals per second; latency counts from the intended start')
    .argParser(parseRate)
    .conflicts('inFlight'),
  new Option(
    '--in-flight <n>',
    `closed loop: payments that are open at any time (default: ${IN_FLIGHT})`,
  ).argParser(integerParser(1, 1_000_000)),
  new Option('--seed <n>', 'the same seed gives the same cards and the same choices')
    .argParser(integerParser(0, 4_294_967_295))
    .default(1),
  new Option('--drain <time>', 'answers that are still missing this long after the load are errors')
    .argParser(parseDuration)
    .default(60_000, '60s'),
];

export interface SimulationTarget {
  readonly gateway: string;
  readonly secret: string;
  readonly pids: () => Pids;
  /** Nobody else uses the system. */
  readonly alone: boolean;
}

/** Runs, shows progress, prints the report and the verdict (not the JSON document). */
export async function runSimulation(
  options: SimulationCommandOptions,
  target: SimulationTarget,
  output: Output,
  signal?: AbortSignal,
): Promise<SimulationReport> {
  const progress = new PhasedProgress();
  const { cards, terminals, seed, rate, inFlight = IN_FLIGHT } = options;
  const simulation: SimulationOptions = {
    ...{ cards, terminals, seed },
    url: webSocketUrl(target.gateway),
    secret: target.secret,
    durationMs: options.duration,
    pace: rate === undefined ? { kind: 'inFlight', inFlight } : { kind: 'rate', rate },
    drainWithinMs: options.drain,
    alone: target.alone,
    cpu: () => cpuOf(target.pids()),
    onProgress: ({ phase, done, total, note }) => {
      progress.update(phase, done, total, note);
    },
    ...(signal === undefined ? {} : { signal }),
  };
  try {
    const report = await simulate(simulation);
    progress.end();
    const paint = painter(output);
    output.print(renderSimulation(report, paint));
    output.print(renderVerdict(report, paint));
    return report;
  } finally {
    progress.end();
  }
}

function cpuOf(pids: Pids): Record<string, number> {
  const own = { ...pids, simulator: process.pid };
  return Object.fromEntries(
    Object.entries(own).flatMap(([name, pid]) => {
      const micros = cpuMicrosOf(pid);
      return micros === undefined ? [] : [[name, micros]];
    }),
  );
}
