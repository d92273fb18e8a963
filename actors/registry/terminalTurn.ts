/** Turns of a terminal: its decision, with asks and answers on the wire. */
import type { Answered } from '../money/answer.js';
import { realSpan } from '../money/businessClock.js';
import type { TransactionId } from '../money/ids.js';
import { compareVersions, type ListVersion } from '../money/prohibition.js';
import type { Trace } from '../money/trace.js';
import { type AskMode, isWithheld } from '../money/transaction.js';
import { sumOfBatch } from '../money/totals.js';
import { batchIsDue, type CompileAsk } from '../terminal/closeBatch.js';
import { decideTerminal, type TerminalCommand } from '../terminal/decideTerminal.js';
import type {
  TerminalAsk,
  TerminalContext,
  TerminalDecision,
  TerminalResponse,
} from '../terminal/decision.js';
import type { TerminalState } from '../terminal/terminal.js';
import type { Ask, Release, Response, Turn, TurnContext } from '../runtime/domain.js';
import type { AskCommand, CompileBatch, PassedAnswer, TerminalsCommand } from './command.js';
import type { Environment } from './environment.js';
import type { Event } from './event.js';
import { idKey, rejection, reply } from './turns.js';
import { terminalKey, type TerminalUnit, type VisitorUnit } from './unit.js';
import { encodeBatchClosed, encodeCompile, encodeCompiled } from './wire/batchCodec.js';
import { packAsk } from './wire/hot/packing.js';
import { encodeAcknowledged, encodeAnswered, encodeWelcomed } from './wire/replyCodec.js';

export function terminalTurn(
  environment: Environment,
  command: TerminalsCommand,
  state: TerminalState | undefined,
  context: TurnContext,
): Turn<Event> {
  const key = terminalKey(terminalOf(command));
  const decision = decideTerminal(state, command, new TerminalMoment(environment, command, context));
  const { events } = decision;
  return {
    units: events.length > 0 ? [key] : NONE,
    events,
    response: heldIfEarly(environment, command, responseOf(decision.response, events.length > 0, context)),
    asks: asksOf(key, decision),
    releases: releasesOf(decision, command.type === 'CardAnswered' ? command : undefined),
    settles: settlesOf(decision),
  };
}

// Most turns have nothing of most things: then they get no array of it either.
const NONE: readonly never[] = [];

function asksOf(key: string, { asks, compiles }: TerminalDecision): readonly Ask[] {
  const terminals = asks.length === 0 ? NONE : asks.map((ask) => new TerminalsAsk(key, ask));
  return compiles.length === 0 ? terminals : [...terminals, ...compiles.map((ask) => compileAsk(key, ask))];
}

function releasesOf({ releases }: TerminalDecision, passed: PassedAnswer | undefined): readonly Release[] {
  if (releases.length === 0) return NONE;
  return releases.map(({ answered }) => ({ key: idKey(answered.id), bytes: bytesOf(answered, passed) }));
}

function settlesOf({ settles, compiled }: TerminalDecision): readonly string[] {
  const ids = settles.length === 0 ? NONE : settles.map(idKey);
  return compiled.length === 0 ? ids : [...ids, ...compiled.map(compileKey)];
}

/**
 * An acknowledgement of what this process has not read yet: as a rule it is some milliseconds ahead. It is not taken on
 * trust (I6), nor sent back to be repeated: it waits until the list is here.
 */
function heldIfEarly({ list }: Environment, command: TerminalsCommand, response: Response): Response {
  if (command.type !== 'HoldList' || response.kind !== 'reject' || response.rejection !== 'UNAVAILABLE')
    return response;
  const ready = () => compareVersions(command.version, list.listVersion()) <= 0;
  return { ...response, kind: 'hold', ready };
}

/** The terminal that a command is for. */
export function terminalOf(command: TerminalCommand): string {
  switch (command.type) {
    case 'OpenSession':
    case 'HoldList':
    case 'RegisterTerminal':
    case 'CloseBatch':
    case 'BatchCompiled':
    case 'WakeTerminal':
      return command.terminal;
    case 'Transact':
    case 'Reverse':
    case 'QueryOutcome':
      return command.id.terminal;
    case 'CardAnswered':
      return command.answered.id.terminal;
  }
}

