/**
 * Guards between protobufjs and the rest. protobufjs decodes 64-bit integers to Long, encodes NaN as 0 and 1.5 as 1,
 * and reads an absent field as 0; nothing of that may touch money. Every codec goes through these functions, which
 * refuse with a GuardError that names the field.
 */
import Long from 'long';

/** A signed 64-bit integer of the wire: a number where that is exact, else a bigint. */
export type WireInteger = number | bigint;

/** What protobufjs gives and takes for a 64-bit field. */
export type WireLong = number | Long;

/** A field that is absent, of the wrong type, or out of range. The message starts with the field's name. */
export class GuardError extends Error {
  readonly field: string;
  constructor(field: string, problem: string) {
    super(`${field}: ${problem}`);
    this.name = 'GuardError';
    this.field = field;
  }
}

/** The exact value as a safe integer; refuses what a number cannot hold. */
export function toNumber(value: WireLong | null | undefined, field: string): number {
  const wide = toWide(value, field);
  if (typeof wide === 'bigint') throw new GuardError(field, `${String(wide)} is not a safe integer`);
  return wide;
}

/** The exact value, whatever its size. Refuses absent and fractional values. */
export function toWide(value: WireLong | null | undefined, field: string): WireInteger {
  if (value === null || value === undefined) throw new GuardError(field, 'is missing');
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new GuardError(field, `${String(value)} is not an integer`);
    return value;
  }
  const asNumber = value.toNumber();
  if (Number.isSafeInteger(asNumber)) return asNumber;
  return BigInt(value.toString());
}

/** A safe integer ≥ 0. */
export function toUnsigned(value: WireLong | null | undefined, field: string): number {
  const number = toNumber(value, field);
  if (number < 0) throw new GuardError(field, `${String(number)} is negative`);
  return number;
}

/** A sum: 64 bits as a bigint, exact. */
export function toBigInt(value: WireLong | null | undefined, field: string): bigint {
  return BigInt(toWide(value, field));
}

/** For encoding: refuses everything that protobufjs would silently change. */
export function fromInteger(value: WireInteger, field: string): WireLong {
  if (typeof value === 'bigint') {
    if (BigInt.asIntN(64, value) !== value) throw new GuardError(field, `${String(value)} exceeds 64 bits`);
    return Long.fromString(value.toString());
  }
  if (!Number.isSafeInteger(value)) throw new GuardError(field, `${String(value)} is not a safe integer`);
  return value;
}

/** For encoding a 32-bit field: of a larger number protobufjs would keep the lower half. */
export function fromUint32(value: number, field: string): number {
  if (value > 0xffff_ffff) throw new GuardError(field, `${String(value)} exceeds 32 bits`);
  return fromUnsigned(value, field);
}

/** For encoding an unsigned field. */
export function fromUnsigned(value: number, field: string): number {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new GuardError(field, `${String(value)} is not an unsigned integer`);
  }
  return value;
}
