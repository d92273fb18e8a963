/** Interest on one record (rule 6): a run is "bring every record to this date", and may be repeated anywhere. */
import { addInterest } from '../money/balances.js';
import { charge, isAccruing } from '../money/interest.js';
import type { ClosingTerms, RecordTell } from '../money/tells.js';
import { NOTHING, type RecordContext, type RecordDecision, withConsequences } from './decision.js';
import { isOpenShare, toOrder } from './shares.js';
import type { RecordEvent, RecordState } from './record.js';

export function chargeInterest(state: RecordState, through: number, context: RecordContext): RecordDecision {
  const { card, accrual, balances } = state;
  if (through <= accrual.through) return NOTHING;
  // Its interest was charged when it was closed. What came onto it since waits for the reversal of its unload.
  if (state.closed || !isAccruing(accrual)) {
    return state.listed && !hasToOrder(state) ? { ...NOTHING, events: [delisted(card)] } : NOTHING;
  }
  const { amount, accrual: after } = charge(accrual, through, (date) => context.parametersOn(date).ratePpm);
  const owing = addInterest(balances, amount);
  const events: RecordEvent[] = [
    { type: 'RecordInterestPosted', card, amount, through, balances: owing, carry: after.carry, dropped: 0 },
  ];
  // Nobody is visited for nothing; a fraction that is carried waits for the next loan.
  if (state.listed && !isAccruing(after) && !hasToOrder(state)) events.push(delisted(card));
  const tells: readonly RecordTell[] = [{ type: 'PostInterest', card, amount, through }];
  return withConsequences(state, owing, context, { ...NOTHING, events, tells });
}

function hasToOrder({ shares }: RecordState): boolean {
  return shares.some((each) => toOrder(each) !== 0);
}

function delisted(card: string): RecordEvent {
  return { type: 'RecordListed', card, listed: false };
}

/** What the center tells a card that is to be closed today (rule 13). */
export function closingTerms(state: RecordState, context: RecordContext): ClosingTerms {
  const { accrual, shares } = state;
  const { amount } = charge(accrual, context.today, (date) => context.parametersOn(date).ratePpm);
  return { interestDue: amount, collectionOpen: shares.some(isOpenShare) };
}
