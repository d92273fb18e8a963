import type { Output } from '../../operator/cli/output.js';
import { renderFields, renderTable } from '../../operator/cli/table.js';
import type { BenchResult } from '../bench.js';
import { renderPlot } from '../support/plot.js';
import { milliseconds, whole } from '../support/text.js';
import { isClean, refusals, throughputJson } from '../support/throughputText.js';
import { costOf, IN_FLIGHT, type GrowthPoint, type GrowthReport } from './growth.js';

const MILLION = 1_000_000;
const right = true;
const HEADS = [
  { name: 'CARDS', right },
  { name: 'LOAD' },
  { name: 'PAYMENTS/S', right },
  { name: 'COST µs', right },
  { name: '÷ FIRST', right },
  { name: 'WORKER', right },
  { name: 'NATS', right },
  { name: 'REDIS', right },
  { name: 'P50 ms', right },
  { name: 'P99 ms', right },
  { name: 'WORKER MiB', right },
  { name: 'REDIS MiB', right },
];

type Load = 'uniform' | 'zipf';

export function growthResult(report: GrowthReport, colors: Output['colors']): BenchResult {
  const { points, redisBytesPerCard, unitsInMemory } = report;
  const rows = points.flatMap((point) =>
    (['uniform', 'zipf'] as const).map((load) => rowOf(point, load, ratioOf(points, point, load))),
  );
  const fields: readonly (readonly [string, string])[] = [
    ['cost', 'CPU of gateway, worker, NATS and Redis a payment; the client is apart'],
    ['cache', `the worker keeps ${whole(unitsInMemory)} units at most (cards, visitors, terminals)`],
    ['Redis', `${whole(redisBytesPerCard)} bytes a card: snapshot, key and its part of the index`],
  ];
  const named = points.flatMap(({ cards, uniform, zipf }) => [
    [`${whole(cards)} cards, uniform`, uniform] as const,
    [`${whole(cards)} cards, Zipf`, zipf] as const,
  ]);
  return {
    text: [
      `growth: ${whole(IN_FLIGHT)} in flight, load over all cards`,
      [renderTable(HEADS, rows, colors), ...refusals(named)].join('\n'),
      renderFields(fields, colors),
    ].join('\n\n'),
    json: { growth: growthJson(report) },
    plots: { growth: plotOf(points) },
    ok: isClean(named.map(([, throughput]) => throughput)),
  };
}

/** Cost at this point against that at the first. */
export function ratioOf(points: readonly GrowthPoint[], point: GrowthPoint, load: Load): number {
  const [first] = points;
  return first === undefined ? NaN : costOf(point[load]) / costOf(first[load]);
}

/** `million` is there only where there were a million cards. */
export function growthJson({ points, redisBytesPerCard, unitsInMemory }: GrowthReport) {
  const million = points.find(({ cards }) => cards === MILLION);
  return {
    redisBytesPerCard,
    unitsInMemory,
    points: points.map((point) => ({
      ...{ cards: point.cards, workerMiB: point.workerMiB, redisMiB: point.redisMiB },
      uniform: { ...throughputJson(point.uniform), costMicros: costOf(point.uniform) },
      zipf: { ...throughputJson(point.zipf), costMicros: costOf(point.zipf) },
    })),
    ...(million && {
      million: {
        costRatio: ratioOf(points, million, 'uniform'),
        zipfCostRatio: ratioOf(points, million, 'zipf'),
        workerMiB: million.workerMiB,
        redisBytesPerCard,
      },
    }),
  };
}

function rowOf(point: GrowthPoint, load: Load, ratio: number): readonly string[] {
  const { cpuMicros, ratePerSecond, latency } = point[load];
  const process = (name: string): string => (cpuMicros[name] ?? 0).toFixed(1);
  return [
    ...[whole(point.cards), load === 'zipf' ? 'Zipf' : load, whole(ratePerSecond)],
    ...[costOf(point[load]).toFixed(1), ratio.toFixed(2), process('worker'), process('nats')],
    ...[process('redis'), milliseconds(latency.p50Ms), milliseconds(latency.p99Ms)],
    ...[whole(point.workerMiB), whole(point.redisMiB)],
  ];
}

function plotOf(points: readonly GrowthPoint[]): string {
  const line = (name: string, color: string, load: Load) => ({
    ...{ name, color },
    points: points.map((point) => [point.cards, costOf(point[load])] as const),
  });
  return renderPlot({
    title: 'What a payment costs (worker, gateway, NATS, Redis) against the number of cards',
    x: { name: 'cards in the system', logarithmic: true },
    y: { name: 'CPU µs a payment' },
    series: [line('uniform', '#26c', 'uniform'), line('Zipf', '#d62', 'zipf')],
  });
}
