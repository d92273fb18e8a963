/** Commands of the wire, as far as they are well formed (commands.proto). The rules decide the rest. */
import { MAX_DESCRIBED } from '../../bounds.js';
import { v1 } from '../../../proto/generated/emoney.js';
import type { WireInteger } from '../../money/amounts.js';
import type { CardPolicy } from '../../money/cardPolicy.js';
import { type Kind, statesAmount } from '../../money/transaction.js';
import type { TransactionId } from '../../money/ids.js';
import type { Transact } from '../../terminal/transact.js';
import type { AskCommand, Command, DescribeCommand } from '../command.js';
import { type Case, caseOf, oneofDecoder } from './protobuf.js';
import { decodeCloseBatch } from './batchCodec.js';
import { digestOf } from './digest.js';
import { decodeDryRun } from './explainCodec.js';
import { guarded } from './guarded.js';
import { unpackAsk, unpackTransact } from './hot/unpacking.js';
import { decodeChargeCards, decodePlace } from './officeCodec.js';
import { decodeParameters } from './parametersCodec.js';
import {
  GuardError,
  optional,
  required,
  toCount,
  toCalendarDate,
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
  decodeAdjustment,
  decodeDevice,
  decodeOptionalId,
  decodeVersion,
  optionalVersion,
} from './moneyCodec.js';
import { decodePinHash, decodePolicy, decodeTerms, toTerm } from './policyCodec.js';
import { kinds, modes, reasons, roles } from './vocabulary.js';

/** Throws MalformedError. */
export type CommandDecoder = (bytes: Uint8Array) => Command;

/** `currency` is the deployment's: leaving it out or naming it is the same content. */
export function createCommandDecoder(currency: string): CommandDecoder {
  // The type demands that no command of the protocol is left out.
  const cases: Readonly<Record<NonNullable<v1.Command['body']>, Case<Command>>> = {
    ...terminalCases,
    ...operatorCases,
    ...changeCases,
    ...centerCases,
    ...describeCases,
    transact: caseOf(v1.Transact, (wire) => transact(wire, currency)),
    ask: caseOf(v1.Ask, ask),
    dryRun: caseOf(v1.DryRun, (wire) => decodeDryRun(wire, decode)),
  };
  const decode = oneofDecoder(v1.Command, cases);
  return (bytes) =>
    unpackAsk(bytes) ?? unpackTransact(bytes, currency) ?? guarded('command', () => decode(bytes));
}

function transact(wire: v1.Transact.$Properties, currency: string): Transact {
  const kind = kinds.fromWire(wire.kind, 'kind');
  if (kind === 'STORE') throw new GuardError('kind', 'STORE is the center’s, not a terminal’s');
  const content = {
    kind,
    card: toId(wire.card, 'card'),
    amount: transactedAmount(wire, kind),
    terminalTime: optional(wire.terminalTimeMs, 'terminal_time_ms', toTime),
    device: decodeDevice(wire.device),
    partial: wire.partial === true,
    original: originalOf(wire, kind),
    currency: toText(wire.currency, 'currency'),
  };
  return {
    type: 'Transact',
    id: decodeId(wire.id),
    session: toPositive(wire.session, 'session'),
    mark: toCount(wire.mark, 'mark'),
    ...content,
    digest: digestOf(content, currency),
    pinHash: decodePinHash(wire.pinHash, 'pin_hash'),
  };
}

/** Any 64-bit integer is well formed, but it must be there; where the terminal states none it must not. */
function transactedAmount({ amount }: v1.Transact.$Properties, kind: Kind): WireInteger {
  if (statesAmount(kind)) return toWide(amount, 'amount');
  if (amount !== null && amount !== undefined) throw new GuardError('amount', `${kind} has none`);
  return 0;
}

function originalOf({ original }: v1.Transact.$Properties, kind: Kind): TransactionId | undefined {
  const id = decodeOptionalId(original, 'original');
  if (kind === 'REFUND' && id === undefined) throw new GuardError('original', 'is missing');
  if (kind !== 'REFUND' && kind !== 'VOID' && id !== undefined)
    throw new GuardError('original', `${kind} has none`);
  return id;
}

function ask(wire: v1.Ask.$Properties): AskCommand {
  const mode = modes.fromWire(wire.mode, 'mode');
  const asked = decodeAsked(wire.asked);
  if (asked.kind === undefined && mode !== 'REVERSE') throw new GuardError('asked.kind', 'is missing');
  return {
    type: 'Ask',
    mode,
    asked,
    mayDefer: wire.mayDefer === true,
    zone: toText(wire.zone, 'zone'),
    pinHash: decodePinHash(wire.pinHash, 'pin_hash'),
  };
}

