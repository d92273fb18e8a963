/**
 * Amounts are integers in minor units (D17). What one card holds or moves is a `number`, exact up to 2^53 − 1; what
 * is added up over many cards is a `bigint`; what a device sent is a `WireInteger` until the rules have judged it.
 */
import { MAX_AMOUNT, MAX_HELD_VALUE } from '../bounds.js';

/** A signed 64-bit integer as it came: a number where that is exact, else a bigint. */
export type WireInteger = number | bigint;

/** Largest amount of a card's terms, in minor units. */
export const MAX_TERM = MAX_HELD_VALUE;

/** Rule 17's INVALID_AMOUNT: whether the amount of a purchase or deposit is in 1 … MAX_AMOUNT. */
export function isAmount(amount: WireInteger): amount is number {
  return Number.isSafeInteger(amount) && Number(amount) >= 1 && Number(amount) <= MAX_AMOUNT;
}

/** The balance itself. Throws when it is no exact integer ≥ 0: the turn is dropped, nothing is recorded (D4). */
export function exact(balance: number, name: string): number {
  if (Number.isSafeInteger(balance) && balance >= 0) return balance;
  throw new Error(`${name} would become ${String(balance)}, which is no exact balance`);
}
