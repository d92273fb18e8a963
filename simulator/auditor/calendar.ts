/** Business dates as the auditor computes them: the date of a time in the deployment's zone, yyyymmdd (rule 12). */

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Offsets of all zones since 1972 are multiples of a quarter of an hour, so one moment covers each quarter. */
const QUARTER_MS = 15 * MINUTE_MS;
const QUARTERS_FROM_MS = Date.UTC(1972, 1, 1);
/** A date yyyymmdd has four digits for the year. */
const MAX_TIME_MS = Date.UTC(9999, 11, 31) - 1;
const MAX_CACHED = 50_000;

interface Moment {
  readonly date: number;
  /** Of the day. */
  readonly minute: number;
}

export class Calendar {
  readonly #format: Intl.DateTimeFormat;
  readonly #moments = new Map<number, Moment>();

  /** Throws RangeError: no such time zone. */
  constructor(timeZone: string) {
    const date = { year: 'numeric', month: 'numeric', day: 'numeric' } as const;
    const time = { hour: 'numeric', minute: 'numeric', hourCycle: 'h23' } as const;
    this.#format = new Intl.DateTimeFormat('en', { timeZone, calendar: 'iso8601', ...date, ...time });
  }

  /** Undefined: no date has four digits for its year then, or the time is before 1970. */
  dateOf(timeMs: number): number | undefined {
    return this.#momentOf(timeMs)?.date;
  }

  /** Minute of the day; undefined as above. */
  minuteOf(timeMs: number): number | undefined {
    const moment = this.#momentOf(timeMs);
    if (moment === undefined || timeMs < QUARTERS_FROM_MS) return moment?.minute;
    return moment.minute + Math.floor((timeMs % QUARTER_MS) / MINUTE_MS);
  }

  #momentOf(timeMs: number): Moment | undefined {
    if (timeMs < 0 || timeMs > MAX_TIME_MS) return undefined;
    if (timeMs < QUARTERS_FROM_MS) return this.#compute(timeMs);
    const quarter = Math.floor(timeMs / QUARTER_MS);
    const known = this.#moments.get(quarter);
    if (known !== undefined) return known;
    if (this.#moments.size >= MAX_CACHED) this.#moments.clear();
    const moment = this.#compute(quarter * QUARTER_MS);
    this.#moments.set(quarter, moment);
    return moment;
  }

  #compute(timeMs: number): Moment {
    const parts = this.#format.formatToParts(timeMs);
    const part = (type: string): number => Number(parts.find((each) => each.type === type)?.value);
    return {
      date: part('year') * 10_000 + part('month') * 100 + part('day'),
      minute: part('hour') * 60 + part('minute'),
    };
  }
}

/** Days since 1970-01-01 of a date yyyymmdd. */
export function dayOf(date: number): number {
  const [year, month, day] = [Math.floor(date / 10_000), Math.floor(date / 100) % 100, date % 100];
  return Date.UTC(year, month - 1, day) / DAY_MS;
}

/** The date yyyymmdd of a day. */
export function dateOfDay(day: number): number {
  const date = new Date(day * DAY_MS);
  return date.getUTCFullYear() * 10_000 + (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
}

/** 0 is Monday. 1970-01-01 was a Thursday. */
export function weekdayOf(date: number): number {
  return (dayOf(date) + 3) % 7;
}