const terminalCases = {
  openSession: caseOf(v1.OpenSession, (said): Command => {
    return {
      type: 'OpenSession',
      terminal: toId(said.terminal, 'terminal'),
      incarnation: optional(said.incarnation, 'incarnation', toUnsigned),
      nextNumber: optional(said.nextNumber, 'next_number', toUnsigned),
      source: toText(said.source, 'source'),
      list: optionalVersion(said.list),
      card: toText(said.card, 'card'),
      device: said.device,
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
  closeBatch: caseOf(v1.CloseBatch, (wire): Command => decodeCloseBatch(wire)),
  compileBatch: caseOf(v1.CompileBatch, ({ terminal, batch, partition }): Command => {
    return {
      type: 'CompileBatch',
      terminal: toId(terminal, 'terminal'),
      batch: toPositive(batch, 'batch'),
      partition,
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
  registerTerminal: caseOf(v1.RegisterTerminal, registration),
};

/** A gate has a zone, a phone its card; nobody else has either. */
function registration(wire: v1.RegisterTerminal.$Properties): Command {
  const role = roles.fromWire(wire.role, 'role');
  const zone = role === 'GATE' ? toId(wire.zone, 'zone') : toText(wire.zone, 'zone');
  const card = role === 'PHONE' ? toId(wire.card, 'card') : toText(wire.card, 'card');
  if (role !== 'GATE' && zone !== '') throw new GuardError('zone', `${role} has none`);
  if (role !== 'PHONE' && card !== '') throw new GuardError('card', `${role} has none`);
  return {
    type: 'RegisterTerminal',
    terminal: toId(wire.terminal, 'terminal'),
    role,
    mayDefer: wire.mayDefer === true,
    zone,
    card,
    device: role === 'PHONE' ? decodeDevice(wire.device) : 0,
  };
}

/** Old journals may hold another date, so the codec of policies lets it pass. */
function checkExpiry({ expiryDate }: CardPolicy): void {
  optional(expiryDate, 'policy.expiry_date', toCalendarDate);
}

const operatorCases = {
  issueCard: caseOf(v1.IssueCard, ({ card, terms }): Command => {
    const decoded = decodeTerms(terms);
    checkExpiry(decoded.policy);
    return { type: 'IssueCard', card: toId(card, 'card'), terms: decoded };
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

const changeCases = {
  changePolicy: caseOf(v1.ChangePolicy, ({ card, policy, expectedVersion }): Command => {
    const decoded = decodePolicy(required(policy, 'policy'));
    checkExpiry(decoded);
    return {
      type: 'ChangePolicy',
      card: toId(card, 'card'),
      policy: decoded,
      expectedVersion: optional(expectedVersion, 'expected_version', toUnsigned),
    };
  }),
  setPin: caseOf(v1.SetPin, ({ card, pinHash }): Command => {
    return { type: 'SetPin', card: toId(card, 'card'), pinHash: decodePinHash(pinHash, 'pin_hash') };
  }),
  unblockPin: caseOf(v1.UnblockPin, ({ card }): Command => {
    return { type: 'UnblockPin', card: toId(card, 'card') };
  }),
  replaceCard: caseOf(v1.ReplaceCard, ({ card, device, note }): Command => {
    return {
      type: 'ReplaceCard',
      card: toId(card, 'card'),
      device: toPositive(device, 'device'),
      note: toText(note, 'note'),
    };
  }),
  storeValue: caseOf(v1.StoreValue, ({ card, reference, amount, note, date }): Command => {
    return {
      type: 'StoreValue',
      card: toId(card, 'card'),
      reference: toId(reference, 'reference'),
      amount: toWide(amount, 'amount'),
      note: toText(note, 'note'),
      date: date === 0 ? undefined : toCalendarDate(date, 'date'),
    };
  }),
  cancelStore: caseOf(v1.CancelStore, ({ card, reference, note }): Command => {
    return {
      type: 'CancelStore',
      card: toId(card, 'card'),
      reference: toId(reference, 'reference'),
      note: toText(note, 'note'),
    };
  }),
  adjustCard: caseOf(v1.AdjustCard, ({ card, reference, adjustment, note, date }): Command => {
    if (toText(note, 'note') === '') throw new GuardError('note', 'is missing: an adjustment needs a reason');
    return {
      type: 'AdjustCard',
      card: toId(card, 'card'),
      reference: toId(reference, 'reference'),
      adjustment: decodeAdjustment(adjustment),
      note: toText(note, 'note'),
      date: date === 0 ? undefined : toCalendarDate(date, 'date'),
    };
  }),
  confirmCollection: caseOf(v1.ConfirmCollection, ({ card, order }): Command => {
    return { type: 'ConfirmCollection', card: toId(card, 'card'), order: toId(order, 'order') };
  }),
  returnCollection: caseOf(v1.ReturnCollection, ({ card, order }): Command => {
    return { type: 'ReturnCollection', card: toId(card, 'card'), order: toId(order, 'order') };
  }),
};

const centerCases = {
  setParameters: caseOf(v1.SetParameters, ({ parameters, note }): Command => {
    return { type: 'SetParameters', parameters: decodeParameters(parameters), note: toText(note, 'note') };
  }),
  chargeInterest: caseOf(v1.ChargeInterest, ({ through }): Command => {
    return { type: 'ChargeInterest', through: toCalendarDate(through, 'through') };
  }),
  settle: caseOf(v1.Settle, ({ number }): Command => {
    return { type: 'Settle', number: toPositive(number, 'number') };
  }),
  describeCenter: caseOf(v1.DescribeCenter, (): Command => ({ type: 'DescribeCenter' })),
  adoptParameters: caseOf(v1.AdoptParameters, ({ partition, parameters }): Command => {
    return { type: 'AdoptParameters', partition, parameters: decodeParameters(parameters) };
  }),
  listBorrowers: caseOf(v1.ListBorrowers, (wire): Command => {
    return { type: 'ListBorrowers', place: decodePlace(wire) };
  }),
  chargeCards: caseOf(v1.ChargeCards, decodeChargeCards),
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
