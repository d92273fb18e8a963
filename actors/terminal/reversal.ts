/** A device gives up on an id: the reversal always goes to the card, and the terminal's record waits for it (D9). */
import { MAX_OPEN_IDS } from '../bounds.js';
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
import { incarnationOf } from './session.js';
import {
  openIds,
  type OpenedReversal,
  subjectOf,
  type TerminalEntry,
  type TerminalIncarnation,
  type TerminalState,
} from './terminal.js';
import { bookingDate, markOf } from './transact.js';

export interface Reverse {
  readonly type: 'Reverse';
  readonly id: TransactionId;
  readonly session: number;
  readonly mark: number;
  readonly card: string;
  readonly terminalTime: number | undefined;
}

/** Reversals have room of their own (D8): they end what is open. Only ids never seen can exhaust it. */
const MAX_OPEN_WITH_REVERSALS = 2 * MAX_OPEN_IDS;

export function reverse(state: TerminalState, command: Reverse, context: TerminalContext): TerminalDecision {
  const incarnation = incarnationOf(state, command);
  if ('events' in incarnation) return incarnation;
  const { id, card } = command;
  const entry = findId(incarnation.entries, id.number);
  if (entry !== undefined) return reverseKnown(state, incarnation, entry, command, context);
  if (id.number < incarnation.mark) return rejected('TOO_OLD', `number ${id.number} is below the mark`);
  if (openIds(state) >= MAX_OPEN_WITH_REVERSALS) {
    return rejected('OUT_OF_WINDOW', `${MAX_OPEN_WITH_REVERSALS} ids are open: finish one first`);
  }
  const mark = markOf(incarnation, command);
  const reversal = openReversal(state, id, card, context.towards, mark, command.terminalTime, context);
  const ask = askReversal(state, incarnation, undefined, reversal);
  return waiting(id, [ask], { type: 'ReversalOpened', reversal });
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
  if (reversal !== undefined) return waiting(id, []);
  if (answer !== undefined && answer.outcome !== 'APPROVED') {
    return replied(answeredFrom(entry, bareAnswer('REVERSED', 0, now)));
  }
  const mark = markOf(incarnation, command);
  const begun = openReversal(state, id, card, towards, mark, command.terminalTime, context);
  const ask = askReversal(state, incarnation, opened, begun);
  return waiting(id, [ask], { type: 'ReversalOpened', reversal: begun });
}
