/**
 * Unpacks what every payment brings: ordinary transactions, their asks, and the answers to these. Undefined: it is
 * something else, or wrong, and the codecs of the folder above have to read it.
 */
import { v1 } from '../../../../proto/generated/emoney.js';
import { decodeMessage } from '../../../../proto/message.js';
import { END, Unpacker } from '../../../../proto/unpacker.js';
import type { Answer, Answered, Inside } from '../../../money/answer.js';
import type { Balances } from '../../../money/balances.js';
import { MAX_NUMBER, type TransactionId } from '../../../money/ids.js';
import type { CardTerms } from '../../../money/cardTerms.js';
import type { Mutable } from '../../../money/mutable.js';
import { NO_PARTS, type Parts } from '../../../money/parts.js';
import type { ListVersion } from '../../../money/prohibition.js';
import { type Asked, type Kind, statesAmount } from '../../../money/transaction.js';
import type { Opened, OpenedReversal } from '../../../terminal/terminal.js';
import type { Transact } from '../../../terminal/transact.js';
import type { AskCommand } from '../../command.js';
import type { Event } from '../../event.js';
import { digestOf } from '../digest.js';
import { toDate, toTime } from '../guards.js';
import { decodePinHash, decodeTerms } from '../policyCodec.js';
import { kinds, modes, obstacles, outcomes } from '../vocabulary.js';
import { Lately } from './lately.js';
import type { FrequentEvent } from './packing.js';
import {
  ANSWER,
  ANSWERED,
  ASK,
  ASKED,
  BALANCES,
  CLOSED,
  COMMAND,
  DECIDED,
  DECLINED,
  EVENT,
  ID,
  INSIDE,
  ISSUED,
  MOVED,
  OPENED,
  PARTS,
  RECORDED,
  REPLY,
  REVERSAL,
  REVERSED,
  TRANSACT,
  VERSION,
} from './tags.js';

const from = new Unpacker();

/** The next field's tag, within the message that is read. */
let tag = END;

/** The deployment's. */
let currency = '';

/** `own`: the deployment's currency; leaving it out or naming it is the same content. */
export function unpackTransact(bytes: Uint8Array, own: string): Transact | undefined {
  currency = own;
  return unpack(bytes, COMMAND.transact, transact);
}

export function unpackAsk(bytes: Uint8Array): AskCommand | undefined {
  return unpack(bytes, COMMAND.ask, ask);
}

export function unpackAnswered(bytes: Uint8Array): Answered | undefined {
  return unpack(bytes, REPLY.answered, answered);
}

/** Events of every payment, and of the issue of a card. */
export type UnpackedEvent = FrequentEvent | Extract<Event, { type: 'CardIssued' | 'RecordOpened' }>;

/** Of a journal: a replay reads little else. */
export function unpackEvent(bytes: Uint8Array): UnpackedEvent | undefined {
  try {
    from.begin(bytes);
    const read = events.get(from.tag());
    if (read === undefined) return undefined;
    const event = within(read);
    return from.tag() === END ? event : undefined;
  } catch {
    return undefined;
  }
}

/** A message that holds one other. */
function unpack<Plain>(bytes: Uint8Array, body: number, read: () => Plain): Plain | undefined {
  try {
    from.begin(bytes);
    if (from.tag() !== body) return undefined;
    const plain = within(read);
    return from.tag() === END ? plain : undefined;
  } catch {
    // Also what the other codecs will name.
    return undefined;
  }
}

/** The same where a number comes before it. */
export function unpackAfter<Plain>(
  bytes: Uint8Array,
  first: number,
  number: number,
  body: number,
  read: () => Plain,
): Plain | undefined {
  try {
    from.begin(bytes);
    if (from.tag() !== first || from.uint() !== number || from.tag() !== body) return undefined;
    const plain = within(read);
    return from.tag() === END ? plain : undefined;
  } catch {
    return undefined;
  }
}

/** Reads the message within the message that begins here. */
function within<Plain>(read: () => Plain): Plain {
  const outer = from.enter();
  tag = from.tag();
  const plain = read();
  if (tag !== END) from.unusual();
  from.leave(outer);
  return plain;
}

/** A message that must be there. */
export function message<Plain>(expected: number, read: () => Plain): Plain {
  if (tag !== expected) from.unusual();
  const plain = within(read);
  tag = from.tag();
  return plain;
}

export function optionalMessage<Plain>(expected: number, read: () => Plain): Plain | undefined {
  return tag === expected ? message(expected, read) : undefined;
}

