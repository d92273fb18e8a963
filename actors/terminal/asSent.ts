/** What is explained is decided as the terminal's own device would have sent it (rule 16). */
import { MAX_NUMBER } from '../money/ids.js';
import { evolveTerminal } from './evolveTerminal.js';
import type { Reverse } from './reversal.js';
import type { TerminalState } from './terminal.js';
import type { Transact } from './transact.js';

export interface AsSent {
  /** An operator asks: in the terminal's present session and incarnation. */
  readonly anySession: boolean;
  /** As a new transaction: with a number that no device reaches, since the terminal goes on while the card is asked. */
  readonly newNumber: boolean;
}

/** A terminal that has never said HELLO is taken as if it had just done so; it holds no list then. */
export function stateToExplain(state: TerminalState, { anySession }: AsSent): TerminalState {
  if (!anySession || state.session > 0) return state;
  const incarnation = state.lastIncarnation + 1;
  const { terminal } = state;
  const hello = {
    type: 'SessionOpened',
    terminal,
    incarnation,
    session: 1,
    source: '',
    list: undefined,
  } as const;
  return evolveTerminal(state, hello) ?? state;
}

export function commandToExplain<Command extends Transact | Reverse>(
  state: TerminalState,
  command: Command,
  { anySession, newNumber }: AsSent,
): Command {
  const { terminal } = command.id;
  const session = anySession ? state.session : command.session;
  const incarnation = anySession ? state.incarnation : command.id.incarnation;
  const number = newNumber ? MAX_NUMBER : command.id.number;
  return { ...command, session, id: { terminal, incarnation, number } };
}
