import { Random } from '../random.js';
import { ACTIVITY_NAMES, PART_NAMES, type ActivityName, type Part } from './day.js';

/** One activity that is to begin. */
export interface Intention {
  readonly activity: ActivityName;
  /** 0 ≤ who < 1: which of those who may. */
  readonly who: number;
  /** What it does with its own choices. */
  readonly seed: number;
}

/** Of a part of a day of the run: the first day is 1. */
export type Intentions = () => Intention;

/** What happens next in a part of a day. The same seed gives the same sequence, however fast it is worked off. */
export function intentionsOf(seed: number, day: number, { name, weights }: Part): Intentions {
  const random = new Random(seed ^ Math.imul(day * PART_NAMES.length + PART_NAMES.indexOf(name), 0x9e3779b1));
  const possible = ACTIVITY_NAMES.filter((activity) => (weights[activity] ?? 0) > 0);
  const total = possible.reduce((sum, activity) => sum + (weights[activity] ?? 0), 0);
  return () => {
    let choice = random.fraction() * total;
    let chosen: ActivityName = 'rest';
    for (const activity of possible) {
      chosen = activity;
      choice -= weights[activity] ?? 0;
      if (choice < 0) break;
    }
    return { activity: chosen, who: random.fraction(), seed: random.bits() };
  };
}
