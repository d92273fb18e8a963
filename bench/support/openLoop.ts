/** Payments through the gateway at times of their own, whatever the system does meanwhile. */
import { ConnectionLostError, RejectedError, type Result, type Station } from '../../client/index.js';
import { arrivalsOf, type Arrivals } from '../../simulator/arrivals.js';
import type { Device, Resumable } from '../../simulator/device.js';
import { Random } from '../../simulator/random.js';
import { Latencies } from './latencies.js';
import { until } from './until.js';

export interface OpenLoopOptions {
  readonly devices: readonly Device[];
  readonly cards: readonly string[];
  readonly ratePerSecond: number;
  readonly seed: number;
  /** What the terminals' clocks say: business time. */
  readonly clock: () => number;
}

const TICK_MS = 1;
const DRAIN_MS = 60_000;

/** Latency counts from the moment at which a payment should have begun, so nothing is coordinated with the system. */
export class OpenLoop {
  readonly latencies = new Latencies();
  /** Answered otherwise than APPROVED, or not at all, by outcome or rejection. */
  readonly refused = new Map<string, number>();
  readonly #options: OpenLoopOptions;
  readonly #random: Random;
  #arrivals: Arrivals | undefined;
  #ticker: NodeJS.Timeout | undefined;
  #open = 0;
  #turn = 0;

  constructor(options: OpenLoopOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
  }

  start(): void {
    const rate = this.#options.ratePerSecond;
    this.#arrivals = arrivalsOf({ kind: 'rate', rate }, this.#random, performance.now());
    this.#ticker = setInterval(() => {
      this.#tick();
    }, TICK_MS);
  }

  /** Resolves when every payment that was begun has its answer. */
  async stop(): Promise<void> {
    clearInterval(this.#ticker);
    this.#arrivals = undefined;
    await until('every payment is answered', DRAIN_MS, () => this.#open === 0);
  }

  #tick(): void {
    const now = performance.now();
    const { devices, cards, clock } = this.#options;
    for (;;) {
      const intended = this.#arrivals?.due(now, this.#open);
      const device = devices[this.#turn % devices.length];
      if (intended === undefined || device === undefined) return;
      this.#turn += 1;
      this.#open += 1;
      const done = (result: Result): void => {
        this.#answered(intended, result);
      };
      new Payment(device, this.#random.pick(cards), clock(), done).begin();
    }
  }

  #answered(intended: number, result: Result): void {
    this.#open -= 1;
    this.latencies.add(intended, performance.now() - intended);
    const outcome = result instanceof Error ? nameOf(result) : result.outcome;
    if (outcome !== 'APPROVED') this.refused.set(outcome, (this.refused.get(outcome) ?? 0) + 1);
    // Awake anyway: what is due need not wait for the timer, whose lateness would be counted.
    this.#tick();
  }
}

function nameOf(error: Error): string {
  return error instanceof RejectedError ? error.code : error.message;
}

/** One payment, also beyond a connection that was lost. */
class Payment implements Resumable {
  readonly #device: Device;
  readonly #card: string;
  readonly #timeMs: number;
  readonly #done: (result: Result) => void;
  #number: number | undefined;

  constructor(device: Device, card: string, timeMs: number, done: (result: Result) => void) {
    this.#device = device;
    this.#card = card;
    this.#timeMs = timeMs;
    this.#done = done;
  }

  begin(): void {
    const { station } = this.#device;
    if (station === undefined) this.#device.stranded.add(this);
    else this.resume(station);
  }

  resume(station: Station): void {
    const payment = { card: this.#card, amount: 1, timeMs: this.#timeMs, number: this.#number };
    this.#number = station.purchase(payment, (result) => {
      if (result instanceof ConnectionLostError) this.#device.stranded.add(this);
      else this.#done(result);
    });
  }
}
