/** What holders buy. */
import { CARD, CVM_LIMIT } from '../../terms.js';
import type { Errand } from '../errand.js';
import { PIN_TRIES } from '../holder.js';

const SHOPPING = { least: 50, most: 1_500 } as const;
const DEAR = { least: CVM_LIMIT + 1, most: CVM_LIMIT + 2_000 } as const;
/** Dear purchases at which the holder first forgets that a PIN is needed. */
const FORGOTTEN = 0.2;
/** Of those who enter a wrong PIN, those who do it until it is blocked. */
const STUBBORN = 0.3;

export async function shop(errand: Errand): Promise<void> {
  const { random } = errand;
  await topUp(errand, SHOPPING.most);
  await errand.purchase(random.integer(SHOPPING.least, SHOPPING.most));
}

/** Above the CVM limit, so with the PIN. */
export async function pinShop(errand: Errand): Promise<void> {
  const { random } = errand;
  const amount = random.integer(DEAR.least, DEAR.most);
  await topUp(errand, amount);
  if (random.chance(FORGOTTEN)) await errand.purchase(amount, { pin: 'none', must: ['PIN_REQUIRED'] });
  await errand.purchase(amount);
}

/** Wrong PINs, up to blocked: then small amounts of stored value go on, and an operator unblocks. */
export async function wrongPins(errand: Errand): Promise<void> {
  const { random, holder } = errand;
  const { purse } = holder;
  const amount = random.integer(DEAR.least, DEAR.most);
  await topUp(errand, amount);
  const tries = random.chance(STUBBORN) ? PIN_TRIES : 1;
  for (let tried = 0; tried < tries; tried += 1) {
    // Repeated, so that a try that is sent twice counts once.
    const follow = random.chance(0.1) ? 'repeatLater' : 'none';
    const { reply } = await errand.purchase(amount, {
      pin: 'wrong',
      follow,
      must: ['PIN_WRONG', 'PIN_BLOCKED'],
    });
    if (reply === undefined || reply.outcome === 'CARD_PROHIBITED') return;
    if (reply.outcome === 'PIN_BLOCKED') break;
  }
  if (holder.triesLeft === 0) {
    const small = Math.min(purse.storedValue, CVM_LIMIT);
    if (small > 0) await errand.purchase(small, { pin: 'none', follow: 'none', must: ['APPROVED'] });
    const beyond = purse.storedValue + 1;
    await errand.purchase(beyond, { pin: 'none', follow: 'none', must: ['PIN_BLOCKED'] });
    await errand.operate('unblock PIN', (operator, card) => operator.unblockPin(card));
    holder.triesLeft = PIN_TRIES;
  }
  await topUp(errand, amount);
  await errand.purchase(amount);
}

/**
 * Beyond the stored value, so that the designated account takes its share. Something of an earlier day's goes back: its
 * share is ordered by then, and is ordered back.
 */
export async function accountShop(errand: Errand): Promise<void> {
  const { random, holder, town } = errand;
  const { purse, paid } = holder;
  const today = town.time.dateOf(town.time.now());
  if (paid !== undefined && paid.date < today) {
    holder.paid = undefined;
    await errand.refund(paid.id, random.integer(1, paid.amount), { must: ['APPROVED'] });
  }
  await topUp(errand, SHOPPING.most);
  const bought = await errand.purchase(purse.storedValue + random.integer(SHOPPING.least, SHOPPING.most));
  if (!bought.approved || bought.reply === undefined || bought.reply.parts.account === 0) return;
  const { id, amount } = bought.reply;
  holder.paid = { id, amount: Number(amount), date: today };
}

/** More than is stored, where nothing may be deferred. */
export async function partial(errand: Errand): Promise<void> {
  const { random, holder, town } = errand;
  const { purse } = holder;
  const place = town.places.cashTill(random);
  if (place === undefined) return;
  await errand.enquiry({ place });
  const amount = purse.storedValue + random.integer(1, 500);
  const refused = [
    'INSUFFICIENT_FUNDS',
    'DEFERRAL_NOT_PERMITTED',
    'ACCOUNT_NOT_AVAILABLE',
    'CREDIT_LIMIT',
  ] as const;
  const terms = { place, follow: 'none' } as const;
  await errand.purchase(amount, { ...terms, must: refused });
  const value = purse.storedValue;
  await errand.purchase(amount, { ...terms, partial: true, must: value > 0 ? ['APPROVED'] : refused });
}

/** Whoever runs low makes a deposit first. */
export async function topUp(errand: Errand, amount: number): Promise<void> {
  const { holder, random } = errand;
  const { purse } = holder;
  const spendable = holder.creditFlag && holder.allLoan ? purse.spendable : purse.storedValue;
  const room = purse.room(CARD.cap);
  if (spendable >= amount && purse.owed <= purse.limit) return;
  const wanted = Math.max(amount, purse.owed) + random.integer(0, 2_000);
  if (room > 0) await errand.deposit(Math.min(room, wanted), { follow: 'none' });
}
