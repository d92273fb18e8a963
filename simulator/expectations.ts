/** What every single answer must be, whatever the journals say: checked by the driver as answers arrive. */
import type { Reply } from '../client/index.js';
import type { Order } from './workload.js';

/** What is wrong with the first answer to an order; undefined: nothing. */
export function implausible(order: Order, reply: Reply): string | undefined {
  const { parts, balances, outcome } = reply;
  if (reply.card !== order.purse.card) return `answers about card ${reply.card}`;
  if (outcome === 'PENDING' || outcome === 'ID_UNKNOWN' || outcome === 'IDEMPOTENCY_CONFLICT') {
    return `answered ${outcome}`;
  }
  if (outcome !== 'APPROVED') return undefined;
  if (order.kind === 'enquiry') return undefined;
  if (reply.amount !== order.amount) return `approved ${reply.amount} instead of ${order.amount}`;
  const sum = parts.value + parts.account + parts.loan + parts.interest + parts.fare;
  if (sum !== order.amount) return `parts add up to ${sum} instead of ${order.amount}`;
  if (balances.storedValue < 0 || balances.loan < 0) return 'a balance is negative';
  if (order.kind === 'purchase' && balances.loan > balances.limit) return 'the loan exceeds the limit';
  if (order.kind === 'purchase' && parts.loan > 0 && balances.storedValue > 0)
    return 'a loan beside stored value';
  return undefined;
}

/** A known id is answered as before, unless it was reversed in the meantime. */
export function repeatDiffers(first: Reply, again: Reply, reversing: boolean): string | undefined {
  if (reversing && (again.outcome === 'REVERSED' || again.outcome === 'REVERSING')) return undefined;
  if (again.outcome !== first.outcome) return `a repeat was answered ${again.outcome} after ${first.outcome}`;
  if (again.amount !== first.amount) return `a repeat was answered with another amount (${again.amount})`;
  if (again.position !== first.position) return `a repeat was decided again, at ${again.position}`;
  return undefined;
}
