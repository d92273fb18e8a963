/**
 * How an amount was split, each part ≥ 0, minor units. Purchase: value + account + loan. Deposit: fare + interest +
 * loan (principal repaid) + value. Reversal: the parts as they were stored; `restoredLoan` is the value of a reversed
 * deposit that the card no longer held and that became loan (rule 9).
 */
export interface Parts {
  readonly value: number;
  readonly account: number;
  readonly loan: number;
  readonly interest: number;
  readonly fare: number;
  readonly restoredLoan: number;
}

export const NO_PARTS: Parts = { value: 0, account: 0, loan: 0, interest: 0, fare: 0, restoredLoan: 0 };
