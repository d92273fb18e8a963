/** An open loop through the gateway at rising rates: latency against rate, and over time while checkpoints are written. */
import {
  connectTills,
  HOLDING,
  issueCards,
  operatorOf,
  registerTerminals,
  type Tills,
} from '../support/stage.js';
import type { Latency } from '../support/latencies.js';
import { OpenLoop } from '../support/openLoop.js';
import { startBenchSystem, type BenchSystem } from '../support/system.js';
import { watchCheckpoints, type CheckpointMark } from './checkpoints.js';
import { pass } from '../support/pass.js';

export interface RatesOptions {
  readonly cards: number;
  readonly seconds: number;
  readonly log: (line: string) => void;
}

export interface RatesReport {
  readonly points: readonly RatePoint[];
  /** The first rate that the system did not keep; undefined: it kept all. */
  readonly brokenAt: number | undefined;
  readonly timeline: Timeline;
}

export interface RatePoint {
  /** Payments a second, as offered. */
  readonly rate: number;
  readonly latency: Latency;
}

/** At TIMELINE_RATE. */
export interface Timeline {
  readonly steps: readonly (Latency & { /** Seconds. */ readonly at: number })[];
  readonly checkpoints: readonly CheckpointMark[];
}

export const RATES = [250, 500, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000] as const;
export const TIMELINE_RATE = 1_000;
const PARTITIONS = 4;
const TERMINALS = 1_000;
const SEED = 29;
const WARM_SECONDS = 5;
const STEP_MS = 250;
/** A rate is kept while none is refused, and half are answered within this time: beyond it they only queue. */
const KEPT_MS = 500;

export async function measureRates({ cards: count, seconds, log }: RatesOptions): Promise<RatesReport> {
  const system = await startBenchSystem({ partitions: PARTITIONS, log });
  try {
    const operator = await operatorOf(system);
    const cards = await issueCards(operator, count, HOLDING);
    const terminals = await registerTerminals(operator, TERMINALS);
    await operator.close();
    const tills = await connectTills(system, terminals);
    const load = (rate: number): OpenLoop => loadOf(system, tills, cards, rate);
    await measure(load(TIMELINE_RATE), 'warm-up', WARM_SECONDS);
    const timeline = await timelineOf(system, load(TIMELINE_RATE), seconds);
    const points: RatePoint[] = [];
    let brokenAt: number | undefined;
    for (const rate of RATES) {
      const loop = load(rate);
      const latency = await measure(loop, `${rate}/s`, seconds);
      if (latency.p50Ms > KEPT_MS || loop.refused.size > 0) {
        brokenAt = rate;
        break;
      }
      points.push({ rate, latency });
    }
    await tills.close();
    return { points, brokenAt, timeline };
  } finally {
    await system.stop();
  }
}

function loadOf(system: BenchSystem, { devices }: Tills, cards: readonly string[], rate: number): OpenLoop {
  return new OpenLoop({ devices, cards, ratePerSecond: rate, seed: SEED, clock: system.businessTime });
}

/** Resolves when everything that was begun is answered. */
async function measure(load: OpenLoop, name: string, seconds: number): Promise<Latency> {
  load.start();
  await pass(name, seconds * 1_000);
  await load.stop();
  return load.latencies.between();
}

async function timelineOf(system: BenchSystem, load: OpenLoop, seconds: number): Promise<Timeline> {
  const from = performance.now();
  const watch = await watchCheckpoints(system, from);
  await measure(load, 'time line', seconds);
  const checkpoints = await watch.stop();
  const steps = load.latencies
    .steps(from, performance.now(), STEP_MS)
    .filter((step) => step.count > 0)
    .map(({ from: at, ...latency }) => ({ ...latency, at: (at - from) / 1_000 }));
  return { steps, checkpoints };
}
