/**
 * The domain of the money: which units there are, what a command may touch, and how the deciders of card, center and
 * terminal make one turn. The one place that knows both the rules and the wire.
 */
import type { Answered } from '../money/answer.js';
import { OFFICE_ID, sameId } from '../money/ids.js';
import type { AskMode } from '../money/transaction.js';
import { MalformedError } from '../runtime/errors.js';
import type { Ask, Deployment, Domain, Turn, TurnContext } from '../runtime/domain.js';
import { resumeTerminal } from '../terminal/ask.js';
import { askTurn, type CardUnits, operatorTurn, originalTurn, publishedTurn } from './cardTurn.js';
import { chunkOf } from '../center/borrowers.js';
import { chargedUnits, chargeTurn } from './chargeTurn.js';
import type { Transact } from '../terminal/transact.js';
import type { AskCommand, Command, CompileBatch, PartitionCommand } from './command.js';
import { describedUnits, describeTurn } from './describeTurn.js';
import { createEnvironment, type Environment, type ListView } from './environment.js';
import type { Event } from './event.js';
import { explainTurn } from './explainTurn.js';
import { resumeBatches } from '../terminal/closeBatch.js';
import {
  compileAsk,
  compileTurn,
  terminalOf,
  TerminalsAsk,
  terminalTurn,
  wakeTerminal,
} from './terminalTurn.js';
import { officeAnswered, officeTurn, resumeOffice, wakeOffice } from './officeTurn.js';
import { ORIGINALS, originalFound } from './originals.js';
import { knowKey, publicationAsk } from './turns.js';
import {
  borrowersKey,
  cardKey,
  evolve,
  isCard,
  isOffice,
  isShard,
  isTerminal,
  isUnfinished,
  isVisitor,
  OFFICE_KEY,
  SHARD_KEY,
  type State,
  terminalKey,
  visitorKey,
} from './unit.js';
import { decodeCompiled } from './wire/batchCodec.js';
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
    decodeCommand: (bytes) => placed(environment, decodeCommand(bytes)),
    // Every partition of a process has this registry: what one means is a Command to the other.
    understood: (meaning) => placed(environment, meaning as Command),
    unitsOf,
    isReserved,
    isBackground: ({ type }) => type === 'ListBorrowers' || type === 'ChargeCards',
    decide: (command, states, context) => decide(environment, command, states, context),
    evolve,
    encodeEvent,
    decodeEvent,
    encodeState,
    decodeState,
    isUnfinished,
    maySleep: isCard,
    resume,
    answered,
    standing: environment.placeOf(OFFICE_ID) === environment.partition ? [OFFICE_KEY] : [],
    wake: (key, state, time) => wake(environment, key, state, time),
  };
}

/** The command, if it is for this partition. Throws MalformedError. */
function placed(environment: Environment, command: Command): Command {
  for (const id of placedIds(command)) environment.mustBeHere(id);
  if (isForPartition(command)) mustBeFor(environment, command);
  return command;
}

/** The office looks at the calendar, a terminal at the batches that it has closed. */
function wake(
  environment: Environment,
  key: string,
  state: State | undefined,
  time: number,
): Command | undefined {
  if (key === OFFICE_KEY) return wakeOffice(environment, isOffice(state) ? state : undefined, time);
  return isTerminal(state) ? wakeTerminal(environment, state, time) : undefined;
}

/** Ids that must hash to this partition. A visitor may be anywhere. */
function placedIds(command: Command): readonly string[] {
  switch (command.type) {
    case 'Ask':
      return [command.asked.card];
    case 'OriginalFound':
      return [command.ask.asked.card];
    case 'DryRun':
      return placedIds(command.command);
    case 'IssueCard':
    case 'ActivateCard':
    case 'ChangeLimit':
    case 'ChangeProhibition':
    case 'ChangePolicy':
    case 'SetPin':
    case 'UnblockPin':
    case 'ReplaceCard':
    case 'StoreValue':
    case 'CancelStore':
    case 'AdjustCard':
    case 'ConfirmCollection':
    case 'ReturnCollection':
    case 'Published':
      return [command.card];
    case 'DescribeCards':
    case 'DescribeTerminals':
      return command.ids;
    case 'AdoptParameters':
    case 'ListBorrowers':
    case 'CompileBatch':
    case 'DescribeTotals':
      return [];
    case 'ChargeCards':
      return command.cards;
    case 'SetParameters':
    case 'ChargeInterest':
    case 'Settle':
    case 'DescribeCenter':
    case 'Wake':
    case 'Adopted':
    case 'Listed':
    case 'Charged':
      return [OFFICE_ID];
    case 'OpenSession':
    case 'Transact':
    case 'Reverse':
    case 'QueryOutcome':
    case 'HoldList':
    case 'RegisterTerminal':
    case 'CardAnswered':
    case 'CloseBatch':
    case 'BatchCompiled':
    case 'WakeTerminal':
      return [terminalOf(command)];
  }
}

