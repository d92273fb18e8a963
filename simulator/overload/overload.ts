/** Offers more than a system can carry, after and before what it can, and judges by what its terminals were told. */
import type { Operator } from '../../client/index.js';
import type { Pace } from '../arrivals.js';
import { auditSystem } from '../auditor/run.js';
import { auditSourceOf } from '../auditSource.js';
import { businessTimeOf } from '../businessTime.js';
import { Device } from '../device.js';
import { Line } from '../line.js';
import { OperatorLink } from '../operatorLink.js';
import { cardId, inFlight, refuse, REGISTERING, terminalId } from '../population.js';
import { Random } from '../random.js';
import { Payments } from './payments.js';
import { overloadReport, type Memory, type OverloadReport } from './report.js';
import type { Measured } from './steps.js';

export interface OverloadOptions {
  /** ws://host:port/v1 */
  readonly url: string;
  readonly secret: string;
  readonly seed: number;
  readonly cards: number;
  readonly terminals: number;
  /** Times the capacity. */
  readonly factor: number;
  /** Of the capacity, before and after. */
  readonly normal: number;
  /** Of each of the four parts. */
  readonly partMs: number;
  /** Payments that are open while the capacity is measured. */
  readonly inFlight: number;
  /** Nobody else is at work on this system. */
  readonly alone: boolean;
  /** MiB in memory, by process. */
  readonly memory: () => Readonly<Record<string, number>>;
  readonly onProgress: (phase: string, done: number, total: number, note: string) => void;
  readonly signal?: AbortSignal | undefined;
}

const OPENING = 64;
const MAX_LINES = 1_000;
const LOOK_MS = 200;
const DRAIN_MS = 60_000;
/** Between two parts: what one has begun is not counted in the next. */
const SETTLE_MS = 500;
/** Enough for every payment of a run; minor units. */
const STORED_VALUE = 100_000_000;

export async function overload(options: OverloadOptions): Promise<OverloadReport> {
  const operator = await OperatorLink.open(options);
  try {
    return await new Run(options, operator).run();
  } finally {
    await operator.close();
  }
}

class Run {
  readonly #options: OverloadOptions;
  readonly #operator: OperatorLink;
  readonly #peaks = new Map<string, number>();
  #lines: readonly Line[] = [];

  constructor(options: OverloadOptions, operator: OperatorLink) {
    this.#options = options;
    this.#operator = operator;
  }

