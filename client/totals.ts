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
}

export interface BatchTotals {
  readonly batch: number;
  /** yyyymmdd */
  readonly businessDate: number;
  readonly purchases: CountedAmount;
  readonly deposits: CountedAmount;
  readonly purchaseReversals: CountedAmount;
  readonly depositReversals: CountedAmount;
  readonly declines: CountedAmount;
  readonly ownRefusals: CountedAmount;
  readonly enquiries: number;
}

export function batchTotalsOf(totals: v1.BatchTotals.$Properties): BatchTotals {
  return {
    batch: totals.batch ?? 0,
    businessDate: totals.businessDate ?? 0,
    purchases: countedOf(totals.purchases),
    deposits: countedOf(totals.deposits),
    purchaseReversals: countedOf(totals.purchaseReversals),
    depositReversals: countedOf(totals.depositReversals),
    declines: countedOf(totals.declines),
    ownRefusals: countedOf(totals.ownRefusals),
    enquiries: toUnsigned(totals.enquiries ?? 0, 'enquiries'),
  };
}

function countedOf(counted: v1.CountedAmount.$Properties | null | undefined): CountedAmount {
  const parts: v1.Parts.$Properties = counted?.parts ?? {};
  return {
    count: toNumber(counted?.count ?? 0, 'count'),
    amount: toBigInt(counted?.amount ?? 0, 'amount'),
    value: toBigInt(parts.value ?? 0, 'value'),
    account: toBigInt(parts.account ?? 0, 'account'),
    loan: toBigInt(parts.loan ?? 0, 'loan'),
    interest: toBigInt(parts.interest ?? 0, 'interest'),
    fare: toBigInt(parts.fare ?? 0, 'fare'),
    restoredLoan: toBigInt(parts.restoredLoan ?? 0, 'restored_loan'),
  };
}
