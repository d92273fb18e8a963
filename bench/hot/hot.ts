/** One card, or one terminal, in a fifth of all payments: how much slower the others become. */
import { openStand, TERMINALS, warmUp, type Stand } from '../engine/stand.js';
import { Random } from '../../simulator/random.js';
import { closedLoop, type Throughput } from '../support/closedLoop.js';
import { Latencies, type Latency } from '../support/latencies.js';
import { HEATS, SLICE_MS, type Slice, slicesOf } from './slices.js';

export interface HotOptions {
  readonly cards: number;
  readonly seconds: number;
  readonly log: (line: string) => void;
}

export interface HotReport {
  readonly slices: readonly HotSlice[];
  readonly throughput: Throughput;
}

export interface HotSlice extends Slice {
  /** Of all payments. */
  readonly ratePerSecond: number;
  /** Of payments of other cards at other terminals. */
  readonly others: Latency;
}

export const SHARE = 0.2;
export const IN_FLIGHT = 256;
const SEED = 17;

/** `seconds`: of each heat. */
export async function measureHot({ cards, seconds, log }: HotOptions): Promise<HotReport> {
  const stand = await openStand({ cards, log });
  try {
    await warmUp(stand, IN_FLIGHT);
    return await measure(stand, slicesOf(Math.max(1, Math.round((1_000 * seconds) / SLICE_MS))));
  } finally {
    await stand.stop();
  }
}

/** The first card and the first terminal are the hot ones, and nobody else's: the others are the same in every slice. */
async function measure({ system, cards, tills }: Stand, slices: readonly Slice[]): Promise<HotReport> {
  const random = new Random(SEED);
  const [all, others] = [new Latencies(), new Latencies()];
  const otherCard = (): string => cards[random.integer(1, cards.length - 1)] ?? '';
  let turn = 0;
  const otherTerminal = (): number => 1 + (turn++ % (TERMINALS - 1));
  let first = Infinity;
  const heatNow = (): Slice['heat'] =>
    slices[Math.floor((performance.now() - first) / SLICE_MS)]?.heat ?? 'even';
  const throughput = await closedLoop({
    name: `hot: ${HEATS.join(', ')} in turn`,
    ...{ inFlight: IN_FLIGHT, seconds: (slices.length * SLICE_MS) / 1_000, pids: system.pids },
    onEdge: () => (first = Math.min(first, performance.now())),
    begin: (done) => {
      const heat = heatNow();
      const isHot = heat !== 'even' && random.chance(SHARE);
      const begun = performance.now();
      const answered = (refusal?: string): void => {
        all.add(begun, performance.now() - begun);
        if (!isHot) others.add(begun, performance.now() - begun);
        done(refusal);
      };
      if (!isHot) tills.payAt(otherTerminal(), otherCard(), answered);
      else if (heat === 'card') tills.payAt(otherTerminal(), cards[0] ?? '', answered);
      else tills.payAt(0, otherCard(), answered);
    },
  });
  const measured = slices.map((slice) => {
    const [from, to] = [first + slice.from, first + slice.to];
    const ratePerSecond = (1_000 * all.between(from, to).count) / (to - from);
    return { ...slice, ratePerSecond, others: others.between(from, to) };
  });
  return { slices: measured, throughput };
}
