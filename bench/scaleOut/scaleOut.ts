/**
 * Two workers against one. Servers and load generator share the machine with them, so on a machine of two cores the
 * ratio of the whole engine says how many cores there are. What tells about the design is the CPU-bound stage, in
 * processes of its own: one on a core, then two. Each is pinned to its core: alone and free, one would collect garbage
 * and compile on the other core, and count as more than a core.
 */
import { measureStand, openStand, warmUp } from '../engine/stand.js';
import type { Throughput } from '../support/closedLoop.js';
import { pinnableCores } from './cores.js';
import { runPipelines } from './pipelines.js';

export interface ScaleOutOptions {
  readonly cards: number;
  readonly seconds: number;
  readonly log: (line: string) => void;
}

export interface ScaleOutReport {
  /** Of each process: all partitions in it, journals that acknowledge at once. */
  readonly alone: readonly Throughput[];
  readonly two: readonly Throughput[];
  /** Each of these on a core of its own; false: wherever the machine had time for it. */
  readonly pinned: boolean;
  /** On real servers, with one worker process and with two. */
  readonly engine: { readonly one: Throughput; readonly two: Throughput };
}

export const IN_FLIGHT = 256;

export async function measureScaleOut(options: ScaleOutOptions): Promise<ScaleOutReport> {
  const { cards, seconds, log } = options;
  const pipeline = { cards, seconds, inFlight: IN_FLIGHT };
  const [first, second] = pinnableCores();
  const pinned = second !== undefined;
  const cores = pinned ? [first, second] : [undefined, undefined];
  log('one process, then two: CPU-bound stage');
  const before = await runPipelines(cores.slice(0, 1), pipeline);
  const two = await runPipelines(cores, pipeline);
  // On the other core, after the two: neither core nor moment makes the ratio.
  const after = await runPipelines(cores.slice(1), pipeline);
  const alone = [...before, ...after];
  return { alone, two, pinned, engine: { one: await engine(1, options), two: await engine(2, options) } };
}

async function engine(workers: number, { cards, seconds, log }: ScaleOutOptions): Promise<Throughput> {
  const stand = await openStand({ cards, workers, log });
  try {
    await warmUp(stand, IN_FLIGHT);
    return await measureStand(stand, { name: `${workers} workers`, inFlight: IN_FLIGHT, seconds });
  } finally {
    await stand.stop();
  }
}
