/** A transaction at its terminal: known id, window, the terminal's own checks, OPENED and ask. */
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
import { idText } from '../money/idText.js';
import type { Outcome } from '../money/outcomes.js';
import { compareVersions } from '../money/prohibition.js';
import type { Facts } from '../money/trace.js';
import { isWithheld, type Kind, statesAmount } from '../money/transaction.js';
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
  type TerminalRole,
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
  /** Whatever the device sent; 0 where it states none. */
  readonly amount: WireInteger;
  /** Empty: the deployment's. */
  readonly currency: string;
  /** Undefined: the time of receipt. */
  readonly terminalTime: number | undefined;
  /** Number of the plastic or phone that was presented; the first is 1. */
  readonly device: number;
  readonly partial: boolean;
  /** REFUND, VOID: the payment that is given back. */
  readonly original: TransactionId | undefined;
  /** Of everything above that is content: all but session and mark. */
  readonly digest: number;
  /** Keyed hash of the PIN that was entered, in hexadecimal; empty: none was. No content (rule 8). */
  readonly pinHash: string;
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
  context.trace?.('ID', entry === undefined, idFacts(command.id, entry));
  if (entry !== undefined) return repeat(state, incarnation, entry, command, context);
  if (number < incarnation.mark) return rejected('TOO_OLD', `number ${number} is below the mark`);
  const full = windowProblem(state);
  if (full !== undefined) return rejected('OUT_OF_WINDOW', full);
  const unforgotten = memoryProblem(incarnation, command.mark);
  if (unforgotten !== undefined) return rejected('OUT_OF_WINDOW', unforgotten);
  if (isBehind(state, command, context)) {
    return rejected('UNAVAILABLE', 'the prohibition list that the terminal holds is not known here yet');
  }
  const opened = open(state, incarnation, command, context);
  const outcome = ownRefusal(state, command, context);
  if (outcome !== undefined) {
    const answered = answeredFrom(entryOf(opened), bareAnswer(outcome, opened.amount, context.now));
    return replied(answered, { type: 'TransactionRefused', opened, outcome });
  }
  const ask = askAbout(state, incarnation, opened, 'EXECUTE', command.pinHash);
  return waiting(command.id, [ask], { type: 'TransactionOpened', opened });
}

/** What is finished is kept until the device says its mark. `times`: as much room. */
export function memoryProblem(
  { source, mark, entries }: TerminalIncarnation,
  said: number,
  times = 1,
): string | undefined {
  const most = times * (source === '' ? MAX_REMEMBERED_IDS : MAX_SOURCE_IDS);
  if (said > mark || countIds(entries) < most) return undefined;
  return `${most} answers are kept for this device: it must say its mark`;
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
export function bookingDate(terminalTime: number, context: TerminalContext): number {
  const { now } = context;
  return context.dateOf(isClockAhead(terminalTime, now) ? now : terminalTime);
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
    return waiting(command.id, [askAbout(state, incarnation, opened, 'EXECUTE', command.pinHash)]);
  }
  return replied(answeredFrom(entry, answer));
}

/** Of an id that was used: what became of it so far. */
export function idFacts(id: TransactionId, entry: TerminalEntry | undefined): Facts {
  if (entry === undefined) return { id: idText(id) };
  const { answer, reversal, reversed } = entry;
  const recorded =
    reversal === undefined ? (answer?.outcome ?? 'PENDING') : (reversed?.outcome ?? 'REVERSING');
  return { id: idText(id), recorded };
}

/** Not recorded: the id belongs to what was sent first. */
function conflictOf({ id, kind, card, amount, terminalTime }: Transact, { now }: TerminalContext) {
  const answer = bareAnswer('IDEMPOTENCY_CONFLICT', isAmount(amount) ? amount : 0, now);
  return { id, kind, card, answer, terminalTime: terminalTime ?? now, log: [] };
}

/** The terminal's list is newer than what this process has read of it: nobody here can say who is on it. */
function isBehind({ list }: TerminalState, command: Transact, { knownList }: TerminalContext): boolean {
  return isWithheld(command.kind) && list !== undefined && compareVersions(list, knownList) > 0;
}

/** Rule 17, amount and terminal, in their order. */
function ownRefusal(state: TerminalState, command: Transact, context: TerminalContext): Outcome | undefined {
  const { kind, amount, currency, terminalTime } = command;
  const { trace } = context;
  if (statesAmount(kind)) {
    const possible = isAmount(amount);
    trace?.('AMOUNT', possible, { amount });
    if (!possible) return 'INVALID_AMOUNT';
  }
  const accepted = currency === '' || currency === context.currency;
  trace?.('CURRENCY', accepted, { currency: currency || context.currency, accepted: context.currency });
  if (!accepted) return 'WRONG_CURRENCY';
  const offered = isOffered(state, command);
  trace?.('OFFERED', offered, { role: state.role, kind });
  if (!offered) return 'NOT_PERMITTED';
  if (isWithheld(kind)) {
    const { list } = state;
    trace?.('LIST_HELD', list !== undefined, { held: list?.sequence });
    if (list === undefined) return 'LIST_NOT_HELD';
    const { prohibitedSince } = context;
    const listed = prohibitedSince !== undefined && compareVersions(prohibitedSince, list) <= 0;
    trace?.('LIST_FREE', !listed, { held: list.sequence, prohibitedSince: prohibitedSince?.sequence });
    if (listed) return 'CARD_PROHIBITED';
  }
  // The exit of a card that is inside always opens (rule 14): its time is not believed, see bookingDate.
  if (kind === 'FARE') return undefined;
  const ahead = terminalTime !== undefined && isClockAhead(terminalTime, context.now);
  trace?.('CLOCK', !ahead, { terminalTime, now: context.now });
  return ahead ? 'CLOCK_AHEAD' : undefined;
}

/** What each terminal offers. A phone asks about its own card only, as the device that it is. */
const offers: Readonly<Record<TerminalRole, readonly Kind[]>> = {
  PURCHASE: ['PURCHASE', 'REFUND', 'VOID', 'ENQUIRY'],
  DEPOSIT: ['DEPOSIT', 'UNLOAD', 'ENQUIRY'],
  GATE: ['ENTRY', 'FARE', 'VOID', 'ENQUIRY'],
  PHONE: ['ENQUIRY'],
};

function isOffered({ role, card, device }: TerminalState, command: Transact): boolean {
  const own = role !== 'PHONE' || (command.card === card && command.device === device);
  return own && offers[role].includes(command.kind);
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
    device: command.device,
    partial: command.partial,
    original: command.original,
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
