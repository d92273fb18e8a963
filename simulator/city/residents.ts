import type { CardDescription, CardPolicy, Operator, ShareRule } from '../../client/index.js';
import { cardId, inFlight, knownCards, purseOf, refuse, REGISTERING, restore } from '../population.js';
import { Random } from '../random.js';
import { CARD, CVM_LIMIT } from '../terms.js';
import { Holder } from './holder.js';

/** Everybody who lives in the city. */
export interface Residents {
  readonly holders: readonly Holder[];
  /** Their limits are cut and restored all along, to measure prohibitions; they do nothing else. */
  readonly borrowers: readonly Holder[];
  /** Cards that were there before. */
  readonly continued: number;
}

/** Of all holders. */
const SHARES = { creditOff: 0.06, pinForDeferral: 0.06, account: 0.3, phone: 0.06, borrower: 0.01 } as const;
const MOST_PHONES = 100;
const LEAST_BORROWERS = 2;
const BORROWED = 3_000;

const RULES: readonly ShareRule[] = [
  { kind: 'ALL_ACCOUNT' },
  { kind: 'RATIO', accountWeight: 60, loanWeight: 40 },
  { kind: 'RATIO', accountWeight: 1, loanWeight: 2, capTransaction: 400, capDay: 1_500 },
  { kind: 'WATERFALL', capTransaction: 300, capDay: 1_000 },
];

/** As the seed has it, whatever an earlier run has created already. */
export function drawHolder(random: Random, card: string, found: CardDescription | undefined): Holder {
  const value = random.integer(CARD.leastValue, CARD.mostValue);
  const shared = random.chance(SHARES.account);
  const shareRule = random.pick(RULES);
  const creditFlag = !random.chance(SHARES.creditOff);
  const pinForDeferral = random.chance(SHARES.pinForDeferral);
  const pin = String(random.integer(0, 9_999)).padStart(4, '0');
  const policy: CardPolicy = {
    ...{ creditFlag, pinForDeferral, storedValueCap: CARD.cap, cvmLimit: CVM_LIMIT },
    ...(shared ? { shareRule, account: `account-of-${card}` } : {}),
  };
  return new Holder(purseOf(found, card, value), policy, pin);
}

/** How many have a phone: the first. */
export function phonesOf(cards: number): number {
  return Math.min(MOST_PHONES, Math.max(1, Math.round(cards * SHARES.phone)));
}

/** Creates who is not there yet; whoever is goes on as the card stands. */
export async function createResidents(
  operator: Operator,
  { cards, seed }: { readonly cards: number; readonly seed: number },
  one: () => void,
): Promise<Residents> {
  const borrowers = Math.max(LEAST_BORROWERS, Math.round(cards * SHARES.borrower));
  const ids = Array.from({ length: cards }, (_, index) => cardId(seed, index, 'city'));
  const known = await knownCards(operator, ids);
  const random = new Random(seed);
  const everybody = ids.map((id) => drawHolder(random, id, known.get(id)));
  await inFlight(everybody, REGISTERING, async (holder, index) => {
    const found = known.get(holder.card);
    const loan = index < cards - borrowers ? 0 : BORROWED;
    await (found === undefined ? issue(operator, holder, loan) : continued(operator, holder, found));
    one();
  });
  return {
    holders: everybody.slice(0, cards - borrowers),
    borrowers: everybody.slice(cards - borrowers),
    continued: known.size,
  };
}

async function issue(operator: Operator, { card, purse, policy, pin }: Holder, loan: number): Promise<void> {
  const terms = { ...policy, storedValue: purse.storedValue, loan, limit: CARD.limit };
  refuse(card, (await operator.issueCard(card, terms)).outcome);
  refuse(card, (await operator.choosePin(card, pin)).outcome);
  purse.loan = loan;
}

/** As an earlier run has left it, which may have been broken off in the middle of something. */
async function continued(operator: Operator, holder: Holder, { card }: CardDescription): Promise<void> {
  if (card === undefined) return;
  holder.device = card.device;
  holder.inside = card.inside !== undefined;
  holder.closed = card.closed;
  if (card.closed) return;
  if (card.triesLeft < holder.triesLeft) await operator.unblockPin(holder.card);
  if (holder.purse.limit !== CARD.limit) await restore(operator, holder.purse);
  if (card.reasons.includes('OPERATOR')) await operator.lift(holder.card);
  if (card.reasons.includes('LOST')) await operator.lift(holder.card, { reason: 'LOST' });
}
