/** States of units as snapshots hold them (states.proto). Format 1 is read for ever. */
import { v1 } from '../../../proto/generated/emoney.js';
import type { ShardState } from '../../center/shard.js';
import type { VisitorEntry, VisitorIncarnation } from '../../card/visitor.js';
import { idEntries, idTableOf, type Numbered } from '../../money/idTable.js';
import {
  isOpen,
  type TerminalEntry,
  type TerminalIncarnation,
  type TerminalState,
} from '../../terminal/terminal.js';
import type { State, VisitorUnit } from '../unit.js';
import { decodeMessage, encodeMessage } from '../../../proto/message.js';
import { decodeClosedBatch, encodeClosedBatches } from './batchCodec.js';
import { guarded } from './guarded.js';
import {
  fromUint32,
  fromUnsigned,
  GuardError,
  listOf,
  noUnknowns,
  required,
  toCount,
  toDate,
  toId,
  toPositive,
  toText,
} from './guards.js';
import { decodeCard, encodeCard } from './cardStateCodec.js';
import {
  decodeAnswer,
  decodeOptionalId,
  encodeAnswer,
  encodeOptionalId,
  encodeVersion,
  optionalVersion,
} from './moneyCodec.js';
import { FORMAT } from './hot/cardUnitTags.js';
import { packCardUnit } from './hot/packingCardUnit.js';
import { unpackCardUnit } from './hot/unpackingCardUnit.js';
import { decodeOffice, encodeOffice } from './officeCodec.js';
import { decodeCharged, decodeParameters, encodeCharged, encodeParameters } from './parametersCodec.js';
import { decodeRecord, encodeRecord } from './recordStateCodec.js';
import { decodeOpened, decodeReversal, encodeOpened, encodeReversal } from './terminalCodec.js';
import { decodeTotals, encodeTotals } from './totalsCodec.js';
import { kinds, optionalFromWire, optionalToWire, roles } from './vocabulary.js';

export function encodeState(state: State): Uint8Array {
  return (
    (state.unit === 'card' ? packCardUnit(state) : undefined) ?? encodeMessage(v1.UnitState, wireOf(state))
  );
}

/** Throws MalformedError. */
export function decodeState(bytes: Uint8Array): State {
  return unpackCardUnit(bytes) ?? guarded('state', () => plainOf(decodeMessage(v1.UnitState, bytes)));
}

function wireOf(state: State): v1.UnitState.$Properties {
  switch (state.unit) {
    case 'card': {
      const card = state.card === undefined ? null : encodeCard(state.card);
      const record = state.record === undefined ? null : encodeRecord(state.record);
      return { format: FORMAT, card: { card, record } };
    }
    case 'visitor':
      return { format: FORMAT, visitor: encodeVisitor(state) };
    case 'terminal':
      return { format: FORMAT, terminal: encodeTerminal(state.state) };
    case 'shard':
      return { format: FORMAT, shard: encodeShard(state.state) };
    case 'borrowers':
      return { format: FORMAT, borrowers: { cards: [...state.state.cards] } };
    case 'office':
      return { format: FORMAT, office: encodeOffice(state.state) };
  }
}

function plainOf(wire: v1.UnitState): State {
  noUnknowns(wire, 'state');
  if (wire.format !== FORMAT) throw new GuardError('format', `${wire.format} is not known here`);
  switch (wire.body) {
    case 'card': {
      const { card, record } = required(wire.card, 'card');
      return {
        unit: 'card',
        card: card ? decodeCard(card) : undefined,
        record: record ? decodeRecord(record) : undefined,
      };
    }
    case 'visitor':
      return decodeVisitor(required(wire.visitor, 'visitor'));
    case 'terminal':
      return { unit: 'terminal', state: decodeTerminal(required(wire.terminal, 'terminal')) };
    case 'shard':
      return { unit: 'shard', state: decodeShard(required(wire.shard, 'shard')) };
    case 'borrowers': {
      const { cards } = required(wire.borrowers, 'borrowers');
      return { unit: 'borrowers', state: { cards: listOf(cards, (card) => toId(card, 'cards')) } };
    }
    case 'office':
      return { unit: 'office', state: decodeOffice(required(wire.office, 'office')) };
    case undefined:
    default:
      throw new GuardError('body', 'is missing or unknown');
  }
}

