/** What shops give back: refunds, in parts, and voids. */
import type { Errand } from '../errand.js';
import { topUp } from './shops.js';

const BOUGHT = { least: 100, most: 2_500 } as const;

/** A purchase, and parts of it back, at any till; then more than is left. */
export async function refund(errand: Errand): Promise<void> {
  const { random } = errand;
  const amount = random.integer(BOUGHT.least, BOUGHT.most);
  await topUp(errand, amount);
  const { reply, approved } = await errand.purchase(amount, { follow: 'none' });
  if (!approved || reply === undefined) return;
  let left = amount;
  for (let part = random.integer(1, 3); part > 0; part -= 1) {
    const given = part === 1 && random.chance(0.5) ? left : random.integer(1, left);
    const { approved: done } = await errand.refund(reply.id, given);
    if (done) left -= given;
    if (left === 0) break;
  }
  if (random.chance(0.3))
    await errand.refund(reply.id, left + 1, { follow: 'none', must: ['REFUND_EXCEEDS_ORIGINAL'] });
}

/** The last purchase, at once, at the same till; then once more. */
export async function voidPurchase(errand: Errand): Promise<void> {
  const { random } = errand;
  const amount = random.integer(BOUGHT.least, BOUGHT.most);
  await topUp(errand, amount);
  const { approved, place } = await errand.purchase(amount, { follow: 'none' });
  if (!approved || place === undefined) return;
  const { approved: undone } = await errand.void(place);
  if (undone) await errand.void(place, { follow: 'none', must: ['VOID_NOT_POSSIBLE'] });
}
