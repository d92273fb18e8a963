/** A fixed number of operations in flight: whatever is answered is followed by the next. */
import { startProgress } from '../../operator/cli/progress.js';
import { CpuMeter, sumOf, usedBetween, type CpuTimes, type Pids } from './cpu.js';
import { Latencies, type Latency } from './latencies.js';
import { whole } from './text.js';
import { until } from './until.js';

export interface ClosedLoopOptions {
  /** What the progress bar says. */
  readonly name: string;
  /** Operations. */
  readonly inFlight: number;
  readonly seconds: number;
  /** Payments in one operation; default: one. */
  readonly payments?: number;
  /** Begins one operation; `done` is to be called once, when it is durable and answered. */
  readonly begin: (done: (outcome?: string) => void) => void;
  readonly pids: () => Pids;
  /** Called when the measurement begins, and when it ends. */
  readonly onEdge?: () => void;
}

export interface Throughput {
  /** Payments. */
  readonly inFlight: number;
  readonly ratePerSecond: number;
  readonly cpuMicrosPerPayment: number;
  /** The same by process. */
  readonly cpuMicros: CpuTimes;
  readonly latency: Latency;
  /** Milliseconds of performance.now(): what was measured. */
  readonly from: number;
  readonly to: number;
  /** Answered otherwise than asked for, by outcome. */
  readonly refused: Readonly<Record<string, number>>;
}

const WARM_UP_MS = 3_000;
const DRAIN_MS = 60_000;
const PROGRESS_MS = 200;

/** Measures for `seconds` after a warm-up. Resolves when nothing is in flight any more. */
export async function closedLoop(options: ClosedLoopOptions): Promise<Throughput> {
  const { name, inFlight, seconds, payments = 1, pids, onEdge } = options;
  const loop = new Loop(options);
  const meter = new CpuMeter(pids);
  loop.start();
  await pass(WARM_UP_MS);
  onEdge?.();
  const [began, before] = [performance.now(), meter.look()];
  const progress = startProgress(name, seconds);
  const first = loop.latencies.count;
  const showing = setInterval(() => {
    const passed = (performance.now() - began) / 1_000;
    const rate = (payments * (loop.latencies.count - first)) / passed;
    progress.update(Math.min(passed, seconds), `${whole(rate)}/s`);
  }, PROGRESS_MS);
  await pass(seconds * 1_000);
  const [ended, after] = [performance.now(), meter.look()];
  onEdge?.();
  const count = payments * (loop.latencies.count - first);
  clearInterval(showing);
  progress.update(seconds);
  progress.end();
  await loop.stop();
  if (count === 0)
    throw new Error(`${name}: nothing was answered within ${seconds} s: measure longer (--seconds)`);
  const used = Object.entries(usedBetween(before, after));
  const cpuMicros = Object.fromEntries(used.map(([process, micros]) => [process, micros / count] as const));
  return {
    inFlight: inFlight * payments,
    ratePerSecond: (1_000 * count) / (ended - began),
    cpuMicrosPerPayment: sumOf(cpuMicros),
    cpuMicros,
    latency: loop.latencies.between(began, ended),
    from: began,
    to: ended,
    refused: Object.fromEntries(loop.refused),
  };
}

class Loop {
  readonly latencies = new Latencies();
  readonly refused = new Map<string, number>();
  readonly #options: ClosedLoopOptions;
  #open = 0;
  #stopped = false;

  constructor(options: ClosedLoopOptions) {
    this.#options = options;
  }

  start(): void {
    for (let at = 0; at < this.#options.inFlight; at += 1) this.#begin();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await until('everything in flight is answered', DRAIN_MS, () => this.#open === 0);
  }

  #begin(): void {
    const begun = performance.now();
    this.#open += 1;
    this.#options.begin((outcome) => {
      this.#open -= 1;
      this.latencies.add(begun, performance.now() - begun);
      if (outcome !== undefined) this.refused.set(outcome, (this.refused.get(outcome) ?? 0) + 1);
      if (!this.#stopped) this.#begin();
    });
  }
}

async function pass(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
