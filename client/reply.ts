import type { v1 } from '../proto/generated/emoney.js';
import { toNumber, toUnsigned, toWide, type WireInteger } from '../proto/guard.js';
import {
  kindName,
  obstacleName,
  outcomeName,
  type KindName,
  type ObstacleName,
  type OutcomeName,
} from './names.js';

/** Amounts are integers in minor units, times milliseconds since 1970. */
export interface TransactionId {
  readonly terminal: string;
  readonly incarnation: number;
  readonly number: number;
}

/**
 * How an amount was split. Payment: value + account + loan + fare (which stayed uncollected). Deposit: fare + interest +
 * loan + value. Undoing: the parts that were given back or taken again, and what became of them.
 */
export interface Parts {
  readonly value: number;
  readonly account: number;
  readonly loan: number;
  readonly interest: number;
  readonly fare: number;
  /** Value that was taken again, but that the card no longer held: it became loan. */
  readonly restoredLoan: number;
  /** Of the loan and fare that were given back, what was owed no more: it went to stored value. */
  readonly excess: number;
  /** Of the account part that was given back, what lowered the loan: its collection had been returned. */
  readonly accountAsLoan: number;
}

export interface Balances {
  readonly storedValue: number;
  readonly loan: number;
  readonly interest: number;
  readonly fareOwed: number;
  readonly limit: number;
}

/** The card has entered here and not left. */
export interface Inside {
  readonly zone: string;
  readonly gate: string;
  readonly timeMs: number;
}

export interface Movement {
  /** Undefined: a store instruction, which has a reference. */
  readonly id: TransactionId | undefined;
  readonly kind: KindName;
  readonly reversal: boolean;
  readonly amount: number;
  readonly parts: Parts;
  readonly storedValueAfter: number;
  readonly loanAfter: number;
  readonly terminalTimeMs: number;
  readonly receiveTimeMs: number;
  /** STORE: the instruction's; else empty. */
  readonly reference: string;
  /** REFUND and VOID: what was given back. */
  readonly original: TransactionId | undefined;
}

/** The recorded answer about a transaction id: the fields of the protocol's Reply. */
export interface Reply {
  readonly id: TransactionId;
  readonly kind: KindName;
  readonly card: string;
  readonly outcome: OutcomeName;
  /** Approved, undone or declined; a bigint only where a declined amount exceeds 2^53. */
  readonly amount: WireInteger;
  readonly parts: Parts;
  readonly balances: Balances;
  /** limit − loan */
  readonly available: number;
  readonly creditFlag: boolean;
  /** CAP_EXCEEDED: how much would fit. */
  readonly fits: number | undefined;
  readonly terminalTimeMs: number;
  readonly receiveTimeMs: number;
  /** Of the decision in the journal of the card's partition; 0: the terminal's own refusal. */
  readonly position: number;
  /** Asking again, with a new number, can help. */
  readonly retryable: boolean;
  readonly text: string;
  /** Enquiry: newest first. */
  readonly log: readonly Movement[];
  /** Partial approval: what the card could not pay. */
  readonly remainder: number;
  /** A PIN was sent and was right. */
  readonly pinVerified: boolean;
  /** After this transaction; undefined: no PIN was looked at. */
  readonly triesLeft: number | undefined;
  /** CLOSE_NOT_POSSIBLE: why. */
  readonly obstacle: ObstacleName | undefined;
  /** Sum of the store instructions that are still pending. */
  readonly pending: number;
  /** Undefined: outside. */
  readonly inside: Inside | undefined;
}

