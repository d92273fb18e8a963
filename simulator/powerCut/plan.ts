/** When the power fails: drawn from the seed alone. */
import { Random } from '../random.js';

/**
 * `copy`: the disk as it is at that moment is put aside, and the system goes on. `creation`: the same before anybody
 * uses it. `shutdown`: the system's own disk forgets what was not on it, every process is killed, and all is started
 * again.
 */
export type CutKind = 'creation' | 'copy' | 'shutdown';

export interface PlannedCut {
  readonly kind: Exclude<CutKind, 'creation'>;
  /** Since the load began. */
  readonly atMs: number;
}

export interface PlanOptions {
  readonly seed: number;
  readonly durationMs: number;
  readonly copies: number;
  /** After the last copy: what comes back then is watched to the end. */
  readonly shutdown: boolean;
}

/** A random moment in each of equal parts of the duration, so that none is crowded and none is left out. */
export function planCuts({ seed, durationMs, copies, shutdown }: PlanOptions): readonly PlannedCut[] {
  const random = new Random(seed ^ 0x0ff);
  const count = copies + (shutdown ? 1 : 0);
  return Array.from({ length: count }, (_, part) => ({
    kind: part < copies ? 'copy' : 'shutdown',
    atMs: Math.floor(((part + random.fraction()) * durationMs) / count),
  }));
}
