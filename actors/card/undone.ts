/**
 * What was given back of payments, by reversal, void or refund, each raising one number that never passes the payment's
 * own amount (rule 9, D9). Only payments of which something was given back, or whose collection came back, have an
 * entry, and only until nothing can be asked about them any more.
 */
import { MAX_FORGOTTEN } from '../bounds.js';
import { sameId, type TransactionId } from '../money/ids.js';
import { amountOf, NO_PARTS, type Parts, partsAdded, partsLeft } from '../money/parts.js';
import type { Facts } from '../money/trace.js';

export interface Undone {
  readonly id: TransactionId;
  readonly parts: Parts;
  /** The collection of its account share was returned: that share is loan (rule 11). */
  readonly returned: boolean;
  /** The payment itself was reversed: it has no effect, so nothing that was given back is ever taken again. */
  readonly reversed: boolean;
  /** Of a payment that is voided: its business date, on which its account share counts again if the void is reversed. */
  readonly voidedDate: number | undefined;
  /** Business time at which it was changed last. */
  readonly time: number;
}

export function undoneOf(undone: readonly Undone[], id: TransactionId): Undone {
  const none = { id, parts: NO_PARTS, returned: false, reversed: false, voidedDate: undefined, time: 0 };
  return undone.find((each) => sameId(each.id, id)) ?? none;
}

/** Nothing of it was given back; a fare of 0 has nothing to give back, and may be voided or reversed all the same. */
export function isUntouched({ parts, reversed, voidedDate }: Undone): boolean {
  return amountOf(parts) === 0 && !reversed && voidedDate === undefined;
}

export function giveBackOf(
  undone: readonly Undone[],
  id: TransactionId,
  parts: Parts,
  time: number,
  change: Partial<Pick<Undone, 'reversed' | 'voidedDate'>> = {},
): readonly Undone[] {
  const before = undoneOf(undone, id);
  return withEntry(undone, { ...before, ...change, time, parts: partsAdded(before.parts, parts) });
}

/** Of a refund or void that was reversed. Only what is not voided, and was not given back, can be voided. */
export function takeAgainOf(
  undone: readonly Undone[],
  id: TransactionId,
  parts: Parts,
  time: number,
): readonly Undone[] {
  const before = undoneOf(undone, id);
  return withEntry(undone, {
    ...before,
    time,
    parts: partsLeft(before.parts, parts),
    voidedDate: undefined,
  });
}

export function markReturned(undone: readonly Undone[], id: TransactionId, time: number): readonly Undone[] {
  return withEntry(undone, { ...undoneOf(undone, id), time, returned: true });
}

/** Those of the oldest that were changed last before a time. The card's last payment can still be voided. */
export function forgettable(
  undone: readonly Undone[],
  before: number,
  last: TransactionId | undefined,
): readonly TransactionId[] {
  return undone
    .filter(({ id, time }) => time < before && (last === undefined || !sameId(id, last)))
    .slice(0, MAX_FORGOTTEN)
    .map(({ id }) => id);
}

export function withoutPayments(
  undone: readonly Undone[],
  payments: readonly TransactionId[],
): readonly Undone[] {
  return undone.filter((each) => !payments.some((id) => sameId(id, each.id)));
}

/** What is undone, and what becomes of it: the parts that are not 0. */
export function undoneFacts(parts: Parts): Facts {
  return Object.fromEntries(Object.entries({ ...parts }).filter(([, amount]) => amount > 0));
}

function withEntry(undone: readonly Undone[], entry: Undone): readonly Undone[] {
  const place = undone.findIndex((each) => sameId(each.id, entry.id));
  return place === -1 ? [...undone, entry] : undone.with(place, entry);
}
