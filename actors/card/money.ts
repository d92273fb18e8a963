/** Purchase, deposit and unload, as a card decides them once nothing else speaks against it. */
import type { Obstacle } from '../money/answer.js';
import { applyDeposit, applyPayment, depositThatFits, owed, splitDeposit } from '../money/balances.js';
import { pendingSum } from '../money/instruction.js';
import { NO_PARTS } from '../money/parts.js';
import type { ClosingTerms } from '../money/tells.js';
import type { Asked } from '../money/transaction.js';
import type { CardState } from './card.js';
import { approve, type CardContext, type CardDecision, decline } from './decision.js';
import { split } from './deferral.js';
import type { TerminalTerms } from './execute.js';

/** Rule 1: all or nothing, unless the terminal takes what stored value alone can pay. */
export function purchase(
  state: CardState,
  asked: Asked,
  at: TerminalTerms,
  context: CardContext,
): CardDecision {
  const { balances } = state;
  const { amount, businessDate, partial } = asked;
  const parts = split(state, amount, businessDate, at.mayDefer, context.trace);
  if (typeof parts !== 'string') {
    return approve(state, asked, parts, applyPayment(balances, parts), amount, context);
  }
  const { storedValue } = balances;
  if (!partial || storedValue === 0) return decline(state, asked, parts, context);
  const all = { ...NO_PARTS, value: storedValue };
  const remainder = amount - storedValue;
  context.trace?.('PARTIAL', true, { value: storedValue, remainder });
  return approve(state, asked, all, applyPayment(balances, all), storedValue, context, { remainder });
}

/** Rule 4. */
export function deposit(state: CardState, asked: Asked, context: CardContext): CardDecision {
  const { balances, policy } = state;
  const { trace } = context;
  const { amount } = asked;
  const fits = depositThatFits(balances, policy.storedValueCap);
  const { storedValue } = balances;
  const cap = policy.storedValueCap;
  trace?.('CAP', amount <= fits, { amount, fits, cap, storedValue, owed: owed(balances) });
  if (amount > fits) return decline(state, asked, 'CAP_EXCEEDED', context, { fits });
  const parts = splitDeposit(balances, amount);
  const { fare, interest, loan, value } = parts;
  trace?.('REPAYMENT', true, { fare, interest, loan, value });
  return approve(state, asked, parts, applyDeposit(balances, parts), amount, context);
}

/** Rule 13: the stored value is paid out, and the card is closed. */
export function unload(
  state: CardState,
  asked: Asked,
  closing: ClosingTerms | undefined,
  context: CardContext,
): CardDecision {
  if (closing === undefined) throw new Error('the center has not said whether the card may be closed');
  const { balances } = state;
  const obstacle = obstacleOf(state, closing);
  context.trace?.('CLOSING', obstacle === undefined, {
    obstacle,
    owed: owed(balances),
    interestDue: closing.interestDue,
    pending: pendingSum(state.pending),
    collectionOpen: closing.collectionOpen,
    inside: state.inside !== undefined,
  });
  if (obstacle !== undefined) return decline(state, asked, 'CLOSE_NOT_POSSIBLE', context, { obstacle });
  const parts = { ...NO_PARTS, value: balances.storedValue };
  return approve(state, asked, parts, applyPayment(balances, parts), parts.value, context);
}

function obstacleOf(state: CardState, { interestDue, collectionOpen }: ClosingTerms): Obstacle | undefined {
  if (owed(state.balances) + interestDue > 0) return 'OWED';
  if (state.pending.length > 0) return 'PENDING';
  if (collectionOpen) return 'COLLECTION_OPEN';
  return state.inside === undefined ? undefined : 'INSIDE';
}
