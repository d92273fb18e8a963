/** One card, or one terminal, in a fifth of all payments: how much slower the others become. */
import { openStand, TERMINALS, warmUp, type Stand } from '../engine/stand.js';
import { Random } from '../../simulator/random.js';
import { closedLoop, type Throughput } from '../support/closedLoop.js';
import { Latencies, type Latency } from '../support/latencies.js';

export interface HotOptions {
  readonly cards: number;
  readonly seconds: number;
  readonly log: (line: string) => void;
}

export interface HotReport {
  /** No card and no terminal is met more often than others: before the two others, and after them. */
  readonly even: readonly HotRun[];
  readonly card: HotRun;
  readonly terminal: HotRun;
}

export interface HotRun {
  readonly throughput: Throughput;
  /** Of payments of other cards at other terminals. */
  readonly others: Latency;
}

type Heat = 'even' | 'card' | 'terminal';

export const SHARE = 0.2;
export const IN_FLIGHT = 256;
const SEED = 17;

export async function measureHot({ cards, seconds, log }: HotOptions): Promise<HotReport> {
  const stand = await openStand({ cards, log });
  try {
    const measure = (heat: Heat): Promise<HotRun> => runOf(stand, heat, seconds);
    await warmUp(stand, IN_FLIGHT);
    const before = await measure('even');
    const card = await measure('card');
    const terminal = await measure('terminal');
    return { even: [before, await measure('even')], card, terminal };
  } finally {
    await stand.stop();
  }
}

/** The first card and the first terminal are the hot ones, and nobody else's: the others are the same in every run. */
async function runOf({ system, cards, tills }: Stand, heat: Heat, seconds: number): Promise<HotRun> {
  const random = new Random(SEED);
  const others = new Latencies();
  const otherCard = (): string => cards[random.integer(1, cards.length - 1)] ?? '';
  let turn = 0;
  const otherTerminal = (): number => 1 + (turn++ % (TERMINALS - 1));
  const throughput = await closedLoop({
    ...{ name: `hot: ${heat}`, inFlight: IN_FLIGHT, seconds, pids: system.pids },
    begin: (done) => {
      if (heat !== 'even' && random.chance(SHARE)) {
        if (heat === 'card') tills.payAt(otherTerminal(), cards[0] ?? '', done);
        else tills.payAt(0, otherCard(), done);
        return;
      }
      const begun = performance.now();
      tills.payAt(otherTerminal(), otherCard(), (refusal) => {
        others.add(begun, performance.now() - begun);
        done(refusal);
      });
    },
  });
  return { throughput, others: others.between(throughput.from, throughput.to) };
}
