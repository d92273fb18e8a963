/** What a card's decision consists of, and the short ways to write one. */
import type { Answer, Obstacle } from '../money/answer.js';
import type { Balances } from '../money/balances.js';
import { pendingSum } from '../money/instruction.js';
import type { Outcome } from '../money/outcomes.js';
import type { Parameters } from '../money/parameters.js';
import { NO_PARTS, type Parts } from '../money/parts.js';
import type { CardTell } from '../money/tells.js';
import type { Trace } from '../money/trace.js';
import type { Asked } from '../money/transaction.js';
import type { CardEvent, CardState } from './card.js';

export interface CardContext {
  /** Business time, ms. */
  readonly now: number;
  /** Business date of `now`. */
  readonly today: number;
  /** Sequence that this turn's frame will have. */
  readonly position: number;
  /** Those in force on a business date. */
  readonly parametersOn: (date: number) => Parameters;
  /** Purchases of earlier business dates cannot be refunded any more, and never will be. */
  readonly refundableFrom: () => number;
  /** Nothing can be asked any more about what is not open and was changed last before this business time. */
  readonly forgetBefore: () => number;
  /** Minute of the day, in the deployment's zone, of a time. */
  readonly minuteOf: (time: number) => number;
  /** Told every step; undefined: nobody asks for an explanation. */
  readonly trace?: Trace | undefined;
}

export interface CardDecision {
  readonly events: readonly CardEvent[];
  readonly tells: readonly CardTell[];
}

export const NO_DECISION: CardDecision = { events: [], tells: [] };

/** What becomes of a PIN that was sent (rule 8). */
export interface PinCheck {
  readonly verified: boolean;
  /** Undefined: it was not looked at. */
  readonly triesLeft: number | undefined;
}

export const NO_PIN: PinCheck = { verified: false, triesLeft: undefined };

/** Details of an answer that few have. */
export interface AnswerDetails {
  readonly pin?: PinCheck;
  readonly fits?: number;
  readonly remainder?: number;
  readonly obstacle?: Obstacle;
  readonly inside?: Answer['inside'];
  readonly entered?: Answer['entered'];
  readonly original?: Outcome | undefined;
  readonly originalParts?: Parts;
}

const nothing: AnswerDetails = {};

/** `inside` of the details stands for the state's where its key is there, even undefined. */
export function answerOf(
  state: CardState | undefined,
  outcome: Outcome,
  amount: number,
  parts: Parts,
  balances: Balances | undefined,
  context: CardContext,
  details: AnswerDetails = nothing,
): Answer {
  return {
    outcome,
    amount,
    parts,
    balances,
    creditFlag: state?.policy.creditFlag ?? false,
    fits: details.fits,
    receiveTime: context.now,
    position: context.position,
    original: details.original,
    originalParts: details.originalParts ?? NO_PARTS,
    remainder: details.remainder ?? 0,
    pinVerified: details.pin?.verified ?? false,
    triesLeft: details.pin?.triesLeft,
    obstacle: details.obstacle,
    pending: state === undefined || state.pending.length === 0 ? 0 : pendingSum(state.pending),
    inside: 'inside' in details ? details.inside : state?.inside,
    entered: details.entered,
  };
}

export function approve(
  state: CardState,
  asked: Asked,
  parts: Parts,
  balances: Balances,
  amount: number,
  context: CardContext,
  details?: AnswerDetails,
): CardDecision {
  const answer = answerOf(state, 'APPROVED', amount, parts, balances, context, details);
  const { pinVerified } = answer;
  return {
    events: [{ type: 'CardMoved', asked, answer }],
    tells: [{ type: 'Moved', asked, parts, pinVerified }],
  };
}

export function decline(
  state: CardState | undefined,
  asked: Asked,
  outcome: Outcome,
  context: CardContext,
  details?: AnswerDetails,
): CardDecision {
  const answer = answerOf(state, outcome, asked.amount, NO_PARTS, state?.balances, context, details);
  return { events: [{ type: 'CardDeclined', asked, answer }], tells: [{ type: 'Declined', asked, outcome }] };
}
