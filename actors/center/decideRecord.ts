/**
 * What the center decides about a card: an operator's commands, and, whenever owed passes the limit in either
 * direction, prohibition and its lifting in the same turn (rule 7). Pure.
 */
import {
  applyDeposit,
  applyPurchase,
  type Balances,
  owed,
  restoredLoan,
  undoDeposit,
  undoPurchase,
} from '../money/balances.js';
import { type CardTerms, openingBalances, sameTerms } from '../money/cardTerms.js';
import type { Outcome } from '../money/outcomes.js';
import type { Parts } from '../money/parts.js';
import { type ListVersion, type ProhibitionReason, withReason } from '../money/prohibition.js';
import type { Asked } from '../money/transaction.js';
import { evolveRecord, type RecordEvent, type RecordProhibitionChanged, type RecordState } from './record.js';

export type RecordCommand = OperatorCommand | RecordTold | PublishedCommand;

export type OperatorCommand =
  | { readonly type: 'IssueCard'; readonly card: string; readonly terms: CardTerms }
  | { readonly type: 'ActivateCard'; readonly card: string }
  | {
      readonly type: 'ChangeLimit';
      readonly card: string;
      readonly limit: number;
      /** Refused with VERSION_CONFLICT when the record's version is another; undefined: any. */
      readonly expectedVersion: number | undefined;
    }
  | {
      readonly type: 'ChangeProhibition';
      readonly card: string;
      /** LIMIT is the center's own business. */
      readonly reason: Exclude<ProhibitionReason, 'LIMIT'>;
      readonly prohibited: boolean;
      readonly note: string;
      readonly expectedVersion: number | undefined;
    };

/** Told by the card in the same turn. */
export type RecordTold =
  | { readonly type: 'Moved'; readonly asked: Asked; readonly parts: Parts }
  | { readonly type: 'Declined'; readonly asked: Asked; readonly outcome: Outcome }
  | { readonly type: 'Reversed'; readonly asked: Asked; readonly parts: Parts; readonly amount: number };

/** The prohibition list has the reasons of this position. */
export interface PublishedCommand {
  readonly type: 'Published';
  readonly card: string;
  readonly position: number;
  readonly version: ListVersion;
}

/** What the center tells the card in the same turn. */
export type RecordTell =
  | { readonly type: 'Issue'; readonly card: string; readonly terms: CardTerms; readonly time: number }
  | { readonly type: 'Activate'; readonly card: string }
  | { readonly type: 'ChangeLimit'; readonly card: string; readonly limit: number }
  | {
      readonly type: 'ChangeProhibition';
      readonly card: string;
      readonly reasons: readonly ProhibitionReason[];
    };

export interface RecordContext {
  /** Business time, ms. */
  readonly now: number;
  /** Sequence that this turn's frame will have. */
  readonly position: number;
}

export interface RecordDecision {
  /** Answer to an operator's command; undefined for anybody else's. */
  readonly outcome: Outcome | undefined;
  readonly events: readonly RecordEvent[];
  readonly tells: readonly RecordTell[];
}

const nothing: RecordDecision = { outcome: undefined, events: [], tells: [] };
const unchanged: RecordDecision = { ...nothing, outcome: 'APPROVED' };

export function decideRecord(
  state: RecordState | undefined,
  command: RecordCommand,
  context: RecordContext,
): RecordDecision {
  switch (command.type) {
    case 'IssueCard':
      return issue(state, command, context);
    case 'Declined':
      return declined(command, context);
    case 'Reversed':
      return reversed(state, command, context);
    case 'Moved':
      return moved(state, command, context);
    case 'Published':
      return published(state, command);
    case 'ActivateCard':
    case 'ChangeLimit':
    case 'ChangeProhibition':
      return state === undefined ? { ...nothing, outcome: 'CARD_UNKNOWN' } : change(state, command, context);
  }
}

type Command<Type extends RecordCommand['type']> = Extract<RecordCommand, { type: Type }>;

function issue(
  state: RecordState | undefined,
  { card, terms }: Command<'IssueCard'>,
  context: RecordContext,
): RecordDecision {
  if (state !== undefined) {
    return sameTerms(state.terms, terms) ? unchanged : { ...nothing, outcome: 'ALREADY_EXISTS' };
  }
  const event: RecordEvent = { type: 'RecordOpened', card, terms, time: context.now };
  const before = evolveRecord(undefined, event);
  const tell: RecordTell = { type: 'Issue', card, terms, time: context.now };
  return withLimitReason(before, openingBalances(terms), context, {
    outcome: 'APPROVED',
    events: [event],
    tells: [tell],
  });
}

function change(
  state: RecordState,
  command: Command<'ActivateCard' | 'ChangeLimit' | 'ChangeProhibition'>,
  context: RecordContext,
): RecordDecision {
  if (command.type === 'ActivateCard') return activate(state);
  const { expectedVersion } = command;
  if (expectedVersion !== undefined && expectedVersion !== state.version) {
    return { ...nothing, outcome: 'VERSION_CONFLICT' };
  }
  if (command.type === 'ChangeLimit') return changeLimit(state, command.limit, context);
  return changeProhibition(state, command, context);
}

