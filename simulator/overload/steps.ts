import { build, type Histogram } from 'hdr-histogram-js';
import { percentilesOf, type Percentiles } from '../percentiles.js';

/** Of one phase. Times in ms. */
export interface Measured {
  readonly seconds: number;
  readonly offeredPerSecond: number;
  readonly acceptedPerSecond: number;
  readonly refusedPerSecond: number;
  /** From the send of what was accepted to its answer. */
  readonly latencyMs: Percentiles;
  /** Arrivals that the load generator could not begin in time: it was busy, or all its devices were. */
  readonly late: number;
}

const STEP_MS = 250;
/** Two seconds. */
const SETTLED_STEPS = 8;
const LATE_MS = 10;

interface Step {
  accepted: number;
  refused: number;
  longestMs: number;
}

/** What happens in a phase, in steps of a quarter of a second. */
export class Steps {
  readonly #beganAt: number;
  readonly #steps: Step[] = [];
  readonly #latencies: Histogram = build({
    bitBucketSize: 32,
    lowestDiscernibleValue: 1,
    // Microseconds: an hour.
    highestTrackableValue: 3_600_000_000,
    numberOfSignificantValueDigits: 3,
  });
  #offered = 0;
  #accepted = 0;
  #refused = 0;
  #late = 0;

  /** Milliseconds of performance.now(), as every time here. */
  constructor(beganAt: number) {
    this.#beganAt = beganAt;
  }

  offered(lateMs: number): void {
    this.#offered += 1;
    if (lateMs > LATE_MS) this.#late += 1;
  }

  /** All devices were busy. */
  turnedAway(): void {
    this.#late += 1;
  }

  accepted(now: number, tookMs: number): void {
    this.#accepted += 1;
    this.#latencies.recordValue(Math.max(1, Math.round(tookMs * 1_000)));
    const step = this.#at(now);
    step.accepted += 1;
    step.longestMs = Math.max(step.longestMs, tookMs);
  }

  refused(now: number): void {
    this.#refused += 1;
    this.#at(now).refused += 1;
  }

  measured(endedAt: number): Measured {
    const seconds = (endedAt - this.#beganAt) / 1_000;
    const rate = (count: number): number => Math.round((10 * count) / seconds) / 10;
    return {
      seconds: Math.round(10 * seconds) / 10,
      offeredPerSecond: rate(this.#offered),
      acceptedPerSecond: rate(this.#accepted),
      refusedPerSecond: rate(this.#refused),
      latencyMs: percentilesOf(this.#latencies),
      late: this.#late,
    };
  }

  /** In one step. */
  get mostRefused(): number {
    return this.#steps.reduce((most, { refused }) => Math.max(most, refused), 0);
  }

  /**
   * From the beginning until what is refused and how long it takes are usual again, and stay so for two seconds: a pause
   * of a collector later on has nothing to do with what was before.
   */
  unsettledMs(usual: { readonly longestMs: number; readonly refused: number }): number {
    let unsettled = 0;
    for (const [index, step] of this.#steps.entries()) {
      if (step.refused > usual.refused || step.longestMs > usual.longestMs) unsettled = index + 1;
      else if (index - unsettled + 1 === SETTLED_STEPS) break;
    }
    return unsettled * STEP_MS;
  }

  #at(now: number): Step {
    const index = Math.max(0, Math.floor((now - this.#beganAt) / STEP_MS));
    let step = this.#steps[index];
    while (step === undefined) {
      this.#steps.push({ accepted: 0, refused: 0, longestMs: 0 });
      step = this.#steps[index];
    }
    return step;
  }
}
