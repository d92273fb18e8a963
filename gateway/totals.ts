import Long from 'long';
import { PART_NAMES } from '../actors/money/parts.js';
import { LINES } from '../actors/money/totals.js';
import { v1 } from '../proto/generated/emoney.js';
import { fromInteger, toBigInt } from '../proto/guard.js';

type Integer = number | { readonly low: number; readonly high: number } | null | undefined;
const counts = ['enquiries', 'entries'] as const;

/**
 * Adds up what the center's shards compiled: one entry a terminal, in the order asked, in it one line for each batch
 * and business date, ascending. Exact; a sum of several journals has no position of its own, hence 0.
 */
export function mergeTotals(
  terminals: readonly string[],
  described: readonly v1.TotalsDescription.$Properties[],
): v1.TotalsDescription.$Properties[] {
  const byTerminal = new Map<string, Map<string, v1.BatchTotals.$Properties>>();
  for (const { terminal, totals } of described) {
    const key = terminal ?? '';
    let batches = byTerminal.get(key);
    if (batches === undefined) byTerminal.set(key, (batches = new Map<string, v1.BatchTotals.$Properties>()));
    for (const batch of totals ?? []) {
      const line = `${batch.batch ?? 0}/${batch.businessDate ?? 0}`;
      const present = batches.get(line);
      batches.set(line, present === undefined ? batch : addBatches(present, batch));
    }
  }
  return terminals.map((terminal) => ({
    terminal,
    totals: [...(byTerminal.get(terminal)?.values() ?? [])].sort(byBatchAndDate),
    position: 0,
  }));
}

function byBatchAndDate(a: v1.BatchTotals.$Properties, b: v1.BatchTotals.$Properties): number {
  return (a.batch ?? 0) - (b.batch ?? 0) || (a.businessDate ?? 0) - (b.businessDate ?? 0);
}

function addBatches(
  a: v1.BatchTotals.$Properties,
  b: v1.BatchTotals.$Properties,
): v1.BatchTotals.$Properties {
  const sum: v1.BatchTotals.$Properties = { batch: a.batch ?? 0, businessDate: a.businessDate ?? 0 };
  for (const line of LINES) sum[line] = addCounted(a[line], b[line]);
  for (const count of counts) sum[count] = add(a[count], b[count], count);
  return sum;
}

function addCounted(
  a: v1.CountedAmount.$Properties | null | undefined,
  b: v1.CountedAmount.$Properties | null | undefined,
): v1.CountedAmount.$Properties {
  const sum: v1.Parts.$Properties = {};
  for (const part of PART_NAMES) sum[part] = add(a?.parts?.[part], b?.parts?.[part], part);
  return { count: add(a?.count, b?.count, 'count'), amount: add(a?.amount, b?.amount, 'amount'), parts: sum };
}

/** @throws GuardError when the sum does not fit in 64 bits */
function add(a: Integer, b: Integer, name: string): number | Long {
  return fromInteger(wide(a, name) + wide(b, name), name);
}

function wide(value: Integer, name: string): bigint {
  return toBigInt((value ?? 0) as number | Long, name);
}
