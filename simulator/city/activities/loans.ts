/** Purchases on credit, up to the limit and beyond. */
import { CARD } from '../../terms.js';
import type { Errand } from '../errand.js';
import { settleOwed } from './deposits.js';

const LOAN = { least: 100, most: 2_500 } as const;

/** More than is stored: the rest becomes loan. */
export async function borrow(errand: Errand): Promise<void> {
  const { random, holder } = errand;
  const { purse } = holder;
  if (purse.limit - purse.owed < LOAN.least) await settleOwed(errand);
  const most = Math.min(LOAN.most, purse.limit - purse.owed);
  if (most < LOAN.least) return;
  await errand.purchase(purse.storedValue + random.integer(LOAN.least, most));
}

/** More than the limit allows. */
export async function beyondLimit(errand: Errand): Promise<void> {
  const { random, holder } = errand;
  const { purse } = holder;
  await errand.enquiry();
  const amount = purse.storedValue + purse.limit - purse.loan + random.integer(1, 1_000);
  await errand.purchase(amount, {
    follow: 'none',
    must: [holder.creditFlag ? 'CREDIT_LIMIT' : 'INSUFFICIENT_FUNDS'],
  });
}

/** The limit is cut below what is owed: prohibited everywhere, until enough is paid in. */
export async function overLimit(errand: Errand): Promise<void> {
  const { holder } = errand;
  const { purse } = holder;
  await borrow(errand);
  await errand.enquiry();
  const { owed } = purse;
  if (owed < 2 || owed > purse.limit) return;
  const limit = Math.floor(owed / 2);
  const { reasons } = await errand.operate('change limit', (operator, card) =>
    operator.changeLimit(card, limit),
  );
  if (!reasons.includes('LIMIT'))
    errand.violation(`${holder.card} owes ${owed}, and a limit of ${limit} leaves it free`);
  await errand.purchase(1, { follow: 'none', must: ['CARD_PROHIBITED'] });
  const { reply, approved } = await errand.deposit(owed - limit + 100, {
    follow: 'none',
    must: ['APPROVED'],
  });
  const lifted = approved && reply !== undefined;
  // A terminal may not have heard of it yet: then its own list refuses.
  if (lifted) await errand.purchase(1, { pin: 'none', follow: 'none', must: ['APPROVED', 'PIN_REQUIRED'] });
  await errand.operate('change limit', (operator, card) => operator.changeLimit(card, CARD.limit));
  purse.limit = CARD.limit;
}
