/** The report for a person: aligned, one thing a line. */
import { renderCity } from './city/reportText.js';
import type { SimulationReport } from './report.js';

export type Paint = (text: string, tone: 'good' | 'bad' | 'dim' | 'strong') => string;

export function renderSimulation(report: SimulationReport, paint: Paint = (text) => text): string {
  const lines = rows(report).map(([name, text]) => `${paint(name.padEnd(16), 'dim')} ${text}`);
  const city = report.city === undefined ? [] : ['', renderCity(report.city, paint)];
  return [...lines, ...city, ...violations(report, paint)].join('\n');
}

/** The line that programs look for. */
export function renderVerdict({ verdict, reason }: SimulationReport, paint: Paint = (text) => text): string {
  return verdict === 'pass'
    ? `verdict: ${paint('pass', 'good')}`
    : `verdict: ${paint('fail', 'bad')} (${reason})`;
}

function rows(report: SimulationReport): [string, string][] {
  const { latencyMs: latency, prohibitionMs: prohibition, audit } = report;
  const approved = report.accepted === 0 ? 0 : (100 * report.approved) / report.accepted;
  return [
    [
      'population',
      `${number(report.cards)} cards, ${number(report.terminals)} terminals, seed ${report.seed}`,
    ],
    [
      'accepted',
      `${number(report.accepted)} in ${report.loadSeconds} s, ${number(Math.round(report.ratePerSecond))}/s`,
    ],
    ['approved', `${number(report.approved)} (${approved.toFixed(1)} %)`],
    ['declined', counts(report.declined)],
    ['rejected', counts(report.rejected)],
    ['errors', number(report.errors)],
    ['kinds', `${counts(report.byKind)}; ${number(report.repeats)} repeated`],
    [
      'latency',
      `p50 ${ms(latency.p50)}  p90 ${ms(latency.p90)}  p99 ${ms(latency.p99)}  p99.9 ${ms(latency.p999)}  max ${ms(latency.max)}`,
    ],
    ['late', number(report.late)],
    [
      'prohibition',
      prohibition === null
        ? 'none'
        : `p50 ${ms(prohibition.p50)}  p99 ${ms(prohibition.p99)}  max ${ms(prohibition.max)}  until every terminal holds it`,
    ],
    ['prohibited', prohibited(audit.taps)],
    ['drain', `${report.drainSeconds} s`],
    [
      'journal',
      `${number(Math.round(report.framesPerSecond))} frames/s, ${report.answersPerFrame} answers a frame`,
    ],
    ['cpu', cpu(report.cpuMicrosPerPayment)],
    [
      'audit',
      `${audit.verdict}: ${number(audit.frames)} frames, ${number(audit.events)} events, ${number(audit.cards)} cards, ${number(audit.ids)} ids, ${number(audit.violationCount)} violations${unread(audit)}`,
    ],
  ];
}

/** What was tried with the cards, from the decision on. */
function prohibited({
  prohibitions,
  byCard,
  byTerminal,
  approved,
}: SimulationReport['audit']['taps']): string {
  const refused = `refused ${number(byCard.count)} (${byCard.amount}) by cards, ${number(byTerminal.count)} (${byTerminal.amount}) by terminals`;
  return `${number(prohibitions)} times; taps from then on: ${refused}; approved ${number(approved.count)} (${approved.amount})`;
}

function unread({ compared }: SimulationReport['audit']): string {
  return compared.snapshots.unread === 0 ? '' : '; snapshots not compared: Redis cannot be read';
}

function violations({ violations: found }: SimulationReport, paint: Paint): string[] {
  const shown = found.slice(0, 20).map((text) => `  ${text}`);
  const more = found.length > shown.length ? [`  and more: see --json`] : [];
  return found.length === 0 ? [] : ['', paint('violations', 'bad'), ...shown, ...more];
}

function cpu(micros: Readonly<Record<string, number>>): string {
  const parts = Object.entries(micros).map(([name, value]) => `${name} ${value.toFixed(0)}`);
  return parts.length === 0 ? 'not known' : `${parts.join(', ')} µs a payment`;
}

function counts(counted: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counted).map(([name, value]) => `${name} ${number(value)}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
