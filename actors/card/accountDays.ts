/** What the designated account took of a card on each business date: what a cap a day looks at (rule 2). */
import { MAX_ACCOUNT_DAYS } from '../bounds.js';

export interface AccountDay {
  readonly businessDate: number;
  readonly amount: number;
}

export function usedOn(days: readonly AccountDay[], businessDate: number): number {
  return days.find((each) => each.businessDate === businessDate)?.amount ?? 0;
}

/** The days after a share was taken or, negative, given back. Only the newest dates are kept. */
export function useAccount(
  days: readonly AccountDay[],
  businessDate: number,
  amount: number,
): readonly AccountDay[] {
  const day = { businessDate, amount: Math.max(0, usedOn(days, businessDate) + amount) };
  return [...days.filter((each) => each.businessDate !== businessDate), day]
    .filter((each) => each.amount > 0)
    .sort((one, other) => one.businessDate - other.businessDate)
    .slice(-MAX_ACCOUNT_DAYS);
}