/** Of a card's partition. It remembers what decides the meaning of its answer, and is written when it must be. */
export class TerminalsAsk implements Ask {
  readonly key: string;
  readonly from: string;
  readonly to: { readonly partition: number };
  readonly meaning: AskCommand & Pick<TerminalAsk, 'pinHash'>;
  #packed: Uint8Array | undefined;

  constructor(from: string, { mode, asked, mayDefer, zone, pinHash, towards }: TerminalAsk) {
    this.key = idKey(asked.id);
    this.from = from;
    this.to = { partition: towards };
    this.meaning = { type: 'Ask', mode, asked, mayDefer, zone, pinHash };
  }

  get command(): Uint8Array {
    return (this.#packed ??= packAsk(this.meaning));
  }

  get mode(): AskMode {
    return this.meaning.mode;
  }

  get id(): TransactionId {
    return this.meaning.asked.id;
  }
}

export function compileAsk(from: string, ask: CompileAsk): Ask {
  return { key: compileKey(ask), from, to: { partition: ask.partition }, command: encodeCompile(ask) };
}

function compileKey({ terminal, batch, partition }: CompileAsk): string {
  return `compile/${terminal}#${batch}#${partition}`;
}

/** What the center compiled of a batch in this partition. */
export function compileTurn({ batch }: CompileBatch, visitor: VisitorUnit | undefined): Turn<Event> {
  return reply(encodeCompiled(sumOfBatch(visitor?.totals ?? [], batch)));
}

/** What a terminal does by itself at this time; undefined: nothing. */
export function wakeTerminal(
  { clock, rules }: Environment,
  { state }: TerminalUnit,
  time: number,
): TerminalsCommand | undefined {
  const now = clock(time);
  const due = batchIsDue(state, { elapsedSince: (since) => realSpan(rules, now - since) });
  return due ? { type: 'WakeTerminal', terminal: state.terminal } : undefined;
}

/** The card's answer to a transaction is passed on as it came: the same message, byte for byte. */
function bytesOf(answered: Answered, passed: PassedAnswer | undefined): Uint8Array {
  const same = passed?.mode === 'EXECUTE' && passed.answered.answer === answered.answer;
  return same ? passed.bytes : encodeAnswered(answered);
}

/** What the rules of a terminal may know at one turn. No closures: every payment needs two of these. */
class TerminalMoment implements TerminalContext {
  readonly now: number;
  readonly towards: number;
  readonly prohibitedSince: ListVersion | undefined;
  readonly #environment: Environment;

  constructor(environment: Environment, command: TerminalCommand, { time }: TurnContext) {
    const { clock, list, placeOf } = environment;
    const named = command.type === 'Transact' || command.type === 'Reverse' ? command.card : undefined;
    const draws = command.type === 'Transact' && isWithheld(command.kind);
    this.now = clock(time);
    this.towards = named === undefined ? 0 : placeOf(named);
    this.prohibitedSince = draws ? list.prohibitedSince(command.card) : undefined;
    this.#environment = environment;
  }

  elapsedSince(time: number): number {
    return realSpan(this.#environment.rules, this.now - time);
  }

  dateOf(time: number): number {
    return this.#environment.dateOf(time);
  }

  get currency(): string {
    return this.#environment.rules.currency;
  }

  get knownList(): ListVersion {
    return this.#environment.list.listVersion();
  }

  get partitions(): number {
    return this.#environment.partitions;
  }

  get trace(): Trace | undefined {
    return this.#environment.trace;
  }
}

function responseOf(response: TerminalResponse, changed: boolean, context: TurnContext): Response {
  switch (response.kind) {
    case 'answered':
      return { kind: 'reply', bytes: encodeAnswered(response.answered) };
    case 'wait':
      return { kind: 'wait', key: idKey(response.id) };
    case 'none':
      return { kind: 'none' };
    case 'rejected':
      return rejection(response.rejection, response.detail);
    case 'batchClosed':
      return {
        kind: 'reply',
        bytes: encodeBatchClosed(response.terminal, response.batch, response.openBatch),
      };
    case 'welcomed':
      return { kind: 'reply', bytes: encodeWelcomed(response) };
    case 'acknowledged': {
      const at = changed ? context.position : (context.lastPositions[0] ?? 0);
      const { outcome } = response;
      return { kind: 'reply', bytes: encodeAcknowledged({ outcome, version: 0, reasons: [], position: at }) };
    }
  }
}
