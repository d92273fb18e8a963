/** What a run of the benches will do, and about how long it takes: said before it begins. */
import type { Output } from '../operator/cli/output.js';
import { renderTable } from '../operator/cli/table.js';
import type { BenchOptions } from './bench.js';
import { pointsTo } from './growth/growth.js';
import { RATES } from './rates/rates.js';
import { SWEEP } from './sweep/sweep.js';

export type PlanOptions = Pick<BenchOptions, 'seconds' | 'cards' | 'borrowers' | 'growth' | 'kill'>;

export interface Plan {
  readonly what: string;
  /** About, on a machine with nothing else to do. */
  readonly seconds: (options: PlanOptions) => number;
}

/** Servers, worker and gateway, and their end. */
const SYSTEM = 12;
/** Before each closed loop, and after it. */
const AROUND = 4;
/** So that code is optimised. */
const WARM = 14;
/** Cards that are issued a second. */
const ISSUED = 5_000;
const JOURNALS = 20;
/** One partition's journal three times, and a restart. */
const REPLAYS = 40;
/** Until a business date of the interest bench is over. */
const DATE = 40;
/** Borrowers a second, paced. */
const CHARGED = 2_500;

const loops = (count: number, { seconds }: PlanOptions): number => count * (seconds + AROUND);
const system = ({ cards }: PlanOptions): number => SYSTEM + cards / ISSUED;
const baselines = (options: PlanOptions): number => loops(6, options);

export const plans: ReadonlyMap<string, Plan> = new Map<string, Plan>([
  ['baselines', { what: 'raw JetStream, packed and not, and Redis Lua', seconds: baselines }],
  ['micro', { what: 'codec, decider, frame, mailbox: ns an operation', seconds: () => 30 }],
  [
    'engine',
    { what: 'a client on the bus, 256 and 4,096 in flight', seconds: (o) => system(o) + WARM + loops(2, o) },
  ],
  [
    'sweep',
    {
      what: `the engine with ${SWEEP.join(', ')} in flight; frames and events`,
      seconds: (o) => system(o) + WARM + loops(SWEEP.length, o) + JOURNALS,
    },
  ],
  [
    'stages',
    { what: 'CPU by process and by stage, profiled', seconds: (o) => system(o) + WARM + loops(2, o) },
  ],
  ['full', { what: 'through the gateway, 1,000 × 1 and 200 × 4', seconds: (o) => system(o) + loops(2, o) }],
  [
    'rates',
    {
      what: `open loop, ${RATES.at(0) ?? 0} to ${RATES.at(-1) ?? 0} payments/s; checkpoints`,
      seconds: (o) => system(o) + (RATES.length + 2) * o.seconds,
    },
  ],
  [
    'hot',
    {
      what: 'one card, one terminal in a fifth of all, in turns',
      seconds: (o) => system(o) + WARM + AROUND + 3 * o.seconds,
    },
  ],
  [
    'growth',
    {
      what: 'cost and memory with more and more cards',
      seconds: (o) => SYSTEM + WARM + (2 * o.growth) / ISSUED + loops(2 * pointsTo(o.growth).length, o),
    },
  ],
  [
    'recovery',
    {
      what: 'replay, bases, restart after a kill',
      seconds: (o) => SYSTEM + (3 * o.growth) / ISSUED + REPLAYS,
    },
  ],
  [
    'scaleOut',
    { what: 'two workers against one', seconds: (o) => 2 * system(o) + 2 * WARM + loops(4, o) + WARM },
  ],
  [
    'interest',
    {
      what: 'a run over all borrowers under load; once with a crash',
      seconds: (o) => {
        const runs = o.kill ? 2 : 1;
        return (
          SYSTEM + o.borrowers / ISSUED + runs * (DATE + 2 * o.seconds + o.borrowers / CHARGED) + JOURNALS
        );
      },
    },
  ],
]);

/** Of the benches with these names, in the order in which they run. */
export function planText(names: readonly string[], options: PlanOptions, colors: Output['colors']): string {
  const rows: (readonly string[])[] = [];
  let all = 0;
  for (const name of names) {
    const plan = plans.get(name);
    if (plan === undefined) continue;
    // The engine is compared with baselines of the same run.
    const extra = name === 'engine' && !names.includes('baselines') ? baselines(options) : 0;
    const seconds = plan.seconds(options) + extra;
    all += seconds;
    rows.push([name, minutes(seconds), plan.what]);
  }
  const heads = [{ name: 'BENCH' }, { name: 'ABOUT', right: true }, { name: '' }];
  return `${renderTable(heads, rows, colors)}\nabout ${minutes(all)} in all, more on a machine that does other things`;
}

function minutes(seconds: number): string {
  return seconds < 60 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}
