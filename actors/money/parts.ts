/**
 * How an amount was split, each part ≥ 0, minor units. Purchase and fare: value + account + loan + fare, where fare is
 * what stayed uncollected. Deposit and store: fare + interest + loan (principal repaid) + value. Undoing (reversal,
 * void, refund): the parts as they were stored; `excess`, `accountAsLoan` and `restoredLoan` say what became of them.
 */
export interface Parts {
  readonly value: number;
  readonly account: number;
  readonly loan: number;
  readonly interest: number;
  readonly fare: number;
  /** Value that was taken back, but that the card no longer held: it became loan (rule 9). */
  readonly restoredLoan: number;
  /** Of the loan and fare that were given back, what was owed no more: it went to stored value (rule 9). */
  readonly excess: number;
  /** Of the account part that was given back, what lowered the loan: its collection had been returned (rule 9). */
  readonly accountAsLoan: number;
}

/** All of them; the first AMOUNT_PARTS add up to the amount. */
export const PART_NAMES = [
  'value',
  'account',
  'loan',
  'interest',
  'fare',
  'restoredLoan',
  'excess',
  'accountAsLoan',
] as const satisfies readonly (keyof Parts)[];
export const AMOUNT_PARTS = 5;

export const NO_PARTS: Parts = {
  value: 0,
  account: 0,
  loan: 0,
  interest: 0,
  fare: 0,
  restoredLoan: 0,
  excess: 0,
  accountAsLoan: 0,
};

/** The amount that the parts add up to. What became of them afterwards is no part of it. */
export function amountOf({ value, account, loan, interest, fare }: Parts): number {
  return value + account + loan + interest + fare;
}

/** What is left of a payment's parts after some were given back. */
export function partsLeft(parts: Parts, given: Parts): Parts {
  return {
    ...NO_PARTS,
    value: parts.value - given.value,
    account: parts.account - given.account,
    loan: parts.loan - given.loan,
    fare: parts.fare - given.fare,
  };
}

/** What was given back of a payment in all. */
export function partsAdded(one: Parts, other: Parts): Parts {
  return {
    ...NO_PARTS,
    value: one.value + other.value,
    account: one.account + other.account,
    loan: one.loan + other.loan,
    fare: one.fare + other.fare,
  };
}
