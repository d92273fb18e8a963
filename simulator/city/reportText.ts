/** The city's part of the report for a person: a table of the parts of the day, and what the night came to. */
import type { Paint } from '../reportText.js';
import { PART_NAMES, type PartName } from './day.js';
import { FLOWS, type FlowName } from './dayTable.js';
import type { CityReport, PartReport } from './report.js';

const FLOW_NAMES: Readonly<Record<FlowName, string>> = {
  value: 'paid from value',
  account: 'paid by account',
  loan: 'paid by loan',
  uncollected: 'fares uncollected',
  deposited: 'deposited',
  repaid: '  of it on loans',
  interestPaid: '  of it on interest',
  farePaid: '  of it on fares',
  givenBack: 'given back',
  stored: 'stored for cards',
  paidOut: 'paid out',
};

const NAME_WIDTH = 22;
const WIDTH = 12;

export function renderCity(city: CityReport, paint: Paint = (text) => text): string {
  return [...partTable(city, paint), '', ...summary(city, paint)].join('\n');
}

function partTable({ parts }: CityReport, paint: Paint): string[] {
  const row = (name: string, of: (part: PartReport) => number, tone?: 'dim'): string[] => {
    const numbers = PART_NAMES.map((part) => of(parts[part]));
    const sum = numbers.reduce((total, each) => total + each, 0);
    if (sum === 0) return [];
    const cells = [...numbers, sum].map((each) => number(each).padStart(WIDTH)).join('');
    return [`${paint(name.padEnd(NAME_WIDTH), tone ?? 'dim')}${cells}`];
  };
  const codes = namesOf(parts, ({ declined }) => declined);
  const head = [...PART_NAMES, 'all'].map((name) => name.padStart(WIDTH)).join('');
  return [
    paint(`${''.padEnd(NAME_WIDTH)}${head}`, 'strong'),
    ...row('orders', ({ orders }) => orders),
    ...row('approved', ({ approved }) => approved),
    ...codes.flatMap((code) => row(lower(code), ({ declined }) => declined[code] ?? 0)),
    ...row('reversed', ({ reversals }) => reversals),
    ...FLOWS.flatMap((flow) => row(FLOW_NAMES[flow], ({ money }) => money[flow])),
  ];
}

function summary(city: CityReport, paint: Paint): string[] {
  const { night, interest, loans, parts } = city;
  const rows: [string, string][] = [
    ['kinds', counts(sumOf(parts, ({ kinds }) => kinds))],
    ['operators', counts(sumOf(parts, ({ operators }) => operators))],
    [
      'phones, gates',
      `${number(city.phones)} phones; ${number(city.offlineExits)} exits through gates without connection`,
    ],
    [
      'explained',
      `${number(city.explained['alike'] ?? 0)} answered as explained before, ${number(city.explained['moved'] ?? 0)} changed in between`,
    ],
    [
      'batches',
      `${number(night.batches)} closed, ${number(night.compared)} compared in three columns, ${number(night.differences)} differences, as planted`,
    ],
    [
      'settlement',
      `${number(night.settlements)} with ${number(night.ordered)} orders: ${number(night.orderedAmount)} collected, ${number(night.creditedAmount)} credited; the bank paid ${number(night.confirmed)}, returned ${number(night.returned)} (${number(night.returnedAmount)})`,
    ],
    [
      'interest',
      `${number(night.datesCharged)} dates charged on schedule; ${number(Number(interest.posted))} posted, ${number(Number(interest.paid))} paid`,
    ],
    [
      'loans',
      `${number(Number(loans.drawn))} drawn, ${number(Number(loans.repaid))} repaid, ${number(Number(loans.now))} now`,
    ],
  ];
  return rows.map(([name, text]) => `${paint(name.padEnd(16), 'dim')} ${text}`);
}

type Parts = CityReport['parts'];
type Counted = (part: PartReport) => Readonly<Record<string, number>>;

function namesOf(parts: Parts, counted: Counted): readonly string[] {
  return Object.keys(sumOf(parts, counted)).sort();
}

function sumOf(parts: Parts, counted: Counted): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const name of PART_NAMES satisfies readonly PartName[]) {
    for (const [key, count] of Object.entries(counted(parts[name]))) sums[key] = (sums[key] ?? 0) + count;
  }
  return sums;
}

function counts(counted: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counted).map(([name, count]) => `${name} ${number(count)}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}

function lower(code: string): string {
  return `  ${code.toLowerCase().replaceAll('_', ' ')}`;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
