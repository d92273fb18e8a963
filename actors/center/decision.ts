/** What a decision of the center consists of, and what follows from new balances: prohibition and its lifting. */
import { type Balances, isNearLimit, owed } from '../money/balances.js';
import { isAccruing } from '../money/interest.js';
import type { Outcome } from '../money/outcomes.js';
import type { Parameters } from '../money/parameters.js';
import { type ProhibitionReason, withReason } from '../money/prohibition.js';
import type { RecordTell } from '../money/tells.js';
import type { Trace } from '../money/trace.js';
import type { RecordEvent, RecordProhibitionChanged, RecordState } from './record.js';

export interface RecordContext {
  /** Business time, ms. */
  readonly now: number;
  /** Business date of `now`. */
  readonly today: number;
  /** Sequence that this turn's frame will have. */
  readonly position: number;
  /** Those in force on a business date. */
  readonly parametersOn: (date: number) => Parameters;
  /** Nothing can be asked any more about what is final and was changed last before this business time. */
  readonly forgetBefore: () => number;
  /** Last business date that an interest run has charged; 0: none. */
  readonly chargedThrough: number;
  /** Told every step; undefined: nobody asks for an explanation. */
  readonly trace?: Trace | undefined;
}

/** Why an operator's command was not even looked at (D8). */
export interface RecordRejection {
  readonly code: 'TOO_OLD' | 'OUT_OF_WINDOW';
  readonly detail: string;
}

export interface RecordDecision {
  /** Answer to an operator's command; undefined for anybody else's. */
  readonly outcome: Outcome | undefined;
  readonly events: readonly RecordEvent[];
  readonly tells: readonly RecordTell[];
  /** CAP_EXCEEDED: how much would fit. */
  readonly fits?: number;
  readonly rejection?: RecordRejection;
}

export const NOTHING: RecordDecision = { outcome: undefined, events: [], tells: [] };
export const UNCHANGED: RecordDecision = { ...NOTHING, outcome: 'APPROVED' };

export function refused(outcome: Outcome): RecordDecision {
  return { ...NOTHING, outcome };
}

/** A charged date is never reopened: what arrives for it counts on the first date that is not (rule 6). */
export function accrualDate(businessDate: number, { chargedThrough }: RecordContext): number {
  return Math.max(businessDate, chargedThrough);
}

/** What follows from new balances: the card is listed as a borrower, and prohibited while owed > limit (rule 7). */
export function withConsequences(
  state: RecordState,
  balances: Balances,
  context: RecordContext,
  decision: RecordDecision,
): RecordDecision {
  const followed = withAlert(state, balances, withLimitReason(state, balances, context, decision));
  // The principal of every day of a borrower counts, also of one who has paid since, or whose unload is reversed.
  if (balances.loan === state.balances.loan && !isAccruing(state.accrual)) return followed;
  return withListing(state, followed);
}

/** The card is among those that interest runs and settlements visit. */
export function withListing(state: RecordState, decision: RecordDecision): RecordDecision {
  if (state.listed || decision.events.some(({ type }) => type === 'RecordListed')) return decision;
  const listed: RecordEvent = { type: 'RecordListed', card: state.card, listed: true };
  return { ...decision, events: [...decision.events, listed] };
}

function withAlert(state: RecordState, balances: Balances, decision: RecordDecision): RecordDecision {
  const above = isNearLimit(balances);
  if (above === state.alerted) return decision;
  const { card } = state;
  const { limit } = balances;
  const alert: RecordEvent = { type: 'RecordAlerted', card, above, owed: owed(balances), limit };
  return { ...decision, events: [...decision.events, alert] };
}

function withLimitReason(
  state: RecordState,
  balances: Balances,
  context: RecordContext,
  decision: RecordDecision,
): RecordDecision {
  const reasons = withReason(state.reasons, 'LIMIT', owed(balances) > balances.limit);
  if (reasons === state.reasons) return decision;
  const event = prohibitionChanged(state, reasons, '', context);
  const { events, tells } = decision;
  return { ...decision, events: [...events, event], tells: [...tells, tellReasons(event)] };
}

export function prohibitionChanged(
  state: RecordState,
  reasons: readonly ProhibitionReason[],
  note: string,
  context: RecordContext,
): RecordProhibitionChanged {
  context.trace?.('REASONS', true, { before: state.reasons.join(', '), after: reasons.join(', ') });
  // Two changes may share a frame; readers of the list keep the higher position, so the second must have one.
  const position = Math.max(context.position, state.changedPosition + 1);
  return { type: 'RecordProhibitionChanged', card: state.card, reasons, position, note };
}

export function tellReasons({ card, reasons }: RecordProhibitionChanged): RecordTell {
  return { type: 'ChangeProhibition', card, reasons };
}
