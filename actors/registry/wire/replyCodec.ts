/** Replies to commands (commands.proto, CommandReply), and what goes to and comes from the prohibition outlet. */
import { v1 } from '../../../proto/generated/emoney.js';
import type { Answered } from '../../money/answer.js';
import type { Balances } from '../../money/balances.js';
import type { Outcome } from '../../money/outcomes.js';
import type { ListVersion, ProhibitionReason } from '../../money/prohibition.js';
import type { TerminalResponse } from '../../terminal/decision.js';
import { decodeMessage, encodeMessage } from '../../../proto/message.js';
import { caseOf, oneofDecoder } from './protobuf.js';
import { guarded } from './guarded.js';
import { packAnswered } from './hot/packing.js';
import { unpackAnswered } from './hot/unpacking.js';
import {
  fromUint32,
  fromUnsigned,
  GuardError,
  listOf,
  noUnknowns,
  toId,
  toPositive,
  toTime,
} from './guards.js';
import { decodeAnswer, decodeId, decodeMovement, decodeVersion } from './moneyCodec.js';
import { encodeAnswer, encodeBalances, encodeId, encodeMovement, encodeVersion } from './moneyCodec.js';
import { kinds, optionalFromWire, optionalToWire, outcomes, reasons } from './vocabulary.js';

export function encodeAnswered(said: Answered): Uint8Array {
  const packed = packAnswered(said);
  if (packed !== undefined) return packed;
  const { id, kind, card, answer, terminalTime, log } = said;
  const wire: v1.Answered.$Properties = {
    id: encodeId(id),
    kind: optionalToWire(kinds, kind),
    card,
    answer: encodeAnswer(answer),
    terminalTimeMs: fromUnsigned(terminalTime, 'terminal_time_ms'),
    log: log.length === 0 ? null : log.map(encodeMovement),
  };
  return encodeMessage(v1.CommandReply, { answered: wire });
}

const answered = caseOf(v1.Answered, (wire): Answered => {
  return {
    id: decodeId(wire.id),
    kind: optionalFromWire(kinds, wire.kind, 'kind'),
    card: toId(wire.card, 'card'),
    answer: decodeAnswer(wire.answer),
    terminalTime: toTime(wire.terminalTimeMs, 'terminal_time_ms'),
    log: listOf(wire.log, decodeMovement),
  };
});
const decodeReply = oneofDecoder(v1.CommandReply, { answered });

/** The reply of a card's partition to an ask. Throws MalformedError. */
export function decodeAnswered(bytes: Uint8Array): Answered {
  return unpackAnswered(bytes) ?? guarded('answer', () => decodeReply(bytes));
}

export function encodeWelcomed(welcomed: Extract<TerminalResponse, { kind: 'welcomed' }>): Uint8Array {
  const { terminal, openNumbers } = welcomed;
  const wire: v1.Welcomed.$Properties = {
    terminal,
    incarnation: fromUint32(welcomed.incarnation, 'incarnation'),
    nextNumber: fromUnsigned(welcomed.nextNumber, 'next_number'),
    session: fromUnsigned(welcomed.session, 'session'),
    openNumbers: openNumbers.map((number) => fromUnsigned(number, 'open_numbers')),
    batch: fromUint32(welcomed.batch, 'batch'),
    card: welcomed.card,
    device: fromUint32(welcomed.device, 'device'),
  };
  return encodeMessage(v1.CommandReply, { welcomed: wire });
}

/** What an operator, or a terminal that acknowledges a list, is told. */
export interface Acknowledgement {
  readonly outcome: Outcome;
  /** Of the card's record after the command; 0 where there is none. */
  readonly version: number;
  readonly reasons: readonly ProhibitionReason[];
  /** Sequence of the unit's last event. */
  readonly position: number;
  /** CAP_EXCEEDED: how much would fit. */
  readonly fits?: number | undefined;
  /** Sum of the pending store instructions, and what the card would hold if all were applied now. */
  readonly pending?: number;
  readonly projected?: Balances | undefined;
  /** Number of the plastic or phone that counts; 0 where there is none. */
  readonly device?: number;
}

export function encodeAcknowledged(acknowledgement: Acknowledgement): Uint8Array {
  const { fits, projected } = acknowledgement;
  const acknowledged: v1.Acknowledged.$Properties = {
    outcome: outcomes.toWire(acknowledgement.outcome),
    version: fromUnsigned(acknowledgement.version, 'version'),
    reasons: acknowledgement.reasons.map(reasons.toWire),
    position: fromUnsigned(acknowledgement.position, 'position'),
    fits: fits === undefined ? null : fromUnsigned(fits, 'fits'),
    pending: fromUnsigned(acknowledgement.pending ?? 0, 'pending'),
    projected: projected === undefined ? null : encodeBalances(projected),
    device: fromUint32(acknowledgement.device ?? 0, 'device'),
  };
  return encodeMessage(v1.CommandReply, { acknowledged });
}

/** What a card's phones are told (commands.proto, CardChanged). */
export interface CardChange {
  readonly card: string;
  readonly device: number;
  readonly balances: Balances;
  readonly pending: number;
  readonly position: number;
}

export function encodeCardChanged(change: CardChange): Uint8Array {
  return encodeMessage(v1.CardChanged, {
    card: change.card,
    device: fromUint32(change.device, 'device'),
    balances: encodeBalances(change.balances),
    pending: fromUnsigned(change.pending, 'pending'),
    position: fromUnsigned(change.position, 'position'),
  });
}

/** What the prohibition outlet is asked: to publish a card's whole set of reasons. */
export interface Publication {
  readonly card: string;
  readonly reasons: readonly ProhibitionReason[];
  readonly position: number;
}

export function encodePublication({ card, reasons: set, position }: Publication): Uint8Array {
  const entry = { card, reasons: set.map(reasons.toWire), position: fromUnsigned(position, 'position') };
  return encodeMessage(v1.ProhibitionEntry, entry);
}

/** Throws MalformedError. */
export function decodePublication(bytes: Uint8Array): Publication {
  return guarded('prohibition', () => {
    const entry = decodeMessage(v1.ProhibitionEntry, bytes);
    noUnknowns(entry, 'prohibition');
    return {
      card: toId(entry.card, 'card'),
      reasons: listOf(entry.reasons, (each) => reasons.fromWire(each, 'reasons')),
      position: toPositive(entry.position, 'position'),
    };
  });
}

export function encodeListVersion(version: ListVersion): Uint8Array {
  return encodeMessage(v1.ListVersion, encodeVersion(version));
}

/** The outlet's answer: the version under which the publication stands. Throws MalformedError. */
export function decodeListVersion(bytes: Uint8Array): ListVersion {
  return guarded('list version', () => {
    const version = decodeVersion(decodeMessage(v1.ListVersion, bytes));
    if (version.sequence === 0) throw new GuardError('version.sequence', 'is missing or 0');
    return version;
  });
}
