/** When a business date is over, in the time of partitions. */
import { createBusinessCalendar, type BusinessCalendar, dayOf } from './businessDate.js';
import type { DeploymentRules } from './deploymentRules.js';

const DAY_MS = 86_400_000;
const QUARTER_MS = 15 * 60_000;
/** Further from UTC than any zone ever was. */
const MARGIN_MS = DAY_MS;

/** The first time of partitions (ms) that is of a later date, yyyymmdd, with all that follow it. */
export type DateEnd = (date: number) => number;

/** Throws RangeError when the zone is no IANA name. */
export function createDateEnd(rules: DeploymentRules): DateEnd {
  const dateOf = createBusinessCalendar(rules.timeZone);
  return (date) => partitionTime(rules, businessEnd(dateOf, date));
}

/** From the end: where clocks are put back over midnight, a date comes twice. */
function businessEnd(dateOf: BusinessCalendar, date: number): number {
  let end = (dayOf(date) + 1) * DAY_MS + MARGIN_MS;
  while (end > 0 && dateOf(end - QUARTER_MS) > date) end -= QUARTER_MS;
  return end;
}

/** The first time of partitions whose business time is not before `time`. */
function partitionTime({ businessClock, created }: DeploymentRules, time: number): number {
  if (businessClock === undefined) return time;
  const { start, rate } = businessClock;
  return time <= start ? 0 : created + Math.ceil((time - start) / rate);
}
