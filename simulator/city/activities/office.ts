/** What the center does for cards. */
import { CARD } from '../../terms.js';
import type { Errand } from '../errand.js';

const STORED = { least: 200, most: 3_000 } as const;
const CANCELLED = 0.2;

/** Value waits at the center for the card's next access; some is cancelled before. */
export async function store(errand: Errand): Promise<void> {
  const { random, holder, town } = errand;
  await errand.enquiry();
  const room = holder.purse.room(CARD.cap);
  if (room < STORED.least) return;
  const amount = random.integer(STORED.least, Math.min(STORED.most, room));
  const reference = `store-${town.run}-${random.bits()}`;
  const { pending } = await errand.operate('store', (operator, card) =>
    operator.storeValue(card, { reference, amount }),
  );
  if (pending < amount) {
    // A card that its limit prohibits gets it at once.
    if (holder.purse.owed <= holder.purse.limit) errand.violation(`${reference} is not pending`);
    errand.stored(amount);
    return;
  }
  if (random.chance(CANCELLED)) {
    await errand.operate('cancel', (operator, card) => operator.cancelStore(card, reference), [
      'APPROVED',
      'ALREADY_APPLIED',
    ]);
    return;
  }
  errand.stored(amount);
  const { reply } = await errand.enquiry();
  if (reply?.outcome === 'APPROVED' && reply.pending > 0)
    errand.violation(`${reference} still waits after an access`);
}

/** A correction, with its reason. */
export async function adjust(errand: Errand): Promise<void> {
  const { random, holder, town } = errand;
  const { purse } = holder;
  const reference = `adjust-${town.run}-${random.bits()}`;
  const waived = Math.min(purse.interest, 10);
  const change = waived > 0 ? { interest: -waived } : { storedValue: random.integer(1, 50) };
  // The interest may be paid by now.
  await errand.operate(
    'adjust',
    (operator, card) => operator.adjustCard(card, { reference, ...change, note: 'goodwill' }),
    ['APPROVED', 'BELOW_ZERO'],
  );
  await errand.enquiry();
}
