/** What an audit found: plain, so that it can be printed as JSON, and a rendering for people. */
import type { InFlight } from './crossCheck.js';
import { CHECKS, type Check, type Violation } from './findings.js';
import type { Money } from './flows.js';
import type { TapsReport } from './taps.js';

/** What was compared with the running system. */
export interface Compared {
  readonly cards: number;
  readonly terminals: number;
  /** Units that changed faster than they could be compared: not compared, and no violation. */
  readonly moved: number;
  readonly snapshots: {
    readonly equal: number;
    readonly behind: number;
    readonly missing: number;
    /** Not compared: what keeps them was away. No violation. */
    readonly unread: number;
  };
}

export interface Report {
  readonly verdict: 'pass' | 'fail';
  readonly partitions: number;
  readonly frames: number;
  readonly events: number;
  readonly cards: number;
  readonly terminals: number;
  readonly ids: number;
  /** At most 100 of `inFlightCount`. */
  readonly inFlight: readonly InFlight[];
  readonly inFlightCount: number;
  /** How often each check was made; 0: nothing in the journal exercised it. */
  readonly checks: Readonly<Record<Check, number>>;
  /** At most 100 of `violationCount`. */
  readonly violations: readonly Violation[];
  readonly violationCount: number;
  /** Sums over all cards, minor units, decimal. */
  readonly money: Money;
  /** What was tried with prohibited cards. */
  readonly taps: TapsReport;
  readonly compared: Compared;
}

export const NOTHING_COMPARED: Compared = {
  cards: 0,
  terminals: 0,
  moved: 0,
  snapshots: { equal: 0, behind: 0, missing: 0, unread: 0 },
};

/** What each check means, for people. */
const MEANINGS: Readonly<Record<Check, string>> = {
  I1: 'deposits + stored = change of stored value + spent − given back + payments + unloads',
  I2: 'parts make up the amount, by the rules',
  I3: "the card's record = the center's record",
  I4: 'no drawing beyond the loan limit',
  I5: 'a transaction id has one effect',
  I6: 'nothing approved while prohibited',
  I7: 'interest posted + carried = exact accrual',
  I8: 'terminal, card and center tell of the same transactions',
  I9: 'everything acknowledged is in the journal',
  I10: 'loan, interest, fares and account shares = what made them − what ended them',
  CHAIN: 'journals are whole: sequence, hash, epoch, time',
  FORMAT: 'frames and events can be read',
  RULE: 'other rules: checks and their order, caps, gates, PIN, roles, dates',
  ACTOR: 'running actors hold what the journal says',
  SNAPSHOT: 'snapshots hold what the journal says',
};

/** How to emphasize a word; by default nothing is. */
export type Paint = (text: string, tone: 'good' | 'bad' | 'dim' | 'strong') => string;

/** Aligned lines without a trailing newline. */
export function renderReport(report: Report, paint: Paint = (text) => text): string {
  const lines = [...renderCounts(report, paint), '', ...renderChecks(report, paint)];
  if (report.inFlightCount > 0) lines.push('', ...renderInFlight(report, paint));
  if (report.violationCount > 0) lines.push('', ...renderViolations(report, paint));
  return [...lines, '', `audit: ${paint(report.verdict, report.verdict === 'pass' ? 'good' : 'bad')}`].join(
    '\n',
  );
}

function renderCounts(report: Report, paint: Paint): string[] {
  const { compared, taps } = report;
  const { equal, behind, missing, unread } = compared.snapshots;
  const away = unread === 0 ? '' : `; ${unread} not compared: Redis cannot be read`;
  const rows: [string, string][] = [
    ['journals', `${report.partitions} partitions, ${report.frames} frames, ${report.events} events`],
    ['books', `${report.cards} cards, ${report.terminals} terminals, ${report.ids} transaction ids`],
    ['in flight', String(report.inFlightCount)],
    [
      'actors',
      `${compared.cards} cards, ${compared.terminals} terminals equal, ${compared.moved} on the move`,
    ],
    ['prohibited', tapsText(taps)],
    ['snapshots', `${equal} equal, ${behind} behind, ${missing} missing${away}`],
  ];
  return rows.map(([name, text]) => `${paint(name.padEnd(10), 'dim')} ${text}`);
}

function tapsText({ prohibitions, byTerminal, byCard, approved, exits }: TapsReport): string {
  const refused = `${byTerminal.count} taps refused by terminals, ${byCard.count} by cards`;
  return `${prohibitions} times; ${refused}; ${exits.count} exits; ${approved.count} approved (${approved.amount})`;
}

function renderChecks(report: Report, paint: Paint): string[] {
  const width = Math.max(...CHECKS.map((check) => String(report.checks[check]).length));
  const broken = new Set(report.violations.map(({ code }) => code));
  return CHECKS.map((check) => {
    const count = report.checks[check];
    const [word, tone] = broken.has(check) ? (['FAIL', 'bad'] as const) : (['ok', 'good'] as const);
    const state = count === 0 && word === 'ok' ? paint('–'.padEnd(4), 'dim') : paint(word.padEnd(4), tone);
    return `${check.padEnd(8)} ${state} ${String(count).padStart(width)}  ${paint(MEANINGS[check], 'dim')}`;
  });
}

function renderInFlight(report: Report, paint: Paint): string[] {
  const lines = report.inFlight.slice(0, 20).map(({ id, card, waitsFor }) => `  ${id}  ${card}  ${waitsFor}`);
  const more = report.inFlightCount - lines.length;
  return [paint('in flight', 'strong'), ...lines, ...(more > 0 ? [`  and ${more} more`] : [])];
}

function renderViolations(report: Report, paint: Paint): string[] {
  const lines = report.violations.map((violation) => `  ${renderViolation(violation, paint)}`);
  const more = report.violationCount - lines.length;
  const head = paint(`violations: ${report.violationCount}`, 'bad');
  return [head, ...lines, ...(more > 0 ? [`  and ${more} more`] : [])];
}

function renderViolation(violation: Violation, paint: Paint): string {
  const { code, partition, position, card, terminal, id, message } = violation;
  const where = [
    partition === undefined ? '' : `partition ${partition}`,
    position === undefined ? '' : `frame ${position}`,
    card === undefined ? '' : `card ${card}`,
    id === undefined ? (terminal === undefined ? '' : `terminal ${terminal}`) : `id ${id}`,
  ].filter((part) => part !== '');
  return `${paint(code.padEnd(8), 'bad')} ${message}${where.length > 0 ? paint(` (${where.join(', ')})`, 'dim') : ''}`;
}
