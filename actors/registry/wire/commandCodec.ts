/** Commands of the wire, as far as they are well formed (commands.proto). The rules decide the rest. */
import { hash } from 'node:crypto';
import { MAX_DESCRIBED } from '../../bounds.js';
import { v1 } from '../../../proto/generated/emoney.js';
import type { WireInteger } from '../../money/amounts.js';
import type { Kind } from '../../money/transaction.js';
import type { TerminalAsk } from '../../terminal/decision.js';
import type { Transact } from '../../terminal/transact.js';
import type { AskCommand, Command, DescribeCommand } from '../command.js';
import { encodeMessage } from '../../../proto/message.js';
import { type Case, caseOf, oneofDecoder } from './protobuf.js';
import { guarded } from './guarded.js';
import {
  GuardError,
  optional,
  required,
  toCount,
  toId,
  toPositive,
  toText,
  toTime,
  toUnsigned,
  toWide,
} from './guards.js';
import {
  decodeAsked,
  decodeId,
  decodeTerms,
  decodeVersion,
  encodeAsked,
  optionalVersion,
  toTerm,
} from './moneyCodec.js';
import { kinds, modes, reasons, roles } from './vocabulary.js';

/** Throws MalformedError. */
export type CommandDecoder = (bytes: Uint8Array) => Command;

/** `currency` is the deployment's: leaving it out or naming it is the same content. */
export function createCommandDecoder(currency: string): CommandDecoder {
  // The type demands that no command of the protocol is left out.
  const cases: Readonly<Record<NonNullable<v1.Command['body']>, Case<Command>>> = {
    ...terminalCases,
    ...operatorCases,
    ...describeCases,
    transact: caseOf(v1.Transact, (wire) => transact(wire, currency)),
    ask: caseOf(v1.Ask, ask),
  };
  const decode = oneofDecoder(v1.Command, cases);
  return (bytes) => guarded('command', () => decode(bytes));
}

/** What a terminal sends to the partition of a card. */
export function encodeAsk({ mode, asked, mayDefer }: TerminalAsk): Uint8Array {
  const ask = { mode: modes.toWire(mode), asked: encodeAsked(asked), mayDefer };
  return encodeMessage(v1.Command, { ask });
}

function transact(wire: v1.Transact.$Properties, currency: string): Transact {
  const kind = kinds.fromWire(wire.kind, 'kind');
  const card = toId(wire.card, 'card');
  const stated = toText(wire.currency, 'currency');
  const terminalTime = optional(wire.terminalTimeMs, 'terminal_time_ms', toTime);
  const amount = amountOf(wire, kind);
  return {
    type: 'Transact',
    id: decodeId(wire.id),
    session: toPositive(wire.session, 'session'),
    mark: toCount(wire.mark, 'mark'),
    kind,
    card,
    amount,
    currency: stated,
    terminalTime,
    digest: digestOf(kind, card, amount, stated === '' ? currency : stated, terminalTime),
  };
}

/** Any 64-bit integer is well formed, but it must be there; an enquiry has none. */
function amountOf({ amount }: v1.Transact.$Properties, kind: Kind): WireInteger {
  if (kind !== 'ENQUIRY') return toWide(amount, 'amount');
  if (amount !== null && amount !== undefined) throw new GuardError('amount', 'an enquiry has none');
  return 0;
}

/** First 48 bits of SHA-256 over everything that makes the content; no field can hold the separator. */
function digestOf(
  kind: Kind,
  card: string,
  amount: WireInteger,
  currency: string,
  terminalTime: number | undefined,
): number {
  const content = `${kind}\n${card}\n${amount}\n${currency}\n${terminalTime ?? ''}`;
  return Number.parseInt(hash('sha256', content, 'hex').slice(0, 12), 16);
}

function ask(wire: v1.Ask.$Properties): AskCommand {
  const mode = modes.fromWire(wire.mode, 'mode');
  const asked = decodeAsked(wire.asked);
  if (asked.kind === undefined && mode !== 'REVERSE') throw new GuardError('asked.kind', 'is missing');
  return { type: 'Ask', mode, asked, mayDefer: wire.mayDefer === true };
}

