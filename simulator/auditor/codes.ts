/** Enumerations of the wire as the plain numbers that they are there: columns and comparisons need nothing else. */
import { v1 } from '../../proto/generated/emoney.js';

export const Kind: Readonly<Record<'purchase' | 'deposit' | 'enquiry', number>> = {
  purchase: v1.Kind.KIND_PURCHASE,
  deposit: v1.Kind.KIND_DEPOSIT,
  enquiry: v1.Kind.KIND_ENQUIRY,
};

export const Role: Readonly<Record<'purchase' | 'deposit', number>> = {
  purchase: v1.TerminalRole.TERMINAL_ROLE_PURCHASE,
  deposit: v1.TerminalRole.TERMINAL_ROLE_DEPOSIT,
};

type OutcomeName =
  | (
      | 'approved'
      | 'reversed'
      | 'reversing'
      | 'pending'
      | 'idUnknown'
      | 'idempotencyConflict'
      | 'invalidAmount'
    )
  | ('cardProhibited' | 'cardUnknown' | 'cardExpired' | 'cardNotActive' | 'insufficientFunds')
  | ('deferralNotPermitted' | 'creditLimit' | 'capExceeded');

export const Outcome: Readonly<Record<OutcomeName, number>> = {
  approved: v1.Outcome.OUTCOME_APPROVED,
  reversed: v1.Outcome.OUTCOME_REVERSED,
  reversing: v1.Outcome.OUTCOME_REVERSING,
  pending: v1.Outcome.OUTCOME_PENDING,
  idUnknown: v1.Outcome.OUTCOME_ID_UNKNOWN,
  idempotencyConflict: v1.Outcome.OUTCOME_IDEMPOTENCY_CONFLICT,
  invalidAmount: v1.Outcome.OUTCOME_INVALID_AMOUNT,
  cardProhibited: v1.Outcome.OUTCOME_CARD_PROHIBITED,
  cardUnknown: v1.Outcome.OUTCOME_CARD_UNKNOWN,
  cardExpired: v1.Outcome.OUTCOME_CARD_EXPIRED,
  cardNotActive: v1.Outcome.OUTCOME_CARD_NOT_ACTIVE,
  insufficientFunds: v1.Outcome.OUTCOME_INSUFFICIENT_FUNDS,
  deferralNotPermitted: v1.Outcome.OUTCOME_DEFERRAL_NOT_PERMITTED,
  creditLimit: v1.Outcome.OUTCOME_CREDIT_LIMIT,
  capExceeded: v1.Outcome.OUTCOME_CAP_EXCEEDED,
};

/** For people: APPROVED, CREDIT_LIMIT … */
export function outcomeName(outcome: number): string {
  const names: Readonly<Record<number, string | undefined>> = v1.Outcome;
  return names[outcome]?.replace('OUTCOME_', '') ?? `outcome ${outcome}`;
}
