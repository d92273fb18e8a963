/** Store instructions of the center: recorded at once, applied at the card's next access (rule 5). */
import { applyDeposit, type Balances, depositThatFits, splitDeposit } from './balances.js';

export interface Instruction {
  /** The operator's own name for it: the same reference is the same instruction. */
  readonly reference: string;
  readonly amount: number;
  /** When it was recorded, business time in ms. */
  readonly time: number;
}

export function pendingSum(pending: readonly Instruction[]): number {
  let sum = 0;
  for (const { amount } of pending) sum += amount;
  return sum;
}

/** How much more would fit if all that is pending were applied now, also what does not fit at this moment. */
export function roomBehind(
  balances: Balances,
  pending: readonly Instruction[],
  cap: number | undefined,
): number {
  return Math.max(0, depositThatFits(balances, cap) - pendingSum(pending));
}

/** What the card would hold if all that is pending were applied now, in order, as far as it fits. */
export function projected(
  balances: Balances,
  pending: readonly Instruction[],
  cap: number | undefined,
): Balances {
  let after = balances;
  for (const { amount } of pending) {
    if (amount > depositThatFits(after, cap)) break;
    after = applyDeposit(after, splitDeposit(after, amount));
  }
  return after;
}
