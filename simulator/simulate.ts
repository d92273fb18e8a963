import { Device } from './device.js';
import type { Pace } from './arrivals.js';
import { LimitCuts } from './limitCuts.js';
import { Line } from './line.js';
import { OperatorLink } from './operatorLink.js';
import { Load } from './load.js';
import { createPopulation, inFlight, type Population } from './population.js';
import { Random } from './random.js';
import { simulationReport, type Measured, type SimulationReport } from './report.js';
import { auditSourceOf } from './auditSource.js';
import { auditSystem } from './auditor/run.js';
import { Workload } from './workload.js';

export interface SimulationOptions {
  /** ws://host:port/v1 */
  readonly url: string;
  readonly secret: string;
  readonly cards: number;
  readonly terminals: number;
  readonly durationMs: number;
  readonly pace: Pace;
  readonly seed: number;
  /** Answers that are still missing this long after the load ended are errors. */
  readonly drainWithinMs: number;
  /** CPU time used so far by process, in microseconds. */
  readonly cpu: () => Readonly<Record<string, number>>;
  readonly onProgress: (progress: SimulationProgress) => void;
  /** Nobody else is at work on this system: what is still in flight after the drain is a violation. */
  readonly alone: boolean;
  /** The load is ended at once, and drained; then `simulate` throws the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface SimulationProgress {
  readonly phase: 'set-up' | 'load' | 'drain' | 'audit';
  readonly done: number;
  readonly total: number;
  readonly note: string;
}

/** Terminals with a connection each; more of them share connections, as concentrators. */
const MAX_LINES = 1_000;
/** Connections that are being opened at once. */
const OPENING = 64;
/** Limits cut during a run, about; never more often than every so many milliseconds. */
const CUTS = 10;
const LEAST_CUT_MS = 250;
const PROGRESS_MS = 200;
/** Journals that have not grown for this long are quiet. */
const QUIET_MS = 250;
const QUIET_LOOKS = 40;

/** The whole run: population, connections, load, drain, audit. Throws when it cannot begin. */
export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  const operator = await OperatorLink.open(options);
  try {
    const populate = {
      ...options,
      onProgress: (done: number, total: number) => {
        options.signal?.throwIfAborted();
        options.onProgress({ phase: 'set-up', done, total, note: `${done} of ${total} cards and terminals` });
      },
    };
    const population = await operator.use((session) => createPopulation(session, populate));
    return await new Run(options, operator, population).run();
  } finally {
    await operator.close();
  }
}

class Run {
  readonly #options: SimulationOptions;
  readonly #operator: OperatorLink;
  readonly #population: Population;
  readonly #lines: readonly Line[];
  readonly #load: Load;
  readonly #cuts: LimitCuts;

  constructor(options: SimulationOptions, operator: OperatorLink, population: Population) {
    const random = new Random(options.seed ^ 0x5eed);
    const { purses } = population;
    const purchaseDevices = population.purchaseTerminals.map((terminal) => new Device(terminal));
    const depositDevices = population.depositTerminals.map((terminal) => new Device(terminal));
    const { pace, seed, durationMs } = options;
    const workload = new Workload(purses, new Random(seed));
    this.#options = options;
    this.#operator = operator;
    this.#population = population;
    this.#load = new Load({ workload, purchaseDevices, depositDevices, pace, random });
    this.#lines = this.#linesFor([...purchaseDevices, ...depositDevices]);
    this.#cuts = new LimitCuts({
      operator,
      purses,
      lines: this.#lines,
      random: new Random(seed ^ 0xcc7),
      everyMs: Math.max(LEAST_CUT_MS, durationMs / CUTS),
      onProblem: (text) => {
        this.#load.tally.violation(text);
      },
    });
  }

  async run(): Promise<SimulationReport> {
    try {
      await inFlight(this.#lines, OPENING, (line) => line.connect());
      const measured = await this.#measure();
      return simulationReport(measured);
    } finally {
      await Promise.all(this.#lines.map((line) => line.close()));
    }
  }

  async #measure(): Promise<Measured> {
    const { durationMs, cpu, drainWithinMs, seed } = this.#options;
    const frames = await this.#frames();
    const before = cpu();
    const began = performance.now();
    await this.#underLoad(began + durationMs);
    const loadMs = performance.now() - began;
    this.#options.onProgress({ phase: 'drain', done: 0, total: 1, note: `${this.#load.open} open` });
    const drained = await this.#load.drain(drainWithinMs);
    const drainMs = performance.now() - began - loadMs;
    this.#options.signal?.throwIfAborted();
    const usage = { before, after: cpu() };
    const after = await this.#quiet();
    return {
      load: this.#load,
      prohibitionMs: this.#cuts.times(),
      audit: await this.#audit(),
      population: this.#population,
      ...{ seed, loadMs, drainMs, drained, cpu: usage, frames: after - frames },
    };
  }

  /** Everything that happens between the first order and the last. */
  async #underLoad(endAt: number): Promise<void> {
    const { durationMs, signal, onProgress } = this.#options;
    const load = this.#load;
    const began = performance.now();
    const progress = setInterval(() => {
      const { accepted } = load.tally;
      const passed = performance.now() - began;
      const note = `${accepted} answered, ${Math.round((1_000 * accepted) / passed)}/s, ${load.open} open`;
      onProgress({ phase: 'load', done: Math.min(passed, durationMs), total: durationMs, note });
    }, PROGRESS_MS);
    const cutting = this.#cuts.run();
    load.start(endAt);
    await abortableDelay(durationMs, signal);
    clearInterval(progress);
    this.#cuts.stop();
    await cutting;
  }

  async #audit(): Promise<Measured['audit']> {
    const { onProgress } = this.#options;
    return auditSystem(auditSourceOf(this.#operator), {
      drained: this.#options.alone,
      acknowledged: this.#load.log,
      onProgress: ({ phase, done, total }) => {
        onProgress({ phase: 'audit', done, total, note: `${phase} ${done} of ${total}` });
      },
    });
  }

  /** Frames in all journals. */
  async #frames(): Promise<number> {
    const { partitions } = await this.#operator.use((operator) => operator.describeSystem());
    return partitions.reduce((sum, { lastSequence }) => sum + lastSequence, 0);
  }

  /** Terminals note the end of a payment with a later frame: waits until the journals stand still. */
  async #quiet(): Promise<number> {
    let frames = await this.#frames();
    for (let look = 0; look < QUIET_LOOKS; look += 1) {
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
      const now = await this.#frames();
      if (now === frames) return now;
      frames = now;
    }
    return frames;
  }

  #linesFor(devices: readonly Device[]): Line[] {
    const groups: Device[][] = Array.from({ length: Math.min(devices.length, MAX_LINES) }, () => []);
    for (const [index, device] of devices.entries()) groups[index % groups.length]?.push(device);
    const { tally } = this.#load;
    const events = {
      onReady: (device: Device) => {
        device.resumeAll();
      },
      onRejected: (code: string) => {
        tally.rejection(code);
      },
      onList: (...came: Parameters<LimitCuts['listCame']>) => {
        this.#cuts.listCame(...came);
      },
      onAcknowledged: (...acknowledged: Parameters<LimitCuts['acknowledged']>) => {
        this.#cuts.acknowledged(...acknowledged);
      },
      onLost: (line: Line) => {
        tally.reconnections += 1;
        this.#cuts.lost(line);
      },
    };
    return groups.map((group) => new Line(this.#options.url, group, events));
  }
}

async function abortableDelay(ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted === true) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
