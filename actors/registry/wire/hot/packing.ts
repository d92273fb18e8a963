/** Packs what every payment needs several of: the same bytes as the codecs of the folder above, in a fraction of the time. */
import { Packer } from '../../../../proto/packer.js';
import type { RecordEvent } from '../../../center/record.js';
import type { Answer, Answered, Inside } from '../../../money/answer.js';
import type { Balances } from '../../../money/balances.js';
import type { TransactionId } from '../../../money/ids.js';
import { NO_PARTS, type Parts } from '../../../money/parts.js';
import type { Asked } from '../../../money/transaction.js';
import type { TerminalAsk } from '../../../terminal/decision.js';
import type { Opened, OpenedReversal } from '../../../terminal/terminal.js';
import type { Event } from '../../event.js';
import { fromUint32 } from '../guards.js';
import { encodePinHash } from '../policyCodec.js';
import { kinds, modes, obstacles, outcomes } from '../vocabulary.js';
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
  MOVED,
  OPENED,
  PARTS,
  REPLY,
  REVERSAL,
  REVERSED,
  VERSION,
} from './tags.js';

export const to = new Packer();

const frequent = {
  TransactionOpened: true,
  TransactionClosed: true,
  ReversalOpened: true,
  ReversalClosed: true,
  CardMoved: true,
  CardDeclined: true,
  CardReversed: true,
  RecordMoved: true,
  RecordDeclined: true,
  RecordReversed: true,
} as const;

/** Events of every payment, and of what is declined and reversed. */
export type FrequentEvent = Extract<Event, { type: keyof typeof frequent }>;

export function isFrequent(event: Event): event is FrequentEvent {
  return event.type in frequent;
}

export function packEvent(event: FrequentEvent): Uint8Array {
  switch (event.type) {
    case 'TransactionOpened':
      return packOpenedEvent(event.opened);
    case 'TransactionClosed':
      return packClosedEvent(EVENT.transactionClosed, event);
    case 'ReversalOpened':
      return packReversalEvent(event.reversal);
    case 'ReversalClosed':
      return packClosedEvent(EVENT.reversalClosed, event);
    case 'CardMoved':
      return packDecidedEvent(EVENT.cardMoved, event);
    case 'CardDeclined':
      return packDecidedEvent(EVENT.cardDeclined, event);
    case 'CardReversed':
      return packDecidedEvent(EVENT.cardReversed, event, event.bookedDate);
    case 'RecordMoved':
      return packMovedEvent(event);
    case 'RecordDeclined':
      return packDeclinedEvent(event);
    case 'RecordReversed':
      return packReversedEvent(event);
  }
}

/** What a terminal sends to the partition of a card. */
export function packAsk({ mode, asked, mayDefer, zone, pinHash }: Omit<TerminalAsk, 'towards'>): Uint8Array {
  to.begin();
  const body = to.open(COMMAND.ask);
  to.uint(ASK.mode, modes.toWire(mode), 'mode');
  packAsked(ASK.asked, asked);
  to.flag(ASK.mayDefer, mayDefer);
  to.text(ASK.zone, zone, 'zone');
  const pin = encodePinHash(pinHash);
  if (pin !== null) to.raw(ASK.pinHash, pin);
  to.close(body);
  return to.finish();
}

/** The reply about an id; undefined where a card's log comes with it. */
export function packAnswered({
  id,
  kind,
  card,
  answer,
  terminalTime,
  log,
}: Answered): Uint8Array | undefined {
  if (log.length > 0) return undefined;
  to.begin();
  const body = to.open(REPLY.answered);
  packId(ANSWERED.id, id);
  if (kind !== undefined) to.uint(ANSWERED.kind, kinds.toWire(kind), 'kind');
  to.text(ANSWERED.card, card, 'card');
  packAnswer(ANSWERED.answer, answer);
  to.uint(ANSWERED.terminalTimeMs, terminalTime, 'terminal_time_ms');
  to.close(body);
  return to.finish();
}

function packOpenedEvent(opened: Opened): Uint8Array {
  to.begin();
  const body = to.open(EVENT.transactionOpened);
  packId(OPENED.id, opened.id);
  to.text(OPENED.card, opened.card, 'opened.card');
  to.uint(OPENED.kind, kinds.toWire(opened.kind), 'opened.kind');
  to.uint(OPENED.amount, opened.amount, 'opened.amount');
  to.uint(OPENED.digest, opened.digest, 'opened.digest');
  to.uint(OPENED.batch, fromUint32(opened.batch, 'opened.batch'), 'opened.batch');
  to.uint(
    OPENED.businessDate,
    fromUint32(opened.businessDate, 'opened.business_date'),
    'opened.business_date',
  );
  to.uint(OPENED.terminalTimeMs, opened.terminalTime, 'opened.terminal_time_ms');
  to.uint(OPENED.timeMs, opened.time, 'opened.time_ms');
  to.uint(OPENED.mark, opened.mark, 'opened.mark');
  if (opened.list !== undefined) {
    const list = to.open(OPENED.list);
    to.uint(VERSION.incarnation, opened.list.incarnation, 'version.incarnation');
    to.uint(VERSION.sequence, opened.list.sequence, 'version.sequence');
    to.close(list);
  }
  to.uint(OPENED.towards, fromUint32(opened.towards, 'opened.towards'), 'opened.towards');
  if (opened.device !== 1) to.presentUint(OPENED.device, fromUint32(opened.device, 'device'), 'device');
  to.flag(OPENED.partial, opened.partial);
  if (opened.original !== undefined) packId(OPENED.original, opened.original);
  to.close(body);
  return to.finish();
}

