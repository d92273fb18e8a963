/** The fixture of BEHAVIOUR.md: card C1, the deployment's parameters, and a transaction about the card. */
import { type Answer, bareAnswer } from '../../../actors/money/answer.js';
import type { Balances } from '../../../actors/money/balances.js';
import { createLocalClock, dateOfDay, dayOf } from '../../../actors/money/businessDate.js';
import { type CardPolicy, PLAIN_POLICY } from '../../../actors/money/cardPolicy.js';
import { type CardTerms, openingBalances } from '../../../actors/money/cardTerms.js';
import type { DeploymentRules } from '../../../actors/money/deploymentRules.js';
import type { TransactionId } from '../../../actors/money/ids.js';
import { NO_PARAMETERS, type Parameters } from '../../../actors/money/parameters.js';
import { NO_PARTS, type Parts } from '../../../actors/money/parts.js';
import { ALL_LOAN, type ShareRule } from '../../../actors/money/shareRule.js';
import type { Asked } from '../../../actors/money/transaction.js';

/** 2024-02-29, a Thursday, 12:00 in Tokyo. */
export const NOON = Date.parse('2024-02-29T12:00:00+09:00');
export const TODAY = 2024_02_29;

/** The date that many days after TODAY. */
export function dayAfter(days: number): number {
  return dateOfDay(dayOf(TODAY) + days);
}

export const minuteOf = createLocalClock('Asia/Tokyo');

/** Keyed hashes of a right and of a wrong PIN, as the gateway makes them. */
export const RIGHT_PIN = '00112233445566778899aabbccddeeff';
export const WRONG_PIN = 'ffeeddccbbaa99887766554433221100';

export const C1: CardTerms = {
  storedValue: 1_200,
  loan: 0,
  interest: 0,
  fareOwed: 0,
  limit: 10_000,
  active: true,
  policy: { ...PLAIN_POLICY, account: 'bank-1', creditFlag: true, storedValueCap: 20_000, cvmLimit: 3_000 },
  pinHash: RIGHT_PIN,
};

/** C1 with other terms and another policy, each where it is named. */
export function termsOf({ policy, ...change }: TermsChange = {}): CardTerms {
  return { ...C1, ...change, policy: { ...C1.policy, ...policy } };
}

export type TermsChange = Partial<Omit<CardTerms, 'policy'>> & { readonly policy?: Partial<CardPolicy> };

export const C1_BALANCES: Balances = openingBalances(C1);

export function shareRule(kind: ShareRule['kind'], change: Partial<ShareRule> = {}): ShareRule {
  return { ...ALL_LOAN, kind, ...change };
}

/** Account : loan. */
export function ratio(accountWeight: number, loanWeight: number, change: Partial<ShareRule> = {}): ShareRule {
  return shareRule('RATIO', { accountWeight, loanWeight, ...change });
}

/** 18.00 % a year; A to B 320. */
export const PARAMETERS: Parameters = {
  ...NO_PARAMETERS,
  effectiveFrom: TODAY,
  ratePpm: 180_000,
  fares: [{ fromZone: 'A', toZone: 'B', amount: 320 }],
};

export const RULES: DeploymentRules = {
  currency: 'JPY',
  currencyScale: 0,
  timeZone: 'Asia/Tokyo',
  created: NOON,
  businessClock: undefined,
  parameters: PARAMETERS,
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
    device: 1,
    partial: false,
    original: undefined,
    ...change,
  };
}

export function partsOf(change: Partial<Parts>): Parts {
  return { ...NO_PARTS, ...change };
}

export function answerOf(outcome: Answer['outcome'], change: Partial<Answer> = {}): Answer {
  return { ...bareAnswer(outcome, 0, NOON), ...change };
}