/** @throws GuardError when an amount is no safe integer */
export function replyOf(reply: v1.Reply.$Properties): Reply {
  return {
    id: idOf(reply.id),
    kind: kindName(reply.kind),
    card: reply.card ?? '',
    outcome: outcomeName(reply.outcome),
    amount: toWide(reply.amount ?? 0, 'amount'),
    parts: partsOf(reply.parts),
    balances: balancesOf(reply.balances),
    available: toNumber(reply.available ?? 0, 'available'),
    creditFlag: reply.creditFlag ?? false,
    fits: reply.fits == null ? undefined : toNumber(reply.fits, 'fits'),
    terminalTimeMs: toNumber(reply.terminalTimeMs ?? 0, 'terminal_time_ms'),
    receiveTimeMs: toNumber(reply.receiveTimeMs ?? 0, 'receive_time_ms'),
    position: toUnsigned(reply.position ?? 0, 'position'),
    retryable: reply.retryable ?? false,
    text: reply.text ?? '',
    log: (reply.log ?? []).map(movementOf),
    remainder: toNumber(reply.remainder ?? 0, 'remainder'),
    pinVerified: reply.pinVerified ?? false,
    triesLeft: reply.triesLeft ?? undefined,
    obstacle: reply.obstacle ? obstacleName(reply.obstacle) : undefined,
    pending: toNumber(reply.pending ?? 0, 'pending'),
    inside: insideOf(reply.inside),
  };
}

export function insideOf(inside: v1.Inside.$Properties | null | undefined): Inside | undefined {
  if (inside == null) return undefined;
  const { zone, gate, timeMs } = inside;
  return { zone: zone ?? '', gate: gate ?? '', timeMs: toNumber(timeMs ?? 0, 'inside.time_ms') };
}

export function idOf(id: v1.TransactionId.$Properties | null | undefined): TransactionId {
  const number = toUnsigned(id?.number ?? 0, 'id.number');
  return { terminal: id?.terminal ?? '', incarnation: id?.incarnation ?? 0, number };
}

export function partsOf(parts: v1.Parts.$Properties | null | undefined): Parts {
  return {
    value: toNumber(parts?.value ?? 0, 'parts.value'),
    account: toNumber(parts?.account ?? 0, 'parts.account'),
    loan: toNumber(parts?.loan ?? 0, 'parts.loan'),
    interest: toNumber(parts?.interest ?? 0, 'parts.interest'),
    fare: toNumber(parts?.fare ?? 0, 'parts.fare'),
    restoredLoan: toNumber(parts?.restoredLoan ?? 0, 'parts.restored_loan'),
    excess: toNumber(parts?.excess ?? 0, 'parts.excess'),
    accountAsLoan: toNumber(parts?.accountAsLoan ?? 0, 'parts.account_as_loan'),
  };
}

export function balancesOf(balances: v1.Balances.$Properties | null | undefined): Balances {
  return {
    storedValue: toNumber(balances?.storedValue ?? 0, 'balances.stored_value'),
    loan: toNumber(balances?.loan ?? 0, 'balances.loan'),
    interest: toNumber(balances?.interest ?? 0, 'balances.interest'),
    fareOwed: toNumber(balances?.fareOwed ?? 0, 'balances.fare_owed'),
    limit: toNumber(balances?.limit ?? 0, 'balances.limit'),
  };
}

export function movementOf(movement: v1.Movement.$Properties): Movement {
  return {
    id: movement.id == null ? undefined : idOf(movement.id),
    kind: kindName(movement.kind),
    reversal: movement.reversal ?? false,
    amount: toNumber(movement.amount ?? 0, 'movement.amount'),
    parts: partsOf(movement.parts),
    storedValueAfter: toNumber(movement.storedValueAfter ?? 0, 'movement.stored_value_after'),
    loanAfter: toNumber(movement.loanAfter ?? 0, 'movement.loan_after'),
    terminalTimeMs: toNumber(movement.terminalTimeMs ?? 0, 'movement.terminal_time_ms'),
    receiveTimeMs: toNumber(movement.receiveTimeMs ?? 0, 'movement.receive_time_ms'),
    reference: movement.reference ?? '',
    original: movement.original == null ? undefined : idOf(movement.original),
  };
}
