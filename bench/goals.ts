/** The goals of the issue, judged by the document that the benches write. */
import type { Output } from '../operator/cli/output.js';
import { renderTable } from '../operator/cli/table.js';
import { milliseconds, whole } from './support/text.js';

export type Document = Readonly<Record<string, unknown>>;

interface Bound {
  readonly label: string;
  readonly of: (document: Document) => number | undefined;
  readonly least?: number;
  readonly most?: number;
  readonly show: (value: number) => string;
}

export interface Goal {
  readonly name: string;
  readonly bounds: readonly Bound[];
}

export interface Verdict {
  readonly name: string;
  readonly asked: string;
  /** Empty: not measured. */
  readonly measured: string;
  readonly reached: boolean | undefined;
}

const times = (value: number): string => `${value.toFixed(2)} ×`;
const perSecond = (value: number): string => `${whole(value)}/s`;
const micros = (value: number): string => `${value.toFixed(1)} µs`;
const ms = (value: number): string => `${milliseconds(value)} ms`;
const seconds = (value: number): string => `${value.toFixed(2)} s`;
const share = (value: number): string => `${(100 * value).toFixed(0)} %`;

const least = (label: string, path: string, bound: number, show: Bound['show']): Bound => {
  return { label, of: numberAt(path), least: bound, show };
};
const most = (label: string, path: string, bound: number, show: Bound['show']): Bound => {
  return { label, of: numberAt(path), most: bound, show };
};

export const GOALS: readonly Goal[] = [
  {
    name: 'Engine, 256 in flight',
    bounds: [
      least('of packed raw', 'engine.inFlight256.ofPackedRaw', 0.5, times),
      least('of Redis always', 'engine.inFlight256.ofRedisAlways', 1.5, times),
    ],
  },
  {
    name: 'Engine, 4,096 in flight',
    bounds: [
      least('', 'engine.inFlight4096.ratePerSecond', 80_000, perSecond),
      least('of Redis always', 'engine.inFlight4096.ofRedisAlways', 3, times),
    ],
  },
  {
    name: 'Full path, 1,000 connections',
    bounds: [least('', 'full.connections1000.ratePerSecond', 20_000, perSecond)],
  },
  {
    name: 'Full path, 200 connections × 4',
    bounds: [least('', 'full.connections200x4.ratePerSecond', 30_000, perSecond)],
  },
  {
    name: 'CPU a payment, engine at 4,096',
    bounds: [most('', 'engine.inFlight4096.cpuMicrosPerPayment', 25, micros)],
  },
  {
    name: 'CPU a payment, full path',
    bounds: [
      most('1,000 × 1', 'full.connections1000.cpuMicrosPerPayment', 80, micros),
      most('200 × 4', 'full.connections200x4.cpuMicrosPerPayment', 80, micros),
    ],
  },
  {
    name: '1,000 payments/s, open loop',
    bounds: [
      most('p50', 'openLoop1000.p50Ms', 3, ms),
      most('p99', 'openLoop1000.p99Ms', 15, ms),
      most('p99.9', 'openLoop1000.p999Ms', 50, ms),
    ],
  },
  {
    name: 'Growth to 1,000,000 cards',
    bounds: [
      most('uniform', 'growth.million.costRatio', 1.3, times),
      most('Zipf', 'growth.million.zipfCostRatio', 1.3, times),
    ],
  },
  {
    name: 'Hot card, hot terminal: the others',
    bounds: [
      most('card', 'hot.card.meanRatio', 1.1, times),
      most('terminal', 'hot.terminal.meanRatio', 1.1, times),
    ],
  },
  {
    name: 'Recovery',
    bounds: [
      least('replay', 'recovery.eventsPerSecond', 500_000, perSecond),
      most('restart', 'recovery.restartSeconds', 2, seconds),
    ],
  },
  { name: 'Scale-out, two workers', bounds: [least('', 'scaleOut.ratio', 1.6, times)] },
  {
    name: 'Interest: charged once, also through a crash',
    bounds: [
      { label: '', of: chargedOnce('plain'), least: 1, show: share },
      { label: 'killed', of: chargedOnce('killed'), least: 1, show: share },
    ],
  },
  {
    name: 'Interest: p99 of payments (our own goal)',
    bounds: [{ label: 'during ÷ before', of: p99During, most: 3, show: times }],
  },
];

export function judge({ name, bounds }: Goal, document: Document): Verdict {
  const asked = bounds.map((bound) => said(bound, boundOf(bound), bound.least === undefined ? '≤ ' : '≥ '));
  const found = bounds.map((bound) => ({ bound, value: bound.of(document) }));
  const known = found.flatMap(({ bound, value }) => (value === undefined ? [] : [{ bound, value }]));
  const missing = known.length < found.length;
  return {
    name,
    asked: asked.join(', '),
    measured: known.map(({ bound, value }) => said(bound, bound.show(value), '')).join(', '),
    reached: missing ? undefined : known.every(({ bound, value }) => holds(bound, value)),
  };
}

export function verdicts(document: Document): readonly Verdict[] {
  return GOALS.map((goal) => judge(goal, document));
}

export function stateOf({ reached }: Verdict): string {
  if (reached === undefined) return 'not measured';
  return reached ? 'reached' : 'not reached';
}

/** For people, at the end of a run. */
export function goalsText(document: Document, colors: Output['colors']): string {
  const paint = { reached: colors.green, 'not reached': colors.red } as const;
  const rows = verdicts(document).map((verdict) => {
    const text = stateOf(verdict);
    const state = text === 'not measured' ? text : { text, paint: paint[text as keyof typeof paint] };
    return [verdict.name, verdict.asked, verdict.measured, state];
  });
  const heads = [{ name: 'GOAL' }, { name: 'ASKED FOR' }, { name: 'MEASURED' }, { name: 'STATE' }];
  return renderTable(heads, rows, colors);
}

function boundOf({ least: low, most: high, show }: Bound): string {
  return show(low ?? high ?? NaN);
}

function holds({ least: low = -Infinity, most: high = Infinity }: Bound, value: number): boolean {
  return value >= low && value <= high;
}

function said({ label }: Bound, value: string, relation: string): string {
  return `${label === '' ? '' : `${label} `}${relation}${value}`;
}

/** The number at a path of keys; undefined: there is none. */
function numberAt(path: string): (document: Document) => number | undefined {
  return (document) => {
    let at: unknown = document;
    for (const key of path.split('.')) at = (at as Record<string, unknown> | undefined)?.[key];
    return typeof at === 'number' ? at : undefined;
  };
}

function chargedOnce(run: 'plain' | 'killed'): Bound['of'] {
  return (document) => {
    const once = numberAt(`interest.${run}.exactness.chargedOnce`)(document);
    const borrowers = numberAt(`interest.${run}.exactness.borrowers`)(document);
    return once === undefined || borrowers === undefined ? undefined : once / borrowers;
  };
}

function p99During(document: Document): number | undefined {
  const [before, during] = [0, 1].map((phase) =>
    numberAt(`interest.plain.phases.${phase}.latency.p99Ms`)(document),
  );
  return before === undefined || during === undefined ? undefined : during / before;
}
