/** Holders whose card is their phone, or is on it too. */
import { ConnectionLostError, RejectedError, type Phone } from '../../../client/index.js';
import type { Errand } from '../errand.js';
import { topUp } from './shops.js';

const SENT = { least: 100, most: 1_000 } as const;
const SPENT = { least: 50, most: 1_200 } as const;

/** Value is sent to the phone, which fetches it without any terminal. */
export async function phoneFetch(errand: Errand): Promise<void> {
  const { random, town } = errand;
  const phone = await present(errand);
  if (phone === undefined) return;
  const amount = random.integer(SENT.least, SENT.most);
  const reference = `phone-${town.run}-${random.bits()}`;
  const { outcome } = await errand.operate(
    'store',
    (operator, card) => operator.storeValue(card, { reference, amount }),
    ['APPROVED', 'CAP_EXCEEDED'],
  );
  if (outcome === 'APPROVED') errand.stored(amount);
  const reply = await errand.fetch(phone);
  if (reply.outcome !== 'APPROVED')
    errand.violation(`a phone of ${phone.card} was answered ${reply.outcome}`);
  if (outcome === 'APPROVED' && !phone.log.some((movement) => movement.reference === reference)) {
    errand.violation(`${reference} is not on the phone after it has fetched`);
  }
}

/** The phone is shown at a till. */
export async function phonePay(errand: Errand): Promise<void> {
  const { random, holder } = errand;
  const phone = await present(errand);
  if (phone === undefined) return;
  const amount = random.integer(SPENT.least, SPENT.most);
  await topUp(errand, amount);
  // Told that it is prohibited, it refuses by itself.
  if (phone.mayPay()) await errand.purchase(amount, { device: phone.present().device });
  await errand.fetch(phone);
  if (phone.device !== holder.device) errand.violation(`a phone of ${holder.card} is device ${phone.device}`);
}

/** To a new phone: the old one is told, disconnected, and of no use. */
export async function phoneMove(errand: Errand): Promise<void> {
  const { holder, town, random } = errand;
  const old = await present(errand);
  if (old === undefined) return;
  const device = holder.device + 1;
  await errand.operate('move', (operator, card) => operator.replaceCard(card, device, 'a new phone'));
  holder.device = device;
  await errand.purchase(random.integer(SPENT.least, SPENT.most), {
    device: device - 1,
    follow: 'none',
    must: ['DEVICE_SUPERSEDED'],
  });
  if (await answers(old)) errand.violation(`an old phone of ${holder.card} is still answered`);
  await town.phones.close(old);
  holder.phone = undefined;
  const moved = await present(errand);
  if (moved !== undefined)
    await errand.purchase(random.integer(SPENT.least, SPENT.most), { device: moved.device });
}

/** The holder's phone, connected as the card's present device: one that was replaced as plastic is connected anew. */
async function present({ holder, town }: Errand): Promise<Phone | undefined> {
  const { phone } = holder;
  if (phone?.device === holder.device) return phone;
  if (phone !== undefined) await town.phones.close(phone);
  holder.phone = await town.phones.connect(holder);
  return holder.phone;
}

async function answers(phone: Phone): Promise<boolean> {
  try {
    return (await phone.fetch()).outcome === 'APPROVED';
  } catch (error) {
    if (error instanceof ConnectionLostError || error instanceof RejectedError) return false;
    throw error;
  }
}
