import type { Output } from '../../operator/cli/output.js';
import { renderTable } from '../../operator/cli/table.js';
import type { BenchResult } from '../bench.js';
import { milliseconds, whole } from '../support/text.js';
import { isClean, refusals } from '../support/throughputText.js';
import { IN_FLIGHT, SHARE, type HotReport, type HotRun } from './hot.js';

const right = true;
const HEADS = [
  { name: '' },
  { name: 'PAYMENTS/S', right },
  { name: 'OTHERS', right },
  { name: 'MEAN ms', right },
  { name: 'P50', right },
  { name: 'P99', right },
  { name: 'MEAN ÷ EVEN', right },
  { name: 'P99 ÷ EVEN', right },
];

export interface Slower {
  readonly meanRatio: number;
  readonly p99Ratio: number;
}

export function hotResult(report: HotReport, colors: Output['colors']): BenchResult {
  const [before, after] = report.even;
  const rows = [
    ['even', before],
    ['one card', report.card],
    ['one terminal', report.terminal],
    ['even again', after],
  ] as const;
  const present = rows.flatMap(([name, run]) => (run === undefined ? [] : [[name, run] as const]));
  const cells = present.map(([name, run]) => cellsOf(name, run, slower(run, report.even)));
  const named = present.map(([name, { throughput }]) => [name, throughput] as const);
  return {
    text: [
      `one card, or one terminal, in ${100 * SHARE} % of all payments; ${IN_FLIGHT} in flight; latency of the others`,
      [renderTable(HEADS, cells, colors), ...refusals(named)].join('\n'),
    ].join('\n\n'),
    json: { hot: { card: slower(report.card, report.even), terminal: slower(report.terminal, report.even) } },
    ok: isClean(named.map(([, throughput]) => throughput)),
  };
}

/** Against the mean of the runs without anything hot. */
export function slower({ others }: HotRun, even: readonly HotRun[]): Slower {
  const meanOf = (of: (run: HotRun) => number): number =>
    even.reduce((sum, run) => sum + of(run), 0) / Math.max(1, even.length);
  return {
    meanRatio: others.meanMs / meanOf((run) => run.others.meanMs),
    p99Ratio: others.p99Ms / meanOf((run) => run.others.p99Ms),
  };
}

function cellsOf(
  name: string,
  { throughput, others }: HotRun,
  { meanRatio, p99Ratio }: Slower,
): readonly string[] {
  const { count, meanMs, p50Ms, p99Ms } = others;
  return [
    ...[name, whole(throughput.ratePerSecond), whole(count)],
    ...[meanMs, p50Ms, p99Ms].map(milliseconds),
    ...[meanRatio.toFixed(2), p99Ratio.toFixed(2)],
  ];
}
