import type { Explanation, Step } from '../../../client/explanation.js';
import type { Balances, Parts } from '../../../client/reply.js';
import type { Output } from '../output.js';
import { dateText, timeText } from '../text.js';

type Colors = Output['colors'];

/** What would be answered, and below it one aligned line a step. */
export function explanationText(explanation: Explanation, colors: Colors): string {
  const { outcome, steps } = explanation;
  const paint = outcome === 'APPROVED' ? colors.green : colors.red;
  const answer = [`${paint(outcome)}${splitText(explanation)}`, ...remarks(explanation)];
  return [...answer, '', ...stepLines(steps, colors)].join('\n');
}

function splitText({ reply }: Explanation): string {
  if (reply === undefined || reply.amount === 0) return '';
  const parts = partsText(reply.parts);
  return `  ${reply.amount.toString()}${parts === '' ? '' : ` = ${parts}`}`;
}

function remarks({ reply, acknowledged, pinNeeded, recorded }: Explanation): readonly string[] {
  const { projected, reasons = [], pending = 0 } = acknowledged ?? {};
  const balances = reply?.balances ?? projected;
  return [
    recorded ? 'The number was used before: this is its status.' : '',
    balances === undefined ? '' : balancesText(balances, pending),
    reply?.fits === undefined ? '' : `at most ${reply.fits} would fit`,
    reply?.obstacle === undefined ? '' : `obstacle ${reply.obstacle}`,
    reply === undefined || reply.remainder === 0 ? '' : `${reply.remainder} would stay unpaid`,
    reasons.length === 0 ? '' : `prohibited: ${reasons.join(', ')}`,
    pinNeeded ? 'A PIN has to be entered: this is the answer with the right one.' : '',
  ].filter((line) => line !== '');
}

/** Nothing where the card was not looked at. */
function balancesText(balances: Balances, pending: number): string {
  const { storedValue, loan, interest, fareOwed, limit } = balances;
  if (Object.values({ ...balances }).every((amount) => amount === 0)) return '';
  const applied = pending === 0 ? '' : `, with ${pending} pending applied`;
  return `then SV ${storedValue}, loan ${loan} of ${limit}, interest ${interest}, fare owed ${fareOwed}${applied}`;
}

/** value 1200 + loan 800 */
function partsText(parts: Parts): string {
  return Object.entries({ ...parts })
    .filter(([, amount]) => amount > 0)
    .map(([name, amount]) => `${name} ${amount}`)
    .join(' + ');
}

function stepLines(steps: readonly Step[], colors: Colors): readonly string[] {
  const [rules, texts] = [widthOf(steps.map(({ rule }) => rule)), widthOf(steps.map(({ text }) => text))];
  return steps.map(({ rule, passed, text, facts }) => {
    const mark = passed ? colors.green('✔') : colors.red('✖');
    return `  ${mark} ${rule.padEnd(rules)}  ${text.padEnd(texts)}  ${colors.dim(factsText(facts))}`.trimEnd();
  });
}

function widthOf(column: readonly string[]): number {
  return Math.max(0, ...column.map(({ length }) => length));
}

/** How a fact of this name is read; others are amounts, counts and versions. */
const READ: ReadonlyMap<string, (value: number) => string> = new Map([
  ...['terminalTime', 'now', 'since'].map((name) => [name, timeText] as const),
  ...['businessDate', 'refundableFrom', 'expiryDate', 'today', 'effectiveFrom', 'through', 'charged'].map(
    (name) => [name, dateText] as const,
  ),
  ['minute', minuteText] as const,
]);

/** Of the day: 570 → 09:30 */
function minuteText(minute: number): string {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

function factsText(facts: Step['facts']): string {
  return Object.entries(facts)
    .map(([name, value]) => `${name} ${factText(name, value)}`)
    .join(', ');
}

function factText(name: string, value: Step['facts'][string]): string {
  if (value === '') return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return (typeof value === 'number' ? READ.get(name)?.(value) : undefined) ?? value.toString();
}
