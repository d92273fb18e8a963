/** What the designated account took in each payment, what of it was given back, and what was ordered (rule 11). */
import { MAX_FORGOTTEN } from '../bounds.js';
import { sameId, type TransactionId } from '../money/ids.js';
import type { Parts } from '../money/parts.js';
import { type Asked, isPayment } from '../money/transaction.js';

export interface AccountShare {
  readonly id: TransactionId;
  readonly amount: number;
  /** That it was deferred to, and that its orders name; empty: recorded before that was kept. */
  readonly account: string;
  readonly givenBack: number;
  /** Business time at which it was taken, or something of it was given back or taken again last. */
  readonly time: number;
  readonly businessDate: number;
  /** What was ordered so far, credits counted as negative. */
  readonly ordered: number;
  /** Oldest first. More than one where a refund was reversed after the settlement that saw it. */
  readonly debits: readonly Debit[];
}

/** A debit order. */
export interface Debit {
  readonly order: string;
  readonly amount: number;
  /** It came back: its amount is loan. */
  readonly returned: boolean;
  /** The bank has paid it for good. */
  readonly collected: boolean;
}

/** Something of it came back: whatever is given back of it then lowers the loan. */
export function isReturned(shares: readonly AccountShare[], id: TransactionId | undefined): boolean {
  if (id === undefined) return false;
  return shares.some((each) => sameId(each.id, id) && each.debits.some(({ returned }) => returned));
}

/** The debit of this order, with the share that it is for. */
export function findDebit(
  shares: readonly AccountShare[],
  order: string,
): { readonly share: AccountShare; readonly debit: Debit } | undefined {
  for (const share of shares) {
    const debit = share.debits.find((each) => each.order === order);
    if (debit !== undefined) return { share, debit };
  }
  return undefined;
}

export function sharesAfterMove(
  shares: readonly AccountShare[],
  asked: Asked,
  parts: Parts,
  account: string,
  time: number,
): readonly AccountShare[] {
  const { id, original, businessDate } = asked;
  if (!isPayment(asked.kind)) return givenBack(shares, original, parts.account - parts.accountAsLoan, time);
  const { account: amount } = parts;
  return [...shares, { id, amount, account, givenBack: 0, time, businessDate, ordered: 0, debits: [] }];
}

export function sharesAfterReversal(
  shares: readonly AccountShare[],
  asked: Asked,
  parts: Parts,
  time: number,
): readonly AccountShare[] {
  const back = parts.account - parts.accountAsLoan;
  return isPayment(asked.kind)
    ? givenBack(shares, asked.id, back, time)
    : givenBack(shares, asked.original, -back, time);
}

/**
 * What is still to be ordered of it: positive a debit, negative a credit. What came back is loan, and so is what was
 * given back of it since; the rest is ordered as before.
 */
export function toOrder({ amount, givenBack, ordered }: AccountShare): number {
  return amount - givenBack - ordered;
}

/** Rule 13: something of it may still come back. */
export function isOpenShare(share: AccountShare): boolean {
  return toOrder(share) !== 0 || share.debits.some(isOutstanding);
}

/**
 * Those of the oldest that are final and were changed last before a time. The newest may be of the card's last payment,
 * which can still be voided.
 */
export function forgettable(shares: readonly AccountShare[], before: number): readonly TransactionId[] {
  return shares
    .slice(0, -1)
    .filter((share) => share.time < before && !isOpenShare(share))
    .slice(0, MAX_FORGOTTEN)
    .map(({ id }) => id);
}

export function withoutShares(
  shares: readonly AccountShare[],
  payments: readonly TransactionId[],
): readonly AccountShare[] {
  return shares.filter((share) => !payments.some((id) => sameId(id, share.id)));
}

export function isOutstanding({ returned, collected }: Debit): boolean {
  return !returned && !collected;
}

export interface CollectionOrder {
  readonly order: string;
  readonly transaction: TransactionId;
  readonly amount: number;
  /** It goes back to the account. */
  readonly credit: boolean;
}

export function orderShare(
  shares: readonly AccountShare[],
  { order, transaction, amount, credit }: CollectionOrder,
): readonly AccountShare[] {
  return shares.map((each) => {
    if (!sameId(each.id, transaction)) return each;
    if (credit) return { ...each, ordered: each.ordered - amount };
    const debit = { order, amount, returned: false, collected: false };
    return { ...each, ordered: each.ordered + amount, debits: [...each.debits, debit] };
  });
}

export function confirmShare(shares: readonly AccountShare[], order: string): readonly AccountShare[] {
  return withDebit(shares, order, { collected: true });
}

export function returnShare(shares: readonly AccountShare[], order: string): readonly AccountShare[] {
  return withDebit(shares, order, { returned: true });
}

function withDebit(
  shares: readonly AccountShare[],
  order: string,
  change: Partial<Debit>,
): readonly AccountShare[] {
  const found = findDebit(shares, order);
  if (found === undefined) return shares;
  const { share, debit } = found;
  const debits = share.debits.with(share.debits.indexOf(debit), { ...debit, ...change });
  return shares.with(shares.indexOf(share), { ...share, debits });
}

function givenBack(
  shares: readonly AccountShare[],
  id: TransactionId | undefined,
  amount: number,
  time: number,
): readonly AccountShare[] {
  if (id === undefined) return shares;
  return shares.map((each) =>
    sameId(each.id, id) ? { ...each, time, givenBack: each.givenBack + amount } : each,
  );
}
