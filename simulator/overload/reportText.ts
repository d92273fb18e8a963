/** The report for a person. */
import type { Paint } from '../reportText.js';
import type { OverloadReport } from './report.js';
import type { Measured } from './steps.js';

export function renderOverload(report: OverloadReport, paint: Paint = (text) => text): string {
  const { capacityPerSecond, factor, before, during, after, slower, audit } = report;
  const row = (name: string, text: string): string => `${paint(name.padEnd(10), 'dim')} ${text}`;
  return [
    row('capacity', `${count(capacityPerSecond)}/s; ${factor} times as much was offered`),
    row('before', measured(before)),
    row('during', measured(during)),
    row('after', measured(after)),
    row(
      'slower',
      `p50 ${slower.p50} times, p99 ${slower.p99} times; as before after ${report.recoveryMs} ms`,
    ),
    row('rejected', `${counts(report.rejected)}; ${count(report.forgone)} given up without a reversal`),
    row('memory', memory(report)),
    row('errors', `${count(report.errors)} without an answer`),
    row(
      'audit',
      `${audit.verdict}: ${count(audit.events)} events, ${count(audit.violationCount)} violations`,
    ),
  ].join('\n');
}

/** The line that programs look for. */
export function renderOverloadVerdict({ verdict, reason }: OverloadReport, paint: Paint): string {
  return verdict === 'pass'
    ? `verdict: ${paint('pass', 'good')}`
    : `verdict: ${paint('fail', 'bad')} (${reason})`;
}

function measured(part: Measured): string {
  const { offeredPerSecond, acceptedPerSecond, refusedPerSecond, latencyMs, late } = part;
  const rates = `${count(offeredPerSecond)}/s offered, ${count(acceptedPerSecond)}/s accepted, ${count(refusedPerSecond)}/s refused`;
  const latency = `p50 ${ms(latencyMs.p50)}  p99 ${ms(latencyMs.p99)}  max ${ms(latencyMs.max)}`;
  return `${rates}; ${latency}${late === 0 ? '' : `; ${count(late)} began late`}`;
}

function memory({ memoryMiB }: OverloadReport): string {
  const parts = Object.entries(memoryMiB).map(
    ([name, { before, peak, after }]) => `${name} ${before} → ${peak} → ${after}`,
  );
  return parts.length === 0 ? 'not known' : `${parts.join(', ')} MiB (before, peak, after)`;
}

function counts(counted: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counted).map(([name, value]) => `${name} ${count(value)}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
