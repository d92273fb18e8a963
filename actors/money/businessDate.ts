/** Business dates: the calendar day of a time in the deployment's zone, as the integer yyyymmdd (rule 12). */

/** First and last millisecond that a command may name. */
export const MIN_TIME = 0;
export const MAX_TIME = Date.UTC(9999, 11, 31) - 1;

/** First and last date of these times, whatever the zone: MIN_TIME is on the day before west of Greenwich. */
export const MIN_DATE = 1969_12_31;
export const MAX_DATE = 9999_12_31;

const QUARTER_MS = 15 * 60_000;
/** Since 1972 every zone's offset, and every change of it, falls on a whole quarter of an hour (IANA tz). */
const QUARTERS_FROM = Date.UTC(1972, 1, 1);
/** Ten days of quarters. Live traffic needs a few; a replay of a year must not fill the memory. */
const CACHED_QUARTERS = 1_000;

/** The business date, yyyymmdd, of a time in milliseconds, MIN_TIME … MAX_TIME. */
export type BusinessCalendar = (time: number) => number;

/** Asking ICU for a zone takes a millisecond or two. There are some hundreds of zones at most. */
const calendars = new Map<string, BusinessCalendar>();

/** Throws RangeError when the zone is no IANA name. */
export function createBusinessCalendar(timeZone: string): BusinessCalendar {
  const known = calendars.get(timeZone);
  if (known !== undefined) return known;
  const made = calendarOf(timeZone);
  calendars.set(timeZone, made);
  return made;
}

function calendarOf(timeZone: string): BusinessCalendar {
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

const DAY_MS = 86_400_000;

/** Days from 1970-01-01 to a date yyyymmdd. */
export function dayOf(date: number): number {
  return Date.UTC(Math.floor(date / 10_000), (Math.floor(date / 100) % 100) - 1, date % 100) / DAY_MS;
}

/** The date, yyyymmdd, that many days after 1970-01-01. */
export function dateOfDay(day: number): number {
  const date = new Date(day * DAY_MS);
  return date.getUTCFullYear() * 10_000 + (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
}

/** 0 Monday … 6 Sunday. */
export function weekdayOf(date: number): number {
  // 1970-01-01 was a Thursday.
  return (dayOf(date) + 3) % 7;
}

/** Minute of the day, 0 … 1439, of a time in the deployment's zone. */
export type LocalClock = (time: number) => number;

/** As `calendars`: every takeover asks for its zone's. */
const localClocks = new Map<string, LocalClock>();

/** Throws RangeError when the zone is no IANA name. */
export function createLocalClock(timeZone: string): LocalClock {
  const known = localClocks.get(timeZone);
  if (known !== undefined) return known;
  const made = localClockOf(timeZone);
  localClocks.set(timeZone, made);
  return made;
}

function localClockOf(timeZone: string): LocalClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    hour: '2-digit',
    minute: '2-digit',
  });
  return (time) => {
    let [hour, minute] = [0, 0];
    for (const { type, value } of format.formatToParts(time)) {
      if (type === 'hour') hour = Number(value);
      if (type === 'minute') minute = Number(value);
    }
    return hour * 60 + minute;
  };
}
