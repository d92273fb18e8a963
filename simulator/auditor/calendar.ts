/** Business dates as the auditor computes them: the date of a time in the deployment's zone, yyyymmdd (rule 12). */

/** Offsets of all zones since 1972 are multiples of a quarter of an hour, so one date covers each quarter. */
const QUARTER_MS = 15 * 60_000;
const QUARTERS_FROM_MS = Date.UTC(1972, 1, 1);
/** A date yyyymmdd has four digits for the year. */
const MAX_TIME_MS = Date.UTC(9999, 11, 31) - 1;
const MAX_CACHED = 50_000;

export class Calendar {
  readonly #format: Intl.DateTimeFormat;
  readonly #dates = new Map<number, number>();

  /** Throws RangeError: no such time zone. */
  constructor(timeZone: string) {
    const options = { year: 'numeric', month: 'numeric', day: 'numeric' } as const;
    this.#format = new Intl.DateTimeFormat('en', { timeZone, calendar: 'iso8601', ...options });
  }

  /** Undefined: no date has four digits for its year then, or it is before 1970. */
  dateOf(timeMs: number): number | undefined {
    if (timeMs < 0 || timeMs > MAX_TIME_MS) return undefined;
    if (timeMs < QUARTERS_FROM_MS) return this.#compute(timeMs);
    const quarter = Math.floor(timeMs / QUARTER_MS);
    const known = this.#dates.get(quarter);
    if (known !== undefined) return known;
    if (this.#dates.size >= MAX_CACHED) this.#dates.clear();
    const date = this.#compute(timeMs);
    this.#dates.set(quarter, date);
    return date;
  }

  #compute(timeMs: number): number {
    const parts = this.#format.formatToParts(timeMs);
    const part = (type: string): number => Number(parts.find((each) => each.type === type)?.value);
    return part('year') * 10_000 + part('month') * 100 + part('day');
  }
}
