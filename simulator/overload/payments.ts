/** Payments of one terminal or another, counted second by second; who is refused goes away. */
import { ConnectionLostError, RejectedError, type Result, type Station } from '../../client/index.js';
import { AcknowledgedLog } from '../acknowledgedLog.js';
import { arrivalsOf, type Arrivals, type Pace } from '../arrivals.js';
import type { Device, Resumable } from '../device.js';
import type { Random } from '../random.js';
import { Steps } from './steps.js';

export interface PaymentsParts {
  readonly devices: readonly Device[];
  readonly cards: readonly string[];
  readonly random: Random;
  /** Milliseconds, of the terminals' clocks. */
  readonly clock: () => number;
}

/** Minor units. */
const AMOUNT = 1;
const TICK_MS = 1;
/** Open attempts of one device; the system allows 256 open ids. */
const MAX_DEVICE_OPEN = 200;
/** Devices that are tried before an arrival finds nobody who serves it. */
const TRIES = 8;

export class Payments {
  readonly log = new AcknowledgedLog();
  /** Rejections that told when to come back, and those that did not, by code. */
  readonly rejected = new Map<string, number>();
  readonly unhinted = new Map<string, number>();
  /** Refused, and nobody had seen them: given up without a reversal. */
  forgone = 0;
  /** What should never happen, and what. */
  readonly problems: string[] = [];
  readonly parts: PaymentsParts;
  steps = new Steps(performance.now());
  #open = 0;
  #turn = 0;
  #ticker: NodeJS.Timeout | undefined;
  #arrivals: Arrivals | undefined;
  #endAt = 0;

  constructor(parts: PaymentsParts) {
    this.parts = parts;
  }

  get open(): number {
    return this.#open;
  }

  /** From now on; until `stop`. */
  start(pace: Pace): void {
    this.stop();
    const now = performance.now();
    this.steps = new Steps(now);
    this.#endAt = Infinity;
    this.#arrivals = arrivalsOf(pace, this.parts.random, now);
    this.#ticker = setInterval(this.#tick, TICK_MS);
  }

  /** No payment begins any more. */
  stop(): void {
    clearInterval(this.#ticker);
    this.#endAt = 0;
  }

  /** For its payments. */
  refused(error: RejectedError): void {
    const counts = error.retryAfterMs > 0 ? this.rejected : this.unhinted;
    counts.set(error.code, (counts.get(error.code) ?? 0) + 1);
  }

  /** For its payments. */
  ended(): void {
    this.#open -= 1;
  }

  readonly #tick = (): void => {
    const now = performance.now();
    for (;;) {
      const intended = now >= this.#endAt ? undefined : this.#arrivals?.due(now, this.#open);
      if (intended === undefined) return;
      this.steps.offered(now - intended);
      const device = this.#freeDevice();
      if (device === undefined) {
        this.steps.turnedAway();
        continue;
      }
      this.#open += 1;
      new Payment(this, device, this.parts.random.pick(this.parts.cards), AMOUNT).begin();
    }
  };

  #freeDevice(): Device | undefined {
    const { devices } = this.parts;
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      this.#turn = (this.#turn + 1) % devices.length;
      const device = devices[this.#turn];
      if (device?.station !== undefined && device.open < MAX_DEVICE_OPEN) return device;
    }
    return undefined;
  }
}

/** One payment, to its last answer, also beyond a lost connection. */
class Payment implements Resumable {
  readonly #all: Payments;
  readonly #device: Device;
  readonly #card: string;
  readonly #amount: number;
  readonly #timeMs: number;
  readonly #sentAt = performance.now();
  /** In which it began. */
  readonly #steps: Steps;
  #number: number | undefined;
  #reversing = false;

  constructor(all: Payments, device: Device, card: string, amount: number) {
    this.#all = all;
    this.#device = device;
    this.#card = card;
    this.#amount = amount;
    this.#timeMs = all.parts.clock();
    this.#steps = all.steps;
  }

  begin(): void {
    this.#device.open += 1;
    const { station } = this.#device;
    if (station === undefined) this.#device.stranded.add(this);
    else this.#send(station);
  }

  resume(station: Station): void {
    if (this.#reversing) this.#reverse(station);
    else this.#send(station);
  }

  #send(station: Station): void {
    const payment = { card: this.#card, amount: this.#amount, timeMs: this.#timeMs, number: this.#number };
    this.#number = station.purchase(payment, (result) => {
      this.#answered(result);
    });
  }

  #answered(result: Result): void {
    const now = performance.now();
    if (result instanceof ConnectionLostError) this.#device.stranded.add(this);
    else if (result instanceof RejectedError) this.#refused(result, now);
    else {
      this.#all.log.add(this.#device.terminal, this.#card, result, false);
      if (result.outcome !== 'APPROVED') this.#problem(`answered ${result.outcome}`);
      this.#steps.accepted(now, now - this.#sentAt);
      this.#end();
    }
  }

  #refused(error: RejectedError, now: number): void {
    const { station } = this.#device;
    this.#all.refused(error);
    this.#steps.refused(now);
    if (station === undefined) this.#device.stranded.add(this);
    else if (station.forgo(this.#number ?? 0)) {
      this.#all.forgone += 1;
      this.#end();
    } else this.#reverse(station);
  }

  #reverse(station: Station): void {
    this.#reversing = true;
    const number = this.#number ?? 0;
    station.reverse({ number, card: this.#card, timeMs: this.#all.parts.clock() }, (result) => {
      if (result instanceof ConnectionLostError) this.#device.stranded.add(this);
      else if (result instanceof RejectedError) {
        this.#problem(`a reversal was rejected: ${result.message}`);
        this.#end();
      } else {
        this.#all.log.add(this.#device.terminal, this.#card, result, true);
        this.#end();
      }
    });
  }

  #end(): void {
    this.#device.open -= 1;
    this.#all.ended();
  }

  #problem(text: string): void {
    const { problems } = this.#all;
    if (problems.length < 100) problems.push(`${this.#device.terminal}/${this.#number ?? '?'}: ${text}`);
  }
}
