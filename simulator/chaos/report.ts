import type { SimulationReport } from '../report.js';
import type { Absences } from './absences.js';
import type { AnswerTimes } from './answerTimes.js';
import { FAULTS, type FaultKind } from './kinds.js';

/** A fault as it was made. */
export interface MadeFault {
  readonly kind: FaultKind;
  /** What was hit, for people: `worker 2`, `40 connections`. */
  readonly target: string;
  /** Partitions that it concerns. */
  readonly partitions: readonly number[];
  /** Of the clock of the observations, ms. */
  readonly at: number;
  /** How long it lasted, ms. */
  readonly lastedMs: number;
  /** What `/readyz` said was missing, where that is wanted of it. */
  readonly said?: readonly string[] | undefined;
}

/** What was seen while the faults were made. */
export interface Observations {
  readonly made: readonly MadeFault[];
  /** Planned, but the system was not whole again in time for them. */
  readonly skipped: readonly FaultKind[];
  readonly answers: AnswerTimes;
  readonly absences: Absences;
  readonly partitions: number;
  /** The load's. Of the clock of the observations, ms. */
  readonly beganAt: number;
  readonly endedAt: number;
}

/** Times in ms. */
export interface FaultReport {
  readonly kind: FaultKind;
  readonly target: string;
  readonly partitions: readonly number[];
  /** Since the load began. */
  readonly atMs: number;
  readonly lastedMs: number;
  /**
   * Of partitions: the longest time until the next fault in which one that is concerned did not answer. Of terminals:
   * from the fault until the last one that was cut off had its connection again.
   */
  readonly outageMs: number;
  /** The longest time in which no terminal got an answer from anywhere. */
  readonly nobodyMs: number;
  /** That were cut off. */
  readonly terminals: number;
  /** The longest outage that is within the target; null: however long. */
  readonly targetMs: number | null;
  readonly withinTarget: boolean;
  /** What `/readyz` said was missing; null: it was not asked. */
  readonly said: readonly string[] | null;
}

export interface LeftOut {
  readonly kind: FaultKind;
  readonly reason: string;
}

/** The result of `emoney chaos --json`. */
export interface ChaosReport extends SimulationReport {
  readonly faults: readonly FaultReport[];
  readonly skipped: readonly FaultKind[];
  /** Not possible on this machine, and why. */
  readonly leftOut: readonly LeftOut[];
  /** Longest silence of a partition before the first fault: an outage below it is none. */
  readonly usualSilenceMs: number;
}

/** `seen` and `simulation` are of the same run. */
export function chaosReport(
  simulation: SimulationReport,
  seen: Observations,
  leftOut: readonly LeftOut[] = [],
): ChaosReport {
  const faults = seen.made.map((fault, index) => faultReport(fault, seen, seen.made[index + 1]?.at));
  const every = Array.from({ length: seen.partitions }, (_, partition) => partition);
  const firstAt = seen.made[0]?.at ?? seen.endedAt;
  const reason = reasonOf(simulation, faults, seen.skipped);
  return {
    ...simulation,
    faults,
    skipped: seen.skipped,
    leftOut,
    usualSilenceMs: Math.round(seen.answers.outage(every, seen.beganAt, firstAt)),
    verdict: reason === '' ? 'pass' : 'fail',
    reason,
  };
}

function faultReport(fault: MadeFault, seen: Observations, nextAt: number | undefined): FaultReport {
  const { kind, target, partitions, at, lastedMs, said } = fault;
  const { scope, withinMs, besidesFault, named } = FAULTS[kind];
  const until = nextAt ?? seen.endedAt;
  const away = seen.absences.between(at, until);
  const outageMs = Math.round(
    scope === 'terminals' ? away.lastBackAt - at : seen.answers.outage(partitions, at, until),
  );
  const isNamed = named === undefined || said?.some((text) => named.test(text)) === true;
  const targetMs = withinMs === undefined ? null : Math.round(withinMs + (besidesFault ? lastedMs : 0));
  return {
    kind,
    target,
    partitions,
    atMs: Math.round(at - seen.beganAt),
    lastedMs: Math.round(lastedMs),
    outageMs,
    nobodyMs: Math.round(seen.answers.nobody(at, until)),
    terminals: away.terminals,
    targetMs,
    withinTarget: away.missing === 0 && isNamed && (targetMs === null || outageMs <= targetMs),
    said: said ?? null,
  };
}

/** Empty: everything that was acknowledged is there, once, and every target was met. */
function reasonOf(
  simulation: SimulationReport,
  faults: readonly FaultReport[],
  skipped: readonly FaultKind[],
): string {
  const missed = faults.filter(({ withinTarget }) => !withinTarget);
  const why = [
    simulation.reason.replace(/; seed \d+$/, ''),
    faults.length > 0 ? '' : 'no fault was made',
    missed.length === 0
      ? ''
      : `target missed: ${missed.map(({ kind, outageMs }) => `${kind} (${outageMs} ms)`).join(', ')}`,
    skipped.length === 0 ? '' : `not whole again in time for: ${skipped.join(', ')}`,
  ].filter((text) => text !== '');
  // The seed brings the same faults back.
  return why.length === 0 ? '' : `${why.join('; ')}; seed ${simulation.seed}`;
}
