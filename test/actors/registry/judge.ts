/** What rule 17 makes a card answer, decided a second time from its books alone: the first check that fails. */
import { createBusinessCalendar, dayOf, weekdayOf } from '../../../actors/money/businessDate.js';
import type { Answer } from '../../../actors/money/answer.js';
import type { Outcome } from '../../../actors/money/outcomes.js';
import { fareOf, type Parameters } from '../../../actors/money/parameters.js';
import type { Asked } from '../../../actors/money/transaction.js';
import { minuteOf } from '../money/samples.js';
import { type Account, leftOf, nameOf, type Payment } from './account.js';

/** What a terminal is, as it was registered. */
export interface Place {
  readonly mayDefer: boolean;
  readonly zone: string;
}

export interface Judgement {
  readonly outcome: Outcome;
  /** Of a payment. */
  readonly parts?: {
    readonly value: number;
    readonly account: number;
    readonly loan: number;
    readonly fare: number;
  };
}

type Checks = readonly (readonly [Outcome, boolean])[];

const dateOf = createBusinessCalendar('Asia/Tokyo');

function first(checks: Checks): Judgement {
  return { outcome: checks.find(([, fails]) => fails)?.[0] ?? 'APPROVED' };
}

/**
 * @param answer what is not decided again is taken from it: whether a PIN was right, and what the center knows of
 * interest that is not posted and of collections.
 */
export function judge(
  account: Account,
  asked: Asked,
  answer: Answer,
  { mayDefer, zone }: Place,
  parametersOn: (date: number) => Parameters,
): Judgement {
  const today = dateOf(answer.receiveTime);
  const { policy } = account;
  const drawn = asked.kind === 'PURCHASE' ? Math.max(0, asked.amount - account.storedValue) : 0;
  const withheld = asked.kind === 'PURCHASE' || asked.kind === 'ENTRY' || asked.kind === 'UNLOAD';
  const expired = policy.expiryDate !== undefined && today > policy.expiryDate;
  const needed =
    asked.kind === 'PURCHASE' &&
    (asked.amount > (policy.cvmLimit ?? Infinity) || (policy.pinForDeferral && drawn > 0));
  const blocked = account.triesLeft === 0;
  const wrong = !blocked && answer.triesLeft !== undefined && !answer.pinVerified;
  const before = first([
    ['CARD_CLOSED', account.closed],
    ['DEVICE_SUPERSEDED', asked.device !== account.device],
    ['CARD_PROHIBITED', withheld && account.reasons.length > 0],
    ['CARD_EXPIRED', withheld && expired],
    ['CARD_NOT_ACTIVE', !account.active],
    ['PIN_BLOCKED', (blocked && (needed || drawn > 0)) || (wrong && account.triesLeft === 1)],
    ['PIN_REQUIRED', needed && !wrong && !answer.pinVerified],
    ['PIN_WRONG', wrong],
  ]);
  if (before.outcome !== 'APPROVED') return before;
  switch (asked.kind) {
    case 'PURCHASE':
      return judgePurchase(account, asked, drawn, mayDefer);
    case 'FARE':
      return judgeFare(account, asked, zone, parametersOn, mayDefer && !blocked && !expired);
    case 'ENTRY':
      return judgeEntry(account, asked, zone);
    case 'DEPOSIT': {
      const room = (policy.storedValueCap ?? Infinity) - account.storedValue + account.owed;
      return first([['CAP_EXCEEDED', asked.amount > room]]);
    }
    case 'REFUND':
      return judgeRefund(account, asked, dayOf(today), parametersOn(today).refundDays);
    case 'VOID':
      return judgeVoid(account, asked);
    case 'UNLOAD': {
      const known = account.owed > 0 || account.pending.length > 0 || account.inside !== undefined;
      const told = answer.obstacle === 'COLLECTION_OPEN' || answer.obstacle === 'OWED';
      return first([['CLOSE_NOT_POSSIBLE', known || told]]);
    }
    case 'ENQUIRY':
    case 'STORE':
    case undefined:
      return { outcome: 'APPROVED' };
  }
}

function judgePurchase(account: Account, asked: Asked, due: number, mayDefer: boolean): Judgement {
  const { share, refusal } = deferral(account, asked.businessDate, due, mayDefer);
  const { storedValue } = account;
  if (refusal === undefined) {
    return { outcome: 'APPROVED', parts: { value: asked.amount - due, fare: 0, ...share } };
  }
  if (!asked.partial || storedValue === 0) return { outcome: refusal };
  return { outcome: 'APPROVED', parts: { value: storedValue, account: 0, loan: 0, fare: 0 } };
}