function packReversalEvent(reversal: OpenedReversal): Uint8Array {
  to.begin();
  const body = to.open(EVENT.reversalOpened);
  packId(REVERSAL.id, reversal.id);
  to.text(REVERSAL.card, reversal.card, 'reversal.card');
  to.uint(REVERSAL.timeMs, reversal.time, 'reversal.time_ms');
  to.uint(REVERSAL.batch, fromUint32(reversal.batch, 'reversal.batch'), 'reversal.batch');
  const date = fromUint32(reversal.businessDate, 'reversal.business_date');
  to.uint(REVERSAL.businessDate, date, 'reversal.business_date');
  to.uint(REVERSAL.terminalTimeMs, reversal.terminalTime, 'reversal.terminal_time_ms');
  to.uint(REVERSAL.towards, fromUint32(reversal.towards, 'reversal.towards'), 'reversal.towards');
  to.uint(REVERSAL.mark, reversal.mark, 'reversal.mark');
  to.close(body);
  return to.finish();
}

function packClosedEvent(
  tag: number,
  { id, answer }: { readonly id: TransactionId; readonly answer: Answer },
): Uint8Array {
  to.begin();
  const body = to.open(tag);
  packId(CLOSED.id, id);
  packAnswer(CLOSED.answer, answer);
  to.close(body);
  return to.finish();
}

/** `bookedDate`: of a reversal. */
function packDecidedEvent(
  tag: number,
  { asked, answer }: { readonly asked: Asked; readonly answer: Answer },
  bookedDate = 0,
): Uint8Array {
  to.begin();
  const body = to.open(tag);
  packAsked(DECIDED.asked, asked);
  packAnswer(DECIDED.answer, answer);
  to.uint(DECIDED.bookedDate, fromUint32(bookedDate, 'booked_date'), 'booked_date');
  to.close(body);
  return to.finish();
}

type RecordEventOf<Type extends RecordEvent['type']> = Extract<RecordEvent, { type: Type }>;

function packDeclinedEvent({ asked, outcome, receiveTime }: RecordEventOf<'RecordDeclined'>): Uint8Array {
  to.begin();
  const body = to.open(EVENT.recordDeclined);
  packAsked(DECLINED.asked, asked);
  to.uint(DECLINED.outcome, outcomes.toWire(outcome), 'outcome');
  to.uint(DECLINED.receiveTimeMs, receiveTime, 'receive_time_ms');
  to.close(body);
  return to.finish();
}

function packReversedEvent(event: RecordEventOf<'RecordReversed'>): Uint8Array {
  const { asked, parts, balances, receiveTime, amount, accrualDate, undone } = event;
  to.begin();
  const body = to.open(EVENT.recordReversed);
  packAsked(REVERSED.asked, asked);
  packParts(REVERSED.parts, parts);
  if (balances !== undefined) packBalances(REVERSED.balances, balances);
  to.uint(REVERSED.receiveTimeMs, receiveTime, 'receive_time_ms');
  to.uint(REVERSED.amount, amount, 'amount');
  packAccrualDate(REVERSED.accrualDate, accrualDate, asked.businessDate);
  to.flag(REVERSED.undone, undone);
  to.close(body);
  return to.finish();
}

/** Left out where it is the business date itself: nearly always. */
function packAccrualDate(tag: number, accrualDate: number, businessDate: number): void {
  if (accrualDate === businessDate) return;
  to.uint(tag, fromUint32(accrualDate, 'accrual_date'), 'accrual_date');
}

function packMovedEvent(event: RecordEventOf<'RecordMoved'>): Uint8Array {
  const { asked, parts, balances, receiveTime, accrualDate, pinVerified, account } = event;
  to.begin();
  const body = to.open(EVENT.recordMoved);
  packAsked(MOVED.asked, asked);
  packParts(MOVED.parts, parts);
  packBalances(MOVED.balances, balances);
  to.uint(MOVED.receiveTimeMs, receiveTime, 'receive_time_ms');
  packAccrualDate(MOVED.accrualDate, accrualDate, asked.businessDate);
  to.flag(MOVED.pinVerified, pinVerified);
  to.text(MOVED.account, account, 'account');
  to.close(body);
  return to.finish();
}

export function packId(tag: number, { terminal, incarnation, number }: TransactionId): void {
  const id = to.open(tag);
  to.text(ID.terminal, terminal, 'id.terminal');
  to.uint(ID.incarnation, fromUint32(incarnation, 'incarnation'), 'incarnation');
  to.uint(ID.number, number, 'number');
  to.close(id);
}

