/** Collection orders as CSV: what goes to the bank (rule 11). */
import { idText } from '../../../actors/money/idText.js';
import type { CollectionOrder } from '../../../client/matters.js';

const HEADER = 'order,settlement,card,account,transaction,amount,kind';

export function collectionsCsv(orders: readonly CollectionOrder[]): string {
  const rows = orders.map(({ order, settlement, card, account, transaction, amount, kind }) =>
    [order, String(settlement), card, account, idText(transaction), String(amount), kind]
      .map(quoted)
      .join(','),
  );
  return `${[HEADER, ...rows].join('\n')}\n`;
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
