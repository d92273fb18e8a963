/** Which fault when: drawn from the seed alone. */
import { Random } from '../random.js';
import { FAULTS, IDLE_AFTER_MS, type FaultKind } from './kinds.js';

export interface PlannedFault {
  readonly kind: FaultKind;
  /** Since the load began. */
  readonly atMs: number;
  /** How long it lasts; of a rollback: how far back. */
  readonly lastsMs: number;
  /** 0 ≤ x < 1: which of several processes, or how many of the connections. */
  readonly choice: number;
}

export interface PlanOptions {
  readonly seed: number;
  readonly durationMs: number;
  /** Not empty. */
  readonly kinds: readonly FaultKind[];
}

/** Before the first fault: what is usual has to be seen, too. */
export const LEAD_MS = 2_000;
/** The same, where cards that are not in memory are to be tapped: they were made just before the load. */
function leadOf(kinds: readonly FaultKind[]): number {
  return kinds.some((kind) => FAULTS[kind].idleWithinMs !== undefined) ? IDLE_AFTER_MS : LEAD_MS;
}

/** After the end of each: a worker or gateway is started again, partitions are handed back, and that is watched. */
export const WATCH_MS = 4_500;
/** So much later than it could be, at most, is each fault. */
const JITTER_MS = 1_500;

/** The same for this kind: longer than its target. */
export function watchOf(kind: FaultKind): number {
  const { withinMs = 0, idleWithinMs = 0, watchMs = 0 } = FAULTS[kind];
  return Math.max(WATCH_MS, watchMs, Math.max(withinMs, idleWithinMs) + JITTER_MS);
}

/** A fault that ends later than this before the end of the load would not be seen through. */
export function leastWatchOf(kind: FaultKind): number {
  return watchOf(kind) - JITTER_MS;
}

/** Every kind once before any comes twice, in an order of the seed; as many as the duration has room for. */
export function planFaults({ seed, durationMs, kinds }: PlanOptions): readonly PlannedFault[] {
  const random = new Random(seed ^ 0xc4a05);
  const plan: PlannedFault[] = [];
  let round: FaultKind[] = [];
  for (let from = leadOf(kinds); ;) {
    if (round.length === 0) round = shuffled(kinds, random);
    const kind = round.pop();
    if (kind === undefined) return plan;
    const atMs = from + random.integer(0, JITTER_MS);
    const lastsMs = random.integer(...FAULTS[kind].lasts);
    const choice = random.fraction();
    from = atMs + lastsMs + watchOf(kind);
    if (from > durationMs) return plan;
    plan.push({ kind, atMs, lastsMs, choice });
  }
}

/** A load so long has room for each kind once. */
export function roomForEach(kinds: readonly FaultKind[]): number {
  const longest = kinds.map((kind) => FAULTS[kind].lasts[1] + JITTER_MS + watchOf(kind));
  return leadOf(kinds) + longest.reduce((sum, each) => sum + each, 0);
}

function shuffled<T>(list: readonly T[], random: Random): T[] {
  const drawn = [...list];
  for (let last = drawn.length - 1; last > 0; last -= 1) {
    const other = random.integer(0, last);
    [drawn[last], drawn[other]] = [drawn[other] as T, drawn[last] as T];
  }
  return drawn;
}