function packAsked(tag: number, asked: Asked): void {
  const body = to.open(tag);
  packId(ASKED.id, asked.id);
  to.text(ASKED.card, asked.card, 'asked.card');
  if (asked.kind !== undefined) to.uint(ASKED.kind, kinds.toWire(asked.kind), 'asked.kind');
  to.uint(ASKED.amount, asked.amount, 'asked.amount');
  to.uint(ASKED.digest, asked.digest, 'asked.digest');
  to.uint(ASKED.batch, fromUint32(asked.batch, 'asked.batch'), 'asked.batch');
  to.uint(ASKED.businessDate, fromUint32(asked.businessDate, 'asked.business_date'), 'asked.business_date');
  to.uint(ASKED.terminalTimeMs, asked.terminalTime, 'asked.terminal_time_ms');
  to.uint(ASKED.mark, asked.mark, 'asked.mark');
  const oldest = fromUint32(asked.oldestIncarnation, 'asked.oldest_incarnation');
  to.uint(ASKED.oldestIncarnation, oldest, 'asked.oldest_incarnation');
  to.flag(ASKED.fromSource, asked.fromSource);
  to.uint(ASKED.openedTimeMs, asked.openedTime, 'asked.opened_time_ms');
  if (asked.device !== 1) to.uint(ASKED.device, fromUint32(asked.device, 'device'), 'device');
  to.flag(ASKED.partial, asked.partial);
  if (asked.original !== undefined) packId(ASKED.original, asked.original);
  to.close(body);
}

function packAnswer(tag: number, answer: Answer): void {
  const { balances, fits, original, triesLeft, obstacle, inside, entered } = answer;
  const body = to.open(tag);
  to.uint(ANSWER.outcome, outcomes.toWire(answer.outcome), 'answer.outcome');
  to.uint(ANSWER.amount, answer.amount, 'answer.amount');
  packParts(ANSWER.parts, answer.parts);
  if (balances !== undefined) packBalances(ANSWER.balances, balances);
  to.flag(ANSWER.creditFlag, answer.creditFlag);
  if (fits !== undefined) to.presentUint(ANSWER.fits, fits, 'answer.fits');
  to.uint(ANSWER.receiveTimeMs, answer.receiveTime, 'answer.receive_time_ms');
  to.uint(ANSWER.position, answer.position, 'answer.position');
  if (original !== undefined) to.uint(ANSWER.original, outcomes.toWire(original), 'answer.original');
  to.uint(ANSWER.remainder, answer.remainder, 'answer.remainder');
  to.flag(ANSWER.pinVerified, answer.pinVerified);
  if (triesLeft !== undefined) {
    to.presentUint(ANSWER.triesLeft, fromUint32(triesLeft, 'answer.tries_left'), 'answer.tries_left');
  }
  if (obstacle !== undefined) to.uint(ANSWER.obstacle, obstacles.toWire(obstacle), 'answer.obstacle');
  to.uint(ANSWER.pending, answer.pending, 'answer.pending');
  if (inside !== undefined) packInside(ANSWER.inside, inside);
  if (entered !== undefined) packInside(ANSWER.entered, entered);
  packParts(ANSWER.originalParts, answer.originalParts);
  to.close(body);
}

/** No field at all where all are 0. */
export function packParts(tag: number, parts: Parts): void {
  if (parts === NO_PARTS) return;
  const { value, account, loan, interest, fare, restoredLoan, excess, accountAsLoan } = parts;
  if (value + account + loan + interest + fare + restoredLoan + excess + accountAsLoan === 0) return;
  const body = to.open(tag);
  to.uint(PARTS.value, value, 'parts.value');
  to.uint(PARTS.account, account, 'parts.account');
  to.uint(PARTS.loan, loan, 'parts.loan');
  to.uint(PARTS.interest, interest, 'parts.interest');
  to.uint(PARTS.fare, fare, 'parts.fare');
  to.uint(PARTS.restoredLoan, restoredLoan, 'parts.restored_loan');
  to.uint(PARTS.excess, excess, 'parts.excess');
  to.uint(PARTS.accountAsLoan, accountAsLoan, 'parts.account_as_loan');
  to.close(body);
}

export function packBalances(tag: number, balances: Balances): void {
  const body = to.open(tag);
  to.uint(BALANCES.storedValue, balances.storedValue, 'balances.stored_value');
  to.uint(BALANCES.loan, balances.loan, 'balances.loan');
  to.uint(BALANCES.interest, balances.interest, 'balances.interest');
  to.uint(BALANCES.fareOwed, balances.fareOwed, 'balances.fare_owed');
  to.uint(BALANCES.limit, balances.limit, 'balances.limit');
  to.close(body);
}

export function packInside(tag: number, { zone, gate, time }: Inside): void {
  const body = to.open(tag);
  to.text(INSIDE.zone, zone, 'inside.zone');
  to.text(INSIDE.gate, gate, 'inside.gate');
  to.uint(INSIDE.timeMs, time, 'inside.time_ms');
  to.close(body);
}