/** A repeated message. */
export function list<Plain>(expected: number, read: () => Plain): readonly Plain[] {
  const plain: Plain[] = [];
  while (tag === expected) plain.push(message(expected, read));
  return plain;
}

/** Bytes, in the memory of the message, or a message that somebody else reads. */
export function requiredBytes(expected: number): Uint8Array {
  return optionalBytes(expected) ?? from.unusual();
}

export function optionalBytes(expected: number): Uint8Array | undefined {
  if (tag !== expected) return undefined;
  const bytes = from.raw();
  tag = from.tag();
  return bytes;
}

/** 0 where the field is not there. */
export function uint(expected: number): number {
  if (tag !== expected) return 0;
  const value = from.uint();
  tag = from.tag();
  return value;
}

export function uint32(expected: number): number {
  const value = uint(expected);
  if (value > 0xffff_ffff) from.unusual();
  return value;
}

function optionalUint(expected: number): number | undefined {
  return tag === expected ? uint(expected) : undefined;
}

export function positive(expected: number): number {
  const value = uint(expected);
  if (value === 0) from.unusual();
  return value;
}

export function positive32(expected: number): number {
  const value = uint32(expected);
  if (value === 0) from.unusual();
  return value;
}

export function flag(expected: number): boolean {
  return uint(expected) !== 0;
}

export function id(expected: number): string {
  if (tag !== expected) from.unusual();
  const value = from.id();
  tag = from.tag();
  return value;
}

export function text(expected: number): string {
  return tag === expected ? id(expected) : '';
}

function transact(): Transact {
  const about = message(TRANSACT.id, transactionId);
  const session = positive(TRANSACT.session);
  const mark = uint(TRANSACT.mark);
  const kind = kinds.fromWire(uint(TRANSACT.kind), 'kind');
  const card = id(TRANSACT.card);
  // Where the kind states one it must be there, else it must not.
  if (statesAmount(kind) !== (tag === TRANSACT.amount)) from.unusual();
  const amount = uint(TRANSACT.amount);
  const stated = text(TRANSACT.currency);
  const time = optionalUint(TRANSACT.terminalTimeMs);
  const device = deviceAt(TRANSACT.device);
  const partial = flag(TRANSACT.partial);
  const original = optionalMessage(TRANSACT.original, transactionId);
  const pinHash = decodePinHash(optionalBytes(TRANSACT.pinHash), 'pin_hash');
  if (kind === 'STORE' || !mayName(kind, original)) from.unusual();
  const said: Mutable<Transact> = {
    type: 'Transact',
    id: about,
    session,
    mark,
    kind,
    card,
    amount,
    terminalTime: time === undefined ? undefined : toTime(time, 'terminal_time_ms'),
    device,
    partial,
    original,
    currency: stated,
    digest: 0,
    pinHash,
  };
  said.digest = digestOf(said, currency);
  return said;
}

/** A refund names a payment, a void may. */
function mayName(kind: Kind, original: TransactionId | undefined): boolean {
  return kind === 'VOID' || (kind === 'REFUND') === (original !== undefined);
}

/** The first where it is not named. */
function deviceAt(expected: number): number {
  return tag === expected ? positive32(expected) : 1;
}

function ask(): AskCommand {
  const mode = modes.fromWire(uint(ASK.mode), 'mode');
  const about = message(ASK.asked, asked);
  if (about.kind === undefined && mode !== 'REVERSE') from.unusual();
  const mayDefer = flag(ASK.mayDefer);
  const zone = text(ASK.zone);
  const pinHash = decodePinHash(optionalBytes(ASK.pinHash), 'pin_hash');
  return { type: 'Ask', mode, asked: about, mayDefer, zone, pinHash };
}

function answered(): Answered {
  const named = message(ANSWERED.id, transactionId);
  const kind = uint(ANSWERED.kind);
  return {
    id: named,
    kind: kind === 0 ? undefined : kinds.fromWire(kind, 'kind'),
    card: id(ANSWERED.card),
    answer: message(ANSWERED.answer, answer),
    terminalTime: toTime(uint(ANSWERED.terminalTimeMs), 'terminal_time_ms'),
    log: [],
  };
}

