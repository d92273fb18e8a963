/**
 * Packs what a snapshot holds of an ordinary card: with a million cards nearly every payment is a snapshot of its own.
 * The same bytes as the codecs of the folder above.
 */
import { v1 } from '../../../../proto/generated/emoney.js';
import { encodeMessage } from '../../../../proto/message.js';
import type { AccountDay } from '../../../card/accountDays.js';
import type { CardState, LastExit, LastPayment } from '../../../card/card.js';
import type { Undone } from '../../../card/undone.js';
import type { RecordState } from '../../../center/record.js';
import type { SettledReference } from '../../../center/references.js';
import type { AccountShare } from '../../../center/shares.js';
import type { Movement } from '../../../money/answer.js';
import type { CardPolicy } from '../../../money/cardPolicy.js';
import type { CardTerms } from '../../../money/cardTerms.js';
import type { Accrual } from '../../../money/interest.js';
import { ALL_LOAN } from '../../../money/shareRule.js';
import type { CardUnit } from '../../unit.js';
import { fromUint32 } from '../guards.js';
import { encodePinHash, encodePolicy } from '../policyCodec.js';
import { kinds } from '../vocabulary.js';
import {
  ACCOUNT_DAY,
  ACCRUAL,
  CARD,
  CARD_UNIT,
  CHANGE,
  EXIT,
  FORMAT,
  MOVEMENT,
  PAYMENT,
  POLICY,
  RECORD,
  SETTLED,
  SHARE,
  TERMS,
  UNDONE,
  UNIT,
} from './cardUnitTags.js';
import { packBalances, packId, packInside, packParts, to } from './packing.js';

/** At most: all but lists. */
const FIXED_BYTES = 8 * 1024;
/** Two ids and a reference of the longest, in characters of four bytes. */
const MOVEMENT_BYTES = 2 * 1024;
const CHANGE_BYTES = 32;
/** Without its texts. */
const ITEM_BYTES = 256;
/** Of a UTF-16 unit in UTF-8. */
const CHARACTER_BYTES = 3;

/** Undefined: it has something that few cards have. */
export function packCardUnit({ card, record }: CardUnit): Uint8Array | undefined {
  if (card === undefined || record === undefined || !isPlainCard(card) || !isPlainRecord(record)) {
    return undefined;
  }
  const { accrual } = record;
  const changes = (accrual.changes.length + card.accountDays.length) * CHANGE_BYTES;
  to.begin(FIXED_BYTES + card.log.length * MOVEMENT_BYTES + changes + listBytes(card, record));
  to.uint(UNIT.format, FORMAT, 'format');
  const unit = to.open(UNIT.card);
  packCard(card);
  packRecord(record);
  to.close(unit);
  return to.finish();
}

/** At most: of the lists that grow with what is given back, shared and ordered. */
function listBytes({ undone }: CardState, { shares, settled }: RecordState): number {
  let bytes = 0;
  for (const { id } of undone) bytes += ITEM_BYTES + id.terminal.length * CHARACTER_BYTES;
  for (const { id, account, debits } of shares) {
    const texts = id.terminal.length + account.length + (debits[0]?.order.length ?? 0);
    bytes += ITEM_BYTES + texts * CHARACTER_BYTES;
  }
  for (const { reference } of settled) bytes += ITEM_BYTES + reference.length * CHARACTER_BYTES;
  return bytes;
}

function isPlainCard(state: CardState): boolean {
  return (
    state.reasons.length === 0 &&
    state.pending.length === 0 &&
    isPlainPolicy(state.policy) &&
    isPlainPolicy(state.terms.policy)
  );
}

function isPlainRecord(state: RecordState): boolean {
  const { principal, changes } = state.accrual;
  return (
    state.reasons.length === 0 &&
    state.pending.length === 0 &&
    state.settled.every(({ content }) => typeof content === 'number') &&
    state.shares.every(({ ordered, debits }) => ordered >= 0 && debits.length <= 1) &&
    state.changedPosition === 0 &&
    state.publishedPosition === 0 &&
    state.publishedVersion === undefined &&
    isPlainPolicy(state.policy) &&
    isPlainPolicy(state.terms.policy) &&
    principal >= 0 &&
    changes.every(({ amount }) => amount >= 0)
  );
}

/** Its lists have no bound of bytes that a small message could rely on. */
function isPlainPolicy({ zones, hours }: CardPolicy): boolean {
  return zones.length === 0 && hours.length === 0;
}

