/** One run of the simulator, as `simulate` and `up --demo` make it. */
import { InvalidArgumentError, Option } from 'commander';
import type { Pace } from '../../../simulator/arrivals.js';
import { simulate, type SimulationOptions } from '../../../simulator/simulate.js';
import type { SimulationReport } from '../../../simulator/report.js';
import { renderSimulation, renderVerdict } from '../../../simulator/reportText.js';
import { SCENARIOS, type ScenarioName } from '../../../simulator/scenario.js';
import { integerParser, parseDuration, parseRate } from '../options.js';
import type { Output } from '../output.js';
import { cpuMicrosOf } from '../system/cpu.js';
import type { Pids } from '../system/systemFile.js';
import { painter, PhasedProgress, webSocketUrl } from './shared.js';

export interface SimulationCommandOptions {
  readonly scenario: ScenarioName;
  readonly cards?: number;
  readonly terminals?: number;
  readonly duration?: number;
  readonly rate?: number;
  readonly inFlight?: number;
  readonly seed: number;
  readonly drain: number;
}

interface Usual {
  readonly cards: number;
  readonly terminals: number;
  readonly durationMs: number;
  readonly pace: Pace;
}

const IN_FLIGHT = 256;

/** What a scenario is played with where nothing is said. Of a city: two days and their nights. */
const USUAL: Readonly<Record<ScenarioName, Usual>> = {
  payments: {
    cards: 5_000,
    terminals: 200,
    durationMs: 20_000,
    pace: { kind: 'inFlight', inFlight: IN_FLIGHT },
  },
  city: { cards: 1_000, terminals: 60, durationMs: 66_000, pace: { kind: 'rate', rate: 150 } },
};

export const simulationOptions = (): Option[] => [
  new Option(
    '--scenario <name>',
    'payments: all kinds mixed, as fast as it goes; city: days in compressed time, with gates, shops, loans, settlement and interest',
  )
    .argParser(parseScenario)
    .default('payments'),
  new Option('--cards <n>', `cards (default: 5000; city: ${USUAL.city.cards})`).argParser(
    integerParser(1, 10_000_000),
  ),
  new Option(
    '--terminals <n>',
    `terminals; up to 1000 have a connection each (default: 200; city: ${USUAL.city.terminals})`,
  ).argParser(integerParser(2, 1_000_000)),
  new Option('--duration <time>', 'length of the load (default: 20s; city: 66s)').argParser(parseDuration),
  new Option(
    '--rate <n>',
    'open loop: arrivals per second; latency counts from the intended start (city: 150)',
  )
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

/** @throws InvalidArgumentError, which lists them */
export function parseScenario(text: string): ScenarioName {
  const found = SCENARIOS.find((name) => name === text);
  if (found === undefined) throw new InvalidArgumentError(`must be one of: ${SCENARIOS.join(', ')}`);
  return found;
}

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
  const { scenario, seed } = options;
  const usual = USUAL[scenario];
  const simulation: SimulationOptions = {
    ...{ scenario, seed },
    cards: options.cards ?? usual.cards,
    terminals: options.terminals ?? usual.terminals,
    url: webSocketUrl(target.gateway),
    secret: target.secret,
    durationMs: options.duration ?? usual.durationMs,
    pace: paceOf(options) ?? usual.pace,
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

function paceOf({ rate, inFlight }: SimulationCommandOptions): Pace | undefined {
  if (rate !== undefined) return { kind: 'rate', rate };
  return inFlight === undefined ? undefined : { kind: 'inFlight', inFlight };
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
