import type { Report as AuditReport } from '../auditor/report.js';
import type { Measured } from './steps.js';

/** MiB in memory (RSS) of one process: before the overload, at most during and after it, and at the end. */
export interface Memory {
  readonly before: number;
  readonly peak: number;
  readonly after: number;
}

export interface Observed {
  readonly seed: number;
  readonly factor: number;
  /** Answered a second while as much was open as there are places for. */
  readonly capacityPerSecond: number;
  readonly before: Measured;
  readonly during: Measured;
  readonly after: Measured;
  /** Of rejections: how often which code. */
  readonly rejected: Readonly<Record<string, number>>;
  /** Those that did not say when to come back. */
  readonly unhinted: Readonly<Record<string, number>>;
  /** Refused payments that were given up without a reversal. */
  readonly forgone: number;
  readonly recoveryMs: number;
  /** Without an answer at the end. */
  readonly errors: number;
  readonly problems: readonly string[];
  /** By process; empty where the processes are not on this machine. */
  readonly memoryMiB: Readonly<Record<string, Memory>>;
  readonly audit: AuditReport;
}

/** The result of `emoney overload --json`. */
export interface OverloadReport extends Observed {
  /** p50 and p99 during the overload, over those before it. */
  readonly slower: { readonly p50: number; readonly p99: number };
  readonly verdict: 'pass' | 'fail';
  /** Why it failed, in one line; empty when it passed. */
  readonly reason: string;
}

/** How much slower what is accepted may be. */
const SLOWER = 5;
/** Of the capacity that must still be served: refusing, and the load generator, take processor time too. */
const SERVED = 0.5;
/** Growth of one process that is no leak: heaps that are larger while more is under way. */
const GROWTH_MIB = 300;
const RECOVERY_MS = 5_000;
/** Of what is offered afterwards, more than before: while it recovers, or in a pause of a collector of a second. */
const STILL_REFUSED = 0.1;

export function overloadReport(observed: Observed): OverloadReport {
  const { before, during, seed } = observed;
  const slower = {
    p50: ratio(during.latencyMs.p50, before.latencyMs.p50),
    p99: ratio(during.latencyMs.p99, before.latencyMs.p99),
  };
  const why = reasons(observed, slower);
  const reason = why.length === 0 ? '' : `${why.join('; ')}; seed ${seed}`;
  return { ...observed, slower, verdict: reason === '' ? 'pass' : 'fail', reason };
}

function reasons(observed: Observed, slower: OverloadReport['slower']): string[] {
  const { before, during, after, rejected, unhinted, capacityPerSecond, memoryMiB, recoveryMs, audit } =
    observed;
  const others = Object.keys(rejected).filter((code) => code !== 'OVERLOADED');
  const grown = Object.entries(memoryMiB).filter(([, memory]) => memory.peak - memory.before > GROWTH_MIB);
  const served = during.acceptedPerSecond / Math.max(1, capacityPerSecond);
  const stillRefused = refusedShare(after) - refusedShare(before);
  return [
    (rejected['OVERLOADED'] ?? 0) > 0 ? '' : 'nothing was refused: it was no overload',
    others.length === 0 ? '' : `rejected otherwise than OVERLOADED: ${others.join(', ')}`,
    Object.keys(unhinted).length === 0 ? '' : `no retry hint: ${Object.keys(unhinted).join(', ')}`,
    slower.p50 <= SLOWER ? '' : `p50 of what was accepted ${slower.p50} times as long`,
    slower.p99 <= SLOWER ? '' : `p99 of what was accepted ${slower.p99} times as long`,
    served >= SERVED ? '' : `only ${Math.round(100 * served)} % of the capacity were served`,
    grown.length === 0 ? '' : `memory grew: ${grown.map(([name]) => name).join(', ')}`,
    recoveryMs <= RECOVERY_MS ? '' : `not as before within ${RECOVERY_MS / 1_000} s`,
    stillRefused <= STILL_REFUSED ? '' : `${Math.round(100 * stillRefused)} % more were refused than before`,
    observed.errors === 0 ? '' : `${observed.errors} without an answer`,
    observed.problems.length === 0 ? '' : `wrong: ${observed.problems[0] ?? ''}`,
    audit.verdict === 'pass' ? '' : `${audit.violationCount} violations in the audit`,
  ].filter((text) => text !== '');
}

function refusedShare({ offeredPerSecond, refusedPerSecond }: Measured): number {
  return refusedPerSecond / Math.max(1, offeredPerSecond);
}

function ratio(now: number, then: number): number {
  return Math.round((10 * now) / Math.max(0.1, then)) / 10;
}
