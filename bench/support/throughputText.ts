/** Throughputs side by side, one a line. */
import type { Output } from '../../operator/cli/output.js';
import { renderTable } from '../../operator/cli/table.js';
import type { Throughput } from './closedLoop.js';
import { milliseconds, whole } from './text.js';

export type NamedThroughput = readonly [name: string, throughput: Throughput];

/** `relative`: columns of ratios to other lines, by their heads. */
export function throughputTable(
  rows: readonly NamedThroughput[],
  colors: Output['colors'],
  relative: Readonly<Record<string, (throughput: Throughput) => number | undefined>> = {},
): string {
  const processes = [...new Set(rows.flatMap(([, { cpuMicros }]) => Object.keys(cpuMicros)))];
  const right = true;
  const heads = [
    ...[{ name: '' }, { name: 'IN FLIGHT', right }, { name: 'PAYMENTS/S', right }],
    ...Object.keys(relative).map((name) => ({ name, right })),
    ...[
      { name: 'P50 ms', right },
      { name: 'P99 ms', right },
      { name: 'CPU µs', right },
    ],
    ...processes.map((name) => ({ name: name.toUpperCase(), right })),
  ];
  const cells = rows.map(([name, throughput]) => {
    const { inFlight, ratePerSecond, latency, cpuMicrosPerPayment, cpuMicros } = throughput;
    const ratios = Object.values(relative).map((of) => of(throughput)?.toFixed(2) ?? '');
    return [
      ...[name, whole(inFlight), whole(ratePerSecond), ...ratios],
      ...[milliseconds(latency.p50Ms), milliseconds(latency.p99Ms), cpuMicrosPerPayment.toFixed(1)],
      ...processes.map((process) => cpuMicros[process]?.toFixed(1) ?? ''),
    ];
  });
  return [renderTable(heads, cells, colors), ...refusals(rows)].join('\n');
}

/** What was answered otherwise than asked for, a line each. */
export function refusals(rows: readonly NamedThroughput[]): readonly string[] {
  return rows.flatMap(([name, { refused }]) =>
    Object.entries(refused).map(([outcome, count]) => `${name}: ${whole(count)} answered ${outcome}`),
  );
}

/** In the document: the keys that others read. */
export function throughputJson({ ratePerSecond, cpuMicrosPerPayment, cpuMicros, latency }: Throughput) {
  const { p50Ms, p99Ms } = latency;
  return { ratePerSecond, cpuMicrosPerPayment, cpuMicros, p50Ms, p99Ms };
}

/** Nothing was answered otherwise than asked for. */
export function isClean(throughputs: readonly Throughput[]): boolean {
  return throughputs.every(({ refused }) => Object.keys(refused).length === 0);
}
