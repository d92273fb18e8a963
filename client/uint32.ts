import { fromUnsigned, GuardError } from '../proto/guard.js';

/** For encoding a 32-bit field: of a larger number protobufjs would keep the lower half. */
export function fromUint32(value: number, field: string): number {
  if (value > 0xffff_ffff) throw new GuardError(field, `${value} exceeds 32 bits`);
  return fromUnsigned(value, field);
}
