/** One transaction of a replayed file, checked: what can be sent, whatever the rules then say to it. */
import { isValidId } from '../../actors/money/ids.js';
import { MAX_TIME, MIN_TIME } from '../../actors/money/businessDate.js';

export const COLUMNS = ['id', 'time', 'card', 'terminal', 'kind', 'amount'] as const;
export type Column = (typeof COLUMNS)[number];

export type RowKind = 'purchase' | 'deposit';

export interface Row {
  /** Its line in the file (the header is line 1), and the number of its transaction id. */
  readonly line: number;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly time: number;
  readonly card: string;
  readonly terminal: string;
  readonly kind: RowKind;
  /** Minor units; any signed 64-bit integer: the rules decide which are allowed. */
  readonly amount: number | bigint;
}

/** Throws RangeError, whose message says what is wrong with the line. */
export function rowOf(line: number, value: (column: Column) => string): Row {
  if (value('id') === '') throw new RangeError('id is empty');
  return {
    line,
    time: timeOf(value('time')),
    card: idOf('card', value('card')),
    terminal: idOf('terminal', value('terminal')),
    kind: kindOf(value('kind')),
    amount: amountOf(value('amount')),
  };
}

function idOf(column: Column, text: string): string {
  if (text === '') throw new RangeError(`${column} is empty`);
  if (!isValidId(text))
    throw new RangeError(`${column} ${quote(text)} is no id (1 to 64 printable characters, UTF-8)`);
  return text;
}

function kindOf(text: string): RowKind {
  if (text === 'purchase' || text === 'deposit') return text;
  throw new RangeError(text === '' ? 'kind is empty' : `kind ${quote(text)} is neither purchase nor deposit`);
}

/** Digits with an optional sign: no decimals, no separators, no blanks. Beyond 2^53 as a bigint. */
export function amountOf(text: string): number | bigint {
  if (!/^[+-]?\d+$/.test(text)) {
    throw new RangeError(text === '' ? 'amount is empty' : `amount ${quote(text)} is no integer`);
  }
  const near = Number(text);
  // + 0: "-0" is the integer 0.
  if (Number.isSafeInteger(near)) return near + 0;
  const exact = BigInt(text.startsWith('+') ? text.slice(1) : text);
  if (BigInt.asIntN(64, exact) !== exact) throw new RangeError(`amount ${quote(text)} exceeds 64 bits`);
  return exact;
}

const INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:(Z)|([+-])(\d{2}):?(\d{2})?)$/i;

/** ISO 8601 with date, time and offset → milliseconds since 1970. Finer fractions of a second are cut. */
export function timeOf(text: string): number {
  const match = INSTANT.exec(text);
  if (match === null) {
    throw new RangeError(
      text === ''
        ? 'time is empty'
        : `time ${quote(text)} is not ISO 8601 with an offset (2026-01-31T09:00:00+09:00)`,
    );
  }
  const field = (index: number): number => Number(match[index] ?? 0);
  const [year, month, day] = [field(1), field(2), field(3)];
  const [hour, minute, second] = [field(4), field(5), field(6)];
  const [offsetHour, offsetMinute] = [field(10), field(11)];
  const fits = hour < 24 && minute < 60 && second < 60 && offsetHour < 24 && offsetMinute < 60;
  if (!fits || !isDate(year, month, day)) throw new RangeError(`time ${quote(text)} does not exist`);
  const ms = Math.floor(Number(`0.${match[7] ?? '0'}`) * 1_000);
  const offset = (offsetHour * 60 + offsetMinute) * 60_000 * (match[9] === '-' ? -1 : 1);
  const time = Date.UTC(year, month - 1, day, hour, minute, second, ms) - offset;
  if (time < MIN_TIME || time > MAX_TIME)
    throw new RangeError(`time ${quote(text)} is not within 1970 to 9999`);
  return time;
}

/** Date.UTC turns 30 February into 1 March. */
function isDate(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && month >= 1 && month <= 12;
}

function quote(text: string): string {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return JSON.stringify(shown);
}
