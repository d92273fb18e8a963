/** What holders pay in, look at, and take out. */
import { CARD } from '../../terms.js';
import type { Errand, Told } from '../errand.js';

const DEPOSIT = { least: 500, most: 8_000 } as const;
const BEYOND_CAP = 0.05;

export async function deposit(errand: Errand): Promise<void> {
  const { random, holder } = errand;
  const room = holder.purse.room(CARD.cap);
  if (random.chance(BEYOND_CAP)) {
    await errand.deposit(room + random.integer(1, 1_000), { must: ['CAP_EXCEEDED'] });
    return;
  }
  if (room < DEPOSIT.least) await errand.enquiry();
  else await errand.deposit(random.integer(DEPOSIT.least, Math.min(DEPOSIT.most, room)));
}

export async function look(errand: Errand): Promise<void> {
  await errand.enquiry();
}

/** Everything that is owed, and a little to go on with. */
export async function settleOwed(errand: Errand): Promise<Told> {
  const { purse } = errand.holder;
  const { reply } = await errand.enquiry();
  const amount = Math.min(purse.owed + 500, purse.room(CARD.cap));
  if (reply === undefined || amount < 1) return { reply, place: undefined, approved: false };
  return errand.deposit(amount, { follow: 'none' });
}

/** The card is given up: everything is paid, the stored value paid out. */
export async function close(errand: Errand): Promise<void> {
  const { holder } = errand;
  await settleOwed(errand);
  const { reply, approved } = await errand.unload();
  if (!approved) return;
  if (reply?.kind === 'UNLOAD') holder.closed = true;
  await errand.purchase(100, { pin: 'none', follow: 'none', must: ['CARD_CLOSED'] });
}
