/** Purchase, deposit and enquiry at their terminal: known id, window, the terminal's own checks, OPENED and ask. */
import {
  MAX_CLOCK_AHEAD_MS,
  MAX_OPEN_IDS,
  MAX_REMEMBERED_IDS,
  MAX_REVERSING_IDS,
  MAX_SOURCE_IDS,
} from '../bounds.js';
import { isAmount, type WireInteger } from '../money/amounts.js';
import { bareAnswer } from '../money/answer.js';
import { countIds, findId } from '../money/idTable.js';
import type { TransactionId } from '../money/ids.js';
import type { Outcome } from '../money/outcomes.js';
import { compareVersions } from '../money/prohibition.js';
import { drawsMoney, type Kind } from '../money/transaction.js';
import { askAbout } from './ask.js';
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
  type Opened,
  openIds,
  reversingIds,
  subjectOf,
  type TerminalEntry,
  type TerminalIncarnation,
  type TerminalState,
} from './terminal.js';

export interface Transact {
  readonly type: 'Transact';
  readonly id: TransactionId;
  readonly session: number;
  /** 0: not said. */
  readonly mark: number;
  readonly kind: Kind;
  readonly card: string;
  /** Whatever the device sent; 0 for an enquiry. */
  readonly amount: WireInteger;
  /** Empty: the deployment's. */
  readonly currency: string;
  /** Undefined: the time of receipt. */
  readonly terminalTime: number | undefined;
  /** Of everything above that is content: kind, card, amount, currency, time. */
  readonly digest: number;
}

export function transact(
  state: TerminalState,
  command: Transact,
  context: TerminalContext,
): TerminalDecision {
  const incarnation = incarnationOf(state, command);
  if ('events' in incarnation) return incarnation;
  const { number } = command.id;
  const entry = findId(incarnation.entries, number);
  if (entry !== undefined) return repeat(state, incarnation, entry, command, context);
  if (number < incarnation.mark) return rejected('TOO_OLD', `number ${number} is below the mark`);
  const full = windowProblem(state);
  if (full !== undefined) return rejected('OUT_OF_WINDOW', full);
  const most = incarnation.source === '' ? MAX_REMEMBERED_IDS : MAX_SOURCE_IDS;
  if (command.mark <= incarnation.mark && countIds(incarnation.entries) >= most) {
    return rejected('OUT_OF_WINDOW', `${most} answers are kept for this device: it must say its mark`);
  }
  if (isBehind(state, command, context)) {
    return rejected('UNAVAILABLE', 'the prohibition list that the terminal holds is not known here yet');
  }
  const opened = open(state, incarnation, command, context);
  const outcome = ownRefusal(state, command, context);
  if (outcome !== undefined) {
    const answered = answeredFrom(entryOf(opened), bareAnswer(outcome, opened.amount, context.now));
    return replied(answered, { type: 'TransactionRefused', opened, outcome });
  }
  const ask = askAbout(state, incarnation, opened, 'EXECUTE');
  return waiting(command.id, [ask], { type: 'TransactionOpened', opened });
}

/** Ids towards a partition that is away are parked once they are reversed: the others are not held up (D7). */
function windowProblem(state: TerminalState): string | undefined {
  const open = openIds(state);
  // Nearly always: nothing to look up.
  if (open < MAX_OPEN_IDS) return undefined;
  const reversing = reversingIds(state);
  if (open - reversing >= MAX_OPEN_IDS) return `${MAX_OPEN_IDS} ids are open: finish one first`;
  // What is opened now must have room to be reversed.
  if (reversing >= MAX_REVERSING_IDS) return `${MAX_REVERSING_IDS} ids are being reversed: wait for one`;
  return undefined;
}

/** Rule 12: the date of the terminal's time. A clock that is ahead says nothing: then the date of receipt. */
export function bookingDate(terminalTime: number, { now, dateOf }: TerminalContext): number {
  return dateOf(isClockAhead(terminalTime, now) ? now : terminalTime);
}