/** Rules 1 to 3: the due shared, and why it may not be deferred. */
function deferral(
  account: Account,
  businessDate: number,
  due: number,
  mayDefer: boolean,
): { share: { account: number; loan: number }; refusal: Outcome | undefined } {
  if (due === 0) return { share: { account: 0, loan: 0 }, refusal: undefined };
  const { kind, accountWeight, loanWeight, capTransaction, capDay } = account.policy.shareRule;
  const room = Math.max(
    0,
    Math.min(capTransaction ?? Infinity, (capDay ?? Infinity) - account.usedOn(businessDate)),
  );
  const whole = accountWeight + loanWeight;
  // Two parts: the one with the larger remainder is rounded up, which is to round to the nearest; ties to the loan.
  const ofRatio = whole === 0 ? 0 : Math.ceil((due * accountWeight) / whole - 0.5);
  const wanted = { ALL_LOAN: 0, ALL_ACCOUNT: due, RATIO: ofRatio, WATERFALL: Math.min(due, room) }[kind];
  const share = { account: wanted, loan: due - wanted };
  const { outcome } = first([
    ['INSUFFICIENT_FUNDS', !account.policy.creditFlag],
    ['DEFERRAL_NOT_PERMITTED', !mayDefer],
    ['ACCOUNT_NOT_AVAILABLE', share.account > room || (share.account > 0 && account.policy.account === '')],
    ['CREDIT_LIMIT', share.loan > 0 && account.loan + share.loan > account.limit],
  ]);
  return { share, refusal: outcome === 'APPROVED' ? undefined : outcome };
}

/** Rule 14: the exit of a card that is inside always opens. */
function judgeFare(
  account: Account,
  asked: Asked,
  zone: string,
  parametersOn: (date: number) => Parameters,
  mayDefer: boolean,
): Judgement {
  const { inside, storedValue } = account;
  if (inside === undefined) return { outcome: 'NOT_INSIDE' };
  const fare = fareOf(parametersOn(asked.businessDate), inside.zone, zone);
  const value = Math.min(fare, storedValue);
  const allowed = mayDefer && account.reasons.length === 0;
  const { share, refusal } = deferral(account, asked.businessDate, fare - value, allowed);
  if (refusal === undefined) return { outcome: 'APPROVED', parts: { value, fare: 0, ...share } };
  return { outcome: 'APPROVED', parts: { value, account: 0, loan: 0, fare: fare - value } };
}

function judgeEntry(account: Account, asked: Asked, zone: string): Judgement {
  const { zones, hours } = account.policy;
  const [day, minute] = [1 << weekdayOf(asked.businessDate), minuteOf(asked.terminalTime)];
  const open = hours.some((each) => each.days & day && each.fromMinute <= minute && minute < each.toMinute);
  return first([
    ['ZONE_NOT_PERMITTED', zones.length > 0 && !zones.includes(zone)],
    ['TIME_NOT_PERMITTED', hours.length > 0 && !open],
    ['ALREADY_INSIDE', account.inside !== undefined],
    ['FARE_OWED', account.fareOwed > 0],
  ]);
}

function judgeRefund(account: Account, asked: Asked, today: number, days: number): Judgement {
  const payment = asked.original && account.payments.get(nameOf(asked.original));
  if (payment?.asked.kind !== 'PURCHASE') return { outcome: 'ORIGINAL_NOT_FOUND' };
  return first([
    ['ORIGINAL_NOT_FOUND', today - dayOf(payment.asked.businessDate) > days],
    ['REFUND_EXCEEDS_ORIGINAL', asked.amount > remaining(payment)],
  ]);
}

function judgeVoid(account: Account, asked: Asked): Judgement {
  const last = account.last === undefined ? undefined : account.payments.get(account.last);
  if (last === undefined) return { outcome: 'VOID_NOT_POSSIBLE' };
  const { id, batch } = last.asked;
  const other = asked.original !== undefined && nameOf(asked.original) !== nameOf(id);
  // A fare of 0 that was voided or reversed is touched too.
  const touched = last.reversed || last.givings.size > 0;
  return first([
    ['VOID_NOT_POSSIBLE', other || id.terminal !== asked.id.terminal || batch !== asked.batch || touched],
  ]);
}

export function remaining(payment: Payment): number {
  return (['value', 'account', 'loan', 'fare'] as const).reduce(
    (sum, part) => sum + leftOf(payment, part),
    0,
  );
}
