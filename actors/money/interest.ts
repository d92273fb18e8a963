/**
 * Interest (rule 6): of business date D = principal at the end of D − 1 × rate in force on D ÷ 365 (ACT/365F, simple).
 * Posted rounded down to the minor unit; what is left is carried. Exact: no floating point, nothing is lost or gained.
 */
import { dateOfDay, dayOf } from './businessDate.js';

/** How often a run posts. */
export const FREQUENCIES = ['DAILY', 'WEEKLY', 'MONTHLY'] as const;
export type Frequency = (typeof FREQUENCIES)[number];

/** One minor unit, in which the carry is counted: 365 days × 1,000,000 millionths of the rate. */
export const CARRY_UNIT = 365_000_000;

/** What is not charged yet: the principal at the end of `through`, and how it changed on the dates after. */
export interface Accrual {
  /** Last business date that is charged. */
  readonly through: number;
  /** Below 0 where a payment states an earlier time than the draw which it repays. */
  readonly principal: number;
  /** 0 … CARRY_UNIT − 1. */
  readonly carry: number;
  /** Ascending dates, all after `through`; amounts are signed and not 0. */
  readonly changes: readonly PrincipalChange[];
}

export interface PrincipalChange {
  readonly businessDate: number;
  readonly amount: number;
}

/** A card's first chargeable date is the one after its issue. */
export function beginAccrual(issued: number, principal: number): Accrual {
  return { through: issued, principal, carry: 0, changes: [] };
}

/** The principal changed on a date. A charged date is never reopened: then it counts on the first that is not. */
export function changePrincipal(accrual: Accrual, businessDate: number, amount: number): Accrual {
  if (amount === 0) return accrual;
  if (businessDate <= accrual.through) return { ...accrual, principal: accrual.principal + amount };
  const { changes } = accrual;
  const place = changes.findIndex((each) => each.businessDate >= businessDate);
  const at = place === -1 ? changes.length : place;
  const known = changes[at];
  if (known?.businessDate !== businessDate) {
    return { ...accrual, changes: changes.toSpliced(at, 0, { businessDate, amount }) };
  }
  const sum = known.amount + amount;
  return {
    ...accrual,
    changes: sum === 0 ? changes.toSpliced(at, 1) : changes.with(at, { businessDate, amount: sum }),
  };
}

export interface Charge {
  /** Whole minor units, ≥ 0. */
  readonly amount: number;
  readonly accrual: Accrual;
}

/**
 * Charges every date after `through`, up to and including `date`.
 * @param rateOn millionths a year in force on a business date
 */
export function charge(accrual: Accrual, date: number, rateOn: (date: number) => number): Charge {
  const last = dayOf(date);
  let { principal } = accrual;
  let next = 0;
  let sum = BigInt(accrual.carry);
  for (let day = dayOf(accrual.through) + 1; day <= last; day += 1) {
    // A payment that states an earlier time than the draw which it repays: nothing was lent then.
    sum += BigInt(Math.max(0, principal)) * BigInt(rateOn(dateOfDay(day)));
    // What changed on this date is in the principal at its end: it counts from the next.
    for (; dayOfChange(accrual, next) <= day; next += 1) principal += accrual.changes[next]?.amount ?? 0;
  }
  const through = Math.max(date, accrual.through);
  const unit = BigInt(CARRY_UNIT);
  const carry = Number(sum % unit);
  return {
    amount: Number(sum / unit),
    accrual: { through, principal, carry, changes: accrual.changes.slice(next) },
  };
}

function dayOfChange({ changes }: Accrual, index: number): number {
  const change = changes[index];
  return change === undefined ? Infinity : dayOf(change.businessDate);
}

/** Whether a run would have to look at it: something is owed, was owed, or is carried. */
export function isAccruing({ principal, changes }: Accrual): boolean {
  return principal > 0 || changes.length > 0;
}