/** Rule 19: same content gets the id's status now. */
function repeat(
  state: TerminalState,
  incarnation: TerminalIncarnation,
  entry: TerminalEntry,
  command: Transact,
  context: TerminalContext,
): TerminalDecision {
  const { opened, answer, reversal, reversed } = entry;
  const same =
    opened === undefined ? subjectOf(entry).card === command.card : opened.digest === command.digest;
  if (!same) return replied(conflictOf(command, context));
  if (reversed !== undefined) return replied(answeredFrom(entry, reversed));
  if (reversal !== undefined) return underReversal(entry, reversal, context);
  if (opened === undefined) throw new Error(`id ${command.id.number} was neither opened nor reversed`);
  // An enquiry is asked again for what no record holds: the card's log.
  if (answer === undefined || (opened.kind === 'ENQUIRY' && answer.outcome === 'APPROVED')) {
    return waiting(command.id, [askAbout(state, incarnation, opened, 'EXECUTE')]);
  }
  return replied(answeredFrom(entry, answer));
}

/** Not recorded: the id belongs to what was sent first. */
function conflictOf({ id, kind, card, amount, terminalTime }: Transact, { now }: TerminalContext) {
  const answer = bareAnswer('IDEMPOTENCY_CONFLICT', isAmount(amount) ? amount : 0, now);
  return { id, kind, card, answer, terminalTime: terminalTime ?? now, log: [] };
}

/** The terminal's list is newer than what this process has read of it: nobody here can say who is on it. */
function isBehind({ list }: TerminalState, command: Transact, { knownList }: TerminalContext): boolean {
  return drawsMoney(command.kind) && list !== undefined && compareVersions(list, knownList) > 0;
}

/** Rule 17, amount and terminal, in their order. */
function ownRefusal(state: TerminalState, command: Transact, context: TerminalContext): Outcome | undefined {
  const { kind, amount, currency, terminalTime } = command;
  if (kind !== 'ENQUIRY' && !isAmount(amount)) return 'INVALID_AMOUNT';
  if (currency !== '' && currency !== context.currency) return 'WRONG_CURRENCY';
  if (kind !== 'ENQUIRY' && kind !== state.role) return 'NOT_PERMITTED';
  if (drawsMoney(kind)) {
    if (state.list === undefined) return 'LIST_NOT_HELD';
    const { prohibitedSince } = context;
    if (prohibitedSince !== undefined && compareVersions(prohibitedSince, state.list) <= 0) {
      return 'CARD_PROHIBITED';
    }
  }
  if (terminalTime !== undefined && isClockAhead(terminalTime, context.now)) return 'CLOCK_AHEAD';
  return undefined;
}

function isClockAhead(terminalTime: number, now: number): boolean {
  return terminalTime > now + MAX_CLOCK_AHEAD_MS;
}

function open(
  state: TerminalState,
  incarnation: TerminalIncarnation,
  command: Transact,
  context: TerminalContext,
): Opened {
  const terminalTime = command.terminalTime ?? context.now;
  return {
    id: command.id,
    card: command.card,
    kind: command.kind,
    amount: isAmount(command.amount) ? command.amount : 0,
    digest: command.digest,
    batch: state.batch,
    businessDate: bookingDate(terminalTime, context),
    terminalTime,
    time: context.now,
    mark: markOf(incarnation, command),
    list: state.list,
    towards: context.towards,
  };
}

/** A source may begin again at any number, so nothing of it is ever below a mark; and no id is below its own. */
export function markOf(
  incarnation: TerminalIncarnation,
  { id, mark }: { readonly id: TransactionId; readonly mark: number },
): number {
  return incarnation.source !== '' ? 0 : Math.min(mark, id.number);
}

function entryOf(opened: Opened): TerminalEntry {
  const { number } = opened.id;
  return { number, opened, answer: undefined, reversal: undefined, reversed: undefined };
}
