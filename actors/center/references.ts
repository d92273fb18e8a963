/** Operators' references that are settled: a command that is asked again is answered as done, not done again. */
import type { Adjustment } from '../money/balances.js';

export interface SettledReference {
  readonly reference: string;
  /** What was asked for: an amount to store, or an adjustment. */
  readonly content: number | Adjustment;
  /** Business time, ms. */
  readonly time: number;
  /** A store instruction that was cancelled. */
  readonly cancelled: boolean;
}

const DAY_MS = 86_400_000;

/** Longer than the month for which an operator may repeat (see MAX_REFERENCE_DAYS), by a day for time zones. */
const KEPT_MS = 33 * DAY_MS;

/** The references after one more; those of more than a month ago are forgotten. */
export function settle(
  settled: readonly SettledReference[],
  reference: SettledReference,
): readonly SettledReference[] {
  return [...remembered(settled, reference.time), reference];
}

/** Those that are not forgotten yet. */
export function remembered(settled: readonly SettledReference[], now: number): readonly SettledReference[] {
  const oldest = now - KEPT_MS;
  const first = settled[0];
  return first !== undefined && first.time < oldest ? settled.filter(({ time }) => time >= oldest) : settled;
}

export function sameContent(one: number | Adjustment, other: number | Adjustment): boolean {
  if (typeof one === 'number' || typeof other === 'number') return one === other;
  return (
    one.storedValue === other.storedValue &&
    one.loan === other.loan &&
    one.interest === other.interest &&
    one.fareOwed === other.fareOwed
  );
}
