import type { Money } from '../auditor/flows.js';
import { PART_NAMES, type PartName } from './day.js';
import { FLOWS, type FlowName, type PartTally } from './dayTable.js';
import type { NightTotals } from './night.js';
import type { Town } from './town.js';

type Counts = Readonly<Record<string, number>>;

/** One part of the day, over all days. Money in minor units. */
export interface PartReport {
  readonly orders: number;
  readonly approved: number;
  readonly declined: Counts;
  readonly reversals: number;
  readonly kinds: Counts;
  /** What holders set out to do. */
  readonly activities: Counts;
  /** What operators commanded. */
  readonly operators: Counts;
  readonly money: Readonly<Record<FlowName, number>>;
}

/** What a city has to tell besides; part of `emoney simulate --scenario city --json`. */
export interface CityReport {
  /** Business time of the first and the last moment of the load, ms since 1970. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly parts: Readonly<Record<PartName, PartReport>>;
  /** Batches, settlements, collections: of this run. */
  readonly night: Readonly<NightTotals>;
  /** Of the deployment since its creation, minor units, decimal. */
  readonly interest: { readonly posted: string; readonly paid: string };
  readonly loans: { readonly drawn: string; readonly repaid: string; readonly now: string };
  /** Commands that were explained before they were done; `moved`: the card was another by then. */
  readonly explained: Counts;
  readonly offlineExits: number;
  readonly phones: number;
}

export interface CityRun {
  readonly town: Town;
  readonly night: NightTotals;
  readonly fromMs: number;
  readonly toMs: number;
}

/** `money`: sums of the auditor over the whole journal. */
export function cityReport({ town, night, fromMs, toMs }: CityRun, money: Money): CityReport {
  const parts = PART_NAMES.map((name) => [name, partReport(town.table.parts[name])] as const);
  return {
    fromMs,
    toMs,
    parts: Object.fromEntries(parts) as Record<PartName, PartReport>,
    night,
    interest: { posted: money.interestPosted, paid: money.interestPaid },
    loans: { drawn: money.drawn, repaid: money.repaid, now: money.finalLoan },
    explained: town.explained,
    offlineExits: town.offline.length,
    phones: town.phones.count,
  };
}

function partReport(tally: PartTally): PartReport {
  const { orders, approved, reversals, declined, kinds, activities, operators, money } = tally;
  const moved = FLOWS.map((flow) => [flow, money.get(flow) ?? 0] as const);
  return {
    orders,
    approved,
    declined: countsOf(declined),
    reversals,
    kinds: countsOf(kinds),
    activities: countsOf(activities),
    operators: countsOf(operators),
    money: Object.fromEntries(moved) as Record<FlowName, number>,
  };
}

function countsOf(counts: ReadonlyMap<string, number>): Counts {
  return Object.fromEntries([...counts].sort(([a], [b]) => a.localeCompare(b)));
}
