/**
 * What was given back of payments, by reversal, void or refund, each raising one number that never passes the payment's
 * own amount (rule 9, D9). Kept for as long as the card: only payments of which something was given back, or whose
 * collection came back, have an entry.
 */
import { sameId, type TransactionId } from '../money/ids.js';
import { NO_PARTS, type Parts, partsAdded, partsLeft } from '../money/parts.js';
import type { Facts } from '../money/trace.js';

export interface Undone {
  readonly id: TransactionId;
  readonly parts: Parts;
  /** The collection of its account share was returned: that share is loan (rule 11). */
  readonly returned: boolean;
  /** The payment itself was reversed: it has no effect, so nothing that was given back is ever taken again. */
  readonly reversed: boolean;
  /** Of a payment that was voided: its account share counts on this date again if the void is reversed. */
  readonly voidedDate: number | undefined;
}

export function undoneOf(undone: readonly Undone[], id: TransactionId): Undone {
  const none = { id, parts: NO_PARTS, returned: false, reversed: false, voidedDate: undefined };
  return undone.find((each) => sameId(each.id, id)) ?? none;
}

export function giveBackOf(
  undone: readonly Undone[],
  id: TransactionId,
  parts: Parts,
  change: Partial<Pick<Undone, 'reversed' | 'voidedDate'>> = {},
): readonly Undone[] {
  const before = undoneOf(undone, id);
  return withEntry(undone, { ...before, ...change, parts: partsAdded(before.parts, parts) });
}

export function takeAgainOf(undone: readonly Undone[], id: TransactionId, parts: Parts): readonly Undone[] {
  const before = undoneOf(undone, id);
  return withEntry(undone, { ...before, parts: partsLeft(before.parts, parts) });
}

export function markReturned(undone: readonly Undone[], id: TransactionId): readonly Undone[] {
  return withEntry(undone, { ...undoneOf(undone, id), returned: true });
}

/** What is undone, and what becomes of it: the parts that are not 0. */
export function undoneFacts(parts: Parts): Facts {
  return Object.fromEntries(Object.entries({ ...parts }).filter(([, amount]) => amount > 0));
}

function withEntry(undone: readonly Undone[], entry: Undone): readonly Undone[] {
  const place = undone.findIndex((each) => sameId(each.id, entry.id));
  return place === -1 ? [...undone, entry] : undone.with(place, entry);
}