function unitsOf(command: Command): readonly string[] {
  switch (command.type) {
    case 'Ask':
      return askedUnits(command);
    case 'OriginalFound':
      return askedUnits(command.ask);
    case 'DryRun':
      return unitsOf(command.command);
    case 'CompileBatch':
      return [visitorKey(command.terminal)];
    case 'IssueCard':
    case 'ActivateCard':
    case 'ChangeLimit':
    case 'ChangeProhibition':
    case 'ChangePolicy':
    case 'SetPin':
    case 'UnblockPin':
    case 'ReplaceCard':
    case 'StoreValue':
    case 'CancelStore':
    case 'AdjustCard':
    case 'ConfirmCollection':
    case 'ReturnCollection':
    case 'Published':
      return [cardKey(command.card), SHARD_KEY, borrowersKey(chunkOf(command.card))];
    case 'DescribeCards':
    case 'DescribeTerminals':
    case 'DescribeTotals':
      return describedUnits(command);
    case 'AdoptParameters':
    case 'ListBorrowers':
    case 'ChargeCards':
      return chargedUnits(command);
    case 'SetParameters':
    case 'ChargeInterest':
    case 'Settle':
    case 'DescribeCenter':
    case 'Wake':
    case 'Adopted':
    case 'Listed':
    case 'Charged':
      return [OFFICE_KEY];
    case 'OpenSession':
    case 'Transact':
    case 'Reverse':
    case 'QueryOutcome':
    case 'HoldList':
    case 'RegisterTerminal':
    case 'CardAnswered':
    case 'CloseBatch':
    case 'BatchCompiled':
    case 'WakeTerminal':
      return [terminalKey(terminalOf(command))];
  }
}

function askedUnits({ asked }: AskCommand): readonly string[] {
  const chunk = borrowersKey(chunkOf(asked.card));
  return [cardKey(asked.card), SHARD_KEY, visitorKey(asked.id.terminal), chunk];
}

/** D8: what ends open ids, and what was begun, is let in when new things are refused. */
const reserved: ReadonlySet<Command['type']> = new Set([
  'Ask',
  'Reverse',
  'CardAnswered',
  'OriginalFound',
  'Published',
  'CompileBatch',
  'BatchCompiled',
  'WakeTerminal',
  'AdoptParameters',
  'ListBorrowers',
  'ChargeCards',
  'Wake',
  'Adopted',
  'Listed',
  'Charged',
]);

function isReserved(command: Command, stateOf: (unit: string) => State | undefined): boolean {
  return reserved.has(command.type) || (command.type === 'Transact' && isOpenId(command, stateOf));
}

/** Admission is over for what is OPENED, also when it is said again. */
function isOpenId({ id }: Transact, stateOf: (unit: string) => State | undefined): boolean {
  const unit = stateOf(terminalKey(id.terminal));
  if (!isTerminal(unit)) return false;
  const of = unit.state.incarnations.find(({ incarnation }) => incarnation === id.incarnation);
  return of?.open.includes(id.number) === true;
}

function isForPartition(command: Command): command is PartitionCommand | CompileBatch {
  return (
    command.type === 'CompileBatch' ||
    command.type === 'AdoptParameters' ||
    command.type === 'ListBorrowers' ||
    command.type === 'ChargeCards'
  );
}

function mustBeFor({ partition: here }: Environment, command: PartitionCommand | CompileBatch): void {
  const partition = 'place' in command ? command.place.partition : command.partition;
  if (partition !== here)
    throw new MalformedError(`wrong partition: it is for ${partition}, this is ${here}`);
}

