/** What a card decides about a transaction, and what it is told by its center. Pure. */
import type { Answer } from '../money/answer.js';
import {
  applyDeposit,
  applyPurchase,
  type Balances,
  depositThatFits,
  restoredLoan,
  splitDeposit,
  splitPurchase,
  undoDeposit,
  undoPurchase,
} from '../money/balances.js';
import type { CardTerms } from '../money/cardTerms.js';
import type { Outcome } from '../money/outcomes.js';
import { NO_PARTS, type Parts } from '../money/parts.js';
import type { ProhibitionReason } from '../money/prohibition.js';
import { type Asked, drawsMoney } from '../money/transaction.js';
import type { CardEvent, CardState } from './card.js';
import type { VisitorEntry } from './visitor.js';

export type CardCommand =
  /** A transaction whose id this partition has not seen. */
  | { readonly type: 'Execute'; readonly asked: Asked; readonly mayDefer: boolean }
  /** `original`: what the id memory holds of it; not reversed yet. */
  | { readonly type: 'Reverse'; readonly asked: Asked; readonly original: VisitorEntry | undefined }
  | CardInstruction;

/** Told by the center, which has decided already: the card only records it. */
export type CardInstruction =
  | { readonly type: 'Issue'; readonly card: string; readonly terms: CardTerms; readonly time: number }
  | { readonly type: 'Activate'; readonly card: string }
  | { readonly type: 'ChangeLimit'; readonly card: string; readonly limit: number }
  | {
      readonly type: 'ChangeProhibition';
      readonly card: string;
      readonly reasons: readonly ProhibitionReason[];
    };

/** What the card tells the center in the same turn. */
export type CardTell =
  | { readonly type: 'Moved'; readonly asked: Asked; readonly parts: Parts }
  | { readonly type: 'Declined'; readonly asked: Asked; readonly outcome: Outcome }
  /** `parts` as stored when it was approved; the center finds out itself what became of them. */
  | { readonly type: 'Reversed'; readonly asked: Asked; readonly parts: Parts; readonly amount: number };

export interface CardContext {
  /** Business time, ms. */
  readonly now: number;
  /** Business date of `now`. */
  readonly today: number;
  /** Sequence that this turn's frame will have. */
  readonly position: number;
}

export interface CardDecision {
  readonly event: CardEvent;
  readonly tell: CardTell | undefined;
}

export function decideCard(
  state: CardState | undefined,
  command: CardCommand,
  context: CardContext,
): CardDecision {
  switch (command.type) {
    case 'Execute':
      return execute(state, command.asked, command.mayDefer, context);
    case 'Reverse':
      return reverse(state, command.asked, command.original, context);
    case 'Issue':
      return recorded({ ...command, type: 'CardIssued' });
    case 'Activate':
      return recorded({ ...command, type: 'CardActivated' });
    case 'ChangeLimit':
      return recorded({ ...command, type: 'CardLimitChanged' });
    case 'ChangeProhibition':
      return recorded({ ...command, type: 'CardProhibitionChanged' });
  }
}

function recorded(event: CardEvent): CardDecision {
  return { event, tell: undefined };
}

function execute(
  state: CardState | undefined,
  asked: Asked,
  mayDefer: boolean,
  context: CardContext,
): CardDecision {
  if (state === undefined) return decline(undefined, asked, 'CARD_UNKNOWN', context);
  const refusal = refusalOf(state, asked, context.today);
  if (refusal !== undefined) return decline(state, asked, refusal, context);
  switch (asked.kind) {
    case 'PURCHASE':
      return purchase(state, asked, mayDefer, context);
    case 'DEPOSIT':
      return deposit(state, asked, context);
    case 'ENQUIRY':
      return approve(state, asked, NO_PARTS, state.balances, context);
    case undefined:
      throw new Error('nothing to execute: the transaction has no kind');
  }
}

/** Rule 17, the card's checks, in their order. */
function refusalOf(state: CardState, asked: Asked, today: number): Outcome | undefined {
  const { expiryDate } = state.terms;
  if (drawsMoney(asked.kind) && state.reasons.length > 0) return 'CARD_PROHIBITED';
  if (drawsMoney(asked.kind) && expiryDate !== undefined && today > expiryDate) return 'CARD_EXPIRED';
  if (!state.active) return 'CARD_NOT_ACTIVE';
  return undefined;
}

