import type { Output } from '../../operator/cli/output.js';
import { renderTable } from '../../operator/cli/table.js';
import type { BenchResult } from '../bench.js';
import { whole } from '../support/text.js';
import type { MicroLine } from './micro.js';

export function microResult(lines: readonly MicroLine[], colors: Output['colors']): BenchResult {
  const heads = [
    { name: '' },
    { name: 'OPERATION' },
    { name: 'MEDIAN ns', right: true },
    { name: 'P99 ns', right: true },
  ];
  const rows = lines.map(({ group, name, medianNs, p99Ns }) => [group, name, whole(medianNs), whole(p99Ns)]);
  const micro: Record<string, Record<string, number>> = {};
  for (const { group, name, medianNs } of lines) micro[group] = { ...micro[group], [name]: medianNs };
  return {
    text: `nanoseconds an operation, one process, no server\n\n${renderTable(heads, rows, colors)}`,
    json: { micro },
    ok: true,
  };
}
