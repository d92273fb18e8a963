/** A card as a key (rule 14). The exit of a card that is inside always opens. */
import { applyPayment } from '../money/balances.js';
import { weekdayOf } from '../money/businessDate.js';
import type { Outcome } from '../money/outcomes.js';
import { fareOf } from '../money/parameters.js';
import { NO_PARTS, type Parts } from '../money/parts.js';
import type { Asked } from '../money/transaction.js';
import type { CardState } from './card.js';
import { approve, type CardContext, type CardDecision, decline } from './decision.js';
import { split } from './deferral.js';
import { isExpired, type TerminalTerms } from './execute.js';

export function enter(
  state: CardState,
  asked: Asked,
  { zone }: TerminalTerms,
  context: CardContext,
): CardDecision {
  const refusal = entryRefusal(state, asked, zone, context);
  if (refusal !== undefined) return decline(state, asked, refusal, context);
  const inside = { zone, gate: asked.id.terminal, time: asked.terminalTime };
  return approve(state, asked, NO_PARTS, state.balances, 0, context, { inside });
}

function entryRefusal(
  { policy, inside, balances }: CardState,
  { terminalTime, businessDate }: Asked,
  zone: string,
  { minuteOf, trace }: CardContext,
): Outcome | undefined {
  const { zones, hours } = policy;
  const permitted = zones.length === 0 || zones.includes(zone);
  trace?.('ZONE', permitted, { zone, zones: zones.join(', ') });
  if (!permitted) return 'ZONE_NOT_PERMITTED';
  if (hours.length > 0) {
    const day = 1 << weekdayOf(businessDate);
    const minute = minuteOf(terminalTime);
    const open = hours.some(
      (each) => (each.days & day) !== 0 && each.fromMinute <= minute && minute < each.toMinute,
    );
    trace?.('HOURS', open, { terminalTime, businessDate, minute });
    if (!open) return 'TIME_NOT_PERMITTED';
  }
  trace?.('OUTSIDE', inside === undefined, { zone: inside?.zone, gate: inside?.gate, since: inside?.time });
  if (inside !== undefined) return 'ALREADY_INSIDE';
  const { fareOwed } = balances;
  trace?.('NO_FARE_OWED', fareOwed === 0, { fareOwed });
  return fareOwed > 0 ? 'FARE_OWED' : undefined;
}

/** Stored value first, then the rest by deferral if all of it may be deferred; what may not be is owed as fare. */
export function leave(state: CardState, asked: Asked, at: TerminalTerms, context: CardContext): CardDecision {
  const { inside: entered, balances } = state;
  const { trace } = context;
  trace?.('INSIDE', entered !== undefined, {
    zone: entered?.zone,
    gate: entered?.gate,
    since: entered?.time,
  });
  if (entered === undefined) return decline(state, asked, 'NOT_INSIDE', context);
  const fare = fareOf(context.parametersOn(asked.businessDate), entered.zone, at.zone);
  const mayDefer = at.mayDefer && mayDeferFare(state, context.today);
  trace?.('FARE', true, { from: entered.zone, to: at.zone, fare, terminalDefers: at.mayDefer, mayDefer });
  const parts = split(state, fare, asked.businessDate, mayDefer, trace);
  const paid = typeof parts === 'string' ? uncollected(state, fare) : parts;
  if (typeof parts === 'string') trace?.('UNCOLLECTED', true, { value: paid.value, fare: paid.fare });
  const details = { inside: undefined, entered };
  return approve(state, asked, paid, applyPayment(balances, paid), fare, context, details);
}

/** What a prohibited card, an expired one, or one whose PIN is blocked may not do elsewhere either. */
function mayDeferFare(state: CardState, today: number): boolean {
  return state.reasons.length === 0 && !isExpired(state, today) && state.triesLeft > 0;
}

function uncollected({ balances }: CardState, fare: number): Parts {
  const value = Math.min(fare, balances.storedValue);
  return { ...NO_PARTS, value, fare: fare - value };
}
