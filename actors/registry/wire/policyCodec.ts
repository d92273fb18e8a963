/** Terms and policy of a card on the wire: CardTerms, CardPolicy, ShareRule, TimeWindow. */
import type { v1 } from '../../../proto/generated/emoney.js';
import { MAX_PIN_TRIES, MAX_POLICY_ITEMS, MAX_SHARE_WEIGHT } from '../../bounds.js';
import { MAX_TERM } from '../../money/amounts.js';
import { type CardPolicy, type TimeWindow, USUAL_PIN_TRIES } from '../../money/cardPolicy.js';
import type { CardTerms } from '../../money/cardTerms.js';
import { ALL_LOAN, type ShareRule } from '../../money/shareRule.js';
import {
  fromUint32,
  fromUnsigned,
  GuardError,
  noUnknowns,
  optional,
  required,
  toCount,
  toDate,
  toId,
  toText,
  type WireLong,
} from './guards.js';
import { shareKinds } from './vocabulary.js';

type Maybe<Message> = Message | null | undefined;

export function encodeTerms(terms: CardTerms): v1.CardTerms.$Properties {
  return {
    storedValue: fromUnsigned(terms.storedValue, 'terms.stored_value'),
    loan: fromUnsigned(terms.loan, 'terms.loan'),
    interest: fromUnsigned(terms.interest, 'terms.interest'),
    fareOwed: fromUnsigned(terms.fareOwed, 'terms.fare_owed'),
    limit: fromUnsigned(terms.limit, 'terms.limit'),
    active: terms.active,
    policy: encodePolicy(terms.policy),
    pinHash: encodePinHash(terms.pinHash),
  };
}

export function decodeTerms(wire: Maybe<v1.CardTerms.$Properties>): CardTerms {
  const terms = required(wire, 'terms');
  noUnknowns(terms, 'terms');
  const storedValue = toTerm(terms.storedValue, 'terms.stored_value');
  const policy = decodePolicy(terms.policy);
  if (policy.storedValueCap !== undefined && policy.storedValueCap < storedValue) {
    throw new GuardError('policy.stored_value_cap', 'is below the stored value');
  }
  return {
    storedValue,
    loan: toTerm(terms.loan, 'terms.loan'),
    interest: toTerm(terms.interest, 'terms.interest'),
    fareOwed: toTerm(terms.fareOwed, 'terms.fare_owed'),
    limit: toTerm(terms.limit, 'terms.limit'),
    active: terms.active === true,
    policy,
    pinHash: decodePinHash(terms.pinHash, 'terms.pin_hash'),
  };
}

export function encodePolicy(policy: CardPolicy): v1.CardPolicy.$Properties {
  const { storedValueCap, expiryDate, cvmLimit } = policy;
  return {
    creditFlag: policy.creditFlag,
    storedValueCap:
      storedValueCap === undefined ? null : fromUnsigned(storedValueCap, 'policy.stored_value_cap'),
    expiryDate: expiryDate === undefined ? null : fromUint32(expiryDate, 'policy.expiry_date'),
    shareRule: encodeRule(policy.shareRule),
    account: policy.account,
    cvmLimit: cvmLimit === undefined ? null : fromUnsigned(cvmLimit, 'policy.cvm_limit'),
    pinForDeferral: policy.pinForDeferral,
    pinTries: fromUint32(policy.pinTries, 'policy.pin_tries'),
    zones: [...policy.zones],
    hours: policy.hours.map(encodeWindow),
  };
}

/** Absent: a card that may not defer, and has no cap. */
export function decodePolicy(wire: Maybe<v1.CardPolicy.$Properties>): CardPolicy {
  const policy: v1.CardPolicy.$Properties = wire ?? {};
  noUnknowns(policy, 'policy');
  return {
    creditFlag: policy.creditFlag === true,
    storedValueCap: optional(policy.storedValueCap, 'policy.stored_value_cap', toTerm),
    expiryDate: optional(policy.expiryDate, 'policy.expiry_date', toDate),
    shareRule: decodeRule(policy.shareRule),
    account: toText(policy.account, 'policy.account'),
    cvmLimit: optional(policy.cvmLimit, 'policy.cvm_limit', toTerm),
    pinForDeferral: policy.pinForDeferral === true,
    pinTries: toTries(policy.pinTries ?? 0),
    zones: listWithin(policy.zones, 'policy.zones').map((zone) => toId(zone, 'policy.zones')),
    hours: listWithin(policy.hours, 'policy.hours').map(decodeWindow),
  };
}

function toTries(tries: number): number {
  if (tries > MAX_PIN_TRIES) throw new GuardError('policy.pin_tries', `is more than ${MAX_PIN_TRIES}`);
  return tries === 0 ? USUAL_PIN_TRIES : tries;
}

