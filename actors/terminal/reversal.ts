/** A device gives up on an id: the reversal always goes to the card, and the terminal's record waits for it (D9). */
import { MAX_REVERSAL_AGE_MS, MAX_REVERSING_IDS } from '../bounds.js';
import { bareAnswer } from '../money/answer.js';
import { findId } from '../money/idTable.js';
import type { TransactionId } from '../money/ids.js';
import { askReversal } from './ask.js';
import {
  answeredFrom,
  rejected,
  replied,
  type TerminalContext,
  type TerminalDecision,
  waiting,
} from './decision.js';
import { underReversal } from './parking.js';
import { incarnationOf } from './session.js';
import {
  openIds,
  type OpenedReversal,
  reversingIds,
  subjectOf,
  type TerminalEntry,
  type TerminalIncarnation,
  type TerminalState,
} from './terminal.js';
import { bookingDate, idFacts, markOf, memoryProblem } from './transact.js';

export interface Reverse {
  readonly type: 'Reverse';
  readonly id: TransactionId;
  readonly session: number;
  readonly mark: number;
  readonly card: string;
  readonly terminalTime: number | undefined;
}

export function reverse(state: TerminalState, command: Reverse, context: TerminalContext): TerminalDecision {
  const incarnation = incarnationOf(state, command);
  if ('events' in incarnation) return incarnation;
  const { id, card } = command;
  const entry = findId(incarnation.entries, id.number);
  const isNew = entry === undefined || (entry.reversal === undefined && subjectOf(entry).card === card);
  context.trace?.('ID', isNew, idFacts(id, entry));
  if (entry !== undefined) return reverseKnown(state, incarnation, entry, command, context);
  if (id.number < incarnation.mark) return rejected('TOO_OLD', `number ${id.number} is below the mark`);
  if (isFull(state)) return full();
  // Twice as much as transactions: what they have filled leaves room for reversals (D8).
  const unforgotten = memoryProblem(incarnation, command.mark, 2);
  if (unforgotten !== undefined) return rejected('OUT_OF_WINDOW', unforgotten);
  const mark = markOf(incarnation, command);
  const reversal = openReversal(state, id, card, context.towards, mark, command.terminalTime, context);
  const ask = askReversal(state, incarnation, undefined, reversal);
  return waiting(id, [ask], { type: 'ReversalOpened', reversal });
}

/** Reversals have room of their own (D8). What is open may always be reversed: that ends it. */
function isFull(state: TerminalState): boolean {
  return openIds(state) >= MAX_REVERSING_IDS && reversingIds(state) >= MAX_REVERSING_IDS;
}

function full(): TerminalDecision {
  return rejected('OUT_OF_WINDOW', `${MAX_REVERSING_IDS} ids are being reversed: wait for one`);
}

/** A reversal of an entry that the terminal has, or that the terminal itself gives up. */
export function openReversal(
  state: TerminalState,
  id: TransactionId,
  card: string,
  towards: number,
  mark: number,
  stated: number | undefined,
  context: TerminalContext,
): OpenedReversal {
  const terminalTime = stated ?? context.now;
  const businessDate = bookingDate(terminalTime, context);
  return { id, card, time: context.now, batch: state.batch, businessDate, terminalTime, towards, mark };
}

function reverseKnown(
  state: TerminalState,
  incarnation: TerminalIncarnation,
  entry: TerminalEntry,
  command: Reverse,
  context: TerminalContext,
): TerminalDecision {
  const { id, card } = command;
  const { opened, answer, reversal, reversed } = entry;
  const { now } = context;
  const { card: recorded, towards } = subjectOf(entry);
  if (recorded !== card) {
    const conflict = bareAnswer('IDEMPOTENCY_CONFLICT', 0, now);
    const terminalTime = command.terminalTime ?? now;
    return replied({ id, kind: opened?.kind, card, answer: conflict, terminalTime, log: [] });
  }
  if (reversed !== undefined) return replied(answeredFrom(entry, reversed));
  if (reversal !== undefined) return underReversal(entry, reversal, context);
  if (answer !== undefined && context.elapsedSince(answer.receiveTime) > MAX_REVERSAL_AGE_MS) {
    return rejected('TOO_OLD', 'it was answered too long ago to be reversed');
  }
  // Refused ids too: the card keeps a tombstone, and the id's status never goes back to the refusal (D6, D9).
  if (answer !== undefined && isFull(state)) return full();
  const mark = markOf(incarnation, command);
  const begun = openReversal(state, id, card, towards, mark, command.terminalTime, context);
  const ask = askReversal(state, incarnation, opened, begun);
  return waiting(id, [ask], { type: 'ReversalOpened', reversal: begun });
}
