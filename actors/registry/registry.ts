/**
 * The domain of the money: which units there are, what a command may touch, and how the deciders of card, center and
 * terminal make one turn. The one place that knows both the rules and the wire.
 */
import type { AskMode } from '../money/transaction.js';
import { MalformedError } from '../runtime/errors.js';
import type { Ask, Deployment, Domain, Turn, TurnContext } from '../runtime/domain.js';
import { resumeTerminal } from '../terminal/ask.js';
import { askTurn, operatorTurn, publishedTurn } from './cardTurn.js';
import type { Command } from './command.js';
import { describedUnits, describeTurn } from './describeTurn.js';
import { createEnvironment, type Environment, type ListView } from './environment.js';
import type { Event } from './event.js';
import { terminalAsk, terminalOf, type TerminalsAsk, terminalTurn } from './terminalTurn.js';
import { publicationAsk } from './turns.js';
import {
  cardKey,
  evolve,
  isCard,
  isTerminal,
  isUnfinished,
  isVisitor,
  type State,
  terminalKey,
  visitorKey,
} from './unit.js';
import { createCommandDecoder } from './wire/commandCodec.js';
import { decodeEvent, encodeEvent } from './wire/eventCodec.js';
import { decodeAnswered, decodeListVersion, decodePublication } from './wire/replyCodec.js';
import { decodeState, encodeState } from './wire/stateCodec.js';

/** The money, as the runtime of one partition sees it. */
export type Registry = Domain<Command, Event, State>;

/** Throws MalformedError when the deployment's rules cannot be read. */
export function createRegistry(deployment: Deployment, list: ListView): Registry {
  const environment = createEnvironment(deployment, list);
  const decodeCommand = createCommandDecoder(environment.rules.currency);
  return {
    decodeCommand(bytes) {
      const command = decodeCommand(bytes);
      for (const id of placedIds(command)) environment.mustBeHere(id);
      return command;
    },
    unitsOf,
    isReserved,
    decide: (command, states, context) => decide(environment, command, states, context),
    evolve,
    encodeEvent,
    decodeEvent,
    encodeState,
    decodeState,
    isUnfinished,
    resume,
    answered,
  };
}

/** Ids that must hash to this partition. A visitor may be anywhere. */
function placedIds(command: Command): readonly string[] {
  switch (command.type) {
    case 'Ask':
      return [command.asked.card];
    case 'IssueCard':
    case 'ActivateCard':
    case 'ChangeLimit':
    case 'ChangeProhibition':
    case 'Published':
      return [command.card];
    case 'DescribeCards':
    case 'DescribeTerminals':
      return command.ids;
    case 'DescribeTotals':
      return [];
    case 'OpenSession':
    case 'Transact':
    case 'Reverse':
    case 'QueryOutcome':
    case 'HoldList':
    case 'RegisterTerminal':
    case 'CardAnswered':
      return [terminalOf(command)];
  }
}

function unitsOf(command: Command): readonly string[] {
  switch (command.type) {
    case 'Ask':
      return [cardKey(command.asked.card), visitorKey(command.asked.id.terminal)];
    case 'IssueCard':
    case 'ActivateCard':
    case 'ChangeLimit':
    case 'ChangeProhibition':
    case 'Published':
      return [cardKey(command.card)];
    case 'DescribeCards':
    case 'DescribeTerminals':
    case 'DescribeTotals':
      return describedUnits(command);
    case 'OpenSession':
    case 'Transact':
    case 'Reverse':
    case 'QueryOutcome':
    case 'HoldList':
    case 'RegisterTerminal':
    case 'CardAnswered':
      return [terminalKey(terminalOf(command))];
  }
}

/** D8: what ends open ids is let in when new ones are refused. */
function isReserved({ type }: Command): boolean {
  return type === 'Ask' || type === 'Reverse' || type === 'CardAnswered' || type === 'Published';
}

function decide(
  environment: Environment,
  command: Command,
  states: readonly (State | undefined)[],
  context: TurnContext,
): Turn<Event> {
  const [first, second] = states;
  const card = isCard(first) ? first : undefined;
  switch (command.type) {
    case 'Ask':
      return askTurn(environment, command, card, isVisitor(second) ? second : undefined, context);
    case 'IssueCard':
    case 'ActivateCard':
    case 'ChangeLimit':
    case 'ChangeProhibition':
      return operatorTurn(environment, command, card, context);
    case 'Published':
      return publishedTurn(environment, command, card, context);
    case 'DescribeCards':
    case 'DescribeTerminals':
    case 'DescribeTotals':
      return describeTurn(environment.partition, command, states, context);
    case 'OpenSession':
    case 'Transact':
    case 'Reverse':
    case 'QueryOutcome':
    case 'HoldList':
    case 'RegisterTerminal':
    case 'CardAnswered':
      return terminalTurn(environment, command, isTerminal(first) ? first.state : undefined, context);
  }
}

function resume(unit: string, state: State): readonly Ask[] {
  if (isTerminal(state)) return resumeTerminal(state.state).map((ask) => terminalAsk(unit, ask));
  if (!isCard(state) || state.record === undefined || !isUnfinished(state)) return [];
  const { card, reasons, changedPosition } = state.record;
  return [publicationAsk({ card, reasons, position: changedPosition })];
}

/** Throws MalformedError for a reply that is no answer: whoever replied is asked again. */
function answered(ask: Ask, reply: Uint8Array): Command {
  if ('outlet' in ask.to) {
    const { card, position } = decodePublication(ask.command);
    return { type: 'Published', card, position, version: decodeListVersion(reply) };
  }
  return { type: 'CardAnswered', mode: modeOf(ask), answered: decodeAnswered(reply), bytes: reply };
}

/** Asks carry no currency. */
const decodeAsk = createCommandDecoder('');

/** What was asked decides what an answer means: REVERSED ends a reversal, but not the payment it came too late for. */
function modeOf(ask: Ask | TerminalsAsk): AskMode {
  if ('mode' in ask) return ask.mode;
  const asked = decodeAsk(ask.command);
  if (asked.type !== 'Ask') throw new MalformedError(`a ${asked.type} is no ask`);
  return asked.mode;
}
