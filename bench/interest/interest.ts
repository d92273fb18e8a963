/**
 * An interest run over many borrowers while payments go on: what it does to their latency, and whether each borrower is
 * charged exactly once, also when the worker is killed in its middle.
 */
import { dateOfDay, dayOf } from '../../actors/money/businessDate.js';
import type { DeploymentRules } from '../../actors/money/deploymentRules.js';
import { USUAL_REFUND_DAYS } from '../../actors/money/parameters.js';
import type { Operator } from '../../client/index.js';
import { startProgress } from '../../operator/cli/progress.js';
import { CpuMeter, residentMiB, usedBetween, type CpuTimes } from '../support/cpu.js';
import type { Latencies, Latency } from '../support/latencies.js';
import { OpenLoop } from '../support/openLoop.js';
import { pass } from '../support/pass.js';
import { connectTills, issueCards, operatorOf, registerTerminals } from '../support/stage.js';
import { startBenchSystem, type BenchSystem } from '../support/system.js';
import { until } from '../support/until.js';
import { exactnessOf, readRuns, type Exactness, type RunRecord } from './runs.js';

export interface InterestOptions {
  readonly borrowers: number;
  /** Payments a second. */
  readonly rate: number;
  /** Of each phase before and after a run. */
  readonly seconds: number;
  /** False: no run in whose middle the worker is killed. */
  readonly kill: boolean;
  readonly log: (line: string) => void;
}

export interface InterestReport {
  readonly borrowers: number;
  readonly ratePerSecond: number;
  readonly plain: RunReport;
  /** The worker is killed (SIGKILL) in the middle of the run. */
  readonly killed: RunReport | undefined;
  /** Connections that the clients lost, of the whole bench. */
  readonly lostConnections: number;
}

export interface RunReport {
  readonly runSeconds: number;
  readonly borrowersPerSecond: number;
  readonly framesPerSecond: number;
  readonly eventsPerSecond: number;
  readonly phases: readonly Phase[];
  /** Of all phases together. */
  readonly overall: Latency;
  readonly exactness: Exactness;
  /** The longest time in which no payment was answered, and in the phase before. */
  readonly silenceMs: number;
  readonly silenceBeforeMs: number;
  /** Payments of the whole bench that were not approved, by outcome or rejection. */
  readonly refused: Readonly<Record<string, number>>;
  readonly workerMiB: number;
  readonly timeline: readonly TimelinePoint[];
  /** Seconds on the time line. */
  readonly begunAt: number;
  readonly endedAt: number;
  readonly killedAt: number | undefined;
}

export interface Phase {
  readonly name: 'before' | 'during' | 'after';
  readonly seconds: number;
  readonly latency: Latency;
  /** Of a core, by process. */
  readonly cores: CpuTimes;
}

export interface TimelinePoint extends Latency {
  /** Seconds since the line began. */
  readonly at: number;
}

const PARTITIONS = 4;
const TILLS = 100;
const SEED = 20_260_101;
/** So that a day of interest is some units: 100,000 × 18 % ÷ 365. */
const LOAN = 100_000;
const RATE_PPM = 180_000;
/** Charged monthly, so that only the operator's runs happen: a month passes in a quarter of an hour. */
const DAY_MS = 30_000;
const DAY_WITHIN_MS = 3 * DAY_MS;
const RUN_WITHIN_MS = 600_000;
const WARM_UP_SECONDS = 5;
/** Business time is fast: a payment that waits for some seconds must not come from the future. */
const BEHIND_MS = 6 * 3_600_000;
const LOOK_MS = 100;
const STEP_MS = 500;

export async function benchInterest(options: InterestOptions): Promise<InterestReport> {
  const system = await startBenchSystem({ partitions: PARTITIONS, rules: rules(), log: options.log });
  const operator = await operatorOf(system);
  try {
    const cards = await issueCards(operator, options.borrowers, { storedValue: 0, loan: LOAN });
    const { businessDate } = await operator.describeCenter();
    const terminals = await registerTerminals(operator, TILLS);
    const tills = await connectTills(system, terminals);
    const { devices } = tills;
    const load = new OpenLoop({
      ...{ devices, cards, ratePerSecond: options.rate, seed: SEED },
      clock: () => system.businessTime() - BEHIND_MS,
    });
    load.start();
    await pass('warm-up', WARM_UP_SECONDS * 1_000);
    const bench = new InterestBench(system, operator, businessDate, options);
    const plain = await bench.run();
    const killed = options.kill ? await bench.run(plain.tookMs / 2) : undefined;
    await load.stop();
    await tills.close();
    const runs = await readRuns(system.natsUrl, system.partitions);
    const report = (measured: Measured): RunReport => {
      const record = runs.get(measured.through);
      if (record === undefined) throw new Error(`no journal knows the run through ${measured.through}`);
      return reportOf(measured, record, exactnessOf(record, cards), load);
    };
    const { borrowers, rate: ratePerSecond } = options;
    return {
      borrowers,
      ratePerSecond,
      plain: report(plain),
      killed: killed && report(killed),
      lostConnections: tills.lost(),
    };
  } finally {
    await operator.close();
    await system.stop();
  }
}

