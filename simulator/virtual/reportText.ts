import type { VirtualReport } from './run.js';

type Paint = (text: string, tone: 'good' | 'bad' | 'dim' | 'strong') => string;

/** Violations of one seed that are shown. */
const SHOWN = 3;

const KIND_COLUMNS = 22;
const COUNT_COLUMNS = 8;

/** One line for each failure: what to run again, on which sources. `tookMs`: all of it, on this machine. */
export function renderVirtual(report: VirtualReport, commit: string, tookMs: number, paint: Paint): string {
  const perMinute = Math.floor((report.seeds * 60_000) / Math.max(1, tookMs));
  const lines = [
    paint('What happened to them, and how often', 'strong'),
    ...coverage(report, paint),
    '',
    `${counted(report.seeds, 'seed')} in ${number(Math.round(tookMs / 1_000))} s (${number(perMinute)} a minute) on Node ${report.node}, at least ${counted(report.leastCommands, 'command')} in each`,
    `in all ${counted(report.commands, 'command')}, ${counted(report.frames, 'frame')}, ${counted(Math.round(report.virtualMs / 60_000), 'minute')} of their time`,
    `of these ${counted(report.commandsUnderFaults, 'command')} while something was wrong, at least ${number(report.leastUnderFaults)} in each world`,
    `digest ${paint(report.digest, 'dim')}`,
  ];
  for (const { seed, violations } of report.failed) {
    const more = violations.length > SHOWN ? ` (and ${violations.length - SHOWN} more)` : '';
    lines.push(
      `${paint('FAILED', 'bad')} seed ${seed} at ${commit}: ${violations.slice(0, SHOWN).join(' | ')}${more}`,
    );
  }
  if (report.missing.length > 0) {
    lines.push(
      `${paint('MISSING', 'bad')} in so many worlds these should occur: ${report.missing.join(', ')}`,
    );
  }
  const [first] = report.failed;
  if (first !== undefined) {
    lines.push(`to see what led to it: emoney simulate --virtual --seeds ${first.seed} --trace`);
  }
  const verdict = report.verdict === 'pass' ? paint('verdict: pass', 'good') : paint('verdict: fail', 'bad');
  return [...lines, verdict].join('\n');
}

/** In two columns, read downwards. */
function coverage({ faults }: VirtualReport, paint: Paint): string[] {
  const cells = Object.entries(faults).map(([kind, count]) => {
    const text = (count === 0 ? 'never' : number(count)).padStart(COUNT_COLUMNS);
    return `  ${kind.padEnd(KIND_COLUMNS)}${count === 0 ? paint(text, 'bad') : text}`;
  });
  const rows = Math.ceil(cells.length / 2);
  return cells.slice(0, rows).map((cell, row) => `${cell}  ${cells[rows + row] ?? ''}`.trimEnd());
}

function number(value: number): string {
  return value.toLocaleString('en');
}

function counted(count: number, one: string): string {
  return `${number(count)} ${one}${count === 1 ? '' : 's'}`;
}
