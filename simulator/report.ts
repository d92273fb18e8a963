import type { Report as AuditReport } from './auditor/report.js';
import type { ProhibitionTimes } from './limitCuts.js';
import type { CityReport } from './city/report.js';
import type { Percentiles } from './percentiles.js';
import type { Driver } from './scenario.js';

/** What a run has measured. */
export interface Measured {
  readonly load: Driver;
  readonly loadMs: number;
  readonly drainMs: number;
  /** False: the deadline came first. */
  readonly drained: boolean;
  readonly prohibitionMs: ProhibitionTimes | undefined;
  readonly audit: AuditReport;
  readonly seed: number;
  readonly cards: number;
  readonly terminals: number;
  readonly city: CityReport | undefined;
  /** Microseconds used so far, by process, before the load and after the drain. */
  readonly cpu: {
    readonly before: Readonly<Record<string, number>>;
    readonly after: Readonly<Record<string, number>>;
  };
  /** Written to all journals from before the load until after the drain. */
  readonly frames: number;
}

type Counts = Readonly<Record<string, number>>;

/** The result of `emoney simulate --json`. Times in the unit of their name. */
export interface SimulationReport {
  /** Answered: approved + declined. */
  readonly accepted: number;
  readonly approved: number;
  readonly declined: Counts;
  /** No answer at the end of the drain. */
  readonly errors: number;
  /**
   * Rejections by code, of transactions, reversals and acknowledgements of the list: they were repeated, and are
   * neither declined nor errors.
   */
  readonly rejected: Counts;
  /** accepted ÷ seconds of load, set-up excluded. */
  readonly ratePerSecond: number;
  /** Arrivals that started late. */
  readonly late: number;
  readonly latencyMs: Percentiles;
  readonly byKind: Counts;
  /** From the answer to the limit cut until the last connected terminal's acknowledgement was answered. */
  readonly prohibitionMs: ProhibitionTimes | null;
  readonly drainSeconds: number;
  readonly violations: readonly string[];
  readonly verdict: 'pass' | 'fail';
  /** Why it failed, in one line; empty when it passed. */
  readonly reason: string;
  readonly seed: number;
  readonly cards: number;
  readonly terminals: number;
  readonly loadSeconds: number;
  /** Second taps of an id that was known; not in `accepted`. */
  readonly repeats: number;
  readonly reconnections: number;
  readonly framesPerSecond: number;
  readonly answersPerFrame: number;
  /** CPU time by process ÷ accepted; empty where the processes are not on this machine. */
  readonly cpuMicrosPerPayment: Counts;
  readonly audit: AuditReport;
  /** Of the scenario `city` only. */
  readonly city?: CityReport;
}

const MAX_VIOLATIONS = 100;

export function simulationReport(measured: Measured): SimulationReport {
  const { load, audit, loadMs, city } = measured;
  const { tally } = load;
  const seconds = loadMs / 1_000;
  const accepted = tally.accepted;
  const reason = reasonOf(measured);
  return {
    accepted,
    approved: tally.approved,
    declined: countsOf(tally.declined),
    errors: load.failureCount,
    rejected: countsOf(tally.rejected),
    ratePerSecond: round(accepted / seconds),
    late: tally.late,
    latencyMs: tally.latencies(),
    byKind: countsOf(tally.byKind),
    prohibitionMs: measured.prohibitionMs ?? null,
    drainSeconds: round(measured.drainMs / 1_000),
    violations: violationsOf(measured),
    verdict: reason === '' ? 'pass' : 'fail',
    reason,
    seed: measured.seed,
    cards: measured.cards,
    terminals: measured.terminals,
    loadSeconds: round(seconds),
    repeats: tally.repeats,
    reconnections: tally.reconnections,
    framesPerSecond: round(measured.frames / (seconds + measured.drainMs / 1_000)),
    answersPerFrame: round(accepted / Math.max(1, measured.frames)),
    cpuMicrosPerPayment: cpuPerPayment(measured),
    audit,
    ...(city === undefined ? {} : { city }),
  };
}

/** Pass: no errors, no violations, the audit passed after the drain. Empty: it passed. */
function reasonOf({ load, audit, seed }: Measured): string {
  const why = [
    load.failureCount === 0 ? '' : `${load.failureCount} without an answer`,
    load.tally.violationCount === 0 ? '' : `${load.tally.violationCount} wrong answers`,
    audit.verdict === 'pass' ? '' : `${audit.violationCount} violations in the audit`,
    load.tally.accepted > 0 ? '' : 'nothing was answered',
  ].filter((text) => text !== '');
  // The seed brings the same run back.
  return why.length === 0 ? '' : `${why.join(', ')}; seed ${seed}`;
}

function violationsOf({ load, audit }: Measured): string[] {
  const audited = audit.violations.map(({ code, message, partition, position, card, terminal, id }) => {
    const place = { partition, position, card, terminal, id };
    const where = Object.entries(place).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name} ${value}`],
    );
    return `${code}: ${message}${where.length > 0 ? ` (${where.join(', ')})` : ''}`;
  });
  return [...load.tally.violations, ...load.failures, ...audited].slice(0, MAX_VIOLATIONS);
}

function cpuPerPayment({ cpu, load }: Measured): Counts {
  const accepted = Math.max(1, load.tally.accepted);
  return Object.fromEntries(
    Object.entries(cpu.after).flatMap(([name, micros]) => {
      const before = cpu.before[name];
      return before === undefined ? [] : [[name, round((micros - before) / accepted)]];
    }),
  );
}

function countsOf(counts: ReadonlyMap<string, number>): Counts {
  return Object.fromEntries([...counts].sort(([a], [b]) => a.localeCompare(b)));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