/** Rules 1 and 3: all or nothing. */
function purchase(state: CardState, asked: Asked, mayDefer: boolean, context: CardContext): CardDecision {
  const { balances } = state;
  const parts = splitPurchase(balances, asked.amount);
  if (parts.loan > 0) {
    if (!state.terms.creditFlag) return decline(state, asked, 'INSUFFICIENT_FUNDS', context);
    if (!mayDefer) return decline(state, asked, 'DEFERRAL_NOT_PERMITTED', context);
    if (balances.loan + parts.loan > balances.limit) return decline(state, asked, 'CREDIT_LIMIT', context);
  }
  return approve(state, asked, parts, applyPurchase(balances, parts), context);
}

/** Rule 4. */
function deposit(state: CardState, asked: Asked, context: CardContext): CardDecision {
  const { balances } = state;
  const fits = depositThatFits(balances, state.terms.storedValueCap);
  if (asked.amount > fits) return decline(state, asked, 'CAP_EXCEEDED', context, fits);
  const parts = splitDeposit(balances, asked.amount);
  return approve(state, asked, parts, applyDeposit(balances, parts), context);
}

/** Rule 9: always accepted, for any state of the card; what was never approved gets a tombstone. */
function reverse(
  state: CardState | undefined,
  asked: Asked,
  original: VisitorEntry | undefined,
  context: CardContext,
): CardDecision {
  const outcome = original?.answer?.outcome;
  const subject: Asked = original === undefined ? asked : { ...asked, kind: original.kind ?? asked.kind };
  const approved = outcome === 'APPROVED' ? original?.answer : undefined;
  if (state === undefined || approved === undefined || approved.amount === 0) {
    const answer = answerOf(state, 'REVERSED', 0, NO_PARTS, state?.balances, context);
    const tell: CardTell = { type: 'Reversed', asked: subject, parts: NO_PARTS, amount: 0 };
    return {
      event: { type: 'CardReversed', asked: subject, answer: { ...answer, original: outcome } },
      tell,
    };
  }
  const { amount, parts } = approved;
  const undone = undo(state.balances, subject, parts);
  const answer = answerOf(state, 'REVERSED', amount, undone.parts, undone.balances, context);
  return {
    event: { type: 'CardReversed', asked: subject, answer: { ...answer, original: outcome } },
    tell: { type: 'Reversed', asked: subject, parts, amount },
  };
}

function undo(balances: Balances, asked: Asked, parts: Parts): { parts: Parts; balances: Balances } {
  if (asked.kind === 'PURCHASE') return { parts, balances: undoPurchase(balances, parts) };
  const taken = { ...parts, restoredLoan: restoredLoan(balances, parts) };
  return { parts: taken, balances: undoDeposit(balances, parts) };
}

function approve(
  state: CardState,
  asked: Asked,
  parts: Parts,
  balances: Balances,
  context: CardContext,
): CardDecision {
  const answer = answerOf(state, 'APPROVED', asked.amount, parts, balances, context);
  return { event: { type: 'CardMoved', asked, answer }, tell: { type: 'Moved', asked, parts } };
}

function decline(
  state: CardState | undefined,
  asked: Asked,
  outcome: Outcome,
  context: CardContext,
  fits?: number,
): CardDecision {
  const answer = answerOf(state, outcome, asked.amount, NO_PARTS, state?.balances, context, fits);
  return { event: { type: 'CardDeclined', asked, answer }, tell: { type: 'Declined', asked, outcome } };
}

function answerOf(
  state: CardState | undefined,
  outcome: Outcome,
  amount: number,
  parts: Parts,
  balances: Balances | undefined,
  context: CardContext,
  fits?: number,
): Answer {
  return {
    outcome,
    amount,
    parts,
    balances,
    creditFlag: state?.terms.creditFlag ?? false,
    fits,
    receiveTime: context.now,
    position: context.position,
    original: undefined,
  };
}
