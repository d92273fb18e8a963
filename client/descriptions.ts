/** What operators read, as plain TypeScript. Amounts of one card are safe integers. */
import type { v1 } from '../proto/generated/emoney.js';
import { toNumber, toUnsigned } from '../proto/guard.js';
import { cardViewOf, recordViewOf, type CardView, type RecordView } from './cardViews.js';
import { versionOf, type ListVersion } from './heldList.js';
import {
  outcomeName,
  partitionStateName,
  type PartitionStateName,
  reasonName,
  roleName,
  type OutcomeName,
  type ReasonName,
  type RoleName,
} from './names.js';
import { balancesOf, type Balances } from './reply.js';
import { parametersOf, type Parameters } from './parameters.js';
import { settlementOf, type BatchSettlement } from './batch.js';
import { batchTotalsOf, type BatchTotals } from './totals.js';

/** Answer to an operator's command: the card's record after it. */
export interface Acknowledged {
  readonly outcome: OutcomeName;
  readonly version: number;
  readonly reasons: readonly ReasonName[];
  readonly position: number;
  /** CAP_EXCEEDED: how much would fit. */
  readonly fits: number | undefined;
  /** Sum of the pending store instructions. */
  readonly pending: number;
  /** The balances as they would be if the pending instructions were applied now. */
  readonly projected: Balances | undefined;
  /** Number of the plastic or phone that is the card's own now. */
  readonly device: number;
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
  /** GATE: the zone into which it opens. */
  readonly zone: string;
  /** PHONE: its card, and the number of this device. */
  readonly card: string;
  readonly device: number;
  readonly totals: readonly BatchTotals[];
  readonly position: number;
  readonly openIds: number;
  /** Batches that were closed: those that are not settled yet, and the newest that are. Oldest first. */
  readonly settlements: readonly BatchSettlement[];
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
    readonly state: PartitionStateName;
    /** Why `stoppedBy` cannot serve it, and what to do; empty: no worker says so. */
    readonly stoppedBecause: string;
    readonly stoppedBy: string;
  }[];
  readonly rules: {
    readonly currency: string;
    readonly currencyScale: number;
    readonly timeZone: string;
    readonly createdMs: number;
    /** Business time = start + (time − createdMs) × rate; undefined: real time. */
    readonly businessClock: { readonly start: number; readonly rate: number } | undefined;
    /** In force from the first day; undefined: no interest, no fares. */
    readonly parameters: Parameters | undefined;
  };
  readonly list: ListVersion;
  readonly connectedTerminals: number;
  /** What is wrong although payments go on; for people. */
  readonly degraded: readonly string[];
}

function businessClockOf(
  rules: v1.DeploymentRules.$Properties | null | undefined,
): SystemDescription['rules']['businessClock'] {
  const { businessClockStartMs: start, businessClockRate: rate } = rules ?? {};
  if (start == null) return undefined;
  return { start: toNumber(start, 'business_clock_start_ms'), rate: rate ?? 1 };
}

export function acknowledgedOf(acknowledged: v1.Acknowledged.$Properties): Acknowledged {
  return {
    outcome: outcomeName(acknowledged.outcome),
    version: toUnsigned(acknowledged.version ?? 0, 'version'),
    reasons: (acknowledged.reasons ?? []).map(reasonName),
    position: toUnsigned(acknowledged.position ?? 0, 'position'),
    fits: acknowledged.fits == null ? undefined : toNumber(acknowledged.fits, 'fits'),
    pending: toNumber(acknowledged.pending ?? 0, 'pending'),
    projected: acknowledged.projected == null ? undefined : balancesOf(acknowledged.projected),
    device: acknowledged.device ?? 0,
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

export function terminalDescriptionOf(described: v1.TerminalDescription.$Properties): TerminalDescription {
  return {
    id: described.id ?? '',
    known: described.known ?? false,
    role: roleName(described.role),
    mayDefer: described.mayDefer ?? false,
    zone: described.zone ?? '',
    card: described.card ?? '',
    device: described.device ?? 0,
    totals: (described.totals ?? []).map(batchTotalsOf),
    position: toUnsigned(described.position ?? 0, 'position'),
    openIds: described.openIds ?? 0,
    settlements: (described.settlements ?? []).map(settlementOf),
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
      state: partitionStateName(each.state),
      stoppedBecause: each.stoppedBecause ?? '',
      stoppedBy: each.stoppedBy ?? '',
    })),
    rules: {
      currency: rules?.currency ?? '',
      currencyScale: rules?.currencyScale ?? 0,
      timeZone: rules?.timeZone ?? '',
      createdMs: toNumber(rules?.createdMs ?? 0, 'created_ms'),
      businessClock: businessClockOf(rules),
      parameters: rules?.parameters == null ? undefined : parametersOf(rules.parameters),
    },
    list: versionOf(system.list),
    connectedTerminals: system.connectedTerminals ?? 0,
    degraded: system.degraded ?? [],
  };
}
