/** The faults for a person: one a line, with the target beside. */
import { FAULTS } from './kinds.js';
import type { ChaosReport, FaultReport } from './report.js';
import type { Paint } from '../reportText.js';

const HEADS = [
  'at',
  'fault',
  'target',
  'outage',
  'nobody paid',
  'not in memory',
  'refused',
  'wanted',
  '',
] as const;

export function renderFaults(report: ChaosReport, paint: Paint = (text) => text): string {
  const rows = report.faults.map(cellsOf);
  const widths = HEADS.map((head, at) => Math.max(head.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  const lines = report.faults.map((fault, at) => {
    const text = line(rows[at] ?? []);
    return fault.withinTarget ? text : paint(text, 'bad');
  });
  const legend = [
    'outage: longest silence of a partition that is concerned; nobody paid: of all of them at once',
    'not in memory: until cards that no worker had in memory were served again',
    'refused: attempts that were rejected, and repeated',
  ].map((text) => paint(text, 'dim'));
  const usual = `usual silence of a partition: ${report.usualSilenceMs} ms`;
  const leftOut = report.leftOut.map(({ kind, reason }) => `left out: ${kind} (${reason})`);
  return [paint(line(HEADS), 'dim'), ...lines, ...leftOut, ...legend, paint(usual, 'dim')].join('\n');
}

function cellsOf(fault: FaultReport): string[] {
  const { kind, target, atMs, outageMs, nobodyMs, idleMs, refused, terminals, lastedMs, withinTarget } =
    fault;
  const lasted = lastedMs === 0 ? '' : ` (${seconds(lastedMs)})`;
  const away = terminals === 0 ? '' : `, ${terminals} terminals away`;
  return [
    seconds(atMs),
    `${kind}${lasted}`,
    `${target}${away}`,
    seconds(outageMs),
    seconds(nobodyMs),
    idleMs === null ? '' : seconds(idleMs),
    String(refused),
    FAULTS[kind].target,
    withinTarget ? 'ok' : 'missed',
  ];
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
