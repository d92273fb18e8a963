import { build, type Histogram } from 'hdr-histogram-js';
import { percentilesOf, type Percentiles } from './percentiles.js';

const MAX_VIOLATIONS = 100;

/** What a driver counts. */
export class Tally {
  approved = 0;
  /** Arrivals that started noticeably later than they should have. */
  late = 0;
  /** Repeats of an id that was known: not counted as accepted once more. */
  repeats = 0;
  reconnections = 0;
  readonly declined = new Map<string, number>();
  readonly rejected = new Map<string, number>();
  readonly byKind = new Map<string, number>();
  readonly violations: string[] = [];
  violationCount = 0;
  readonly #latencies: Histogram = build({
    bitBucketSize: 32,
    lowestDiscernibleValue: 1,
    // Microseconds: an hour.
    highestTrackableValue: 3_600_000_000,
    numberOfSignificantValueDigits: 3,
  });

  /** Answered: approved + declined. */
  get accepted(): number {
    let declined = 0;
    for (const count of this.declined.values()) declined += count;
    return this.approved + declined;
  }

  /** One more answer about a new command. `ms`: since it should have started. */
  answered(kind: string, declinedBy: string | undefined, ms: number): void {
    count(this.byKind, kind);
    if (declinedBy === undefined) this.approved += 1;
    else count(this.declined, declinedBy);
    this.#latencies.recordValue(Math.max(1, Math.round(ms * 1_000)));
  }

  rejection(code: string): void {
    count(this.rejected, code);
  }

  violation(text: string): void {
    this.violationCount += 1;
    if (this.violations.length < MAX_VIOLATIONS) this.violations.push(text);
  }

  latencies(): Percentiles {
    return percentilesOf(this.#latencies);
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
