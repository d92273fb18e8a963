import type { Output } from '../../operator/cli/output.js';
import { renderTable } from '../../operator/cli/table.js';
import type { BenchResult } from '../bench.js';
import { whole } from '../support/text.js';
import { isClean, throughputTable } from '../support/throughputText.js';
import { STAGES } from './stageOf.js';
import type { StagesReport } from './stages.js';

const OTHER_THREADS = 'other threads';

export function stagesResult(reports: readonly StagesReport[], colors: Output['colors']): BenchResult {
  const throughputs = reports.map(({ throughput }) => throughput);
  const rows = throughputs.map((throughput) => ['engine, profiled', throughput] as const);
  return {
    text: [
      'CPU a payment by process, the worker under a sampling profiler',
      throughputTable(rows, colors),
      'the worker by stage, CPU µs a payment',
      stageTable(reports, colors),
      reports
        .map(({ throughput, idle }) => `idle at ${whole(throughput.inFlight)}: ${percent(idle)} of the time`)
        .join('\n'),
    ].join('\n\n'),
    json: {
      stages: Object.fromEntries(
        reports.map((report) => [`inFlight${report.throughput.inFlight}`, stagesJson(report)] as const),
      ),
    },
    ok: isClean(throughputs),
  };
}

function stageTable(reports: readonly StagesReport[], colors: Output['colors']): string {
  const right = true;
  const heads = [
    { name: 'STAGE' },
    ...reports.flatMap(({ throughput }) => [
      { name: `µs at ${whole(throughput.inFlight)}`, right },
      { name: '%', right },
    ]),
  ];
  const line = (name: string, of: (report: StagesReport) => number): readonly string[] => [
    name,
    ...reports.flatMap((report) => [of(report).toFixed(1), percent(of(report) / totalOf(report))]),
  ];
  const stages = STAGES.filter((stage) => stage !== 'idle').map((stage) =>
    line(stage, (report) => report.stages.get(stage) ?? 0),
  );
  const threads = line(OTHER_THREADS, ({ otherThreads }) => otherThreads);
  return renderTable(heads, [...stages, threads, line('all', totalOf)], colors);
}

function totalOf({ stages, otherThreads }: StagesReport): number {
  return [...stages.values()].reduce((sum, each) => sum + each, otherThreads);
}

function stagesJson({ throughput, stages, otherThreads }: StagesReport) {
  return { processes: throughput.cpuMicros, worker: { ...Object.fromEntries(stages), otherThreads } };
}

function percent(share: number): string {
  return `${whole(100 * share)} %`;
}
