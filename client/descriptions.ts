/** What operators read, as plain TypeScript. Amounts of one card are safe integers. */
import type { v1 } from '../proto/generated/emoney.js';
import { toNumber, toUnsigned } from '../proto/guard.js';
import { versionOf, type ListVersion } from './heldList.js';
import {
  outcomeName,
  reasonName,
  roleName,
  type OutcomeName,
  type ReasonName,
  type RoleName,
} from './names.js';
import { balancesOf, movementOf, type Balances, type Movement } from './reply.js';
import { batchTotalsOf, type BatchTotals } from './totals.js';

/** Answer to an operator's command: the card's record after it. */
export interface Acknowledged {
  readonly outcome: OutcomeName;
  readonly version: number;
  readonly reasons: readonly ReasonName[];
  readonly position: number;
}

export interface CardView {
  readonly balances: Balances;
  readonly active: boolean;
  readonly creditFlag: boolean;
  readonly reasons: readonly ReasonName[];
  /** Newest first. */
  readonly log: readonly Movement[];
}

/** The center's record of a card. */
export interface RecordView {
  readonly balances: Balances;
  readonly active: boolean;
  readonly reasons: readonly ReasonName[];
  /** For an expected version. */
  readonly version: number;
  readonly approvedCount: number;
  readonly declinedCount: number;
}

export interface CardDescription {
  readonly id: string;
  /** Undefined: unknown card. */
  readonly card: CardView | undefined;
  readonly record: RecordView | undefined;
  /** Sequence of the unit's last event. */
  readonly position: number;
}

export interface TerminalDescription {
  readonly id: string;
  readonly known: boolean;
  readonly role: RoleName;
  readonly mayDefer: boolean;
  readonly totals: readonly BatchTotals[];
  readonly position: number;
  readonly openIds: number;
  readonly batch: number;
}

export interface TotalsDescription {
  readonly terminal: string;
  readonly totals: readonly BatchTotals[];
}

export interface SystemDescription {
  readonly deployment: string;
  readonly partitionCount: number;
  readonly partitions: readonly {
    readonly partition: number;
    /** Empty: no owner was heard. */
    readonly worker: string;
    readonly epoch: number;
    readonly lastSequence: number;
  }[];
  readonly rules: {
    readonly currency: string;
    readonly currencyScale: number;
    readonly timeZone: string;
    readonly createdMs: number;
  };
  readonly list: ListVersion;
  readonly connectedTerminals: number;
}

export function acknowledgedOf(acknowledged: v1.Acknowledged.$Properties): Acknowledged {
  return {
    outcome: outcomeName(acknowledged.outcome),
    version: toUnsigned(acknowledged.version ?? 0, 'version'),
    reasons: (acknowledged.reasons ?? []).map(reasonName),
    position: toUnsigned(acknowledged.position ?? 0, 'position'),
  };
}

export function cardDescriptionOf(described: v1.CardDescription.$Properties): CardDescription {
  const { card, record } = described;
  return {
    id: described.id ?? '',
    card: card == null ? undefined : cardViewOf(card),
    record: record == null ? undefined : recordViewOf(record),
    position: toUnsigned(described.position ?? 0, 'position'),
  };
}

function cardViewOf(card: v1.CardState.$Properties): CardView {
  return {
    balances: balancesOf(card.balances),
    active: card.active ?? false,
    creditFlag: card.terms?.creditFlag ?? false,
    reasons: (card.reasons ?? []).map(reasonName),
    log: (card.log ?? []).map(movementOf),
  };
}

function recordViewOf(record: v1.RecordState.$Properties): RecordView {
  return {
    balances: balancesOf(record.balances),
    active: record.active ?? false,
    reasons: (record.reasons ?? []).map(reasonName),
    version: toUnsigned(record.version ?? 0, 'version'),
    approvedCount: toUnsigned(record.approvedCount ?? 0, 'approved_count'),
    declinedCount: toUnsigned(record.declinedCount ?? 0, 'declined_count'),
  };
}

export function terminalDescriptionOf(described: v1.TerminalDescription.$Properties): TerminalDescription {
  return {
    id: described.id ?? '',
    known: described.known ?? false,
    role: roleName(described.role),
    mayDefer: described.mayDefer ?? false,
    totals: (described.totals ?? []).map(batchTotalsOf),
    position: toUnsigned(described.position ?? 0, 'position'),
    openIds: described.openIds ?? 0,
    batch: described.batch ?? 0,
  };
}

export function totalsDescriptionOf(described: v1.TotalsDescription.$Properties): TotalsDescription {
  return { terminal: described.terminal ?? '', totals: (described.totals ?? []).map(batchTotalsOf) };
}

export function systemDescriptionOf(system: v1.SystemDescription.$Properties): SystemDescription {
  const { rules } = system;
  return {
    deployment: system.deployment ?? '',
    partitionCount: system.partitionCount ?? 0,
    partitions: (system.partitions ?? []).map((each) => ({
      partition: each.partition ?? 0,
      worker: each.worker ?? '',
      epoch: toUnsigned(each.epoch ?? 0, 'epoch'),
      lastSequence: toUnsigned(each.lastSequence ?? 0, 'last_sequence'),
    })),
    rules: {
      currency: rules?.currency ?? '',
      currencyScale: rules?.currencyScale ?? 0,
      timeZone: rules?.timeZone ?? '',
      createdMs: toNumber(rules?.createdMs ?? 0, 'created_ms'),
    },
    list: versionOf(system.list),
    connectedTerminals: system.connectedTerminals ?? 0,
  };
}