function listWithin<Item>(list: Maybe<readonly Item[]>, field: string): readonly Item[] {
  const items = list ?? [];
  if (items.length > MAX_POLICY_ITEMS) throw new GuardError(field, `has more than ${MAX_POLICY_ITEMS}`);
  return items;
}

function encodeRule(rule: ShareRule): v1.ShareRule.$Properties | null {
  if (rule === ALL_LOAN) return null;
  const { capTransaction, capDay } = rule;
  return {
    kind: shareKinds.toWire(rule.kind),
    accountWeight: fromUint32(rule.accountWeight, 'share_rule.account_weight'),
    loanWeight: fromUint32(rule.loanWeight, 'share_rule.loan_weight'),
    capTransaction:
      capTransaction === undefined ? null : fromUnsigned(capTransaction, 'share_rule.cap_transaction'),
    capDay: capDay === undefined ? null : fromUnsigned(capDay, 'share_rule.cap_day'),
  };
}

function decodeRule(wire: Maybe<v1.ShareRule.$Properties>): ShareRule {
  if (wire === null || wire === undefined) return ALL_LOAN;
  noUnknowns(wire, 'share_rule');
  const rule: ShareRule = {
    kind: shareKinds.fromWire(wire.kind, 'share_rule.kind'),
    accountWeight: toWeight(wire.accountWeight, 'share_rule.account_weight'),
    loanWeight: toWeight(wire.loanWeight, 'share_rule.loan_weight'),
    capTransaction: optional(wire.capTransaction, 'share_rule.cap_transaction', toTerm),
    capDay: optional(wire.capDay, 'share_rule.cap_day', toTerm),
  };
  checkRule(rule);
  return rule.kind === 'ALL_LOAN' ? ALL_LOAN : rule;
}

/** A field that the kind does not use would mislead whoever reads the rule. */
function checkRule({ kind, accountWeight, loanWeight, capTransaction, capDay }: ShareRule): void {
  if (kind === 'RATIO') {
    if (accountWeight + loanWeight === 0)
      throw new GuardError('share_rule.account_weight', 'both weights are 0');
  } else if (accountWeight + loanWeight > 0) {
    throw new GuardError('share_rule.account_weight', `${kind} has no weights`);
  }
  const capped = capTransaction !== undefined || capDay !== undefined;
  if (kind === 'ALL_LOAN' && capped)
    throw new GuardError('share_rule.cap_transaction', 'ALL_LOAN has no account');
  if (kind === 'WATERFALL' && !capped) {
    throw new GuardError('share_rule.cap_transaction', 'a waterfall needs a cap, of a transaction or a day');
  }
}

function toWeight(weight: Maybe<number>, field: string): number {
  const value = weight ?? 0;
  if (value > MAX_SHARE_WEIGHT) throw new GuardError(field, `is more than ${MAX_SHARE_WEIGHT}`);
  return value;
}

function encodeWindow({ days, fromMinute, toMinute }: TimeWindow): v1.TimeWindow.$Properties {
  return {
    days: fromUint32(days, 'hours.days'),
    fromMinute: fromUint32(fromMinute, 'hours.from_minute'),
    toMinute: fromUint32(toMinute, 'hours.to_minute'),
  };
}

const EVERY_DAY = 0b111_1111;
const MINUTES = 24 * 60;

function decodeWindow(wire: v1.TimeWindow.$Properties): TimeWindow {
  noUnknowns(wire, 'hours');
  const { days, fromMinute, toMinute } = wire;
  const window = { days: days ?? 0, fromMinute: fromMinute ?? 0, toMinute: toMinute ?? 0 };
  if (window.days === 0 || window.days > EVERY_DAY) {
    throw new GuardError('hours.days', 'is no set of days: Monday 1, Tuesday 2, … Sunday 64');
  }
  if (window.fromMinute >= window.toMinute || window.toMinute > MINUTES) {
    throw new GuardError('hours.to_minute', 'must be after from_minute, and at most 1440');
  }
  return window;
}

const HASH_BYTES = 16;

/** In hexadecimal to bytes; empty: none. */
export function encodePinHash(hash: string): Uint8Array | null {
  return hash === '' ? null : Buffer.from(hash, 'hex');
}

export function decodePinHash(bytes: Maybe<Uint8Array>, field: string): string {
  if (bytes === null || bytes === undefined || bytes.length === 0) return '';
  if (bytes.length !== HASH_BYTES) throw new GuardError(field, `must have ${HASH_BYTES} bytes`);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}

/** An amount of a card's terms: an integer, 0 … MAX_TERM minor units. */
export function toTerm(value: Maybe<WireLong>, field: string): number {
  const amount = toCount(value, field);
  if (amount > MAX_TERM) throw new GuardError(field, `${amount} is more than ${MAX_TERM}`);
  return amount;
}