function decide(
  environment: Environment,
  command: Command,
  states: readonly (State | undefined)[],
  context: TurnContext,
): Turn<Event> {
  const [first] = states;
  switch (command.type) {
    case 'Ask':
      return askTurn(environment, command, cardUnits(states), context);
    case 'CompileBatch':
      return compileTurn(command, isVisitor(first) ? first : undefined);
    case 'OriginalFound':
      return originalTurn(environment, command, cardUnits(states), context);
    case 'DryRun':
      return explainTurn(environment, command, states, context, decide);
    case 'IssueCard':
    case 'ActivateCard':
    case 'ChangeLimit':
    case 'ChangeProhibition':
    case 'ChangePolicy':
    case 'SetPin':
    case 'UnblockPin':
    case 'ReplaceCard':
    case 'StoreValue':
    case 'CancelStore':
    case 'AdjustCard':
    case 'ConfirmCollection':
    case 'ReturnCollection':
      return operatorTurn(environment, command, cardUnits(states), context);
    case 'Published':
      return publishedTurn(environment, command, cardUnits(states), context);
    case 'DescribeCards':
    case 'DescribeTerminals':
    case 'DescribeTotals':
      return describeTurn(environment.partition, command, states, context);
    case 'AdoptParameters':
    case 'ListBorrowers':
    case 'ChargeCards':
      return chargeTurn(environment, command, states, context);
    case 'SetParameters':
    case 'ChargeInterest':
    case 'Settle':
    case 'DescribeCenter':
    case 'Wake':
    case 'Adopted':
    case 'Listed':
    case 'Charged':
      return officeTurn(environment, command, isOffice(first) ? first : undefined, context);
    case 'OpenSession':
    case 'Transact':
    case 'Reverse':
    case 'QueryOutcome':
    case 'HoldList':
    case 'RegisterTerminal':
    case 'CardAnswered':
    case 'CloseBatch':
    case 'BatchCompiled':
    case 'WakeTerminal':
      return terminalTurn(environment, command, isTerminal(first) ? first.state : undefined, context);
  }
}

/** In the order of `unitsOf`. */
function cardUnits([card, shard, visitor]: readonly (State | undefined)[]): CardUnits {
  return {
    card: isCard(card) ? card : undefined,
    shard: isShard(shard) ? shard : undefined,
    visitor: isVisitor(visitor) ? visitor : undefined,
  };
}

function resume(unit: string, state: State): readonly Ask[] {
  if (isTerminal(state)) {
    const asks = resumeTerminal(state.state).map((ask) => new TerminalsAsk(unit, ask));
    return [...asks, ...resumeBatches(state.state).map((ask) => compileAsk(unit, ask))];
  }
  if (isOffice(state)) return resumeOffice(state);
  if (!isCard(state) || state.record === undefined || !isUnfinished(state)) return [];
  const { card, reasons, changedPosition } = state.record;
  return [publicationAsk({ card, reasons, position: changedPosition })];
}

/** Throws MalformedError for a reply that is no answer: whoever replied is asked again. */
function answered(ask: Ask, reply: Uint8Array, meaning?: unknown): Command {
  if ('outlet' in ask.to) {
    if (ask.to.outlet === ORIGINALS) return originalFound(ask.command, reply, decodeAsk);
    const { card, position } = decodePublication(ask.command);
    return { type: 'Published', card, position, version: decodeListVersion(reply) };
  }
  if (ask.from === OFFICE_KEY) return officeAnswered(decodeAsk(ask.command), reply);
  if (!(ask instanceof TerminalsAsk)) {
    const asked = decodeAsk(ask.command);
    if (asked.type === 'CompileBatch') return decodeCompiled(asked, reply);
  }
  const said = meaning === undefined ? decodeAnswered(reply) : (meaning as Answered);
  if (ask instanceof TerminalsAsk && sameId(ask.id, said.id)) knowKey(ask.id, ask.key);
  return { type: 'CardAnswered', mode: modeOf(ask), answered: said, bytes: reply };
}

/** Asks carry no currency. */
const decodeAsk = createCommandDecoder('');

/** What was asked decides what an answer means: REVERSED ends a reversal, but not the payment it came too late for. */
function modeOf(ask: Ask): AskMode {
  if (ask instanceof TerminalsAsk) return ask.mode;
  const asked = decodeAsk(ask.command);
  if (asked.type !== 'Ask') throw new MalformedError(`a ${asked.type} is no ask`);
  return asked.mode;
}
