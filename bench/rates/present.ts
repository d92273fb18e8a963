import type { Output } from '../../operator/cli/output.js';
import { renderFields, renderTable } from '../../operator/cli/table.js';
import type { BenchResult } from '../bench.js';
import type { Latency } from '../support/latencies.js';
import { renderPlot } from '../support/plot.js';
import { milliseconds, whole } from '../support/text.js';
import { RATES, TIMELINE_RATE, type RatesReport, type Timeline } from './rates.js';

const right = true;
const HEADS = [
  { name: 'PAYMENTS/S', right },
  { name: 'PAYMENTS', right },
  { name: 'P50 ms', right },
  { name: 'P99', right },
  { name: 'P99.9', right },
  { name: 'MAX', right },
];

export function ratesResult(report: RatesReport, colors: Output['colors']): BenchResult {
  const { points, brokenAt, timeline } = report;
  const rows = points.map(({ rate, latency }) => [
    ...[whole(rate), whole(latency.count)],
    ...[latency.p50Ms, latency.p99Ms, latency.p999Ms, latency.maxMs].map(milliseconds),
  ]);
  const fields: readonly (readonly [string, string])[] = [
    [
      'not kept',
      brokenAt === undefined ? '' : `${whole(brokenAt)}/s: payments only queue there, or are refused`,
    ],
    ['all kept', brokenAt === undefined ? `up to ${whole(RATES.at(-1) ?? 0)}/s` : ''],
    ['checkpoints', checkpointText(timeline)],
  ];
  return {
    text: [
      'open loop through the gateway, by payments a second',
      renderTable(HEADS, rows, colors),
      renderFields(fields, colors),
    ].join('\n\n'),
    json: { rates: { points: report.points, brokenAt: brokenAt ?? null, timeline } },
    plots: { 'latency-rate': ratePlot(report), checkpoints: timelinePlot(timeline) },
    ok: points.length > 0,
  };
}

function checkpointText({ checkpoints, steps }: Timeline): string {
  const seconds = steps.at(-1)?.at ?? 0;
  return `${checkpoints.length} in ${whole(seconds)} s of all partitions, at ${whole(TIMELINE_RATE)} payments/s`;
}

type Percentile = 'p50Ms' | 'p99Ms' | 'p999Ms' | 'maxMs';
const LINES: readonly (readonly [name: string, color: string, of: Percentile])[] = [
  ['p99.9', '#bbb', 'p999Ms'],
  ['p99', '#d62', 'p99Ms'],
  ['p50', '#26c', 'p50Ms'],
];

function ratePlot({ points }: RatesReport): string {
  return renderPlot({
    title: 'Open loop through the gateway: latency against rate',
    x: { name: 'payments/s' },
    y: { name: 'latency, ms', logarithmic: true },
    series: LINES.map(([name, color, of]) => ({
      ...{ name, color },
      points: points.map(({ rate, latency }) => [rate, latency[of]] as const),
    })),
  });
}

function timelinePlot({ steps, checkpoints }: Timeline): string {
  const line = (name: string, color: string, of: keyof Latency) => ({
    ...{ name, color },
    points: steps.map((step) => [step.at, step[of]] as const),
  });
  return renderPlot({
    title: `${whole(TIMELINE_RATE)} payments/s: p50 and p99, and checkpoints (by partition)`,
    x: { name: 'seconds' },
    y: { name: 'latency, ms', logarithmic: true },
    series: [line('p99', '#d62', 'p99Ms'), line('p50', '#26c', 'p50Ms')],
    marks: checkpoints.map(({ at, partition }) => ({ name: String(partition), from: at })),
  });
}
