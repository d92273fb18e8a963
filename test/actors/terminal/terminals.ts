/** A terminal with an open session, and short ways to speak to it. */
import { type Answer, type Answered, bareAnswer } from '../../../actors/money/answer.js';
import { createBusinessCalendar } from '../../../actors/money/businessDate.js';
import type { TransactionId } from '../../../actors/money/ids.js';
import { NO_PARTS } from '../../../actors/money/parts.js';
import type { AskMode } from '../../../actors/money/transaction.js';
import type { CardAnswered } from '../../../actors/terminal/cardAnswered.js';
import {
  decideTerminal,
  type RegisterTerminal,
  type TerminalCommand,
} from '../../../actors/terminal/decideTerminal.js';
import type { TerminalContext, TerminalDecision } from '../../../actors/terminal/decision.js';
import { evolveTerminal } from '../../../actors/terminal/evolveTerminal.js';
import type { Reverse } from '../../../actors/terminal/reversal.js';
import type { OpenSession } from '../../../actors/terminal/session.js';
import type { TerminalRole, TerminalState } from '../../../actors/terminal/terminal.js';
import type { Transact } from '../../../actors/terminal/transact.js';
import { idOf, NOON } from '../money/samples.js';

export const LIST = { incarnation: 1, sequence: 5 };

export const context: TerminalContext = {
  now: NOON,
  elapsedSince: (time) => NOON - time,
  dateOf: createBusinessCalendar('Asia/Tokyo'),
  currency: 'JPY',
  towards: 3,
  prohibitedSince: undefined,
  knownList: LIST,
  partitions: 4,
};

/** A terminal actor whose decisions are applied at once. */
export class Terminal {
  state: TerminalState | undefined;

  do(command: TerminalCommand, change: Partial<TerminalContext> = {}): TerminalDecision {
    const decision = decideTerminal(this.state, command, { ...context, ...change });
    for (const event of decision.events) this.state = evolveTerminal(this.state, event);
    return decision;
  }

  /** The outcome that is answered, or the name of the rejection, or what the sender gets instead. */
  outcome(command: TerminalCommand, change: Partial<TerminalContext> = {}): string {
    return outcomeOf(this.do(command, change));
  }
}

export function outcomeOf({ response }: TerminalDecision): string {
  switch (response.kind) {
    case 'answered':
      return response.answered.answer.outcome;
    case 'acknowledged':
      return response.outcome;
    case 'rejected':
      return response.rejection;
    case 'welcomed':
    case 'wait':
    case 'batchClosed':
    case 'none':
      return response.kind;
  }
}

/** Registered, with session 1, incarnation 1, and the list held. */
export function openTerminal(role: TerminalRole = 'PURCHASE'): Terminal {
  const terminal = new Terminal();
  terminal.do(registration(role));
  terminal.do(hello({ list: LIST }));
  return terminal;
}

export function registration(role: TerminalRole = 'PURCHASE'): RegisterTerminal {
  const zone = role === 'GATE' ? 'A' : '';
  return { type: 'RegisterTerminal', terminal: 'T1', role, mayDefer: true, zone, card: '', device: 0 };
}

export function hello(change: Partial<OpenSession> = {}): OpenSession {
  return {
    type: 'OpenSession',
    terminal: 'T1',
    incarnation: undefined,
    nextNumber: undefined,
    source: '',
    list: undefined,
    card: '',
    device: 0,
    ...change,
  };
}

export function purchase(number: number, change: Partial<Transact> = {}): Transact {
  return {
    type: 'Transact',
    id: idOf(number),
    session: 1,
    mark: 0,
    kind: 'PURCHASE',
    card: 'C1',
    amount: 2_000,
    currency: '',
    terminalTime: NOON,
    digest: 4711,
    device: 1,
    partial: false,
    original: undefined,
    pinHash: '',
    ...change,
  };
}

export function reversal(number: number, change: Partial<Reverse> = {}): Reverse {
  return {
    type: 'Reverse',
    id: idOf(number),
    session: 1,
    mark: 0,
    card: 'C1',
    terminalTime: NOON,
    ...change,
  };
}

export const approval: Answer = {
  ...bareAnswer('APPROVED', 2_000, NOON),
  parts: { ...NO_PARTS, value: 1_200, loan: 800 },
  balances: { storedValue: 0, loan: 800, interest: 0, fareOwed: 0, limit: 10_000 },
  creditFlag: true,
  position: 17,
};

export function cardSays(
  id: TransactionId,
  answer: Answer,
  mode: AskMode = 'EXECUTE',
  change: Partial<Answered> = {},
): CardAnswered {
  const answered = { id, kind: 'PURCHASE', card: 'C1', answer, terminalTime: NOON, log: [] } as const;
  return { type: 'CardAnswered', mode, answered: { ...answered, ...change } };
}

export function reversedAnswer(amount: number, original: Answer['original']): Answer {
  const parts = amount === 0 ? NO_PARTS : approval.parts;
  return { ...bareAnswer('REVERSED', amount, NOON), parts, position: 18, original, originalParts: parts };
}
