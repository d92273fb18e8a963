/** The cuts for a person: one a line, and below what is wrong with each. */
import type { Paint } from '../reportText.js';
import type { CutReport, PowerCutReport } from './report.js';

const HEADS = [
  ...['cut', 'at', 'acknowledged', 'recovered', 'segments', 'lost', 'doubled', 'serves after', ''],
] as const;

export function renderCuts({ cuts }: PowerCutReport, paint: Paint = (text) => text): string {
  const rows = cuts.map(cellsOf);
  const widths = HEADS.map((head, at) => Math.max(head.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  const lines = cuts.flatMap((cut, at) => {
    const text = line(rows[at] ?? []);
    if (cut.verdict === 'pass') return [text];
    const wrong = [cut.refused, ...cut.examples, ...cut.violations].filter((each) => each !== '');
    return [paint(text, 'bad'), ...wrong.map((each) => paint(`     ${each}`, 'dim'))];
  });
  return [paint(line(HEADS), 'dim'), ...lines].join('\n');
}

function cellsOf({ cut, kind, atMs, awayMs, recoverMs, verdict, ...counts }: CutReport): string[] {
  const { acknowledged, recovered, segments, lost, doubled } = counts;
  const away = awayMs === null ? '' : `, away ${seconds(awayMs)}`;
  return [
    `${cut} ${kind}${away}`,
    seconds(atMs),
    ...[acknowledged, recovered, segments, lost, doubled].map(String),
    recoverMs === null ? 'never' : seconds(recoverMs),
    verdict === 'pass' ? 'ok' : 'FAIL',
  ];
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
