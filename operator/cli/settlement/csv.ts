/** Collection orders as CSV: what goes to the bank (rule 11). */
import { idText } from '../../../actors/money/idText.js';
import type { CollectionOrder } from '../../../client/matters.js';
import { csvOf } from '../csv.js';

const HEADS = ['order', 'settlement', 'card', 'account', 'transaction', 'amount', 'kind'];

export function collectionsCsv(orders: readonly CollectionOrder[]): string {
  const rows = orders.map(({ order, settlement, card, account, transaction, amount, kind }) => {
    return [order, settlement, card, account, idText(transaction), amount, kind];
  });
  return csvOf(HEADS, rows);
}