  async run(): Promise<OverloadReport> {
    const { seed, onProgress } = this.#options;
    const time = await this.#operator.use(businessTimeOf);
    const { cards, terminals } = await this.#operator.use((session) => this.#populate(session));
    const devices = terminals.map((terminal) => new Device(terminal));
    this.#lines = this.#linesFor(devices);
    try {
      await inFlight(this.#lines, OPENING, (line) => line.connect());
      const payments = new Payments({ devices, cards, random: new Random(seed), clock: time.now });
      const measured = await this.#measure(payments);
      onProgress('drain', 0, 1, `${payments.open} open`);
      await this.#until(() => payments.open === 0, DRAIN_MS);
      const { open: errors, problems, forgone, log } = payments;
      const after = this.#options.memory();
      const audit = await auditSystem(auditSourceOf(this.#operator), {
        drained: this.#options.alone,
        acknowledged: log,
        onProgress: ({ phase, done, total }) => {
          onProgress('audit', done, total, phase);
        },
      });
      return overloadReport({
        ...measured,
        ...{ seed, errors, problems, forgone, audit, factor: this.#options.factor },
        rejected: Object.fromEntries(payments.rejected),
        unhinted: Object.fromEntries(payments.unhinted),
        memoryMiB: memoryOf(measured.memory, this.#peaks, after),
      });
    } finally {
      await Promise.all(this.#lines.map((line) => line.close()));
    }
  }

  async #measure(payments: Payments): Promise<Phases> {
    const { factor, normal } = this.#options;
    const closed: Pace = { kind: 'inFlight', inFlight: this.#options.inFlight };
    // Twice: the first time everything is compiled and loaded.
    await this.#part('warm-up', payments, closed);
    const { acceptedPerSecond: capacityPerSecond } = await this.#part('capacity', payments, closed);
    const open = (share: number): Pace => ({ kind: 'rate', rate: Math.max(1, share * capacityPerSecond) });
    const before = await this.#part('before', payments, open(normal));
    // What has little processor time, in pieces, refuses now and then although it could carry the rate.
    const usual = { longestMs: 2 * before.latencyMs.max, refused: 2 * payments.steps.mostRefused };
    const memory = this.#options.memory();
    payments.rejected.clear();
    payments.start(open(factor));
    const during = await this.#watched('overload', payments);
    // At once: how long it takes until everything is as before is what is measured.
    payments.start(open(normal));
    const after = await this.#watched('after', payments);
    payments.stop();
    const recoveryMs = payments.steps.unsettledMs(usual);
    return { capacityPerSecond, before, during, after, recoveryMs, memory };
  }

  async #part(name: string, payments: Payments, pace: Pace): Promise<Measured> {
    payments.start(pace);
    const measured = await this.#watched(name, payments);
    payments.stop();
    await this.#until(() => payments.open === 0, DRAIN_MS);
    await this.#delay(SETTLE_MS);
    return measured;
  }

  async #watched(name: string, payments: Payments): Promise<Measured> {
    const { partMs, onProgress, memory } = this.#options;
    const { steps } = payments;
    const began = performance.now();
    for (let passed = 0; passed < partMs; passed = performance.now() - began) {
      await this.#delay(Math.min(LOOK_MS, partMs - passed));
      for (const [process, size] of Object.entries(memory())) {
        this.#peaks.set(process, Math.max(size, this.#peaks.get(process) ?? 0));
      }
      const { acceptedPerSecond, refusedPerSecond } = steps.measured(performance.now());
      const note = `${acceptedPerSecond}/s accepted, ${refusedPerSecond}/s refused, ${payments.open} open`;
      onProgress(name, Math.min(passed, partMs), partMs, note);
    }
    return steps.measured(performance.now());
  }

  async #populate(operator: Operator): Promise<{ cards: string[]; terminals: string[] }> {
    const { seed, onProgress } = this.#options;
    const cards = Array.from({ length: this.#options.cards }, (_, at) => cardId(seed, at, 'overload'));
    const terminals = Array.from({ length: this.#options.terminals }, (_, at) =>
      terminalId(seed, at, 'overload'),
    );
    let done = 0;
    const one = (id: string, outcome: string): void => {
      refuse(id, outcome);
      done += 1;
      const total = cards.length + terminals.length;
      onProgress('set-up', done, total, `${done} of ${total} cards and terminals`);
    };
    await inFlight(terminals, REGISTERING, async (terminal) => {
      const { outcome } = await operator.registerTerminal(terminal, { role: 'PURCHASE' });
      one(terminal, outcome);
    });
    const terms = { storedValue: STORED_VALUE, limit: 0, creditFlag: false, active: true };
    await inFlight(cards, REGISTERING, async (card) => {
      one(card, (await operator.issueCard(card, terms)).outcome);
    });
    return { cards, terminals };
  }

  #linesFor(devices: readonly Device[]): Line[] {
    const groups: Device[][] = Array.from({ length: Math.min(devices.length, MAX_LINES) }, () => []);
    for (const [index, device] of devices.entries()) groups[index % groups.length]?.push(device);
    const events = {
      onReady: (device: Device) => {
        device.resumeAll();
      },
      onRejected: () => undefined,
      onList: () => undefined,
      onAcknowledged: () => undefined,
      onLost: () => undefined,
    };
    return groups.map((group) => new Line(this.#options.url, group, events, 0));
  }

  async #until(condition: () => boolean, withinMs: number): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (!condition() && performance.now() < deadline) await this.#delay(LOOK_MS);
  }

  async #delay(ms: number): Promise<void> {
    this.#options.signal?.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, ms));
    this.#options.signal?.throwIfAborted();
  }
}

interface Phases {
  readonly capacityPerSecond: number;
  readonly before: Measured;
  readonly during: Measured;
  readonly after: Measured;
  readonly recoveryMs: number;
  readonly memory: Readonly<Record<string, number>>;
}

function memoryOf(
  before: Readonly<Record<string, number>>,
  peaks: ReadonlyMap<string, number>,
  after: Readonly<Record<string, number>>,
): Record<string, Memory> {
  return Object.fromEntries(
    Object.entries(before).map(([name, size]) => [
      name,
      { before: size, peak: Math.max(size, peaks.get(name) ?? 0), after: after[name] ?? 0 },
    ]),
  );
}
