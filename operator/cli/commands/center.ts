import type { Command } from 'commander';
import { USUAL_REFUND_DAYS } from '../../../actors/money/parameters.js';
import type { OperatorLink } from '../../../simulator/operatorLink.js';
import { operating, type OperatingOptions, withOperating } from '../operating.js';
import type { Output } from '../output.js';
import { type Aged, ageClasses, agesText } from '../settlement/ageing.js';
import { ageInDays } from '../settlement/ages.js';
import { type Cell, renderFields, renderTable } from '../table.js';
import { asOfText, counted, dateText, timeText } from '../text.js';
import { runName } from './interest.js';
import { inForce, percentText } from './parameters.js';

export function addCenter(program: Command): void {
  const center = program
    .command('center')
    .description('the deployment on one screen: date, interest, loans, and what waits for somebody');
  withOperating(center).addHelpText('after', HELP).action(show);
}

const HELP = `
What is counted here is listed by: emoney loans, emoney collections --open, emoney card pending, emoney card alerts,
emoney card prohibited, emoney terminal list.

Examples:
  $ emoney center
  $ emoney center --json
`;

async function show(options: OperatingOptions): Promise<void> {
  await operating(options, async (operator, output) => {
    const view = await viewOf(operator);
    output.print(centerText(view, output.colors));
    output.say(asOfText(view.loans.asOf));
    output.document(view);
  });
}

type View = Awaited<ReturnType<typeof viewOf>>;

/** What `--json` writes. */
async function viewOf(operator: OperatorLink) {
  const system = await operator.use((session) => session.describeSystem());
  const { parameters, ...center } = await operator.use((session) => session.describeCenter());
  const { businessDate } = center;
  const { cards, sums, asOf } = await operator.use((session) => session.listLoans(businessDate, 0));
  const ageOf = ageInDays(system.rules.timeZone, businessDate);
  const collections = await operator.use((session) => session.listCollections());
  const instructions = await operator.use((session) => session.listInstructions());
  const prohibitions = await operator.use((session) => session.listProhibitions());
  const alerts = await operator.use((session) => session.listAlerts());
  return {
    ...system,
    ...center,
    parameters: inForce(parameters, businessDate),
    toCome: parameters.filter(({ effectiveFrom }) => effectiveFrom > businessDate),
    loans: { cards, sums, asOf },
    collections: waiting(collections.map(({ amount, timeMs }) => ({ amount, ageDays: ageOf(timeMs) }))),
    instructions: waiting(instructions.map(({ amount, timeMs }) => ({ amount, ageDays: ageOf(timeMs) }))),
    prohibited: {
      cards: prohibitions.length,
      byReason: countedBy(prohibitions.flatMap(({ reasons }) => reasons)),
    },
    alerts: { cards: alerts.length },
  };
}

function waiting(items: readonly Aged[]) {
  return {
    count: items.length,
    amount: items.reduce((sum, { amount }) => sum + BigInt(amount), 0n),
    ages: ageClasses(items),
  };
}

function waitingText({ count, ages }: ReturnType<typeof waiting>): string {
  return count === 0 ? 'none' : `${count}: ${agesText(ages)}`;
}

function countedBy(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function centerText(view: View, colors: Output['colors']): string {
  const { loans, collections, instructions, prohibited, alerts } = view;
  const { fareOwed, interest, loan, owed } = loans.sums;
  const reasons = Object.entries(prohibited.byReason).map(([reason, count]) => `${reason} ${count}`);
  const fields = renderFields(
    [
      ['deployment', deploymentText(view, colors)],
      ['business date', `${dateText(view.businessDate)}${clockText(view)}`],
      ['parameters', parametersText(view)],
      ['interest', interestText(view)],
      ['settlements', view.settlements === 0 ? 'none yet' : `the last is ${view.settlements}`],
      ['terminals', `${view.connectedTerminals} connected here`],
      [
        'loans',
        loans.cards === 0
          ? 'nobody owes anything'
          : `${counted(loans.cards, 'card owes', 'cards owe')} ${owed} = fare owed ${fareOwed} + interest ${interest} + loan ${loan}`,
      ],
      ['collections', waitingText(collections)],
      ['pending', waitingText(instructions)],
      [
        'prohibited',
        prohibited.cards === 0 ? 'none' : `${counted(prohibited.cards, 'card')}: ${reasons.join(', ')}`,
      ],
      [
        'alerts',
        alerts.cards === 0 ? 'none' : `${counted(alerts.cards, 'card')} at 80 % of the limit or above`,
      ],
    ],
    colors,
  );
  return `${fields}\n\n${partitionsTable(view, colors)}`;
}

function deploymentText({ deployment, rules }: View, { bold }: Output['colors']): string {
  const { currency, currencyScale, timeZone, createdMs } = rules;
  return `${bold(deployment)}: ${currency} (${counted(currencyScale, 'decimal')}), ${timeZone}, since ${timeText(createdMs)}`;
}

function clockText({ rules: { businessClock } }: View): string {
  if (businessClock === undefined) return '';
  const { start, rate } = businessClock;
  return `, by a clock that began at ${timeText(start)} and runs ${rate} times as fast`;
}

function parametersText({ parameters, toCome, adopting }: View): string {
  const parts = [
    parameters === undefined
      ? 'none'
      : `number ${parameters.number}: ${percentText(parameters.ratePpm)} a year, ${parameters.frequency.toLowerCase()}; refunds within ${parameters.refundDays || USUAL_REFUND_DAYS} days; ${counted(parameters.fares.length, 'fare')}`,
    ...toCome.map(({ number, effectiveFrom }) => `number ${number} from ${dateText(effectiveFrom)}`),
    adopting.length === 0 ? '' : `not adopted yet by partition ${adopting.join(', ')}`,
  ];
  return parts.filter((part) => part !== '').join('; ');
}

function interestText({ chargedThrough, run }: View): string {
  const charged = chargedThrough === 0 ? 'not charged yet' : `charged through ${dateText(chargedThrough)}`;
  return run === undefined ? charged : `${charged}; under way: ${runName(run)}`;
}

function partitionsTable({ partitions }: View, colors: Output['colors']): string {
  const right = true;
  const heads = [
    { name: 'PARTITION', right },
    { name: 'OWNER' },
    { name: 'EPOCH', right },
    { name: 'FRAME', right },
  ];
  const rows = partitions.map(({ partition, worker, epoch, lastSequence }): Cell[] => [
    String(partition),
    worker === '' ? { text: 'nobody', paint: colors.red } : worker,
    ...[String(epoch), String(lastSequence)],
  ]);
  return renderTable(heads, rows, colors);
}
