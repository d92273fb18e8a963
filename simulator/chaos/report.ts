import type { SimulationReport } from '../report.js';
import type { Absences } from './absences.js';
import type { AnswerTimes } from './answerTimes.js';
import type { Tap } from './idleCards.js';
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
  /** Of cards that were not in memory, where that is wanted. */
  readonly idle?: Tap | undefined;
}

/** What was seen while the faults were made. */
export interface Observations {
  readonly made: readonly MadeFault[];
  /** Planned, but the system was not whole again in time for them. */
  readonly skipped: readonly FaultKind[];
  readonly answers: AnswerTimes;
  readonly absences: Absences;
  /** When attempts at transactions and reversals were rejected. */
  readonly rejectedAt: readonly number[];
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
  /** Until cards that no worker had in memory were all served again; null: it was not asked. */
  readonly idleMs: number | null;
  /** The longest of that which is within the target. */
  readonly idleTargetMs: number | null;
  /** Attempts at transactions and reversals that were rejected, and repeated, until the next fault. */
  readonly refused: number;
  /** Whether that had to be none. */
  readonly refusesNone: boolean;
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
  const { kind, target, partitions, at, lastedMs, said, idle } = fault;
  const { scope, withinMs, besidesFault, named, idleWithinMs, refusesNone = false } = FAULTS[kind];
  const until = nextAt ?? seen.endedAt;
  const away = seen.absences.between(at, until);
  const outageMs = Math.round(
    scope === 'terminals' ? away.lastBackAt - at : seen.answers.outage(partitions, at, until),
  );
  const isNamed = named === undefined || said?.some((text) => named.test(text)) === true;
  const idleMs = idle === undefined ? null : Math.round(idle.waitedMs(until));
  const refused = seen.rejectedAt.filter((each) => each >= at && each < until).length;
  const targetMs = withinMs === undefined ? null : Math.round(withinMs + (besidesFault ? lastedMs : 0));
  return {
    kind,
    target,
    partitions,
    atMs: Math.round(at - seen.beganAt),
    lastedMs: Math.round(lastedMs),
    outageMs,
    nobodyMs: Math.round(seen.answers.nobody(at, until)),
    idleMs,
    idleTargetMs: idleWithinMs ?? null,
    refused,
    refusesNone,
    terminals: away.terminals,
    targetMs,
    withinTarget:
      away.missing === 0 &&
      isNamed &&
      (targetMs === null || outageMs <= targetMs) &&
      (idleWithinMs === undefined || (idleMs !== null && idleMs <= idleWithinMs)) &&
      !(refusesNone && refused > 0),
    said: said ?? null,
  };
}

function inWords({ kind, outageMs, idleMs, idleTargetMs, refused, refusesNone }: FaultReport): string {
  const idle = idleTargetMs === null ? '' : `, not in memory ${idleMs ?? '?'} ms`;
  return `${kind} (${outageMs} ms${idle}${refusesNone ? `, ${refused} refused` : ''})`;
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
    missed.length === 0 ? '' : `target missed: ${missed.map(inWords).join(', ')}`,
    skipped.length === 0 ? '' : `not whole again in time for: ${skipped.join(', ')}`,
  ].filter((text) => text !== '');
  // The seed brings the same faults back.
  return why.length === 0 ? '' : `${why.join('; ')}; seed ${simulation.seed}`;
}
