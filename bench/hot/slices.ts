/**
 * What is compared takes turns in short slices of one run: a machine that is slower for some seconds is slower for all
 * of them. Each round is a comparison of its own, and the rounds together say how much such comparisons differ.
 */

export type Heat = 'even' | 'card' | 'terminal';

export const HEATS: readonly Heat[] = ['even', 'card', 'terminal'];
export const SLICE_MS = 1_000;
/** Of each slice: until what was begun before it is answered. */
export const SWITCH_MS = 400;

export interface Slice {
  readonly heat: Heat;
  readonly round: number;
  /** Milliseconds since the first slice began; what is counted begins at `from`. */
  readonly begin: number;
  readonly from: number;
  readonly to: number;
}

/** Every heat once a round, each in every place as often as the others. */
export function slicesOf(rounds: number): readonly Slice[] {
  return Array.from({ length: rounds * HEATS.length }, (_, at) => {
    const round = Math.floor(at / HEATS.length);
    const begin = at * SLICE_MS;
    const heat = HEATS[(at + round) % HEATS.length] ?? 'even';
    return { heat, round, begin, from: begin + SWITCH_MS, to: begin + SLICE_MS };
  });
}

export interface Spread {
  readonly median: number;
  /** Half of the values are between these two. */
  readonly low: number;
  readonly high: number;
}

/** Quartiles by the nearest rank; NaN of nothing. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}
