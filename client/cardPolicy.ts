import { v1 } from '../proto/generated/emoney.js';
import { fromUint32, fromInteger, toNumber } from '../proto/guard.js';
import { shareKindName, type ShareKindName } from './names.js';

/** How a balance due is shared between the designated account and the loan. Caps in minor units. */
export interface ShareRule {
  readonly kind: ShareKindName;
  /** RATIO: account : loan. */
  readonly accountWeight?: number | undefined;
  readonly loanWeight?: number | undefined;
  /** The account's caps, of one transaction and of one business date; undefined: none. */
  readonly capTransaction?: number | undefined;
  readonly capDay?: number | undefined;
}

/** When a card may enter, in the deployment's time zone. */
export interface TimeWindow {
  /** Bit set: Monday 1, Tuesday 2, … Sunday 64. */
  readonly days: number;
  /** Minutes of the day; `toMinute` is not included. */
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** What a card may do; what is left out is false, empty, or none. Amounts in minor units. */
export interface CardPolicy {
  /** Default: true. */
  readonly creditFlag?: boolean | undefined;
  /** Highest stored value. */
  readonly storedValueCap?: number | undefined;
  /** Last day on which it may pay, yyyymmdd. */
  readonly expiryDate?: number | undefined;
  /** Default: all loan. */
  readonly shareRule?: ShareRule | undefined;
  /** The designated account that pays the account's share. */
  readonly account?: string | undefined;
  /** A purchase above it needs the PIN; undefined: none does. */
  readonly cvmLimit?: number | undefined;
  /** Any deferral needs the PIN. */
  readonly pinForDeferral?: boolean | undefined;
  /** Wrong tries until the PIN is blocked; 0: the deployment's usual 3. */
  readonly pinTries?: number | undefined;
  /** Zones that it opens; empty: all. */
  readonly zones?: readonly string[] | undefined;
  /** When it opens them; empty: always. */
  readonly hours?: readonly TimeWindow[] | undefined;
}

/** @throws GuardError for a number that its field cannot hold */
export function wirePolicy(policy: CardPolicy): v1.CardPolicy.$Properties {
  const { storedValueCap, expiryDate, shareRule, cvmLimit, zones = [], hours = [] } = policy;
  const wire: v1.CardPolicy.$Properties = {
    creditFlag: policy.creditFlag ?? true,
    account: policy.account ?? '',
    pinForDeferral: policy.pinForDeferral ?? false,
    pinTries: fromUint32(policy.pinTries ?? 0, 'pin_tries'),
    zones: [...zones],
    hours: hours.map(wireWindow),
  };
  if (storedValueCap !== undefined) wire.storedValueCap = fromInteger(storedValueCap, 'stored_value_cap');
  if (expiryDate !== undefined) wire.expiryDate = fromUint32(expiryDate, 'expiry_date');
  if (shareRule !== undefined) wire.shareRule = wireRule(shareRule);
  if (cvmLimit !== undefined) wire.cvmLimit = fromInteger(cvmLimit, 'cvm_limit');
  return wire;
}

function wireRule(rule: ShareRule): v1.ShareRule.$Properties {
  const { capTransaction, capDay } = rule;
  const wire: v1.ShareRule.$Properties = {
    kind: v1.ShareKind[`SHARE_KIND_${rule.kind}`],
    accountWeight: fromUint32(rule.accountWeight ?? 0, 'account_weight'),
    loanWeight: fromUint32(rule.loanWeight ?? 0, 'loan_weight'),
  };
  if (capTransaction !== undefined) wire.capTransaction = fromInteger(capTransaction, 'cap_transaction');
  if (capDay !== undefined) wire.capDay = fromInteger(capDay, 'cap_day');
  return wire;
}

function wireWindow({ days, fromMinute, toMinute }: TimeWindow): v1.TimeWindow.$Properties {
  return {
    days: fromUint32(days, 'days'),
    fromMinute: fromUint32(fromMinute, 'from_minute'),
    toMinute: fromUint32(toMinute, 'to_minute'),
  };
}

/** As it was given: to be changed and given again. */
export function policyOf(policy: v1.CardPolicy.$Properties | null | undefined): CardPolicy {
  return {
    creditFlag: policy?.creditFlag ?? false,
    storedValueCap: optional(policy?.storedValueCap, 'stored_value_cap'),
    expiryDate: policy?.expiryDate ?? undefined,
    shareRule: policy?.shareRule == null ? undefined : ruleOf(policy.shareRule),
    account: policy?.account ?? '',
    cvmLimit: optional(policy?.cvmLimit, 'cvm_limit'),
    pinForDeferral: policy?.pinForDeferral ?? false,
    pinTries: policy?.pinTries ?? 0,
    zones: policy?.zones ?? [],
    hours: (policy?.hours ?? []).map((hour) => ({
      days: hour.days ?? 0,
      fromMinute: hour.fromMinute ?? 0,
      toMinute: hour.toMinute ?? 0,
    })),
  };
}

function ruleOf(rule: v1.ShareRule.$Properties): ShareRule {
  return {
    kind: shareKindName(rule.kind),
    accountWeight: rule.accountWeight ?? 0,
    loanWeight: rule.loanWeight ?? 0,
    capTransaction: optional(rule.capTransaction, 'cap_transaction'),
    capDay: optional(rule.capDay, 'cap_day'),
  };
}

function optional(value: Parameters<typeof toNumber>[0], field: string): number | undefined {
  return value == null ? undefined : toNumber(value, field);
}
