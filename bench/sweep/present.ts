import type { Output } from '../../operator/cli/output.js';
import { renderTable } from '../../operator/cli/table.js';
import type { BenchResult } from '../bench.js';
import { renderPlot } from '../support/plot.js';
import { milliseconds, whole } from '../support/text.js';
import { isClean, refusals, throughputJson } from '../support/throughputText.js';
import type { SweepPoint } from './sweep.js';

const right = true;
const HEADS = [
  { name: 'IN FLIGHT', right },
  { name: 'PAYMENTS/S', right },
  { name: 'P50 ms', right },
  { name: 'P99 ms', right },
  { name: 'CPU µs', right },
  { name: 'FRAMES/S', right },
  { name: 'EVENTS/FRAME', right },
  { name: 'BYTES/PAYMENT', right },
];

export function sweepResult(points: readonly SweepPoint[], colors: Output['colors']): BenchResult {
  const rows = points.map(({ throughput, framesPerSecond, eventsPerFrame, bytesPerPayment }) => {
    const { inFlight, ratePerSecond, latency, cpuMicrosPerPayment } = throughput;
    return [
      ...[whole(inFlight), whole(ratePerSecond), milliseconds(latency.p50Ms), milliseconds(latency.p99Ms)],
      ...[cpuMicrosPerPayment.toFixed(1), whole(framesPerSecond)],
      ...[eventsPerFrame.toFixed(1), whole(bytesPerPayment)],
    ];
  });
  const named = points.map(({ throughput }) => [`${throughput.inFlight} in flight`, throughput] as const);
  const parts = [
    'engine by payments in flight; frames of all partitions together',
    [renderTable(HEADS, rows, colors), ...refusals(named)].join('\n'),
  ];
  return {
    text: parts.join('\n\n'),
    json: { sweep: points.map(pointJson) },
    plots: {
      'throughput-in-flight': renderPlot({
        title: 'Engine: throughput against payments in flight',
        x: { name: 'payments in flight', logarithmic: true },
        y: { name: 'payments/s' },
        series: [line('payments/s', '#26c', points, ({ throughput }) => throughput.ratePerSecond)],
      }),
      'frames-events': renderPlot({
        title: 'Engine: group commit (all partitions together)',
        x: { name: 'payments in flight', logarithmic: true },
        y: { name: 'frames/s, events in a frame', logarithmic: true },
        series: [
          line('frames/s', '#26c', points, ({ framesPerSecond }) => framesPerSecond),
          line('events per frame', '#d62', points, ({ eventsPerFrame }) => eventsPerFrame),
        ],
      }),
    },
    ok: isClean(points.map(({ throughput }) => throughput)),
  };
}

function line(
  name: string,
  color: string,
  points: readonly SweepPoint[],
  of: (point: SweepPoint) => number,
): { name: string; color: string; points: (readonly [number, number])[] } {
  return { name, color, points: points.map((point) => [point.throughput.inFlight, of(point)] as const) };
}

function pointJson({ throughput, framesPerSecond, eventsPerFrame, bytesPerPayment }: SweepPoint) {
  return {
    inFlight: throughput.inFlight,
    ...throughputJson(throughput),
    ...{ framesPerSecond, eventsPerFrame, bytesPerPayment },
  };
}