function packCard(state: CardState): void {
  const body = to.open(CARD_UNIT.card);
  packHead(CARD, state, 'card.card');
  for (const movement of state.log) packMovement(movement);
  packPolicy(CARD.policy, state.policy);
  packPin(CARD.pinHash, state.pinHash);
  to.uint(CARD.triesLeft, fromUint32(state.triesLeft, 'tries_left'), 'tries_left');
  packDevice(CARD.device, state.device);
  to.flag(CARD.closed, state.closed);
  if (state.inside !== undefined) packInside(CARD.inside, state.inside);
  for (const undone of state.undone) packUndone(undone);
  for (const day of state.accountDays) packAccountDay(day);
  if (state.lastPayment !== undefined) packPayment(state.lastPayment);
  if (state.enteredBy !== undefined) packId(CARD.enteredBy, state.enteredBy);
  if (state.lastExit !== undefined) packExit(state.lastExit);
  to.close(body);
}

function packUndone({ id, parts, returned, reversed, voidedDate, time }: Undone): void {
  const body = to.open(CARD.undone);
  packId(UNDONE.id, id);
  packParts(UNDONE.parts, parts);
  to.flag(UNDONE.returned, returned);
  to.flag(UNDONE.reversed, reversed);
  to.uint(UNDONE.voidedDate, fromUint32(voidedDate ?? 0, 'undone.voided_date'), 'undone.voided_date');
  to.uint(UNDONE.timeMs, time, 'undone.time_ms');
  to.close(body);
}

function packAccountDay({ businessDate, amount }: AccountDay): void {
  const body = to.open(CARD.accountDays);
  const date = fromUint32(businessDate, 'account_days.business_date');
  to.uint(ACCOUNT_DAY.businessDate, date, 'account_days.business_date');
  to.uint(ACCOUNT_DAY.amount, amount, 'account_days.amount');
  to.close(body);
}

function packExit({ fare, entered, enteredBy }: LastExit): void {
  const body = to.open(CARD.lastExit);
  packId(EXIT.fare, fare);
  packInside(EXIT.entered, entered);
  packId(EXIT.enteredBy, enteredBy);
  to.close(body);
}

function packRecord(state: RecordState): void {
  const body = to.open(CARD_UNIT.record);
  packHead(RECORD, state, 'record.card');
  to.uint(RECORD.version, state.version, 'version');
  to.uint(RECORD.approvedCount, state.approvedCount, 'approved_count');
  to.uint(RECORD.declinedCount, state.declinedCount, 'declined_count');
  packPolicy(RECORD.policy, state.policy);
  packDevice(RECORD.device, state.device);
  to.flag(RECORD.closed, state.closed);
  for (const settled of state.settled) packSettled(settled);
  packAccrual(state.accrual);
  for (const share of state.shares) packShare(share);
  to.flag(RECORD.listed, state.listed);
  to.flag(RECORD.alerted, state.alerted);
  to.close(body);
}

/** Of one that states an amount. */
function packSettled({ reference, content, time, cancelled }: SettledReference): void {
  const body = to.open(RECORD.settled);
  to.text(SETTLED.reference, reference, 'settled.reference');
  to.uint(SETTLED.amount, content as number, 'settled.amount');
  to.uint(SETTLED.timeMs, time, 'settled.time_ms');
  to.flag(SETTLED.cancelled, cancelled);
  to.close(body);
}

/** Of one with at most one order. */
function packShare(share: AccountShare): void {
  const { id, amount, account, givenBack, time, businessDate, ordered, debits } = share;
  const [debit] = debits;
  const body = to.open(RECORD.shares);
  packId(SHARE.id, id);
  to.uint(SHARE.amount, amount, 'shares.amount');
  to.uint(SHARE.givenBack, givenBack, 'shares.given_back');
  to.uint(SHARE.timeMs, time, 'shares.time_ms');
  const date = fromUint32(businessDate, 'shares.business_date');
  to.uint(SHARE.businessDate, date, 'shares.business_date');
  if (debit !== undefined) to.text(SHARE.order, debit.order, 'shares.order');
  to.uint(SHARE.ordered, ordered, 'shares.ordered');
  if (debit !== undefined) {
    to.flag(SHARE.returned, debit.returned);
    to.uint(SHARE.debit, debit.amount, 'shares.debit');
    to.flag(SHARE.collected, debit.collected);
  }
  to.text(SHARE.account, account, 'shares.account');
  to.close(body);
}

/** With what both begin. `field`: of the card's id. */
function packHead(
  tags: Readonly<Record<'card' | 'terms' | 'balances' | 'active', number>>,
  { card, terms, balances, active }: CardState | RecordState,
  field: string,
): void {
  to.text(tags.card, card, field);
  packTerms(tags.terms, terms);
  packBalances(tags.balances, balances);
  to.flag(tags.active, active);
}

