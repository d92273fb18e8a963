/** All benches, in the order in which they run. */
import type { Output } from '../operator/cli/output.js';
import { type Baselines, measureBaselines } from './baselines/baselines.js';
import { benchEngine } from './engine/engine.js';
import { baselinesJson, baselinesText, engineJson, engineText } from './engine/present.js';
import { benchFull } from './full/full.js';
import { benchInterest, type InterestReport } from './interest/interest.js';
import { interestPlots, interestText, isExact } from './interest/present.js';
import { isClean, throughputJson, throughputTable } from './support/throughputText.js';

export interface BenchOptions {
  /** Of each measurement. */
  readonly seconds: number;
  readonly cards: number;
  readonly borrowers: number;
  /** Payments a second while interest is charged. */
  readonly rate: number;
  /** Whether there is an interest run in whose middle the worker is killed. */
  readonly kill: boolean;
  readonly log: (line: string) => void;
  readonly colors: Output['colors'];
}

export interface BenchResult {
  /** For people. */
  readonly text: string;
  /** Its part of the document. */
  readonly json: Readonly<Record<string, unknown>>;
  /** SVG, by the name of its file. */
  readonly plots?: Readonly<Record<string, string>>;
  /** False: what was measured is wrong, not only slow. */
  readonly ok: boolean;
}

const OPEN_LOOP_RATE = 1_000;

export type Bench = (options: BenchOptions) => Promise<BenchResult>;

export const benches: ReadonlyMap<string, Bench> = new Map<string, Bench>([
  ['baselines', baselines],
  ['engine', engine],
  ['full', full],
  ['interest', interest],
]);

/** Measured once in a run: what is compared was measured in the same minutes. */
let measured: Promise<Baselines> | undefined;

async function baselinesOf(options: BenchOptions): Promise<Baselines> {
  measured ??= measureBaselines(options);
  return measured;
}

async function baselines(options: BenchOptions): Promise<BenchResult> {
  const found = await baselinesOf(options);
  const all = Object.values(found).flatMap(({ raw, packed, redis }) => [raw, packed, redis]);
  return {
    text: baselinesText(found, options.colors),
    json: { baselines: baselinesJson(found) },
    ok: isClean(all),
  };
}

async function engine(options: BenchOptions): Promise<BenchResult> {
  const beside = await baselinesOf(options);
  const found = await benchEngine(options);
  return {
    text: engineText(found, beside, options.colors),
    json: { engine: engineJson(found, beside), baselines: baselinesJson(beside) },
    ok: isClean(Object.values(found)),
  };
}

async function full(options: BenchOptions): Promise<BenchResult> {
  const { connections1000, connections200x4 } = await benchFull(options);
  const rows = [
    ['1,000 connections, one open each', connections1000],
    ['200 connections, four open each', connections200x4],
  ] as const;
  return {
    text: `full path: one payment a WebSocket message\n\n${throughputTable(rows, options.colors)}`,
    json: {
      full: {
        connections1000: throughputJson(connections1000),
        connections200x4: throughputJson(connections200x4),
      },
    },
    ok: isClean([connections1000, connections200x4]),
  };
}

async function interest(options: BenchOptions): Promise<BenchResult> {
  const report = await benchInterest(options);
  return {
    text: interestText(report, options.colors),
    json: { interest: report, ...openLoop(report) },
    plots: interestPlots(report),
    ok: isExact(report),
  };
}

/** Latency at 1,000 payments a second while checkpoints run and an interest run passes. */
function openLoop({ ratePerSecond, plain }: InterestReport): Readonly<Record<string, unknown>> {
  if (ratePerSecond !== OPEN_LOOP_RATE) return {};
  const { p50Ms, p99Ms, p999Ms } = plain.overall;
  return { openLoop1000: { p50Ms, p99Ms, p999Ms } };
}