const events: ReadonlyMap<number, () => UnpackedEvent> = new Map<number, () => UnpackedEvent>([
  [EVENT.transactionOpened, () => ({ type: 'TransactionOpened', opened: opened() })],
  [
    EVENT.transactionClosed,
    () => ({
      type: 'TransactionClosed',
      id: message(CLOSED.id, transactionId),
      answer: message(CLOSED.answer, answer),
    }),
  ],
  [EVENT.reversalOpened, () => ({ type: 'ReversalOpened', reversal: reversal() })],
  [
    EVENT.reversalClosed,
    () => ({
      type: 'ReversalClosed',
      id: message(CLOSED.id, transactionId),
      answer: message(CLOSED.answer, answer),
    }),
  ],
  [
    EVENT.cardMoved,
    () => ({
      type: 'CardMoved',
      asked: message(DECIDED.asked, asked),
      answer: message(DECIDED.answer, answer),
    }),
  ],
  [
    EVENT.cardDeclined,
    () => ({
      type: 'CardDeclined',
      asked: message(DECIDED.asked, asked),
      answer: message(DECIDED.answer, answer),
    }),
  ],
  [
    EVENT.cardReversed,
    () => ({
      type: 'CardReversed',
      asked: message(DECIDED.asked, asked),
      answer: message(DECIDED.answer, answer),
      bookedDate: toDate(uint32(DECIDED.bookedDate), 'booked_date'),
    }),
  ],
  [EVENT.recordMoved, moved],
  [
    EVENT.recordDeclined,
    () => ({
      type: 'RecordDeclined',
      asked: message(DECLINED.asked, asked),
      outcome: outcomes.fromWire(uint(DECLINED.outcome), 'outcome'),
      receiveTime: toTime(uint(DECLINED.receiveTimeMs), 'receive_time_ms'),
    }),
  ],
  [EVENT.recordReversed, reversed],
  [
    EVENT.cardIssued,
    () => ({
      type: 'CardIssued',
      card: id(ISSUED.card),
      terms: terms(ISSUED.terms),
      time: toTime(uint(ISSUED.timeMs), 'time_ms'),
    }),
  ],
  [
    EVENT.recordOpened,
    () => ({
      type: 'RecordOpened',
      card: id(RECORDED.card),
      terms: terms(RECORDED.terms),
      time: toTime(uint(RECORDED.timeMs), 'time_ms'),
      businessDate: toDate(uint32(RECORDED.businessDate), 'business_date'),
    }),
  ],
]);

/** Of cards that are issued together: the same, byte for byte, and shared. */
const termsLately = new Lately((bytes) => decodeTerms(decodeMessage(v1.CardTerms, bytes)));

export function terms(expected: number): CardTerms {
  return termsLately.of(requiredBytes(expected));
}

function opened(): Opened {
  return {
    id: message(OPENED.id, transactionId),
    card: id(OPENED.card),
    kind: kinds.fromWire(uint(OPENED.kind), 'opened.kind'),
    amount: uint(OPENED.amount),
    digest: uint(OPENED.digest),
    batch: positive32(OPENED.batch),
    businessDate: toDate(uint32(OPENED.businessDate), 'opened.business_date'),
    terminalTime: toTime(uint(OPENED.terminalTimeMs), 'opened.terminal_time_ms'),
    time: toTime(uint(OPENED.timeMs), 'opened.time_ms'),
    mark: uint(OPENED.mark),
    list: optionalMessage(OPENED.list, version),
    towards: uint32(OPENED.towards),
    device: deviceAt(OPENED.device),
    partial: flag(OPENED.partial),
    original: optionalMessage(OPENED.original, transactionId),
  };
}

function reversal(): OpenedReversal {
  return {
    id: message(REVERSAL.id, transactionId),
    card: id(REVERSAL.card),
    time: toTime(uint(REVERSAL.timeMs), 'reversal.time_ms'),
    batch: positive32(REVERSAL.batch),
    businessDate: toDate(uint32(REVERSAL.businessDate), 'reversal.business_date'),
    terminalTime: toTime(uint(REVERSAL.terminalTimeMs), 'reversal.terminal_time_ms'),
    towards: uint32(REVERSAL.towards),
    mark: uint(REVERSAL.mark),
  };
}

function reversed(): FrequentEvent {
  const about = message(REVERSED.asked, asked);
  const split = optionalMessage(REVERSED.parts, parts) ?? NO_PARTS;
  const after = optionalMessage(REVERSED.balances, balances);
  const receiveTime = toTime(uint(REVERSED.receiveTimeMs), 'receive_time_ms');
  const amount = uint(REVERSED.amount);
  return {
    type: 'RecordReversed',
    asked: about,
    parts: split,
    balances: after,
    receiveTime,
    amount,
    accrualDate: accrualDateAt(REVERSED.accrualDate, about),
    undone: flag(REVERSED.undone),
  };
}

/** The business date where it is not named. */
function accrualDateAt(expected: number, { businessDate }: Asked): number {
  const date = uint32(expected);
  return date === 0 ? businessDate : toDate(date, 'accrual_date');
}

