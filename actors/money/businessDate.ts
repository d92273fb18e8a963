/** Business dates: the calendar day of a time in the deployment's zone, as the integer yyyymmdd (rule 12). */

/** First and last millisecond whose year has four digits. */
export const MIN_TIME = 0;
export const MAX_TIME = Date.UTC(9999, 11, 31) - 1;

const QUARTER_MS = 15 * 60_000;
/** Since 1972 every zone's offset, and every change of it, falls on a whole quarter of an hour (IANA tz). */
const QUARTERS_FROM = Date.UTC(1972, 1, 1);
/** Ten days of quarters. Live traffic needs a few; a replay of a year must not fill the memory. */
const CACHED_QUARTERS = 1_000;

/** The business date, yyyymmdd, of a time in milliseconds, MIN_TIME … MAX_TIME. */
export type BusinessCalendar = (time: number) => number;

/** Throws RangeError when the zone is no IANA name. */
export function createBusinessCalendar(timeZone: string): BusinessCalendar {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const dates = new Map<number, number>();
  return (time) => {
    if (time < QUARTERS_FROM) return dateOf(format, time);
    const quarter = Math.floor(time / QUARTER_MS);
    const known = dates.get(quarter);
    if (known !== undefined) return known;
    const date = dateOf(format, quarter * QUARTER_MS);
    // The oldest goes first: a Map iterates in order of insertion.
    if (dates.size >= CACHED_QUARTERS) for (const oldest of dates.keys()) if (dates.delete(oldest)) break;
    dates.set(quarter, date);
    return date;
  };
}

function dateOf(format: Intl.DateTimeFormat, time: number): number {
  let [year, month, day] = [0, 0, 0];
  for (const { type, value } of format.formatToParts(time)) {
    if (type === 'year') year = Number(value);
    if (type === 'month') month = Number(value);
    if (type === 'day') day = Number(value);
  }
  return year * 10_000 + month * 100 + day;
}