function encodeShard(state: ShardState): v1.ShardState.$Properties {
  const { parameters, chargedThrough, borrowers, charged, ordered } = state;
  return {
    parameters: parameters.map(encodeParameters),
    chargedThrough: fromUint32(chargedThrough, 'charged_through'),
    borrowers: [...borrowers],
    charged: charged === undefined ? null : encodeCharged(charged),
    ordered: ordered === undefined ? null : encodeCharged(ordered),
  };
}

function decodeShard(wire: v1.ShardState.$Properties): ShardState {
  noUnknowns(wire, 'shard');
  return {
    parameters: listOf(wire.parameters, decodeParameters),
    chargedThrough: wire.chargedThrough ?? 0,
    borrowers: wire.borrowers ?? [],
    charged: wire.charged ? decodeCharged(wire.charged) : undefined,
    ordered: wire.ordered ? decodeCharged(wire.ordered) : undefined,
  };
}

function encodeVisitor({ terminal, ids, totals }: VisitorUnit): v1.VisitorUnit.$Properties {
  return {
    terminal,
    oldestIncarnation: fromUint32(ids.oldestIncarnation, 'oldest_incarnation'),
    incarnations: ids.incarnations.map((each) => ({
      incarnation: fromUint32(each.incarnation, 'incarnation'),
      mark: fromUnsigned(each.mark, 'mark'),
      fromSource: each.fromSource,
      entries: idEntries(each.entries).map(encodeVisitorEntry),
    })),
    totals: totals.map(encodeTotals),
  };
}

function decodeVisitor(wire: v1.VisitorUnit.$Properties): VisitorUnit {
  noUnknowns(wire, 'visitor');
  return {
    unit: 'visitor',
    terminal: toId(wire.terminal, 'visitor.terminal'),
    ids: {
      oldestIncarnation: toCount(wire.oldestIncarnation, 'oldest_incarnation'),
      incarnations: ascendingIncarnations(listOf(wire.incarnations, decodeVisitorIncarnation)),
    },
    totals: listOf(wire.totals, decodeTotals),
  };
}

function decodeVisitorIncarnation(wire: v1.VisitorIncarnation.$Properties): VisitorIncarnation {
  noUnknowns(wire, 'incarnation');
  return {
    incarnation: toPositive(wire.incarnation, 'incarnation'),
    mark: toCount(wire.mark, 'mark'),
    fromSource: wire.fromSource === true,
    entries: idTableOf(ascending(listOf(wire.entries, decodeVisitorEntry))),
  };
}

function encodeVisitorEntry(entry: VisitorEntry): v1.VisitorEntry.$Properties {
  return {
    number: fromUnsigned(entry.number, 'number'),
    card: entry.card,
    kind: optionalToWire(kinds, entry.kind),
    digest: fromUnsigned(entry.digest, 'digest'),
    answer: entry.answer === undefined ? null : encodeAnswer(entry.answer),
    reversal: entry.reversal === undefined ? null : encodeAnswer(entry.reversal),
    original: encodeOptionalId(entry.original),
    businessDate: fromUint32(entry.businessDate, 'business_date'),
  };
}

function decodeVisitorEntry(wire: v1.VisitorEntry.$Properties): VisitorEntry {
  noUnknowns(wire, 'entry');
  const { answer, reversal } = wire;
  if (!answer && !reversal) throw new GuardError('entry', 'has neither answer nor reversal');
  return {
    number: toPositive(wire.number, 'number'),
    card: toId(wire.card, 'entry.card'),
    kind: optionalFromWire(kinds, wire.kind, 'kind'),
    digest: toCount(wire.digest, 'digest'),
    answer: answer ? decodeAnswer(answer) : undefined,
    reversal: reversal ? decodeAnswer(reversal, 'reversal') : undefined,
    original: decodeOptionalId(wire.original, 'original'),
    businessDate: toDate(wire.businessDate, 'business_date'),
  };
}

