/** Lost cards, and those who find them. */
import type { Errand } from '../errand.js';

const SPENT = { least: 50, most: 800 } as const;

/** Reported while a payment is in flight, and replaced: the old plastic is of no use, everything else stays. */
export async function lose(errand: Errand): Promise<void> {
  const { random, holder } = errand;
  const old = holder.device;
  const device = old + 1;
  const amount = (): number => random.integer(SPENT.least, SPENT.most);
  holder.prohibited = true;
  const inFlight = errand.purchase(amount(), { follow: 'none', device: old });
  await errand.operate('report lost', (operator, card) =>
    operator.prohibit(card, { reason: 'LOST', note: 'reported' }),
  );
  await inFlight;
  await errand.purchase(amount(), { follow: 'none', device: old, must: ['CARD_PROHIBITED'] });
  const { purse } = holder;
  const before = purse.storedValue - purse.owed;
  await errand.operate('replace', (operator, card) => operator.replaceCard(card, device, 'a new plastic'));
  holder.device = device;
  holder.prohibited = false;
  await errand.enquiry({ device: old, must: ['DEVICE_SUPERSEDED'] });
  const { reply } = await errand.enquiry({ must: ['APPROVED'] });
  // Interest and returned collections may come at any time, value never by itself.
  if (reply !== undefined && purse.storedValue - purse.owed > before) {
    errand.violation(`${holder.card} gained by being replaced`);
  }
  await errand.purchase(amount(), { follow: 'none' });
}
