/** Commands of the wire, as far as they are well formed (commands.proto). The rules decide the rest. */
import { hash } from 'node:crypto';
import { MAX_DESCRIBED } from '../../bounds.js';
import { v1 } from '../../../proto/generated/emoney.js';
import type { OperatorCommand } from '../../center/decideRecord.js';
import type { WireInteger } from '../../money/amounts.js';
import type { Kind } from '../../money/transaction.js';
import type { TerminalCommand } from '../../terminal/decideTerminal.js';
import type { CardAnswered } from '../../terminal/cardAnswered.js';
import type { TerminalAsk } from '../../terminal/decision.js';
import type { Transact } from '../../terminal/transact.js';
import type { AskCommand, Command, DescribeCommand } from '../command.js';
import { decoded, encoded } from './protobuf.js';
import { guarded } from './guarded.js';
import {
  GuardError,
  noUnknowns,
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

/** Throws MalformedError. `currency` is the deployment's: leaving it out or naming it is the same content. */
export function decodeCommand(bytes: Uint8Array, currency: string): Command {
  return guarded('command', () => plainOf(decoded(v1.Command, bytes), currency));
}

/** What a terminal sends to the partition of a card. */
export function encodeAsk({ mode, asked, mayDefer }: TerminalAsk): Uint8Array {
  const ask = { mode: modes.toWire(mode), asked: encodeAsked(asked), mayDefer };
  return encoded(v1.Command, { ask });
}

function plainOf(wire: v1.Command, currency: string): Command {
  noUnknowns(wire, 'command');
  const body = wire.body;
  if (body === undefined) throw new GuardError('body', 'is missing or unknown');
  noUnknowns(required(wire[body], body), body);
  switch (body) {
    case 'transact':
      return transact(required(wire.transact, body), currency);
    case 'ask':
      return ask(required(wire.ask, body));
    case 'openSession':
    case 'reverse':
    case 'queryOutcome':
    case 'holdList':
    case 'registerTerminal':
      return terminalCommand(wire);
    case 'issueCard':
    case 'activateCard':
    case 'changeLimit':
    case 'changeProhibition':
      return operatorCommand(wire);
    case 'describeCards':
      return describe('DescribeCards', wire.describeCards?.cards);
    case 'describeTerminals':
      return describe('DescribeTerminals', wire.describeTerminals?.terminals);
    case 'describeTotals':
      return describe('DescribeTotals', wire.describeTotals?.terminals);
  }
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

function terminalCommand(wire: v1.Command): Exclude<TerminalCommand, CardAnswered> {
  if (wire.openSession) {
    const { terminal, incarnation, nextNumber, source, list } = wire.openSession;
    return {
      type: 'OpenSession',
      terminal: toId(terminal, 'terminal'),
      incarnation: optional(incarnation, 'incarnation', toUnsigned),
      nextNumber: optional(nextNumber, 'next_number', toUnsigned),
      source: toText(source, 'source'),
      list: optionalVersion(list),
    };
  }
  if (wire.reverse) {
    const { id, session, mark, card, terminalTimeMs } = wire.reverse;
    return {
      type: 'Reverse',
      id: decodeId(id),
      session: toPositive(session, 'session'),
      mark: toCount(mark, 'mark'),
      card: toId(card, 'card'),
      terminalTime: optional(terminalTimeMs, 'terminal_time_ms', toTime),
    };
  }
  if (wire.queryOutcome) {
    const { id, session } = wire.queryOutcome;
    return { type: 'QueryOutcome', id: decodeId(id), session: toPositive(session, 'session') };
  }
  if (wire.holdList) {
    const { terminal, session, version } = wire.holdList;
    return {
      type: 'HoldList',
      terminal: toId(terminal, 'terminal'),
      session: toPositive(session, 'session'),
      version: decodeVersion(version),
    };
  }
  const { terminal, role, mayDefer } = required(wire.registerTerminal, 'register_terminal');
  return {
    type: 'RegisterTerminal',
    terminal: toId(terminal, 'terminal'),
    role: roles.fromWire(role, 'role'),
    mayDefer: mayDefer === true,
  };
}

function operatorCommand(wire: v1.Command): OperatorCommand {
  if (wire.issueCard) {
    const { card, terms } = wire.issueCard;
    return { type: 'IssueCard', card: toId(card, 'card'), terms: decodeTerms(terms) };
  }
  if (wire.activateCard) return { type: 'ActivateCard', card: toId(wire.activateCard.card, 'card') };
  if (wire.changeLimit) {
    const { card, limit, expectedVersion } = wire.changeLimit;
    return {
      type: 'ChangeLimit',
      card: toId(card, 'card'),
      limit: toTerm(required(limit, 'limit'), 'limit'),
      expectedVersion: optional(expectedVersion, 'expected_version', toUnsigned),
    };
  }
  const change = required(wire.changeProhibition, 'change_prohibition');
  const reason = reasons.fromWire(change.reason, 'reason');
  if (reason === 'LIMIT') throw new GuardError('reason', 'LIMIT is decided by the center alone');
  return {
    type: 'ChangeProhibition',
    card: toId(change.card, 'card'),
    reason,
    prohibited: change.prohibited === true,
    note: toText(change.note, 'note'),
    expectedVersion: optional(change.expectedVersion, 'expected_version', toUnsigned),
  };
}

function describe(type: DescribeCommand['type'], ids: readonly string[] | null | undefined): DescribeCommand {
  const wanted = new Set((ids ?? []).map((id) => toId(id, 'ids')));
  if (wanted.size === 0) throw new GuardError('ids', 'is empty');
  if (wanted.size > MAX_DESCRIBED) throw new GuardError('ids', `has more than ${MAX_DESCRIBED}`);
  return { type, ids: [...wanted] };
}