function activate({ card, active }: RecordState): RecordDecision {
  if (active) return unchanged;
  return {
    outcome: 'APPROVED',
    events: [{ type: 'RecordActivated', card }],
    tells: [{ type: 'Activate', card }],
  };
}

/** Binds from the next command that the card decides (rule 3). */
function changeLimit(state: RecordState, limit: number, context: RecordContext): RecordDecision {
  const { card, balances } = state;
  if (limit === balances.limit) return unchanged;
  const event: RecordEvent = { type: 'RecordLimitChanged', card, limit, previousLimit: balances.limit };
  return withLimitReason(state, { ...balances, limit }, context, {
    outcome: 'APPROVED',
    events: [event],
    tells: [{ type: 'ChangeLimit', card, limit }],
  });
}

function changeProhibition(
  state: RecordState,
  { reason, prohibited, note }: Command<'ChangeProhibition'>,
  context: RecordContext,
): RecordDecision {
  const reasons = withReason(state.reasons, reason, prohibited);
  if (reasons === state.reasons) return unchanged;
  const event = prohibitionChanged(state, reasons, note, context);
  return { outcome: 'APPROVED', events: [event], tells: [tellReasons(event)] };
}

function moved(
  state: RecordState | undefined,
  { asked, parts }: Command<'Moved'>,
  context: RecordContext,
): RecordDecision {
  if (state === undefined)
    throw new Error(`card ${asked.card} moved money, but the center has no record of it`);
  const balances = balancesAfter(state.balances, asked, parts);
  const receiveTime = context.now;
  const event: RecordEvent = { type: 'RecordMoved', asked, parts, balances, receiveTime };
  return withLimitReason(state, balances, context, { ...nothing, events: [event] });
}

function balancesAfter(balances: Balances, asked: Asked, parts: Parts): Balances {
  if (asked.kind === 'PURCHASE') return applyPurchase(balances, parts);
  return asked.kind === 'DEPOSIT' ? applyDeposit(balances, parts) : balances;
}

function declined({ asked, outcome }: Command<'Declined'>, context: RecordContext): RecordDecision {
  const event: RecordEvent = { type: 'RecordDeclined', asked, outcome, receiveTime: context.now };
  return { ...nothing, events: [event] };
}

function reversed(
  state: RecordState | undefined,
  told: Command<'Reversed'>,
  context: RecordContext,
): RecordDecision {
  const { asked, amount } = told;
  const receiveTime = context.now;
  if (state === undefined || amount === 0) {
    const { parts } = told;
    const balances = state?.balances;
    return {
      ...nothing,
      events: [{ type: 'RecordReversed', asked, parts, balances, receiveTime, amount }],
    };
  }
  const { parts, balances } = undo(state.balances, asked, told.parts);
  const event: RecordEvent = { type: 'RecordReversed', asked, parts, balances, receiveTime, amount };
  return withLimitReason(state, balances, context, { ...nothing, events: [event] });
}

function undo(balances: Balances, asked: Asked, parts: Parts): { parts: Parts; balances: Balances } {
  if (asked.kind === 'PURCHASE') return { parts, balances: undoPurchase(balances, parts) };
  const taken = { ...parts, restoredLoan: restoredLoan(balances, parts) };
  return { parts: taken, balances: undoDeposit(balances, parts) };
}

/** D14: ends the repetition, unless the reasons have changed since: then a newer entry is on its way. */
function published(state: RecordState | undefined, command: PublishedCommand): RecordDecision {
  const { card, position, version } = command;
  if (position !== state?.changedPosition || position <= state.publishedPosition) return nothing;
  return { ...nothing, events: [{ type: 'ProhibitionPublished', card, position, version }] };
}

/** Rule 7: prohibited while owed > limit. Adds what follows from the new balances to the decision. */
function withLimitReason(
  state: RecordState | undefined,
  balances: Balances,
  context: RecordContext,
  decision: RecordDecision,
): RecordDecision {
  if (state === undefined) return decision;
  const reasons = withReason(state.reasons, 'LIMIT', owed(balances) > balances.limit);
  if (reasons === state.reasons) return decision;
  const event = prohibitionChanged(state, reasons, '', context);
  const { outcome, events, tells } = decision;
  return { outcome, events: [...events, event], tells: [...tells, tellReasons(event)] };
}

function prohibitionChanged(
  state: RecordState,
  reasons: readonly ProhibitionReason[],
  note: string,
  context: RecordContext,
): RecordProhibitionChanged {
  // Two changes may share a frame; readers of the list keep the higher position, so the second must have one.
  const position = Math.max(context.position, state.changedPosition + 1);
  return { type: 'RecordProhibitionChanged', card: state.card, reasons, position, note };
}

function tellReasons({ card, reasons }: RecordProhibitionChanged): RecordTell {
  return { type: 'ChangeProhibition', card, reasons };
}
