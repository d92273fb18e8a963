/** What a payment above the stored value becomes: deferred in whole, by the card's share rule, or not at all. */
import { dueOf } from '../money/balances.js';
import type { Outcome } from '../money/outcomes.js';
import { NO_PARTS, type Parts } from '../money/parts.js';
import { type Share, shareDue, type ShareRule } from '../money/shareRule.js';
import type { Facts, Trace } from '../money/trace.js';
import { usedOn } from './accountDays.js';
import type { CardState } from './card.js';

export type DeferralRefusal = Extract<
  Outcome,
  'INSUFFICIENT_FUNDS' | 'DEFERRAL_NOT_PERMITTED' | 'ACCOUNT_NOT_AVAILABLE' | 'CREDIT_LIMIT'
>;

/** Rules 1 to 3. The parts of the amount, or why its due cannot be deferred, in rule 17's order. */
export function split(
  state: CardState,
  amount: number,
  businessDate: number,
  mayDefer: boolean,
  trace?: Trace,
): Parts | DeferralRefusal {
  const { balances, policy } = state;
  const due = dueOf(balances, amount);
  const value = amount - due;
  trace?.('VALUE', true, { amount, storedValue: balances.storedValue, value, due });
  if (due === 0) return { ...NO_PARTS, value };
  trace?.('CREDIT_FLAG', policy.creditFlag);
  if (!policy.creditFlag) return 'INSUFFICIENT_FUNDS';
  trace?.('TERMINAL_DEFERRAL', mayDefer);
  if (!mayDefer) return 'DEFERRAL_NOT_PERMITTED';
  const { shareRule } = policy;
  const used = usedOn(state.accountDays, businessDate);
  const share = shareDue(shareRule, due, used);
  // Nobody could be asked to pay what is deferred to no account.
  const named = share === undefined || share.account === 0 || policy.account !== '';
  trace?.('SHARE', share !== undefined && named, {
    ...shareFacts(shareRule, due, used, share),
    ...(named ? {} : { accountNamed: false }),
  });
  if (share === undefined || !named) return 'ACCOUNT_NOT_AVAILABLE';
  // Not at all where nothing becomes loan: the limit is the loan's.
  if (share.loan > 0) {
    const { loan, limit } = balances;
    const principal = loan + share.loan;
    trace?.('LOAN_LIMIT', principal <= limit, {
      loan,
      drawn: share.loan,
      principal,
      limit,
      available: limit - loan,
    });
    if (principal > limit) return 'CREDIT_LIMIT';
  }
  return { ...NO_PARTS, value, account: share.account, loan: share.loan };
}

function shareFacts(rule: ShareRule, due: number, used: number, share: Share | undefined): Facts {
  const { kind, accountWeight, loanWeight, capTransaction, capDay } = rule;
  const weights = kind === 'RATIO' ? { accountWeight, loanWeight } : {};
  const caps = { capTransaction, capDay, usedToday: kind === 'ALL_LOAN' ? undefined : used };
  return { rule: kind, due, ...weights, ...caps, ...share };
}
