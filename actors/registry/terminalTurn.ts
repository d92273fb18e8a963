/** Turns of a terminal: its decision, with asks and answers on the wire. */
import type { Answered } from '../money/answer.js';
import { realSpan } from '../money/businessClock.js';
import { type AskMode, drawsMoney } from '../money/transaction.js';
import { decideTerminal, type TerminalCommand } from '../terminal/decideTerminal.js';
import type { TerminalAsk, TerminalContext, TerminalResponse } from '../terminal/decision.js';
import type { TerminalState } from '../terminal/terminal.js';
import type { Ask, Response, Turn, TurnContext } from '../runtime/domain.js';
import type { PassedAnswer, TerminalsCommand } from './command.js';
import type { Environment } from './environment.js';
import type { Event } from './event.js';
import { idKey, rejection } from './turns.js';
import { terminalKey } from './unit.js';
import { encodeAsk } from './wire/commandCodec.js';
import { encodeAcknowledged, encodeAnswered, encodeWelcomed } from './wire/replyCodec.js';

export function terminalTurn(
  environment: Environment,
  command: TerminalsCommand,
  state: TerminalState | undefined,
  context: TurnContext,
): Turn<Event> {
  const key = terminalKey(terminalOf(command));
  const decision = decideTerminal(state, command, terminalContext(environment, command, context));
  const { events, asks, releases, settles } = decision;
  const passed = command.type === 'CardAnswered' ? command : undefined;
  return {
    units: events.length > 0 ? [key] : [],
    events,
    response: responseOf(decision.response, events.length > 0, context),
    asks: asks.map((ask) => terminalAsk(key, ask)),
    releases: releases.map(({ answered, early }) => ({
      key: idKey(answered.id),
      early,
      bytes: bytesOf(answered, passed),
    })),
    settles: settles.map(idKey),
  };
}

/** The terminal that a command is for. */
export function terminalOf(command: TerminalCommand): string {
  switch (command.type) {
    case 'OpenSession':
    case 'HoldList':
    case 'RegisterTerminal':
      return command.terminal;
    case 'Transact':
    case 'Reverse':
    case 'QueryOutcome':
      return command.id.terminal;
    case 'CardAnswered':
      return command.answered.id.terminal;
  }
}

/** An ask that remembers what decides the meaning of its answer. */
export interface TerminalsAsk extends Ask {
  readonly mode: AskMode;
}

export function terminalAsk(from: string, ask: TerminalAsk): TerminalsAsk {
  const { mode, asked, towards } = ask;
  return { key: idKey(asked.id), from, to: { partition: towards }, command: encodeAsk(ask), mode };
}

/** The card's answer to a transaction is passed on as it came: the same message, byte for byte. */
function bytesOf(answered: Answered, passed: PassedAnswer | undefined): Uint8Array {
  const same = passed?.mode === 'EXECUTE' && passed.answered.answer === answered.answer;
  return same ? passed.bytes : encodeAnswered(answered);
}

function terminalContext(
  environment: Environment,
  command: TerminalCommand,
  { time }: TurnContext,
): TerminalContext {
  const { clock, dateOf, list, rules, placeOf } = environment;
  const named = command.type === 'Transact' || command.type === 'Reverse' ? command.card : undefined;
  const now = clock(time);
  const draws = command.type === 'Transact' && drawsMoney(command.kind);
  return {
    now,
    elapsedSince: (since) => realSpan(rules, now - since),
    dateOf,
    currency: rules.currency,
    towards: named === undefined ? 0 : placeOf(named),
    prohibitedSince: draws ? list.prohibitedSince(command.card) : undefined,
    knownList: list.listVersion(),
  };
}

function responseOf(
  response: TerminalResponse,
  changed: boolean,
  { position, lastPositions }: TurnContext,
): Response {
  switch (response.kind) {
    case 'answered':
      return { kind: 'reply', bytes: encodeAnswered(response.answered) };
    case 'wait':
      return { kind: 'wait', key: idKey(response.id) };
    case 'none':
      return { kind: 'none' };
    case 'rejected':
      return rejection(response.rejection, response.detail);
    case 'welcomed':
      return { kind: 'reply', bytes: encodeWelcomed(response) };
    case 'acknowledged': {
      const at = changed ? position : (lastPositions[0] ?? 0);
      const { outcome } = response;
      return { kind: 'reply', bytes: encodeAcknowledged({ outcome, version: 0, reasons: [], position: at }) };
    }
  }
}