function packTerms(tag: number, terms: CardTerms): void {
  const body = to.open(tag);
  to.uint(TERMS.storedValue, terms.storedValue, 'terms.stored_value');
  to.uint(TERMS.loan, terms.loan, 'terms.loan');
  to.uint(TERMS.interest, terms.interest, 'terms.interest');
  to.uint(TERMS.fareOwed, terms.fareOwed, 'terms.fare_owed');
  to.uint(TERMS.limit, terms.limit, 'terms.limit');
  to.flag(TERMS.active, terms.active);
  packPolicy(TERMS.policy, terms.policy);
  packPin(TERMS.pinHash, terms.pinHash);
  to.close(body);
}

function packPolicy(tag: number, policy: CardPolicy): void {
  // One with an account of its own is written as it always was.
  if (policy.shareRule !== ALL_LOAN) {
    to.raw(tag, encodeMessage(v1.CardPolicy, encodePolicy(policy)));
    return;
  }
  const { storedValueCap, expiryDate, cvmLimit } = policy;
  const body = to.open(tag);
  to.flag(POLICY.creditFlag, policy.creditFlag);
  if (storedValueCap !== undefined) {
    to.presentUint(POLICY.storedValueCap, storedValueCap, 'policy.stored_value_cap');
  }
  if (expiryDate !== undefined) {
    to.presentUint(POLICY.expiryDate, fromUint32(expiryDate, 'policy.expiry_date'), 'policy.expiry_date');
  }
  if (cvmLimit !== undefined) to.presentUint(POLICY.cvmLimit, cvmLimit, 'policy.cvm_limit');
  to.flag(POLICY.pinForDeferral, policy.pinForDeferral);
  to.uint(POLICY.pinTries, fromUint32(policy.pinTries, 'policy.pin_tries'), 'policy.pin_tries');
  to.text(POLICY.account, policy.account, 'policy.account');
  to.close(body);
}

function packPin(tag: number, hash: string): void {
  const pin = encodePinHash(hash);
  if (pin !== null) to.raw(tag, pin);
}

/** The first is left out. */
function packDevice(tag: number, device: number): void {
  if (device !== 1) to.uint(tag, fromUint32(device, 'device'), 'device');
}

function packMovement(movement: Movement): void {
  const body = to.open(CARD.log);
  if (movement.id !== undefined) packId(MOVEMENT.id, movement.id);
  to.uint(MOVEMENT.kind, kinds.toWire(movement.kind), 'movement.kind');
  to.flag(MOVEMENT.reversal, movement.reversal);
  to.uint(MOVEMENT.amount, movement.amount, 'movement.amount');
  packParts(MOVEMENT.parts, movement.parts);
  to.uint(MOVEMENT.storedValueAfter, movement.storedValueAfter, 'movement.stored_value_after');
  to.uint(MOVEMENT.loanAfter, movement.loanAfter, 'movement.loan_after');
  to.uint(MOVEMENT.terminalTimeMs, movement.terminalTime, 'movement.terminal_time_ms');
  to.uint(MOVEMENT.receiveTimeMs, movement.receiveTime, 'movement.receive_time_ms');
  to.text(MOVEMENT.reference, movement.reference, 'movement.reference');
  if (movement.original !== undefined) packId(MOVEMENT.original, movement.original);
  to.close(body);
}

function packPayment(payment: LastPayment): void {
  const body = to.open(CARD.lastPayment);
  packId(PAYMENT.id, payment.id);
  to.uint(PAYMENT.kind, kinds.toWire(payment.kind), 'last_payment.kind');
  to.uint(PAYMENT.amount, payment.amount, 'last_payment.amount');
  packParts(PAYMENT.parts, payment.parts);
  to.uint(PAYMENT.batch, fromUint32(payment.batch, 'last_payment.batch'), 'last_payment.batch');
  to.uint(PAYMENT.timeMs, payment.time, 'last_payment.time_ms');
  const date = fromUint32(payment.businessDate, 'last_payment.business_date');
  to.uint(PAYMENT.businessDate, date, 'last_payment.business_date');
  to.close(body);
}

function packAccrual({ through, principal, carry, changes }: Accrual): void {
  const body = to.open(RECORD.accrual);
  to.uint(ACCRUAL.through, fromUint32(through, 'accrual.through'), 'accrual.through');
  to.uint(ACCRUAL.principal, principal, 'accrual.principal');
  to.uint(ACCRUAL.carry, carry, 'accrual.carry');
  for (const { businessDate, amount } of changes) {
    const change = to.open(ACCRUAL.changes);
    to.uint(CHANGE.businessDate, fromUint32(businessDate, 'accrual.business_date'), 'accrual.business_date');
    to.uint(CHANGE.amount, amount, 'accrual.amount');
    to.close(change);
  }
  to.close(body);
}
