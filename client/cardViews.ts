/** A card and the center's record of it as operators read them. Amounts are safe integers in minor units. */
import type { v1 } from '../proto/generated/emoney.js';
import { toNumber, toUnsigned } from '../proto/guard.js';
import { policyOf, type CardPolicy } from './cardPolicy.js';
import { reasonName, type ReasonName } from './names.js';
import {
  balancesOf,
  idOf,
  insideOf,
  movementOf,
  type Balances,
  type Inside,
  type Movement,
  type TransactionId,
} from './reply.js';

/** A store instruction: value that the center gives, applied at the card's next access. */
export interface Instruction {
  readonly reference: string;
  readonly amount: number;
  /** When it was recorded. */
  readonly timeMs: number;
}

export interface CardView {
  readonly balances: Balances;
  readonly active: boolean;
  readonly closed: boolean;
  readonly reasons: readonly ReasonName[];
  readonly policy: CardPolicy;
  readonly hasPin: boolean;
  readonly triesLeft: number;
  /** Number of the plastic or phone that is its own now. */
  readonly device: number;
  /** Undefined: outside. */
  readonly inside: Inside | undefined;
  /** Oldest first. */
  readonly pending: readonly Instruction[];
  /** Newest first. */
  readonly log: readonly Movement[];
}

/** Interest that is not charged yet. */
export interface Accrual {
  /** Charged up to and including this business date. */
  readonly through: number;
  /** At the end of that date. */
  readonly principal: number;
  /** What is left below the minor unit, in 1/365000000 of it. */
  readonly carry: number;
  /** How the principal changed after, ascending; amounts are signed. */
  readonly changes: readonly { readonly businessDate: number; readonly amount: number }[];
}

/** A share of the designated account in one payment. */
export interface AccountShare {
  readonly id: TransactionId;
  readonly amount: number;
  readonly givenBack: number;
  readonly timeMs: number;
  readonly businessDate: number;
  /** The collection order; empty: not ordered yet. */
  readonly order: string;
  /** So far; credits count as negative. */
  readonly ordered: number;
  readonly returned: boolean;
  /** The bank has paid it for good. */
  readonly collected: boolean;
}

/** The center's record of a card. */
export interface RecordView {
  readonly balances: Balances;
  readonly active: boolean;
  readonly closed: boolean;
  readonly reasons: readonly ReasonName[];
  readonly policy: CardPolicy;
  readonly device: number;
  /** Oldest first. */
  readonly pending: readonly Instruction[];
  readonly accrual: Accrual | undefined;
  /** Those that are not collected for good, oldest first. */
  readonly shares: readonly AccountShare[];
  /** For an expected version. */
  readonly version: number;
  readonly approvedCount: number;
  readonly declinedCount: number;
}

export function cardViewOf(card: v1.CardState.$Properties): CardView {
  return {
    balances: balancesOf(card.balances),
    active: card.active ?? false,
    closed: card.closed ?? false,
    reasons: (card.reasons ?? []).map(reasonName),
    policy: policyOf(card.policy),
    hasPin: (card.pinHash?.length ?? 0) > 0,
    triesLeft: card.triesLeft ?? 0,
    device: deviceOf(card),
    inside: insideOf(card.inside),
    pending: (card.pending ?? []).map(instructionOf),
    log: (card.log ?? []).map(movementOf),
  };
}

export function recordViewOf(record: v1.RecordState.$Properties): RecordView {
  return {
    balances: balancesOf(record.balances),
    active: record.active ?? false,
    closed: record.closed ?? false,
    reasons: (record.reasons ?? []).map(reasonName),
    policy: policyOf(record.policy),
    device: deviceOf(record),
    pending: (record.pending ?? []).map(instructionOf),
    accrual: record.accrual == null ? undefined : accrualOf(record.accrual),
    shares: (record.shares ?? []).map(shareOf),
    version: toUnsigned(record.version ?? 0, 'version'),
    approvedCount: toUnsigned(record.approvedCount ?? 0, 'approved_count'),
    declinedCount: toUnsigned(record.declinedCount ?? 0, 'declined_count'),
  };
}

/** The first is left out: nearly every card has it. */
function deviceOf({ device }: { readonly device?: number | null | undefined }): number {
  return device == null || device === 0 ? 1 : device;
}

function instructionOf(instruction: v1.Instruction.$Properties): Instruction {
  return {
    reference: instruction.reference ?? '',
    amount: toNumber(instruction.amount ?? 0, 'pending.amount'),
    timeMs: toNumber(instruction.timeMs ?? 0, 'pending.time_ms'),
  };
}

function accrualOf(accrual: v1.Accrual.$Properties): Accrual {
  return {
    through: accrual.through ?? 0,
    principal: toNumber(accrual.principal ?? 0, 'accrual.principal'),
    carry: toUnsigned(accrual.carry ?? 0, 'accrual.carry'),
    changes: (accrual.changes ?? []).map(changeOf),
  };
}

function shareOf(share: v1.AccountShare.$Properties): AccountShare {
  return {
    id: idOf(share.id),
    amount: toNumber(share.amount ?? 0, 'share.amount'),
    givenBack: toNumber(share.givenBack ?? 0, 'share.given_back'),
    timeMs: toNumber(share.timeMs ?? 0, 'share.time_ms'),
    businessDate: share.businessDate ?? 0,
    order: share.order ?? '',
    ordered: toNumber(share.ordered ?? 0, 'share.ordered'),
    returned: share.returned ?? false,
    collected: share.collected ?? false,
  };
}

function changeOf({ businessDate, amount }: v1.PrincipalChange.$Properties): {
  readonly businessDate: number;
  readonly amount: number;
} {
  return { businessDate: businessDate ?? 0, amount: toNumber(amount ?? 0, 'accrual.changes.amount') };
}
