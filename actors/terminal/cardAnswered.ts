/** The card's answer to what the terminal asked. Only an outcome or a confirmed reversal ends an id (D6). */
import type { Answered } from '../money/answer.js';
import type { AskMode } from '../money/transaction.js';
import { askReversal } from './ask.js';
import { answeredFrom, NO_DECISION, type TerminalContext, type TerminalDecision } from './decision.js';
import { openReversal } from './reversal.js';
import {
  deviceIncarnation,
  findEntry,
  findIncarnation,
  type Opened,
  type TerminalEntry,
  type TerminalState,
} from './terminal.js';

export interface CardAnswered {
  readonly type: 'CardAnswered';
  readonly mode: AskMode;
  readonly answered: Answered;
}

export function cardAnswered(
  state: TerminalState,
  { mode, answered }: CardAnswered,
  context: TerminalContext,
): TerminalDecision {
  const entry = findEntry(state, answered.id);
  if (entry === undefined) return forgotten(answered);
  if (mode === 'REVERSE') return reversalAnswered(entry, answered);
  // The device gave up on it meanwhile: no approval is accepted any more, and the reversal is on its way.
  if (entry.reversal !== undefined) return NO_DECISION;
  if (entry.answer !== undefined) return repeatAnswered(entry, answered);
  const { opened } = entry;
  if (answered.answer.outcome === 'ID_UNKNOWN') return unknownAtCard(state, opened, mode, context);
  // Never for an id that was opened once: rather asked again than ended wrongly.
  if (answered.answer.outcome === 'IDEMPOTENCY_CONFLICT') return NO_DECISION;
  const { id, answer, log } = answered;
  return {
    ...NO_DECISION,
    events: [{ type: 'TransactionClosed', id, answer }],
    releases: [{ answered: answeredFrom(entry, answer, log) }],
    settles: [id],
  };
}

/** Below the device's mark: it said that it would never ask again, but may have before. */
function forgotten(answered: Answered): TerminalDecision {
  return { ...NO_DECISION, releases: [{ answered }], settles: [answered.id] };
}

function reversalAnswered(entry: TerminalEntry, { id, answer }: Answered): TerminalDecision {
  if (entry.reversal === undefined || answer.outcome !== 'REVERSED') return NO_DECISION;
  if (entry.reversed !== undefined) return { ...NO_DECISION, settles: [id] };
  return {
    ...NO_DECISION,
    events: [{ type: 'ReversalClosed', id, answer }],
    releases: [{ answered: answeredFrom(entry, answer) }],
    settles: [id],
  };
}

/** Closed already. Whoever repeated an enquiry waits for the card's log. */
function repeatAnswered(entry: TerminalEntry, { id, answer, log }: Answered): TerminalDecision {
  const settled = { ...NO_DECISION, settles: [id] };
  if (entry.opened?.kind !== 'ENQUIRY') return settled;
  return { ...settled, releases: [{ answered: answeredFrom(entry, answer, log) }] };
}

/**
 * The card has never seen an open id, asked after a takeover. The device repeats or reverses it; but nobody is left
 * to do so for a device's older incarnation: the actor reverses it itself.
 */
function unknownAtCard(
  state: TerminalState,
  opened: Opened | undefined,
  mode: AskMode,
  context: TerminalContext,
): TerminalDecision {
  if (mode !== 'OUTCOME' || opened === undefined) return NO_DECISION;
  const { id, card, towards } = opened;
  const incarnation = findIncarnation(state, id.incarnation);
  if (incarnation === undefined) return NO_DECISION;
  const abandoned = incarnation.source === '' && id.incarnation < deviceIncarnation(state);
  if (!abandoned) return { ...NO_DECISION, settles: [id] };
  const reversal = openReversal(state, id, card, towards, 0, undefined, context);
  return {
    ...NO_DECISION,
    events: [{ type: 'ReversalOpened', reversal }],
    asks: [askReversal(state, incarnation, opened, reversal)],
  };
}
