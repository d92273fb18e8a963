import { Option, type Command } from 'commander';
import { USUAL_REFUND_DAYS } from '../../../actors/money/parameters.js';
import { MAX_REFUND_DAYS } from '../../../actors/bounds.js';
import type { CenterDescription, Parameters } from '../../../client/parameters.js';
import { CommandError } from '../errors.js';
import { operating, type OperatingOptions, report, withOperating } from '../operating.js';
import { integerParser, parseDate, parsePercent } from '../options.js';
import type { Output } from '../output.js';
import { readFares } from '../system/fares.js';
import { renderTable } from '../table.js';
import { counted, dateText } from '../text.js';

interface SetOptions extends OperatingOptions {
  readonly from: number;
  readonly rate?: number;
  readonly frequency?: 'daily' | 'weekly' | 'monthly';
  readonly fares?: string;
  readonly refundDays?: number;
  readonly note?: string;
}

export function addParameters(program: Command): void {
  const parameters = program
    .command('parameters')
    .description('interest rate and frequency, fares, days for refunds: each in force from a date on')
    .addHelpText('after', HELP);

  const show = parameters.command('show').description('those of the creation, then every change');
  withOperating(show)
    .option('--fares', 'the fare table of the newest too')
    .addHelpText('after', '\nExample:\n  $ emoney parameters show\n')
    .action(async (options: OperatingOptions & { readonly fares?: boolean }) => {
      await operating(options, async (operator, output) => {
        const center = await operator.use((session) => session.describeCenter());
        output.print(parametersText(center, options.fares === true, output));
        output.document({
          businessDate: center.businessDate,
          parameters: center.parameters,
          adopting: center.adopting,
        });
      });
    });

  const set = parameters
    .command('set')
    .description('change some of them from a date on that has not begun; the others stay')
    .requiredOption('--from <date>', 'the first day on which they are in force: 2026-02-01', parseDate)
    .option('--rate <percent>', 'interest a year', parsePercent)
    .addOption(
      new Option('--frequency <how often>', 'when interest is charged').choices([
        'daily',
        'weekly',
        'monthly',
      ]),
    )
    .option('--fares <file.csv>', 'the whole fare table: from,to,amount')
    .option('--refund-days <n>', 'how long a purchase may be refunded', integerParser(1, MAX_REFUND_DAYS))
    .option('--note <text>', 'why');
  withOperating(set).addHelpText('after', SET_HELP).action(runSet);
}

const HELP = `
Examples:
  $ emoney parameters show
  $ emoney parameters set --rate 15 --from 2026-02-01
`;

const SET_HELP = `
Every change gets the next number. Said again with the same date and the same values, it is answered as done.

Examples:
  $ emoney parameters set --rate 15 --from 2026-02-01 --note 'board of January'
  $ emoney parameters set --fares fares.csv --from 2026-04-01
`;

async function runSet(options: SetOptions): Promise<void> {
  const { from: effectiveFrom, rate, frequency, refundDays, note } = options;
  if ([rate, frequency, options.fares, refundDays].every((each) => each === undefined)) {
    throw new CommandError('nothing to change: --rate, --frequency, --fares or --refund-days', 2);
  }
  const fares = options.fares === undefined ? undefined : await readFares(options.fares);
  await operating(options, async (operator, output) => {
    // Asked before: were both repeated together, a lost answer would change them twice.
    const { parameters } = await operator.use((session) => session.describeCenter());
    const newest = parameters.at(-1);
    const changed: Parameters = {
      number: newest?.number ?? 0,
      effectiveFrom,
      ratePpm: rate ?? newest?.ratePpm ?? 0,
      frequency: frequencyOf(frequency) ?? newest?.frequency ?? 'DAILY',
      fares: fares ?? newest?.fares ?? [],
      refundDays: refundDays ?? newest?.refundDays ?? 0,
    };
    const isSaidAgain = newest !== undefined && JSON.stringify(newest) === JSON.stringify(changed);
    const next = isSaidAgain ? newest : { ...changed, number: changed.number + 1 };
    const acknowledged = await operator.use((session) => session.setParameters(next, note));
    report(output, acknowledged, `parameters ${next.number}, in force from ${dateText(effectiveFrom)}`);
  });
}

function frequencyOf(frequency: SetOptions['frequency']): Parameters['frequency'] | undefined {
  return frequency?.toUpperCase() as Parameters['frequency'] | undefined;
}

function parametersText(
  { businessDate, parameters, adopting }: CenterDescription,
  fares: boolean,
  { colors }: Output,
): string {
  if (parameters.length === 0) return 'none: no interest, no fares';
  const heads = [
    ...[{ name: 'NUMBER', right: true }, { name: 'IN FORCE FROM' }, { name: 'RATE', right: true }],
    ...[
      { name: 'CHARGED' },
      { name: 'FARES', right: true },
      { name: 'REFUND DAYS', right: true },
      { name: '' },
    ],
  ];
  const rows = parameters.map((each) => [
    ...[String(each.number), dateText(each.effectiveFrom), percentText(each.ratePpm)],
    ...[each.frequency.toLowerCase(), String(each.fares.length)],
    ...[String(each.refundDays === 0 ? USUAL_REFUND_DAYS : each.refundDays)],
    each.effectiveFrom > businessDate ? 'to come' : '',
  ]);
  const table = renderTable(heads, rows, colors);
  const adoption =
    adopting.length === 0
      ? []
      : [`not adopted yet by ${counted(adopting.length, 'partition')}: ${adopting.join(', ')}`];
  const newest = fares ? [fareTable(parameters.at(-1)?.fares ?? [], colors)] : [];
  return [table, ...adoption, ...newest].join('\n\n');
}

function fareTable(fares: Parameters['fares'], colors: Output['colors']): string {
  if (fares.length === 0) return 'no fares';
  const rows = fares.map(({ fromZone, toZone, amount }) => [fromZone, toZone, String(amount)]);
  return renderTable([{ name: 'FROM' }, { name: 'TO' }, { name: 'FARE', right: true }], rows, colors);
}

/** Undefined: none yet. */
export function inForce(parameters: readonly Parameters[], date: number): Parameters | undefined {
  const begun = parameters.filter(({ effectiveFrom }) => effectiveFrom <= date);
  // Of two that began together the higher number is in force.
  return begun.toSorted((one, other) => one.effectiveFrom - other.effectiveFrom).at(-1);
}

/** 180000 millionths: 18 %. */
export function percentText(ppm: number): string {
  return `${ppm / 10_000} %`;
}
