/** The report of the interest bench for people: tables, and the time line as a plot. */
import type { Output } from '../../operator/cli/output.js';
import { renderFields, renderTable } from '../../operator/cli/table.js';
import { renderPlot, type Mark } from '../support/plot.js';
import { milliseconds, whole } from '../support/text.js';
import type { InterestReport, RunReport } from './interest.js';

export function interestText(report: InterestReport, colors: Output['colors']): string {
  const { borrowers, ratePerSecond, plain, killed, lostConnections } = report;
  const parts = [
    `interest over ${whole(borrowers)} borrowers, ${whole(ratePerSecond)} payments/s through the gateway`,
    runText(plain, colors),
  ];
  if (killed !== undefined) {
    parts.push('the same, the worker killed (SIGKILL) in the middle of the run', runText(killed, colors));
  }
  return [...parts, `connections lost: ${lostConnections}`].join('\n\n');
}

function runText(run: RunReport, colors: Output['colors']): string {
  const processes = Object.keys(run.phases[0]?.cores ?? {});
  const right = true;
  const heads = [
    ...[{ name: 'PHASE' }, { name: 'SECONDS', right }, { name: 'PAYMENTS', right }],
    ...[
      { name: 'P50', right },
      { name: 'P99', right },
      { name: 'P99.9', right },
      { name: 'MAX ms', right },
    ],
    ...processes.map((name) => ({ name: `${name.toUpperCase()} %`, right })),
  ];
  const rows = run.phases.map(({ name, seconds, latency, cores }) => [
    ...[name, seconds.toFixed(1), whole(latency.count), milliseconds(latency.p50Ms)],
    ...[milliseconds(latency.p99Ms), milliseconds(latency.p999Ms), milliseconds(latency.maxMs)],
    ...processes.map((process) => whole(100 * (cores[process] ?? 0))),
  ]);
  const { exactness } = run;
  const fields: readonly (readonly [string, string])[] = [
    ['run', `${run.runSeconds.toFixed(2)} s, ${whole(run.borrowersPerSecond)} borrowers/s`],
    ['killed', killedText(run)],
    ['journals', `${whole(run.eventsPerSecond)} events/s in ${whole(run.framesPerSecond)} frames/s`],
    [
      'charged',
      `${whole(exactness.chargedOnce)} of ${whole(exactness.borrowers)} exactly once; ${exactness.missed} missed, ${exactness.chargedTwice} twice; amounts of records and cards ${exactness.amountsAgree ? 'agree' : 'DIFFER'}`,
    ],
    ['p99', `during ÷ before: ${ratioOf(run).toFixed(1)}`],
    [
      'no answer',
      `for ${milliseconds(run.silenceMs)} ms at the longest (before the run: ${milliseconds(run.silenceBeforeMs)} ms)`,
    ],
    ['refused', refusedText(run)],
    ['memory', `worker ${whole(run.workerMiB)} MiB`],
  ];
  return `${renderTable(heads, rows, colors)}\n\n${renderFields(fields, colors)}`;
}

function killedText({ killedAt, begunAt, endedAt }: RunReport): string {
  if (killedAt === undefined) return '';
  if (killedAt > endedAt) return 'after the end of the run: it was too short';
  return `${(killedAt - begunAt).toFixed(1)} s after the beginning of the run`;
}

function refusedText({ refused }: RunReport): string {
  const counts = Object.entries(refused).map(([outcome, count]) => `${whole(count)} ${outcome}`);
  return counts.length === 0 ? 'no payment' : counts.join(', ');
}

function ratioOf({ phases }: RunReport): number {
  const [before, during] = phases;
  return (during?.latency.p99Ms ?? 0) / (before?.latency.p99Ms ?? 1);
}

/** True where every borrower was charged exactly once, by record and card alike. */
export function isExact({ plain, killed }: InterestReport): boolean {
  return [plain, killed ?? plain].every(
    ({ exactness }) => exactness.chargedOnce === exactness.borrowers && exactness.amountsAgree,
  );
}

/** By the names of their files. */
export function interestPlots({ plain, killed }: InterestReport): Readonly<Record<string, string>> {
  return {
    interest: interestPlot('Payments while interest is charged', plain),
    ...(killed && { 'interest-killed': interestPlot('The same, the worker killed in its middle', killed) }),
  };
}

function interestPlot(title: string, { timeline, begunAt, endedAt, killedAt }: RunReport): string {
  const line = (name: string, color: string, of: 'p50Ms' | 'p99Ms' | 'maxMs') => ({
    ...{ name, color },
    points: timeline.map((point) => [point.at, point[of]] as const),
  });
  const marks: Mark[] = [{ name: 'interest run', from: begunAt, to: endedAt }];
  if (killedAt !== undefined) marks.push({ name: 'worker killed', from: killedAt });
  return renderPlot({
    title,
    x: { name: 'seconds' },
    y: { name: 'latency of payments, ms', logarithmic: true },
    series: [line('maximum', '#bbb', 'maxMs'), line('p99', '#d62', 'p99Ms'), line('p50', '#26c', 'p50Ms')],
    marks,
  });
}
