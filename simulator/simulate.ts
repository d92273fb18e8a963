import { businessTimeOf } from './businessTime.js';
import { cityScenario } from './city/city.js';
import type { Device } from './device.js';
import type { Disturbance } from './disturbance.js';
import type { Pace } from './arrivals.js';
import { LimitCuts } from './limitCuts.js';
import { Line, type LineEvents } from './line.js';
import { OperatorLink } from './operatorLink.js';
import { paymentsScenario } from './payments.js';
import { inFlight } from './population.js';
import { Random } from './random.js';
import { simulationReport, type Measured, type SimulationReport } from './report.js';
import { auditSourceOf } from './auditSource.js';
import { auditSystem } from './auditor/run.js';
import type { Scenario, ScenarioName } from './scenario.js';

export interface SimulationOptions {
  /** ws://host:port/v1 */
  readonly url: string;
  readonly secret: string;
  readonly scenario: ScenarioName;
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
  /** Instead of cuts of limits, which measure what nothing else should disturb. */
  readonly disturbance?: Disturbance;
  /** Of `payments`: more cards, with which only a disturbance pays. */
  readonly idleCards?: number;
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
    const scenario = await scenarioOf(options, operator);
    return await new Run(options, operator, scenario).run();
  } finally {
    await operator.close();
  }
}

async function scenarioOf(options: SimulationOptions, operator: OperatorLink): Promise<Scenario> {
  const onProgress = (done: number, total: number): void => {
    options.signal?.throwIfAborted();
    options.onProgress({ phase: 'set-up', done, total, note: `${done} of ${total} cards and terminals` });
  };
  const time = await operator.use(businessTimeOf);
  switch (options.scenario) {
    case 'payments':
      return operator.use((session) => paymentsScenario(session, { ...options, onProgress, time }));
    case 'city':
      return cityScenario({ ...options, onProgress, operator, time });
  }
}

class Run {
  readonly #options: SimulationOptions;
  readonly #operator: OperatorLink;
  readonly #scenario: Scenario;
  readonly #lines: readonly Line[];
  readonly #cuts: LimitCuts;

  constructor(options: SimulationOptions, operator: OperatorLink, scenario: Scenario) {
    const { seed, durationMs } = options;
    this.#options = options;
    this.#operator = operator;
    this.#scenario = scenario;
    this.#lines = this.#linesFor(scenario.devices);
    const { disturbance } = options;
    if (disturbance !== undefined) {
      scenario.driver.log.onAdded = (...added) => {
        disturbance.answered(...added);
      };
    }
    this.#cuts = new LimitCuts({
      operator,
      purses: scenario.cuttable,
      lines: this.#lines,
      random: new Random(seed ^ 0xcc7),
      everyMs: Math.max(LEAST_CUT_MS, durationMs / CUTS),
      tap: scenario.tap,
      onProblem: (text) => {
        scenario.driver.tally.violation(text);
      },
    });
  }

  async run(): Promise<SimulationReport> {
    try {
      await inFlight(this.#lines, OPENING, (line) => line.connect());
      await this.#scenario.connected(this.#lines);
      const measured = await this.#measure();
      return simulationReport(measured);
    } finally {
      await this.#scenario.close();
      await Promise.all(this.#lines.map((line) => line.close()));
    }
  }

  async #measure(): Promise<Measured> {
    const { durationMs, cpu, drainWithinMs, seed } = this.#options;
    const { driver, cards, devices } = this.#scenario;
    const sequences = await this.#lastSequences();
    const before = cpu();
    const began = performance.now();
    await this.#underLoad(began + durationMs);
    const loadMs = performance.now() - began;
    this.#options.onProgress({ phase: 'drain', done: 0, total: 1, note: `${driver.open} open` });
    const drained = await driver.drain(drainWithinMs);
    const drainMs = performance.now() - began - loadMs;
    this.#options.signal?.throwIfAborted();
    const usage = { before, after: cpu() };
    const after = await this.#quiet();
    const audit = await this.#audit(sequences);
    return {
      load: driver,
      prohibitionMs: this.#cuts.times(),
      audit,
      city: this.#scenario.report(audit.money),
      ...{ cards, terminals: devices.length },
      ...{ seed, loadMs, drainMs, drained, cpu: usage, frames: after - sumOf(sequences) },
    };
  }

  /** Everything that happens between the first order and the last. */
  async #underLoad(endAt: number): Promise<void> {
    const { durationMs, signal, onProgress } = this.#options;
    const { driver } = this.#scenario;
    const began = performance.now();
    const progress = setInterval(() => {
      const { accepted } = driver.tally;
      const passed = performance.now() - began;
      const speed = `${accepted} answered, ${Math.round((1_000 * accepted) / passed)}/s, ${driver.open} open`;
      const note = [this.#scenario.note(), speed].filter((text) => text !== '').join('; ');
      onProgress({ phase: 'load', done: Math.min(passed, durationMs), total: durationMs, note });
    }, PROGRESS_MS);
    const { disturbance } = this.#options;
    const { idle: purses, tap = () => undefined } = this.#scenario;
    const besides = disturbance?.run(this.#lines, endAt, signal, { purses, tap }) ?? this.#cuts.run();
    driver.start(endAt);
    await abortableDelay(durationMs, signal);
    clearInterval(progress);
    this.#cuts.stop();
    await besides;
  }

  async #audit(countTapsAfter: readonly number[]): Promise<Measured['audit']> {
    const { onProgress } = this.#options;
    return auditSystem(auditSourceOf(this.#operator), {
      drained: this.#options.alone,
      acknowledged: this.#scenario.driver.log,
      countTapsAfter,
      onProgress: ({ phase, done, total }) => {
        onProgress({ phase: 'audit', done, total, note: `${phase} ${done} of ${total}` });
      },
    });
  }

  /** Frames in the journal of each partition. */
  async #lastSequences(): Promise<readonly number[]> {
    const { partitions } = await this.#operator.use((operator) => operator.describeSystem());
    const sequences: number[] = [];
    for (const { partition, lastSequence } of partitions) sequences[partition] = lastSequence;
    return sequences;
  }

  /** Frames in all journals. */
  async #frames(): Promise<number> {
    return sumOf(await this.#lastSequences());
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
    const { tally } = this.#scenario.driver;
    const { disturbance } = this.#options;
    const events = {
      onReady: (device: Device) => {
        disturbance?.ready(device.terminal);
        device.resumeAll();
      },
      onRejected: (...[code, attempt]: Parameters<LineEvents['onRejected']>) => {
        tally.rejection(code);
        if (attempt === 'transaction') disturbance?.rejected();
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
        for (const { terminal } of line.devices) disturbance?.lost(terminal);
      },
    };
    return groups.map((group) => new Line(this.#options.url, group, events));
  }
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
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
