import type { SimulationReport } from '../report.js';
import type { MadeCut } from './cutter.js';
import type { Found } from './found.js';

/** What a disk that was cut turned out to be. */
export interface Examined extends Found {
  readonly made: MadeCut;
  /** From the start of the servers until every partition was served, ms; undefined: that was refused. */
  readonly recoverMs: number | undefined;
  /** Why the system did not serve it; empty: it did. */
  readonly refused: string;
  /** What the audit of the system that ran on it found. */
  readonly violations: readonly string[];
}

export interface CutReport extends Omit<MadeCut, 'replies' | 'awayMs'>, Found {
  /** Of a shutdown: from the failure until terminals could pay again, ms. */
  readonly awayMs: number | null;
  /** From the start of the servers until every partition was served, ms; null: that was refused. */
  readonly recoverMs: number | null;
  /** Why the system did not serve; empty: it did. */
  readonly refused: string;
  readonly violations: readonly string[];
  readonly verdict: 'pass' | 'fail';
}

/** The result of `emoney power-cut --json`. */
export interface PowerCutReport {
  readonly verdict: 'pass' | 'fail';
  /** Why it failed, in one line; empty when it passed. */
  readonly reason: string;
  readonly seed: number;
  /** Without fsync: then it passes if a loss was found. */
  readonly control: boolean;
  readonly cuts: readonly CutReport[];
  /** Of the system that ran on the disk that was cut: the load, and the audit after it. */
  readonly simulation: SimulationReport;
}

export interface PowerCutRun {
  readonly control: boolean;
  readonly examined: readonly Examined[];
  readonly simulation: SimulationReport;
}

export function powerCutReport({ control, examined, simulation }: PowerCutRun): PowerCutReport {
  const { seed } = simulation;
  const cuts = examined.map(cutReport);
  const why = control ? controlReason(cuts) : reasonOf(cuts, simulation);
  const reason = why === '' ? '' : `${why}; seed ${seed}`;
  return { verdict: reason === '' ? 'pass' : 'fail', reason, seed, control, cuts, simulation };
}

function cutReport({ made, recoverMs, ...examined }: Examined): CutReport {
  const { cut, kind, atMs, awayMs } = made;
  const { acknowledged, recovered, segments, lost, doubled, examples, refused, violations } = examined;
  const kept = lost === 0 && doubled === 0 && recovered >= acknowledged;
  return {
    ...{ cut, kind, atMs, acknowledged, recovered, segments, lost, doubled },
    recoverMs: recoverMs ?? null,
    awayMs: awayMs ?? null,
    ...{ refused, examples, violations },
    verdict: kept && refused === '' && violations.length === 0 ? 'pass' : 'fail',
  };
}

function reasonOf(cuts: readonly CutReport[], simulation: SimulationReport): string {
  const failed = cuts.filter(({ verdict }) => verdict === 'fail').map(({ cut }) => cut);
  return [
    cuts.length > 0 ? '' : 'no cut was made',
    // A cut before the first answer could not show a loss.
    cuts.some(({ acknowledged }) => acknowledged > 0) ? '' : 'nothing was acknowledged before any cut',
    failed.length === 0 ? '' : `cut ${failed.join(', ')}: see the table`,
    simulation.reason.replace(/; seed \d+$/, ''),
  ]
    .filter((text) => text !== '')
    .join('; ');
}

function controlReason(cuts: readonly CutReport[]): string {
  return cuts.some(({ lost }) => lost > 0)
    ? ''
    : 'no loss was seen without fsync: this run can prove nothing';
}
