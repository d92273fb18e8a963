import type { Output } from '../../operator/cli/output.js';
import { renderTable } from '../../operator/cli/table.js';
import type { BenchResult } from '../bench.js';
import { milliseconds, whole } from '../support/text.js';
import { isClean, refusals } from '../support/throughputText.js';
import { IN_FLIGHT, SHARE, type HotReport, type HotSlice } from './hot.js';
import { type Heat, HEATS, SLICE_MS, type Spread, spreadOf, SWITCH_MS } from './slices.js';

const right = true;
const HEADS = [
  { name: '' },
  ...['PAYMENTS/S', 'MEAN ms', 'P50', 'P99', 'MEAN ÷ EVEN', 'HALF OF THE ROUNDS', 'P99 ÷ EVEN'].map(
    (name) => ({ name, right }),
  ),
];
const NAMES: Readonly<Record<Heat, string>> = {
  even: 'even',
  card: 'one card',
  terminal: 'one terminal',
};

export interface Slower {
  /** Medians of all rounds. */
  readonly meanRatio: number;
  readonly p99Ratio: number;
  /** Half of the rounds have a ratio of means between these two. */
  readonly low: number;
  readonly high: number;
}

export function hotResult({ slices, throughput }: HotReport, colors: Output['colors']): BenchResult {
  const rounds = slices.filter(({ heat }) => heat === 'even').length;
  const [slice, left] = [SLICE_MS / 1_000, SWITCH_MS / 1_000];
  return {
    text: [
      `one card, or one terminal, in ${100 * SHARE} % of all payments; ${IN_FLIGHT} in flight; latency of the others`,
      [
        `${whole(rounds)} rounds of slices of ${slice} s, the first ${left} s of each left out; medians of all slices;`,
        'ratios within a round, for even to even of the next round: what the machine itself wavers',
      ].join('\n'),
      [
        renderTable(
          HEADS,
          HEATS.map((heat) => cellsOf(heat, slices)),
          colors,
        ),
        ...refusals([['hot', throughput]]),
      ].join('\n'),
    ].join('\n\n'),
    json: { hot: Object.fromEntries(HEATS.map((heat) => [heat, slower(heat, slices)])) },
    ok: isClean([throughput]),
  };
}

/** Than the even slice of the same round; the even one, than that of the round after it. */
export function slower(heat: Heat, slices: readonly HotSlice[]): Slower {
  const means = ratios(heat, slices, ({ others }) => others.meanMs);
  return {
    meanRatio: means.median,
    p99Ratio: ratios(heat, slices, ({ others }) => others.p99Ms).median,
    ...{ low: means.low, high: means.high },
  };
}

function ratios(heat: Heat, slices: readonly HotSlice[], of: (slice: HotSlice) => number): Spread {
  const even = new Map(slices.filter((slice) => slice.heat === 'even').map((slice) => [slice.round, slice]));
  return spreadOf(
    slices.flatMap((slice) => {
      const against = even.get(heat === 'even' ? slice.round + 1 : slice.round);
      return slice.heat === heat && against !== undefined ? [of(slice) / of(against)] : [];
    }),
  );
}

function cellsOf(heat: Heat, slices: readonly HotSlice[]): readonly string[] {
  const own = slices.filter((slice) => slice.heat === heat);
  const median = (of: (slice: HotSlice) => number): number => spreadOf(own.map(of)).median;
  const { meanRatio, low, high, p99Ratio } = slower(heat, slices);
  return [
    ...[NAMES[heat], whole(median(({ ratePerSecond }) => ratePerSecond))],
    ...[
      milliseconds(median(({ others }) => others.meanMs)),
      milliseconds(median(({ others }) => others.p50Ms)),
      milliseconds(median(({ others }) => others.p99Ms)),
    ],
    ...[meanRatio.toFixed(2), `${low.toFixed(2)} … ${high.toFixed(2)}`, p99Ratio.toFixed(2)],
  ];
}
