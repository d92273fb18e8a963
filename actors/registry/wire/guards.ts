/** What every codec of this folder uses: values checked at the edge, refused with a GuardError that names the field. */
import {
  fromInteger,
  fromUint32,
  fromUnsigned,
  GuardError,
  toBigInt,
  toNumber,
  toUnsigned,
  toWide,
  type WireLong,
} from '../../../proto/guard.js';
import { MAX_DATE, MAX_TIME, MIN_DATE, MIN_TIME, dateOfDay, dayOf } from '../../money/businessDate.js';
import { isValidId, isValidText } from '../../money/ids.js';

export { fromInteger, fromUint32, fromUnsigned, GuardError, toNumber, toUnsigned, toWide, type WireLong };

/** A message that must be there. */
export function required<Message>(message: Message | null | undefined, field: string): Message {
  if (message === null || message === undefined) throw new GuardError(field, 'is missing');
  return message;
}

/** Every element of a repeated field, decoded. */
export function listOf<Message, Plain>(
  messages: readonly Message[] | null | undefined,
  decode: (message: Message) => Plain,
): readonly Plain[] {
  return (messages ?? []).map((message) => decode(message));
}

/** Fields of a newer format could change the meaning of the others: they are refused, not skipped. */
export function noUnknowns(message: { readonly $unknowns?: Uint8Array[] }, field: string): void {
  if (message.$unknowns !== undefined) throw new GuardError(field, 'has an unknown field');
}

/** An id of a card or terminal. */
export function toId(id: string | null | undefined, field: string): string {
  if (id == null || id === '') throw new GuardError(field, 'is missing');
  if (!isValidId(id)) throw new GuardError(field, 'is no id: 1 to 64 printable characters');
  return id;
}

export function toText(text: string | null | undefined, field: string): string {
  const present = text ?? '';
  if (!isValidText(present)) throw new GuardError(field, 'must be at most 256 printable characters');
  return present;
}

export function toPositive(value: WireLong | null | undefined, field: string): number {
  const number = toUnsigned(value ?? 0, field);
  if (number === 0) throw new GuardError(field, 'is missing or 0');
  return number;
}

/** A 64-bit field that stands for 0 when it is absent. */
export function toCount(value: WireLong | null | undefined, field: string): number {
  return toUnsigned(value ?? 0, field);
}

export function toSum(value: WireLong | null | undefined, field: string): bigint {
  return toBigInt(value ?? 0, field);
}

/** Milliseconds, within the four-digit years. */
export function toTime(value: WireLong | null | undefined, field: string): number {
  const time = toUnsigned(value ?? 0, field);
  if (time < MIN_TIME || time > MAX_TIME) throw new GuardError(field, 'is no time before the year 10000');
  return time;
}

/** yyyymmdd; only its shape is checked: journals may hold a date that is in no calendar, from before it was refused. */
export function toDate(value: number | null | undefined, field: string): number {
  const date = value ?? 0;
  const [month, day] = [Math.floor(date / 100) % 100, date % 100];
  if (date < MIN_DATE || date > MAX_DATE || month < 1 || month > 12 || day < 1 || day > 31) {
    throw new GuardError(field, `${date} is no date yyyymmdd`);
  }
  return date;
}

/** Likewise, of a command: in the calendar, so no 31 February. */
export function toCalendarDate(value: number | null | undefined, field: string): number {
  const date = toDate(value, field);
  if (dateOfDay(dayOf(date)) !== date) throw new GuardError(field, `${date} is no date yyyymmdd`);
  return date;
}

/** Undefined where an `optional` field is absent. */
export function optional<Value, Plain>(
  value: Value | null | undefined,
  field: string,
  decode: (value: Value, field: string) => Plain,
): Plain | undefined {
  return value === null || value === undefined ? undefined : decode(value, field);
}

export function fromSum(value: bigint, field: string): WireLong {
  return value >= 0n && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : fromInteger(value, field);
}
