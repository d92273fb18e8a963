/** Answers and holders to judge by. */
import type { CardPolicy, Parts, Reply } from '../../../client/index.js';
import { Holder } from '../../../simulator/city/holder.js';
import { Purse } from '../../../simulator/purse.js';
import { CARD, CVM_LIMIT } from '../../../simulator/terms.js';

export const NO_PARTS: Parts = {
  ...{ value: 0, account: 0, loan: 0, interest: 0, fare: 0 },
  ...{ restoredLoan: 0, excess: 0, accountAsLoan: 0 },
};

export function holderOf(policy: CardPolicy = {}): Holder {
  return new Holder(new Purse('C1', 1_200, 0, CARD.limit), { cvmLimit: CVM_LIMIT, ...policy }, '2468');
}

/** Of a purchase of 2,000 with BEHAVIOUR.md's C1, unless something else is said. */
export function replyOf(
  change: Partial<Omit<Reply, 'parts' | 'balances'>> & {
    readonly parts?: Partial<Reply['parts']>;
    readonly balances?: Partial<Reply['balances']>;
  } = {},
): Reply {
  const { parts = { value: 1_200, loan: 800 }, balances = { loan: 800 }, ...rest } = change;
  return {
    id: { terminal: 'T1', incarnation: 1, number: 1 },
    ...{ kind: 'PURCHASE', card: 'C1', outcome: 'APPROVED', amount: 2_000 },
    parts: { ...NO_PARTS, ...parts },
    balances: { storedValue: 0, loan: 0, interest: 0, fareOwed: 0, limit: CARD.limit, ...balances },
    ...{ available: 9_200, creditFlag: true, fits: undefined, terminalTimeMs: 0, receiveTimeMs: 0 },
    ...{ position: 7, retryable: false, text: '', log: [], remainder: 0, pinVerified: false },
    ...{ triesLeft: undefined, obstacle: undefined, pending: 0, inside: undefined },
    ...rest,
  };
}
