/** The engine without its gateway: full semantics, snapshots on, fsync before every answer. */
import { IN_FLIGHT, type InFlight } from '../baselines/baselines.js';
import type { Throughput } from '../support/closedLoop.js';
import { measureStand, openStand, warmUp } from './stand.js';

export interface EngineOptions {
  readonly cards: number;
  readonly seconds: number;
  readonly log: (line: string) => void;
}

export type Engine = Readonly<Record<InFlight, Throughput>>;

export async function benchEngine({ cards, seconds, log }: EngineOptions): Promise<Engine> {
  const stand = await openStand({ cards, log });
  try {
    const [few, many] = IN_FLIGHT;
    await warmUp(stand, few);
    const measure = (inFlight: InFlight): Promise<Throughput> =>
      measureStand(stand, { name: `engine ${inFlight}`, inFlight, seconds });
    return { [few]: await measure(few), [many]: await measure(many) };
  } finally {
    await stand.stop();
  }
}
