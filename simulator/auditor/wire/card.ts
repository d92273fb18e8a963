/** How a card was issued, what it may do, and what operators do to it. */
import type { v1 } from '../../../proto/generated/emoney.js';
import { GuardError } from '../../../proto/guard.js';
import { need, optional, plain } from './basics.js';
import { type Balances, readBalances } from './money.js';

export interface ShareRule {
  readonly kind: number;
  readonly accountWeight: number;
  readonly loanWeight: number;
  readonly capTransaction: number | undefined;
  readonly capDay: number | undefined;
}

export interface Hours {
  /** Bit set, Monday 1 … Sunday 64. */
  readonly days: number;
  readonly fromMinute: number;
  /** Not included. */
  readonly toMinute: number;
}

export interface Policy {
  readonly creditFlag: boolean;
  readonly cap: number | undefined;
  /** yyyymmdd, the last day on which the card may pay. */
  readonly expiryDate: number | undefined;
  readonly share: ShareRule;
  readonly cvmLimit: number | undefined;
  readonly pinForDeferral: boolean;
  readonly pinTries: number;
  /** Empty: all. */
  readonly zones: readonly string[];
  /** Empty: always. */
  readonly hours: readonly Hours[];
  /** The designated one; empty: none is named. */
  readonly account: string;
}

/** How a card was issued, as both states keep it. */
export interface Terms extends Balances {
  readonly active: boolean;
  readonly policy: Policy;
  /** Hexadecimal; empty: no PIN. */
  readonly pinHash: string;
}

export interface Instruction {
  readonly reference: string;
  readonly amount: number;
  readonly time: number;
}

/** What an operator added or took, each signed. */
export interface Adjustment {
  readonly storedValue: number;
  readonly loan: number;
  readonly interest: number;
  readonly fareOwed: number;
}

export function readTerms(message: v1.CardTerms.$Properties | null | undefined): Terms {
  const terms = need(message, 'terms');
  return {
    ...readBalances(terms),
    active: terms.active ?? false,
    policy: readPolicy(terms.policy),
    pinHash: hexOf(terms.pinHash),
  };
}

export function readPolicy(message: v1.CardPolicy.$Properties | null | undefined): Policy {
  const policy = message ?? {};
  return {
    creditFlag: policy.creditFlag ?? false,
    cap: optional(policy.storedValueCap, 'policy.stored_value_cap'),
    expiryDate: policy.expiryDate ?? undefined,
    share: readShare(policy.shareRule),
    cvmLimit: optional(policy.cvmLimit, 'policy.cvm_limit'),
    pinForDeferral: policy.pinForDeferral ?? false,
    pinTries: policy.pinTries ?? 0,
    zones: [...(policy.zones ?? [])],
    hours: (policy.hours ?? []).map(({ days, fromMinute, toMinute }) => ({
      days: days ?? 0,
      fromMinute: fromMinute ?? 0,
      toMinute: toMinute ?? 0,
    })),
    account: policy.account ?? '',
  };
}

function readShare(message: v1.ShareRule.$Properties | null | undefined): ShareRule {
  const rule = message ?? {};
  return {
    kind: rule.kind ?? 0,
    accountWeight: rule.accountWeight ?? 0,
    loanWeight: rule.loanWeight ?? 0,
    capTransaction: optional(rule.capTransaction, 'share_rule.cap_transaction'),
    capDay: optional(rule.capDay, 'share_rule.cap_day'),
  };
}

export function readInstruction(message: v1.Instruction.$Properties | null | undefined): Instruction {
  const { reference, amount, timeMs } = need(message, 'instruction');
  return {
    reference: reference ?? '',
    amount: plain(amount, 'instruction.amount'),
    time: plain(timeMs, 'instruction.time_ms'),
  };
}

export function readAdjustment(message: v1.Adjustment.$Properties | null | undefined): Adjustment {
  const adjustment = need(message, 'adjustment');
  return {
    storedValue: plain(adjustment.storedValue, 'adjustment.stored_value'),
    loan: plain(adjustment.loan, 'adjustment.loan'),
    interest: plain(adjustment.interest, 'adjustment.interest'),
    fareOwed: plain(adjustment.fareOwed, 'adjustment.fare_owed'),
  };
}

/** Reasons as a set: bit n is reason n. */
export function readReasons(reasons: readonly number[] | null | undefined): number {
  let set = 0;
  for (const reason of reasons ?? []) {
    const bit = 1 << reason;
    if (reason < 1 || reason > 30) throw new GuardError('reasons', `${reason} is no reason`);
    if ((set & bit) !== 0) throw new GuardError('reasons', `${reason} is there twice`);
    set |= bit;
  }
  return set;
}

export function hexOf(bytes: Uint8Array | null | undefined): string {
  return bytes == null ? '' : Buffer.from(bytes).toString('hex');
}