const terminalCases = {
  openSession: caseOf(v1.OpenSession, ({ terminal, incarnation, nextNumber, source, list }): Command => {
    return {
      type: 'OpenSession',
      terminal: toId(terminal, 'terminal'),
      incarnation: optional(incarnation, 'incarnation', toUnsigned),
      nextNumber: optional(nextNumber, 'next_number', toUnsigned),
      source: toText(source, 'source'),
      list: optionalVersion(list),
    };
  }),
  reverse: caseOf(v1.Reverse, ({ id, session, mark, card, terminalTimeMs }): Command => {
    return {
      type: 'Reverse',
      id: decodeId(id),
      session: toPositive(session, 'session'),
      mark: toCount(mark, 'mark'),
      card: toId(card, 'card'),
      terminalTime: optional(terminalTimeMs, 'terminal_time_ms', toTime),
    };
  }),
  queryOutcome: caseOf(v1.QueryOutcome, ({ id, session }): Command => {
    return { type: 'QueryOutcome', id: decodeId(id), session: toPositive(session, 'session') };
  }),
  holdList: caseOf(v1.HoldList, ({ terminal, session, version }): Command => {
    return {
      type: 'HoldList',
      terminal: toId(terminal, 'terminal'),
      session: toPositive(session, 'session'),
      version: decodeVersion(version),
    };
  }),
  registerTerminal: caseOf(v1.RegisterTerminal, ({ terminal, role, mayDefer }): Command => {
    return {
      type: 'RegisterTerminal',
      terminal: toId(terminal, 'terminal'),
      role: roles.fromWire(role, 'role'),
      mayDefer,
    };
  }),
};

const operatorCases = {
  issueCard: caseOf(v1.IssueCard, ({ card, terms }): Command => {
    return { type: 'IssueCard', card: toId(card, 'card'), terms: decodeTerms(terms) };
  }),
  activateCard: caseOf(v1.ActivateCard, ({ card }): Command => {
    return { type: 'ActivateCard', card: toId(card, 'card') };
  }),
  changeLimit: caseOf(v1.ChangeLimit, ({ card, limit, expectedVersion }): Command => {
    return {
      type: 'ChangeLimit',
      card: toId(card, 'card'),
      limit: toTerm(required(limit, 'limit'), 'limit'),
      expectedVersion: optional(expectedVersion, 'expected_version', toUnsigned),
    };
  }),
  changeProhibition: caseOf(v1.ChangeProhibition, (change): Command => {
    const reason = reasons.fromWire(change.reason, 'reason');
    if (reason === 'LIMIT') throw new GuardError('reason', 'LIMIT is decided by the center alone');
    return {
      type: 'ChangeProhibition',
      card: toId(change.card, 'card'),
      reason,
      prohibited: change.prohibited,
      note: toText(change.note, 'note'),
      expectedVersion: optional(change.expectedVersion, 'expected_version', toUnsigned),
    };
  }),
};

const describeCases = {
  describeCards: caseOf(v1.DescribeCards, ({ cards }) => describe('DescribeCards', cards, 0)),
  describeTerminals: caseOf(v1.DescribeTerminals, ({ terminals, firstRow }) =>
    describe('DescribeTerminals', terminals, firstRow),
  ),
  describeTotals: caseOf(v1.DescribeTotals, ({ terminals, firstRow }) =>
    describe('DescribeTotals', terminals, firstRow),
  ),
};

function describe(type: DescribeCommand['type'], ids: readonly string[], firstRow: number): Command {
  const wanted = new Set(ids.map((id) => toId(id, 'ids')));
  if (wanted.size === 0) throw new GuardError('ids', 'is empty');
  if (wanted.size > MAX_DESCRIBED) throw new GuardError('ids', `has more than ${MAX_DESCRIBED}`);
  return { type, ids: [...wanted], firstRow };
}
