/** The fixture of BEHAVIOUR.md: card C1, and a transaction about it. */
import type { CardTerms } from '../../../actors/money/cardTerms.js';
import type { TransactionId } from '../../../actors/money/ids.js';
import type { Asked } from '../../../actors/money/transaction.js';

export const NOON = Date.parse('2024-02-29T12:00:00+09:00');
export const TODAY = 2024_02_29;

export const C1: CardTerms = {
  storedValue: 1_200,
  loan: 0,
  interest: 0,
  fareOwed: 0,
  creditFlag: true,
  limit: 10_000,
  storedValueCap: 20_000,
  expiryDate: undefined,
  active: true,
};

export function idOf(number: number, incarnation = 1, terminal = 'T1'): TransactionId {
  return { terminal, incarnation, number };
}

export function askedOf(change: Partial<Asked> = {}): Asked {
  return {
    id: idOf(1),
    card: 'C1',
    kind: 'PURCHASE',
    amount: 2_000,
    digest: 4711,
    batch: 1,
    businessDate: TODAY,
    terminalTime: NOON,
    mark: 1,
    oldestIncarnation: 1,
    fromSource: false,
    openedTime: NOON,
    ...change,
  };
}
