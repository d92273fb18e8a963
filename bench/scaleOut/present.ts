import { cpus } from 'node:os';
import type { Output } from '../../operator/cli/output.js';
import { renderFields } from '../../operator/cli/table.js';
import type { BenchResult } from '../bench.js';
import type { Throughput } from '../support/closedLoop.js';
import { whole } from '../support/text.js';
import { isClean, throughputJson, throughputTable } from '../support/throughputText.js';
import { IN_FLIGHT, type ScaleOutReport } from './scaleOut.js';

export function scaleOutResult(report: ScaleOutReport, colors: Output['colors']): BenchResult {
  const { alone, two, pinned, engine } = report;
  const rows = [
    ...alone.map((each, at) => [at === 0 ? 'one process, before' : 'one process, after', each] as const),
    ...two.map((each, at) => [`two at once: ${at + 1}`, each] as const),
  ];
  const engines = [
    ['engine, one worker', engine.one],
    ['engine, two workers', engine.two],
  ] as const;
  const fields: readonly (readonly [string, string])[] = [
    [
      'stage',
      `${whole(rateOf(two))} ÷ ${whole(rateAlone(report))} payments/s = ${ratioOf(report).toFixed(2)}`,
    ],
    ['engine', `${engineRatio(report).toFixed(2)} on ${cpus().length} cores, servers and client among them`],
  ];
  return {
    text: [
      `scale-out, ${whole(IN_FLIGHT)} in flight; first the CPU-bound stage: partitions, codecs, frames and hash chain in`,
      'processes of their own, journals that acknowledge at once, client included;',
      pinned
        ? 'each process on a core of its own (taskset)'
        : 'the processes on no core of their own (no taskset, or one core): one alone may use more than a core',
      '',
      throughputTable(rows, colors),
      '',
      throughputTable(engines, colors),
      '',
      renderFields(fields, colors),
    ].join('\n'),
    json: {
      scaleOut: {
        ratio: ratioOf(report),
        pinned,
        alonePerSecond: rateAlone(report),
        twoPerSecond: rateOf(two),
        engineRatio: engineRatio(report),
        engine: { one: throughputJson(engine.one), two: throughputJson(engine.two) },
      },
    },
    ok: isClean([...alone, ...two, engine.one, engine.two]),
  };
}

export function ratioOf({ alone, two }: Pick<ScaleOutReport, 'alone' | 'two'>): number {
  return rateOf(two) / rateAlone({ alone });
}

/** The mean of those before and after. */
function rateAlone({ alone }: Pick<ScaleOutReport, 'alone'>): number {
  return rateOf(alone) / Math.max(1, alone.length);
}

function engineRatio({ engine }: ScaleOutReport): number {
  return engine.two.ratePerSecond / engine.one.ratePerSecond;
}

function rateOf(throughputs: readonly Throughput[]): number {
  return throughputs.reduce((sum, { ratePerSecond }) => sum + ratePerSecond, 0);
}
