/** HELLO: which incarnation a device continues or gets, and who speaks for the terminal from now on (D6). */
import { MAX_SOURCES } from '../bounds.js';
import { compareVersions, type ListVersion } from '../money/prohibition.js';
import { resumeIncarnation } from './ask.js';
import { NO_DECISION, rejected, type TerminalContext, type TerminalDecision } from './decision.js';
import {
  deviceIncarnation,
  findIncarnation,
  type TerminalIncarnation,
  type TerminalState,
} from './terminal.js';
import type { TransactionId } from '../money/ids.js';

export interface OpenSession {
  readonly type: 'OpenSession';
  readonly terminal: string;
  /** Both from the device's last WELCOME; undefined: it remembers nothing. */
  readonly incarnation: number | undefined;
  readonly nextNumber: number | undefined;
  /** Non-empty: a replay of this source. */
  readonly source: string;
  /** The list version that the device still holds. */
  readonly list: ListVersion | undefined;
  /** What the gateway has proved of a phone: its card, and the number of the device; else empty and 0. */
  readonly card: string;
  readonly device: number;
}

export function openSession(
  state: TerminalState,
  command: OpenSession,
  { knownList }: TerminalContext,
): TerminalDecision {
  const { terminal, source } = command;
  if (command.card !== state.card || command.device !== state.device) {
    return rejected('UNAUTHORIZED', 'this is not the token of this phone');
  }
  const continued = source === '' ? ownIncarnation(state, command) : sourceIncarnation(state, source);
  if (continued === undefined && source !== '' && sourcesOf(state) >= MAX_SOURCES) {
    return rejected(
      'MALFORMED',
      `source: ${MAX_SOURCES} are kept for this terminal, for ever: use another terminal`,
    );
  }
  const incarnation = continued?.incarnation ?? state.lastIncarnation + 1;
  const session = state.session + 1;
  const list = stillHeld(state, command.list, knownList);
  return {
    ...NO_DECISION,
    events: [{ type: 'SessionOpened', terminal, incarnation, session, source, list }],
    response: {
      kind: 'welcomed',
      terminal,
      incarnation,
      nextNumber: nextNumber(continued, command),
      session,
      openNumbers: continued?.open ?? [],
      batch: state.batch,
      card: state.card,
      device: state.device,
    },
    // Nobody will repeat what an older incarnation left open: it is resolved or reversed here.
    asks: continued === undefined && source === '' ? resumeDevice(state) : [],
  };
}

/** The incarnation of this message, or why the message does not count. */
export function incarnationOf(
  state: TerminalState,
  { id, session }: { readonly id: TransactionId; readonly session: number },
): TerminalIncarnation | TerminalDecision {
  if (session !== state.session) return superseded(state, session);
  const incarnation = id.incarnation === state.incarnation && findIncarnation(state, id.incarnation);
  if (incarnation) return incarnation;
  return rejected(
    'SUPERSEDED',
    `incarnation ${id.incarnation} is not this session's, which is ${state.incarnation}: say HELLO`,
  );
}

/** Also a session that is higher than any given out: the device remembers one of another deployment. */
export function superseded(state: TerminalState, session: number): TerminalDecision {
  return rejected(
    'SUPERSEDED',
    `session ${session} is not the terminal's, which is ${state.session}: say HELLO`,
  );
}

/** A device continues only its newest incarnation, and only if it is not behind what was seen of it. */
function ownIncarnation(state: TerminalState, command: OpenSession): TerminalIncarnation | undefined {
  const newest = deviceIncarnation(state);
  if (newest === 0 || command.incarnation !== newest || command.nextNumber === undefined) return undefined;
  const incarnation = findIncarnation(state, newest);
  return incarnation !== undefined && command.nextNumber > incarnation.highest ? incarnation : undefined;
}

function sourceIncarnation(state: TerminalState, source: string): TerminalIncarnation | undefined {
  return state.incarnations.find((each) => each.source === source);
}

function sourcesOf(state: TerminalState): number {
  return state.incarnations.filter(({ source }) => source !== '').length;
}

/** Numbers that the device says it has used are not given again, though they may never have arrived. */
function nextNumber(continued: TerminalIncarnation | undefined, command: OpenSession): number {
  if (continued === undefined) return 1;
  const next = continued.highest + 1;
  return continued.source === '' ? Math.max(next, command.nextNumber ?? 1) : next;
}

/**
 * A version below one that the device held before is a restored device's: it holds nothing (D14). Neither does one with
 * a version that is not known here: it may be another deployment's, and once journaled as the highest it would make
 * every true one stale. No rejection, which would keep that device out for ever; one that is merely ahead of this
 * process acknowledges its list again after WELCOME.
 */
function stillHeld(
  { highestList }: TerminalState,
  list: ListVersion | undefined,
  knownList: ListVersion,
): ListVersion | undefined {
  if (list === undefined || compareVersions(list, knownList) > 0) return undefined;
  if (highestList === undefined) return list;
  return compareVersions(list, highestList) < 0 ? undefined : list;
}

function resumeDevice(state: TerminalState): TerminalDecision['asks'] {
  return state.incarnations
    .filter((each) => each.source === '')
    .flatMap((each) => resumeIncarnation(state, each));
}
