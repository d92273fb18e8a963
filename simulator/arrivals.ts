/** When the next order starts: at its own time (open loop), or when another one is finished (closed loop). */
import type { Random } from './random.js';

export type Pace =
  | { readonly kind: 'rate'; /** Arrivals per second. */ readonly rate: number }
  | { readonly kind: 'inFlight'; readonly inFlight: number };

export interface Arrivals {
  /**
   * The moment at which the next order should start (ms of performance.now()), if that is not after `now`; else
   * undefined. `open`: orders that are not finished.
   */
  due(now: number, open: number): number | undefined;
}

export function arrivalsOf(pace: Pace, random: Random, start: number): Arrivals {
  return pace.kind === 'rate' ? openLoop(pace.rate, random, start) : closedLoop(pace.inFlight);
}

/** A Poisson process: as independent holders arrive, whatever the system does meanwhile. */
function openLoop(rate: number, random: Random, start: number): Arrivals {
  const mean = 1_000 / rate;
  let next = start + random.exponential(mean);
  return {
    due: (now) => {
      if (next > now) return undefined;
      const intended = next;
      next += random.exponential(mean);
      return intended;
    },
  };
}

function closedLoop(inFlight: number): Arrivals {
  return { due: (now, open) => (open < inFlight ? now : undefined) };
}