function moved(): FrequentEvent {
  const about = message(MOVED.asked, asked);
  const split = optionalMessage(MOVED.parts, parts) ?? NO_PARTS;
  const after = message(MOVED.balances, balances);
  const receiveTime = toTime(uint(MOVED.receiveTimeMs), 'receive_time_ms');
  return {
    type: 'RecordMoved',
    asked: about,
    parts: split,
    balances: after,
    receiveTime,
    accrualDate: accrualDateAt(MOVED.accrualDate, about),
    pinVerified: flag(MOVED.pinVerified),
    account: text(MOVED.account),
  };
}

function version(): ListVersion {
  return { incarnation: uint(VERSION.incarnation), sequence: uint(VERSION.sequence) };
}

export function transactionId(): TransactionId {
  const terminal = id(ID.terminal);
  const incarnation = positive32(ID.incarnation);
  const number = positive(ID.number);
  if (number > MAX_NUMBER) from.unusual();
  return { terminal, incarnation, number };
}

function asked(): Asked {
  const named = message(ASKED.id, transactionId);
  const card = id(ASKED.card);
  const kind = uint(ASKED.kind);
  return {
    id: named,
    card,
    kind: kind === 0 ? undefined : kinds.fromWire(kind, 'asked.kind'),
    amount: uint(ASKED.amount),
    digest: uint(ASKED.digest),
    batch: positive32(ASKED.batch),
    businessDate: toDate(uint32(ASKED.businessDate), 'asked.business_date'),
    terminalTime: toTime(uint(ASKED.terminalTimeMs), 'asked.terminal_time_ms'),
    mark: uint(ASKED.mark),
    oldestIncarnation: uint32(ASKED.oldestIncarnation),
    fromSource: flag(ASKED.fromSource),
    openedTime: toTime(uint(ASKED.openedTimeMs), 'asked.opened_time_ms'),
    device: deviceAt(ASKED.device),
    partial: flag(ASKED.partial),
    original: optionalMessage(ASKED.original, transactionId),
  };
}

function answer(): Answer {
  const outcome = outcomes.fromWire(uint(ANSWER.outcome), 'answer.outcome');
  const amount = uint(ANSWER.amount);
  const split = optionalMessage(ANSWER.parts, parts) ?? NO_PARTS;
  const after = optionalMessage(ANSWER.balances, balances);
  const creditFlag = flag(ANSWER.creditFlag);
  const fits = optionalUint(ANSWER.fits);
  const receiveTime = toTime(uint(ANSWER.receiveTimeMs), 'answer.receive_time_ms');
  const position = uint(ANSWER.position);
  const original = uint(ANSWER.original);
  const remainder = uint(ANSWER.remainder);
  const pinVerified = flag(ANSWER.pinVerified);
  const triesLeft = tag === ANSWER.triesLeft ? uint32(ANSWER.triesLeft) : undefined;
  const obstacle = uint(ANSWER.obstacle);
  const pending = uint(ANSWER.pending);
  const inside = optionalMessage(ANSWER.inside, place);
  const entered = optionalMessage(ANSWER.entered, place);
  const originalParts = optionalMessage(ANSWER.originalParts, parts) ?? NO_PARTS;
  return {
    outcome,
    amount,
    parts: split,
    balances: after,
    creditFlag,
    fits,
    receiveTime,
    position,
    original: original === 0 ? undefined : outcomes.fromWire(original, 'answer.original'),
    originalParts,
    remainder,
    pinVerified,
    triesLeft,
    obstacle: obstacle === 0 ? undefined : obstacles.fromWire(obstacle, 'answer.obstacle'),
    pending,
    inside,
    entered,
  };
}

export function parts(): Parts {
  return {
    value: uint(PARTS.value),
    account: uint(PARTS.account),
    loan: uint(PARTS.loan),
    interest: uint(PARTS.interest),
    fare: uint(PARTS.fare),
    restoredLoan: uint(PARTS.restoredLoan),
    excess: uint(PARTS.excess),
    accountAsLoan: uint(PARTS.accountAsLoan),
  };
}

export function balances(): Balances {
  return {
    storedValue: uint(BALANCES.storedValue),
    loan: uint(BALANCES.loan),
    interest: uint(BALANCES.interest),
    fareOwed: uint(BALANCES.fareOwed),
    limit: uint(BALANCES.limit),
  };
}

export function place(): Inside {
  const zone = id(INSIDE.zone);
  const gate = id(INSIDE.gate);
  return { zone, gate, time: toTime(uint(INSIDE.timeMs), 'inside.time_ms') };
}
