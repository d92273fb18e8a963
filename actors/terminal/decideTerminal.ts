/** What a terminal decides. Identity comes before everything else (D6); nothing here reads a clock. */
import { bareAnswer } from '../money/answer.js';
import { findId } from '../money/idTable.js';
import type { TransactionId } from '../money/ids.js';
import { compareVersions, type ListVersion } from '../money/prohibition.js';
import { type CardAnswered, cardAnswered } from './cardAnswered.js';
import { type BatchCompiled, batchCompiled, type CloseBatch, closeBatch, wakeBatches } from './closeBatch.js';
import {
  acknowledged,
  answeredFrom,
  NO_DECISION,
  rejected,
  replied,
  type TerminalContext,
  type TerminalDecision,
} from './decision.js';
import { type Reverse, reverse } from './reversal.js';
import { incarnationOf, type OpenSession, openSession, superseded } from './session.js';
import type { TerminalRole, TerminalState } from './terminal.js';
import { type Transact, transact } from './transact.js';

export type TerminalCommand =
  | OpenSession
  | Transact
  | Reverse
  | QueryOutcome
  | HoldList
  | RegisterTerminal
  | CardAnswered
  | CloseBatch
  | BatchCompiled
  /** By the clock. */
  | { readonly type: 'WakeTerminal'; readonly terminal: string };

export interface QueryOutcome {
  readonly type: 'QueryOutcome';
  readonly id: TransactionId;
  readonly session: number;
}

/** The device has the list up to this version. */
export interface HoldList {
  readonly type: 'HoldList';
  readonly terminal: string;
  readonly session: number;
  readonly version: ListVersion;
}

export interface RegisterTerminal {
  readonly type: 'RegisterTerminal';
  readonly terminal: string;
  readonly role: TerminalRole;
  readonly mayDefer: boolean;
  /** GATE: the zone into which it opens; else empty. */
  readonly zone: string;
  /** PHONE: its card, and the number of this device; else empty and 0. */
  readonly card: string;
  readonly device: number;
}

export function decideTerminal(
  state: TerminalState | undefined,
  command: TerminalCommand,
  context: TerminalContext,
): TerminalDecision {
  if (command.type === 'RegisterTerminal') return register(state, command, context);
  if (command.type === 'CardAnswered') {
    return state === undefined ? NO_DECISION : cardAnswered(state, command, context);
  }
  if (command.type === 'WakeTerminal') {
    return state === undefined ? NO_DECISION : wakeBatches(state, context);
  }
  if (state === undefined) return rejected('TERMINAL_UNKNOWN', 'this terminal is not registered');
  switch (command.type) {
    case 'OpenSession':
      return openSession(state, command, context);
    case 'Transact':
      return transact(state, command, context);
    case 'Reverse':
      return reverse(state, command, context);
    case 'QueryOutcome':
      return queryOutcome(state, command, context);
    case 'HoldList':
      return holdList(state, command, context);
    case 'CloseBatch':
      return closeBatch(state, command, context);
    case 'BatchCompiled':
      return batchCompiled(state, command, context);
  }
}

function register(
  state: TerminalState | undefined,
  command: RegisterTerminal,
  { trace }: TerminalContext,
): TerminalDecision {
  trace?.('NEW', state === undefined);
  if (state === undefined) return acknowledged('APPROVED', { ...command, type: 'TerminalRegistered' });
  const same =
    state.role === command.role &&
    state.mayDefer === command.mayDefer &&
    state.zone === command.zone &&
    state.card === command.card &&
    state.device === command.device;
  return acknowledged(same ? 'APPROVED' : 'ALREADY_EXISTS');
}

/**
 * D14: a device that goes back to an older version was restored. One that is ahead of this process must say it again
 * when its entries are known here; until then it sells under the version before, and the card refuses by itself.
 */
function holdList(
  state: TerminalState,
  { terminal, session, version }: HoldList,
  { knownList }: TerminalContext,
): TerminalDecision {
  if (session !== state.session) return superseded(state, session);
  if (compareVersions(version, knownList) > 0)
    return rejected('UNAVAILABLE', 'this list is not known here yet');
  const { highestList, list } = state;
  if (highestList !== undefined && compareVersions(version, highestList) < 0) {
    return rejected('LIST_STALE', 'the terminal has held a newer list before');
  }
  if (list !== undefined && compareVersions(version, list) === 0) return acknowledged('APPROVED');
  return acknowledged('APPROVED', { type: 'ListHeld', terminal, version });
}

function queryOutcome(
  state: TerminalState,
  command: QueryOutcome,
  { now }: TerminalContext,
): TerminalDecision {
  const incarnation = incarnationOf(state, command);
  if ('events' in incarnation) return incarnation;
  const { id } = command;
  const entry = findId(incarnation.entries, id.number);
  if (entry === undefined) {
    if (id.number < incarnation.mark) return rejected('TOO_OLD', `number ${id.number} is below the mark`);
    const answer = bareAnswer('ID_UNKNOWN', 0, now);
    return replied({ id, kind: undefined, card: '', answer, terminalTime: now, log: [] });
  }
  const { answer, reversal, reversed } = entry;
  const pending = bareAnswer(reversal === undefined ? 'PENDING' : 'REVERSING', 0, now);
  return replied(answeredFrom(entry, reversal === undefined ? (answer ?? pending) : (reversed ?? pending)));
}
