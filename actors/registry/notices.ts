/** What the phones of a card are told after an operator's command, once it is acknowledged. */
import type { CardState } from '../card/card.js';
import type { OperatorCommand } from '../center/operate.js';
import { pendingSum } from '../money/instruction.js';
import { encodeCardChanged } from './wire/replyCodec.js';

/**
 * What the holder did not do, and cannot know otherwise. Prohibitions come with the list; payments are not told: each
 * would cost a notice, also where nobody has a phone.
 */
const told: ReadonlySet<OperatorCommand['type']> = new Set<OperatorCommand['type']>([
  'ChangeLimit',
  'ReplaceCard',
  'StoreValue',
  'CancelStore',
  'AdjustCard',
  'ReturnCollection',
]);

export function noticesOf(
  { type }: OperatorCommand,
  state: CardState | undefined,
  position: number,
): readonly Uint8Array[] {
  if (state === undefined || !told.has(type)) return [];
  const { card, device, balances, pending } = state;
  return [encodeCardChanged({ card, device, balances, pending: pendingSum(pending), position })];
}
