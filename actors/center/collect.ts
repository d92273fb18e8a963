/** A settlement visits a record: each account share, less what was given back, becomes a collection order (rule 11). */
import { NOTHING, type RecordContext, type RecordDecision } from './decision.js';
import type { RecordEvent, RecordState } from './record.js';
import { toOrder } from './shares.js';

export interface CollectCommand {
  readonly type: 'Collect';
  readonly settlement: number;
  readonly partition: number;
  /** Makes an order's name unique within its frame. */
  readonly index: number;
}

/** Visited again, it orders nothing more: what is ordered is in the record. */
export function collect(
  { card, shares, policy }: RecordState,
  { settlement, partition, index }: CollectCommand,
  { now: time, today: businessDate, position }: RecordContext,
): RecordDecision {
  const events: RecordEvent[] = [];
  for (const share of shares) {
    const amount = toOrder(share);
    if (amount === 0) continue;
    events.push({
      type: 'RecordCollectionOrdered',
      card,
      order: `${settlement}-${partition}-${position}-${index + events.length}`,
      settlement,
      transaction: share.id,
      amount: Math.abs(amount),
      credit: amount < 0,
      account: share.account || policy.account,
      businessDate,
      time,
    });
  }
  return { ...NOTHING, events };
}
