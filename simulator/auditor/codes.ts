/** Enumerations of the wire as the plain numbers that they are there: columns and comparisons need nothing else. */
import { v1 } from '../../proto/generated/emoney.js';

type KindName =
  'purchase' | 'deposit' | 'enquiry' | 'refund' | 'void' | 'unload' | 'entry' | 'fare' | 'store';

export const Kind: Readonly<Record<KindName, number>> = {
  purchase: v1.Kind.KIND_PURCHASE,
  deposit: v1.Kind.KIND_DEPOSIT,
  enquiry: v1.Kind.KIND_ENQUIRY,
  refund: v1.Kind.KIND_REFUND,
  void: v1.Kind.KIND_VOID,
  unload: v1.Kind.KIND_UNLOAD,
  entry: v1.Kind.KIND_ENTRY,
  fare: v1.Kind.KIND_FARE,
  store: v1.Kind.KIND_STORE,
};

export const Role: Readonly<Record<'purchase' | 'deposit' | 'gate' | 'phone', number>> = {
  purchase: v1.TerminalRole.TERMINAL_ROLE_PURCHASE,
  deposit: v1.TerminalRole.TERMINAL_ROLE_DEPOSIT,
  gate: v1.TerminalRole.TERMINAL_ROLE_GATE,
  phone: v1.TerminalRole.TERMINAL_ROLE_PHONE,
};

export const Share: Readonly<Record<'allAccount' | 'ratio' | 'waterfall', number>> = {
  allAccount: v1.ShareKind.SHARE_KIND_ALL_ACCOUNT,
  ratio: v1.ShareKind.SHARE_KIND_RATIO,
  waterfall: v1.ShareKind.SHARE_KIND_WATERFALL,
};

export const Frequency: Readonly<Record<'weekly' | 'monthly', number>> = {
  weekly: v1.Frequency.FREQUENCY_WEEKLY,
  monthly: v1.Frequency.FREQUENCY_MONTHLY,
};

export const Obstacle: Readonly<Record<'owed' | 'pending' | 'collectionOpen' | 'inside', number>> = {
  owed: v1.Obstacle.OBSTACLE_OWED,
  pending: v1.Obstacle.OBSTACLE_PENDING,
  collectionOpen: v1.Obstacle.OBSTACLE_COLLECTION_OPEN,
  inside: v1.Obstacle.OBSTACLE_INSIDE,
};

/** Bits of ProhibitionReason in a set of reasons. */
export const LIMIT_BIT = 1 << v1.ProhibitionReason.PROHIBITION_REASON_LIMIT;
export const LOST_BIT = 1 << v1.ProhibitionReason.PROHIBITION_REASON_LOST;

type OutcomeName =
  | ('approved' | 'reversed' | 'reversing' | 'pending' | 'idUnknown' | 'idempotencyConflict')
  | (
      | 'invalidAmount'
      | 'wrongCurrency'
      | 'notPermitted'
      | 'listNotHeld'
      | 'clockAhead'
      | 'cardProhibited'
      | 'cardUnknown'
      | 'cardClosed'
      | 'deviceSuperseded'
    )
  | ('cardExpired' | 'cardNotActive' | 'pinBlocked' | 'pinRequired' | 'pinWrong')
  | ('zoneNotPermitted' | 'timeNotPermitted' | 'alreadyInside' | 'notInside' | 'fareOwed')
  | ('insufficientFunds' | 'deferralNotPermitted' | 'accountNotAvailable' | 'creditLimit' | 'capExceeded')
  | ('voidNotPossible' | 'originalNotFound' | 'refundExceedsOriginal' | 'closeNotPossible');

export const Outcome: Readonly<Record<OutcomeName, number>> = {
  approved: v1.Outcome.OUTCOME_APPROVED,
  reversed: v1.Outcome.OUTCOME_REVERSED,
  reversing: v1.Outcome.OUTCOME_REVERSING,
  pending: v1.Outcome.OUTCOME_PENDING,
  idUnknown: v1.Outcome.OUTCOME_ID_UNKNOWN,
  idempotencyConflict: v1.Outcome.OUTCOME_IDEMPOTENCY_CONFLICT,
  invalidAmount: v1.Outcome.OUTCOME_INVALID_AMOUNT,
  wrongCurrency: v1.Outcome.OUTCOME_WRONG_CURRENCY,
  notPermitted: v1.Outcome.OUTCOME_NOT_PERMITTED,
  listNotHeld: v1.Outcome.OUTCOME_LIST_NOT_HELD,
  clockAhead: v1.Outcome.OUTCOME_CLOCK_AHEAD,
  cardProhibited: v1.Outcome.OUTCOME_CARD_PROHIBITED,
  cardUnknown: v1.Outcome.OUTCOME_CARD_UNKNOWN,
  cardClosed: v1.Outcome.OUTCOME_CARD_CLOSED,
  deviceSuperseded: v1.Outcome.OUTCOME_DEVICE_SUPERSEDED,
  cardExpired: v1.Outcome.OUTCOME_CARD_EXPIRED,
  cardNotActive: v1.Outcome.OUTCOME_CARD_NOT_ACTIVE,
  pinBlocked: v1.Outcome.OUTCOME_PIN_BLOCKED,
  pinRequired: v1.Outcome.OUTCOME_PIN_REQUIRED,
  pinWrong: v1.Outcome.OUTCOME_PIN_WRONG,
  zoneNotPermitted: v1.Outcome.OUTCOME_ZONE_NOT_PERMITTED,
  timeNotPermitted: v1.Outcome.OUTCOME_TIME_NOT_PERMITTED,
  alreadyInside: v1.Outcome.OUTCOME_ALREADY_INSIDE,
  notInside: v1.Outcome.OUTCOME_NOT_INSIDE,
  fareOwed: v1.Outcome.OUTCOME_FARE_OWED,
  insufficientFunds: v1.Outcome.OUTCOME_INSUFFICIENT_FUNDS,
  deferralNotPermitted: v1.Outcome.OUTCOME_DEFERRAL_NOT_PERMITTED,
  accountNotAvailable: v1.Outcome.OUTCOME_ACCOUNT_NOT_AVAILABLE,
  creditLimit: v1.Outcome.OUTCOME_CREDIT_LIMIT,
  capExceeded: v1.Outcome.OUTCOME_CAP_EXCEEDED,
  voidNotPossible: v1.Outcome.OUTCOME_VOID_NOT_POSSIBLE,
  originalNotFound: v1.Outcome.OUTCOME_ORIGINAL_NOT_FOUND,
  refundExceedsOriginal: v1.Outcome.OUTCOME_REFUND_EXCEEDS_ORIGINAL,
  closeNotPossible: v1.Outcome.OUTCOME_CLOSE_NOT_POSSIBLE,
};

/** For people: APPROVED, CREDIT_LIMIT … */
export function outcomeName(outcome: number): string {
  const names: Readonly<Record<number, string | undefined>> = v1.Outcome;
  return names[outcome]?.replace('OUTCOME_', '') ?? `outcome ${outcome}`;
}

/** For people: PURCHASE, FARE … */
export function kindName(kind: number): string {
  const names: Readonly<Record<number, string | undefined>> = v1.Kind;
  return names[kind]?.replace('KIND_', '') ?? `kind ${kind}`;
}
