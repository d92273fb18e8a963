import { AcknowledgedLog } from './acknowledgedLog.js';
import { arrivalsOf, type Arrivals, type Pace } from './arrivals.js';
import { Attempt, type Counter } from './attempt.js';
import type { Device } from './device.js';
import { OrderCommand } from './orderCommand.js';
import type { Random } from './random.js';
import { Tally } from './tally.js';
import type { Order, Workload } from './workload.js';

export interface LoadOptions {
  readonly workload: Workload;
  readonly purchaseDevices: readonly Device[];
  readonly depositDevices: readonly Device[];
  readonly pace: Pace;
  readonly random: Random;
  /** Milliseconds, of the terminals' clocks. */
  readonly clock: () => number;
}

/** An order that starts later than this after its time is late: the load generator, not the system, was busy. */
const LATE_MS = 10;
/** Open attempts of one device; the system allows 256 open ids. */
const MAX_DEVICE_OPEN = 128;
/** Devices that are tried before an order waits. */
const TRIES = 8;
const TICK_MS = 1;

/**
 * Starts orders at their time and follows them to their last answer. The hot path has no promise and no timer of its
 * own: one tick starts everything that is due.
 */
export class Load implements Counter {
  readonly tally = new Tally();
  readonly log = new AcknowledgedLog();
  /** Attempts that will never get an answer, and why. */
  readonly failures: string[] = [];
  failureCount = 0;
  readonly #options: LoadOptions;
  readonly #open = new Set<Attempt>();
  /** Orders for which no device was free. */
  #waiting: { order: Order; intended: number }[] = [];
  #arrivals: Arrivals | undefined;
  #endAt = 0;
  #ticker: NodeJS.Timeout | undefined;
  #scheduled = false;
  #onIdle: (() => void) | undefined;

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  get clock(): () => number {
    return this.#options.clock;
  }

  get open(): number {
    return this.#open.size + this.#waiting.length;
  }

  /** Begins; orders start until `endAt` (ms of performance.now()). */
  start(endAt: number): void {
    const { pace, random } = this.#options;
    this.#endAt = endAt;
    this.#arrivals = arrivalsOf(pace, random, performance.now());
    this.#ticker = setInterval(this.#tick, TICK_MS);
  }

  /** One more order, now, beside those that come by themselves; not counted among them. None if no device is free. */
  also(order: Order): void {
    const device = this.#freeDevice(order);
    if (device !== undefined) this.#follow(new OrderCommand(order, false), device, performance.now());
  }

  /** No order starts any more. Resolves when the last one has its answer, false at the deadline. */
  async drain(withinMs: number): Promise<boolean> {
    this.#endAt = 0;
    this.#tick();
    if (this.open === 0) return this.#ended(true);
    return new Promise((resolve) => {
      const deadline = setTimeout(() => {
        this.#onIdle = undefined;
        resolve(this.#ended(false));
      }, withinMs);
      this.#onIdle = () => {
        clearTimeout(deadline);
        resolve(this.#ended(true));
      };
    });
  }

  finished(attempt: Attempt): void {
    this.#open.delete(attempt);
    if (this.#onIdle !== undefined && this.open === 0) this.#onIdle();
    // Once for all answers that are being read now, so that what they set free leaves in few writes.
    if (this.#scheduled || this.#endAt === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#tick();
    });
  }

  failed(attempt: Attempt, reason: string): void {
    this.failureCount += 1;
    if (this.failures.length < 100) this.failures.push(`${attempt.name}: ${reason}`);
    this.finished(attempt);
  }

  #ended(drained: boolean): boolean {
    clearInterval(this.#ticker);
    for (const attempt of this.#open) {
      this.failureCount += 1;
      if (this.failures.length < 100)
        this.failures.push(`${attempt.name}: no answer at the end of the drain`);
    }
    this.failureCount += this.#waiting.length;
    return drained;
  }

  readonly #tick = (): void => {
    const now = performance.now();
    if (this.#waiting.length > 0) this.#startWaiting();
    if (now >= this.#endAt) return;
    const { workload } = this.#options;
    for (;;) {
      const intended = this.#arrivals?.due(now, this.open);
      if (intended === undefined || intended >= this.#endAt) return;
      if (now - intended > LATE_MS) this.tally.late += 1;
      const order = workload.next();
      if (!this.#begin(order, intended)) this.#waiting.push({ order, intended });
    }
  };

  #startWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const each of waiting) if (!this.#begin(each.order, each.intended)) this.#waiting.push(each);
  }

  #begin(order: Order, intended: number): boolean {
    const device = this.#freeDevice(order);
    if (device === undefined) return false;
    this.#follow(new OrderCommand(order, true), device, intended);
    return true;
  }

  #follow(command: OrderCommand, device: Device, intended: number): void {
    const attempt = new Attempt(command, device, intended, this);
    this.#open.add(attempt);
    attempt.begin();
  }

  #freeDevice({ kind }: Order): Device | undefined {
    const { purchaseDevices, depositDevices, random } = this.#options;
    const devices = kind === 'deposit' ? depositDevices : purchaseDevices;
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const device = random.pick(devices);
      if (device.station !== undefined && device.open < MAX_DEVICE_OPEN) return device;
    }
    return undefined;
  }
}