function rules(): Pick<DeploymentRules, 'businessClock' | 'parameters'> {
  const start = Date.UTC(2026, 0, 1);
  return {
    businessClock: { start, rate: 86_400_000 / DAY_MS },
    parameters: {
      ...{ number: 0, effectiveFrom: 20_260_101, ratePpm: RATE_PPM, frequency: 'MONTHLY' },
      ...{ fares: [], refundDays: USUAL_REFUND_DAYS },
    },
  };
}

interface Measured {
  readonly through: number;
  /** Milliseconds of performance.now(). */
  readonly from: number;
  readonly to: number;
  readonly killedAt: number | undefined;
  readonly tookMs: number;
  /** CPU used so far, every LOOK_MS. */
  readonly looks: readonly { readonly at: number; readonly used: CpuTimes }[];
  readonly workerMiB: number;
}

class InterestBench {
  readonly #system: BenchSystem;
  readonly #operator: Operator;
  readonly #phaseMs: number;
  readonly #meter: CpuMeter;
  /** No card owes interest for this date or any before. */
  #charged: number;

  /** `issued`: the business date on which the last card was issued, or a later one. */
  constructor(system: BenchSystem, operator: Operator, issued: number, { seconds }: InterestOptions) {
    this.#charged = issued;
    this.#system = system;
    this.#operator = operator;
    this.#phaseMs = seconds * 1_000;
    this.#meter = new CpuMeter(system.pids);
  }

  /** One run of the operator, with the load before, during and after it. After `killAfterMs` the worker is killed. */
  async run(killAfterMs?: number): Promise<Measured> {
    const through = await this.#dateThatIsOver();
    const looks: { at: number; used: CpuTimes }[] = [];
    const look = (): void => void looks.push({ at: performance.now(), used: this.#meter.look() });
    const looking = setInterval(look, LOOK_MS);
    const from = performance.now();
    await pass('before', this.#phaseMs);
    const began = performance.now();
    const killedAt = killAfterMs === undefined ? undefined : began + killAfterMs;
    if (killAfterMs !== undefined) setTimeout(() => void this.#system.killWorker(), killAfterMs);
    const progress = startProgress('interest', 1);
    await this.#charge(through);
    progress.update(1);
    progress.end();
    const tookMs = performance.now() - began;
    await pass('after', this.#phaseMs);
    clearInterval(looking);
    look();
    const workerMiB = residentMiB(this.#system.pids()['worker']);
    return { through, from, to: performance.now(), killedAt, tookMs, looks, workerMiB };
  }

  /** Asked again while it lasts: an operator may, and whoever waits longer than a client's patience must. */
  async #charge(through: number): Promise<void> {
    await until('the run has ended', RUN_WITHIN_MS, async () => {
      const { outcome } = await this.#operator.chargeInterest(through);
      if (outcome !== 'APPROVED') throw new Error(`the run was refused: ${outcome}`);
      return true;
    });
  }

  /** Waits for a business date that is over, and was not charged yet. */
  async #dateThatIsOver(): Promise<number> {
    let through = 0;
    await until('a business date is over', DAY_WITHIN_MS, async () => {
      const { businessDate } = await this.#operator.describeCenter();
      through = dateOfDay(dayOf(businessDate) - 1);
      return through > this.#charged;
    });
    this.#charged = through;
    return through;
  }
}

function reportOf(measured: Measured, record: RunRecord, exactness: Exactness, load: OpenLoop): RunReport {
  const { from, to, killedAt, looks, workerMiB } = measured;
  const { latencies, refused } = load;
  // The journals know when the run was; this process and the worker share a clock.
  const begun = record.begunAt - performance.timeOrigin;
  const ended = record.endedAt - performance.timeOrigin;
  const seconds = (ended - begun) / 1_000;
  const phase = (name: Phase['name'], start: number, end: number): Phase => ({
    name,
    seconds: (end - start) / 1_000,
    latency: latencies.between(start, end),
    cores: coresBetween(looks, start, end),
  });
  const inSeconds = (time: number): number => (time - from) / 1_000;
  return {
    runSeconds: seconds,
    borrowersPerSecond: exactness.chargedOnce / seconds,
    framesPerSecond: record.frames / seconds,
    eventsPerSecond: record.events / seconds,
    phases: [phase('before', from, begun), phase('during', begun, ended), phase('after', ended, to)],
    overall: latencies.between(from, to),
    exactness,
    silenceMs: latencies.longestSilence(begun, to),
    silenceBeforeMs: latencies.longestSilence(from, begun),
    refused: Object.fromEntries(refused),
    workerMiB,
    timeline: timelineOf(latencies, from, to),
    begunAt: inSeconds(begun),
    endedAt: inSeconds(ended),
    killedAt: killedAt === undefined ? undefined : inSeconds(killedAt),
  };
}

function timelineOf(latencies: Latencies, from: number, to: number): readonly TimelinePoint[] {
  return latencies
    .steps(from, to, STEP_MS)
    .filter(({ count }) => count > 0)
    .map(({ from: at, ...latency }) => ({ ...latency, at: (at - from) / 1_000 }));
}

function coresBetween(looks: Measured['looks'], from: number, to: number): CpuTimes {
  const before = looks.findLast(({ at }) => at <= from) ?? looks[0];
  const after = looks.find(({ at }) => at >= to) ?? looks.at(-1);
  if (before === undefined || after === undefined || after.at <= before.at) return {};
  const micros = (after.at - before.at) * 1_000;
  const used = usedBetween(before.used, after.used);
  return Object.fromEntries(Object.entries(used).map(([name, each]) => [name, each / micros] as const));
}
