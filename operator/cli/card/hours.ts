/** When a card opens gates, as operators type it: `mon-fri 07:00-22:00, sat 08:00-12:00`. */
import type { TimeWindow } from '../../../client/cardPolicy.js';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const EVERY_DAY = 0b111_1111;

/** Undefined: it says something else. */
export function parseHours(text: string): readonly TimeWindow[] | undefined {
  const windows = text.split(',').map((part) => parseWindow(part.trim()));
  return windows.every((window) => window !== undefined) ? windows : undefined;
}

function parseWindow(text: string): TimeWindow | undefined {
  const match = /^(?:([a-z]{3})(?:-([a-z]{3}))? )?(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(text);
  if (match === null) return undefined;
  const [, from, to, ...times] = match;
  const [fromHour = 0, fromMinute = 0, toHour = 0, toMinute = 0] = times.map(Number);
  const days = from === undefined ? EVERY_DAY : daysOf(from, to ?? from);
  const window = { days, fromMinute: fromHour * 60 + fromMinute, toMinute: toHour * 60 + toMinute };
  const isSound = days !== 0 && fromMinute < 60 && toMinute < 60 && window.toMinute <= 24 * 60;
  return isSound && window.fromMinute < window.toMinute ? window : undefined;
}

/** From one day to the other, around the week if need be; 0: one of them is none. */
function daysOf(from: string, to: string): number {
  const [first, last] = [indexOf(from), indexOf(to)];
  if (first === -1 || last === -1) return 0;
  let days = 0;
  for (let day = first; ; day = (day + 1) % DAYS.length) {
    days |= 1 << day;
    if (day === last) return days;
  }
}

function indexOf(day: string): number {
  return DAYS.findIndex((each) => each === day);
}

export function hoursText(hours: readonly TimeWindow[]): string {
  return hours.map(windowText).join(', ');
}

function windowText({ days, fromMinute, toMinute }: TimeWindow): string {
  const when = days === EVERY_DAY ? '' : `${runsOf(days).join('+')} `;
  return `${when}${clock(fromMinute)}-${clock(toMinute)}`;
}

/** mon-fri, sun */
function runsOf(days: number): readonly string[] {
  const runs: string[] = [];
  for (let day = 0; day < DAYS.length; day += 1) {
    if ((days & (1 << day)) === 0) continue;
    const first = day;
    while ((days & (1 << (day + 1))) !== 0) day += 1;
    const [from = '', to = ''] = [DAYS[first], DAYS[day]];
    runs.push(first === day ? from : `${from}-${to}`);
  }
  return runs;
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}