function encodeTerminal(state: TerminalState): v1.TerminalState.$Properties {
  const { list, highestList } = state;
  return {
    terminal: state.terminal,
    role: roles.toWire(state.role),
    mayDefer: state.mayDefer,
    session: fromUnsigned(state.session, 'session'),
    incarnation: fromUint32(state.incarnation, 'incarnation'),
    lastIncarnation: fromUint32(state.lastIncarnation, 'last_incarnation'),
    incarnations: state.incarnations.map((each) => ({
      incarnation: fromUint32(each.incarnation, 'incarnation'),
      source: each.source,
      mark: fromUnsigned(each.mark, 'mark'),
      highest: fromUnsigned(each.highest, 'highest'),
      entries: idEntries(each.entries).map(encodeTerminalEntry),
    })),
    list: list === undefined ? null : encodeVersion(list),
    highestList: highestList === undefined ? null : encodeVersion(highestList),
    batch: fromUint32(state.batch, 'batch'),
    totals: state.totals.map(encodeTotals),
    zone: state.zone,
    card: state.card,
    device: fromUint32(state.device, 'device'),
    closedBatches: encodeClosedBatches(state.closedBatches),
  };
}

function decodeTerminal(wire: v1.TerminalState.$Properties): TerminalState {
  noUnknowns(wire, 'terminal');
  return {
    terminal: toId(wire.terminal, 'terminal.terminal'),
    role: roles.fromWire(wire.role, 'role'),
    mayDefer: wire.mayDefer === true,
    session: toCount(wire.session, 'session'),
    incarnation: toCount(wire.incarnation, 'incarnation'),
    lastIncarnation: toCount(wire.lastIncarnation, 'last_incarnation'),
    incarnations: ascendingIncarnations(listOf(wire.incarnations, decodeTerminalIncarnation)),
    list: optionalVersion(wire.list),
    highestList: optionalVersion(wire.highestList),
    batch: toPositive(wire.batch, 'batch'),
    totals: listOf(wire.totals, decodeTotals),
    zone: toText(wire.zone, 'zone'),
    card: toText(wire.card, 'card'),
    device: wire.device ?? 0,
    closedBatches: listOf(wire.closedBatches, decodeClosedBatch),
  };
}

function decodeTerminalIncarnation(wire: v1.TerminalIncarnation.$Properties): TerminalIncarnation {
  noUnknowns(wire, 'incarnation');
  const entries = ascending(listOf(wire.entries, decodeTerminalEntry));
  return {
    incarnation: toPositive(wire.incarnation, 'incarnation'),
    source: toText(wire.source, 'source'),
    mark: toCount(wire.mark, 'mark'),
    highest: toCount(wire.highest, 'highest'),
    open: entries.filter(isOpen).map(({ number }) => number),
    entries: idTableOf(entries),
  };
}

function encodeTerminalEntry({ opened, answer, reversal, reversed }: TerminalEntry) {
  return {
    opened: opened === undefined ? null : encodeOpened(opened),
    reversal: reversal === undefined ? null : encodeReversal(reversal),
    answer: answer === undefined ? null : encodeAnswer(answer),
    reversed: reversed === undefined ? null : encodeAnswer(reversed),
  } satisfies v1.TerminalEntry.$Properties;
}

function decodeTerminalEntry(wire: v1.TerminalEntry.$Properties): TerminalEntry {
  noUnknowns(wire, 'entry');
  const opened = wire.opened ? decodeOpened(wire.opened) : undefined;
  const reversal = wire.reversal ? decodeReversal(wire.reversal) : undefined;
  const { number } = required((opened ?? reversal)?.id, 'entry.opened');
  return {
    number,
    opened,
    answer: wire.answer ? decodeAnswer(wire.answer) : undefined,
    reversal,
    reversed: wire.reversed ? decodeAnswer(wire.reversed, 'reversed') : undefined,
  };
}

/** Tables are searched by halving: entries out of order would be lost. */
function ascending<Entry extends Numbered>(entries: readonly Entry[]): readonly Entry[] {
  let before = 0;
  for (const { number } of entries) {
    if (number <= before) throw new GuardError('entries', `${number} comes after ${before}`);
    before = number;
  }
  return entries;
}

function ascendingIncarnations<Entry extends { readonly incarnation: number }>(
  entries: readonly Entry[],
): readonly Entry[] {
  let before = 0;
  for (const { incarnation } of entries) {
    if (incarnation <= before) throw new GuardError('incarnations', `${incarnation} comes after ${before}`);
    before = incarnation;
  }
  return entries;
}
