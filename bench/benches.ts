/** All benches, in the order in which they run. */
import { type Baselines, measureBaselines } from './baselines/baselines.js';
import type { Bench, BenchOptions, BenchResult } from './bench.js';
import { benchEngine } from './engine/engine.js';
import { baselinesJson, baselinesText, engineJson, engineText } from './engine/present.js';
import { benchFull } from './full/full.js';
import { benchInterest, type InterestReport } from './interest/interest.js';
import { interestPlots, interestText, isExact } from './interest/present.js';
import { measureGrowth } from './growth/growth.js';
import { growthResult } from './growth/present.js';
import { measureHot } from './hot/hot.js';
import { hotResult } from './hot/present.js';
import { measureMicro } from './micro/micro.js';
import { microResult } from './micro/present.js';
import { ratesResult } from './rates/present.js';
import { measureRates } from './rates/rates.js';
import { recoveryResult } from './recovery/present.js';
import { measureRecovery } from './recovery/recovery.js';
import { scaleOutResult } from './scaleOut/present.js';
import { measureScaleOut } from './scaleOut/scaleOut.js';
import { stagesResult } from './stages/present.js';
import { measureStages } from './stages/stages.js';
import { measureSweep } from './sweep/sweep.js';
import { sweepResult } from './sweep/present.js';
import { isClean, throughputJson, throughputTable } from './support/throughputText.js';

const OPEN_LOOP_RATE = 1_000;

export const benches: ReadonlyMap<string, Bench> = new Map<string, Bench>([
  ['baselines', baselines],
  ['micro', async (options) => microResult(await measureMicro(options), options.colors)],
  ['engine', engine],
  ['sweep', async (options) => sweepResult(await measureSweep(options), options.colors)],
  ['stages', async (options) => stagesResult(await measureStages(options), options.colors)],
  ['full', full],
  ['rates', async (options) => ratesResult(await measureRates(options), options.colors)],
  ['hot', async (options) => hotResult(await measureHot(options), options.colors)],
  ['growth', async (options) => growthResult(await measureGrowth(options), options.colors)],
  ['recovery', async (options) => recoveryResult(await measureRecovery(options), options.colors)],
  ['scaleOut', async (options) => scaleOutResult(await measureScaleOut(options), options.colors)],
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
