import type { VirtualReport } from './run.js';

type Paint = (text: string, tone: 'good' | 'bad' | 'dim' | 'strong') => string;

/** Violations of one seed that are shown. */
const SHOWN = 3;

/** One line for each failure: what to run again, on which sources. */
export function renderVirtual(report: VirtualReport, commit: string, paint: Paint): string {
  const number = (value: number) => value.toLocaleString('en');
  const lines = [
    paint('faults', 'strong'),
    ...Object.entries(report.faults).map(
      ([kind, count]) =>
        `  ${kind.padEnd(22)} ${count === 0 ? paint('never', 'bad') : number(count).padStart(9)}`,
    ),
    '',
    `${number(report.seeds)} seeds, ${number(report.commands)} commands, ${number(report.frames)} frames, ${number(Math.round(report.virtualMs / 60_000))} minutes of their time`,
    `digest ${paint(report.digest, 'dim')}`,
  ];
  for (const { seed, violations } of report.failed) {
    const more = violations.length > SHOWN ? ` (and ${violations.length - SHOWN} more)` : '';
    lines.push(
      `${paint('FAILED', 'bad')} seed ${seed} at ${commit}: ${violations.slice(0, SHOWN).join(' | ')}${more}`,
    );
  }
  const verdict = report.verdict === 'pass' ? paint('verdict: pass', 'good') : paint('verdict: fail', 'bad');
  return [...lines, verdict].join('\n');
}
