/** What a terminal took, as plain TypeScript. Sums are bigints. */
import type { v1 } from '../proto/generated/emoney.js';
import { toBigInt, toNumber, toUnsigned } from '../proto/guard.js';

export interface CountedAmount {
  readonly count: number;
  readonly amount: bigint;
  readonly value: bigint;
  readonly account: bigint;
  readonly loan: bigint;
  readonly interest: bigint;
  readonly fare: bigint;
  readonly restoredLoan: bigint;
  readonly excess: bigint;
  readonly accountAsLoan: bigint;
}

/** Undoing is a line of its own; nothing is ever taken out of another. */
export interface BatchTotals {
  readonly batch: number;
  /** yyyymmdd */
  readonly businessDate: number;
  readonly purchases: CountedAmount;
  readonly deposits: CountedAmount;
  readonly refunds: CountedAmount;
  readonly voids: CountedAmount;
  /** Their part `fare` is what stayed uncollected. */
  readonly fares: CountedAmount;
  readonly unloads: CountedAmount;
  readonly purchaseReversals: CountedAmount;
  readonly depositReversals: CountedAmount;
  readonly refundReversals: CountedAmount;
  readonly voidReversals: CountedAmount;
  readonly fareReversals: CountedAmount;
  readonly unloadReversals: CountedAmount;
  readonly declines: CountedAmount;
  /** The terminal's own refusals, which never reach the center. */
  readonly ownRefusals: CountedAmount;
  readonly enquiries: number;
  /** Approved ones. */
  readonly entries: number;
}

export function batchTotalsOf(totals: v1.BatchTotals.$Properties): BatchTotals {
  return {
    batch: totals.batch ?? 0,
    businessDate: totals.businessDate ?? 0,
    purchases: countedOf(totals.purchases),
    deposits: countedOf(totals.deposits),
    refunds: countedOf(totals.refunds),
    voids: countedOf(totals.voids),
    fares: countedOf(totals.fares),
    unloads: countedOf(totals.unloads),
    purchaseReversals: countedOf(totals.purchaseReversals),
    depositReversals: countedOf(totals.depositReversals),
    refundReversals: countedOf(totals.refundReversals),
    voidReversals: countedOf(totals.voidReversals),
    fareReversals: countedOf(totals.fareReversals),
    unloadReversals: countedOf(totals.unloadReversals),
    declines: countedOf(totals.declines),
    ownRefusals: countedOf(totals.ownRefusals),
    enquiries: toUnsigned(totals.enquiries ?? 0, 'enquiries'),
    entries: toUnsigned(totals.entries ?? 0, 'entries'),
  };
}

/** Line by line; batch and date are those of the first. */
export function addTotals(one: BatchTotals, other: BatchTotals): BatchTotals {
  const sum: Record<string, number | CountedAmount> = { ...one };
  for (const name of Object.keys(one) as (keyof BatchTotals)[]) {
    const [line, added] = [one[name], other[name]];
    if (typeof line !== 'number' && typeof added !== 'number') sum[name] = addCounted(line, added);
  }
  sum['enquiries'] = one.enquiries + other.enquiries;
  sum['entries'] = one.entries + other.entries;
  return sum as unknown as BatchTotals;
}

export function addCounted(one: CountedAmount, other: CountedAmount): CountedAmount {
  if (other === NOTHING_COUNTED) return one;
  const { count, ...amounts } = one;
  const sums = Object.entries(amounts).map(([name, amount]) => {
    return [name, amount + other[name as keyof typeof amounts]] as const;
  });
  return { count: count + other.count, ...(Object.fromEntries(sums) as typeof amounts) };
}

export const NOTHING_COUNTED: CountedAmount = {
  count: 0,
  amount: 0n,
  value: 0n,
  account: 0n,
  loan: 0n,
  interest: 0n,
  fare: 0n,
  restoredLoan: 0n,
  excess: 0n,
  accountAsLoan: 0n,
};

export function countedOf(counted: v1.CountedAmount.$Properties | null | undefined): CountedAmount {
  if (counted == null) return NOTHING_COUNTED;
  const parts: v1.Parts.$Properties = counted.parts ?? {};
  return {
    count: toNumber(counted.count ?? 0, 'count'),
    amount: toBigInt(counted.amount ?? 0, 'amount'),
    value: toBigInt(parts.value ?? 0, 'value'),
    account: toBigInt(parts.account ?? 0, 'account'),
    loan: toBigInt(parts.loan ?? 0, 'loan'),
    interest: toBigInt(parts.interest ?? 0, 'interest'),
    fare: toBigInt(parts.fare ?? 0, 'fare'),
    restoredLoan: toBigInt(parts.restoredLoan ?? 0, 'restored_loan'),
    excess: toBigInt(parts.excess ?? 0, 'excess'),
    accountAsLoan: toBigInt(parts.accountAsLoan ?? 0, 'account_as_loan'),
  };
}
