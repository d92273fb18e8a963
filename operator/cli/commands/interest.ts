import type { Command } from 'commander';
import type { CenterDescription } from '../../../client/parameters.js';
import { operating, type OperatingOptions, report, withOperating } from '../operating.js';
import { parseDate } from '../options.js';
import type { Output } from '../output.js';
import { renderFields, renderTable } from '../table.js';
import { dateText } from '../text.js';
import { inForce, percentText } from './parameters.js';

export function addInterest(program: Command): void {
  const interest = program
    .command('interest')
    .description('charge interest, and see how far it is charged')
    .addHelpText('after', HELP);

  const run = interest
    .command('run')
    .description('charge every date up to and including this one; what is charged already stays as it is')
    .requiredOption('--through <date>', 'a date that is over: 2026-01-31', parseDate);
  withOperating(run)
    .addHelpText('after', '\nExample:\n  $ emoney interest run --through 2026-01-31\n')
    .action(async (options: OperatingOptions & { readonly through: number }) => {
      const { through } = options;
      await operating(options, async (operator, output) => {
        const reached = async () =>
          (await operator.use((session) => session.describeCenter())).chargedThrough;
        const before = await reached();
        const acknowledged = await operator.use((session) => session.chargeInterest(through));
        const after = await reached();
        report(output, acknowledged, runText(through, before, after), { chargedThrough: after });
      });
    });

  const status = interest
    .command('status')
    .description('business date, rate in force, how far interest is charged, a run that is under way');
  withOperating(status)
    .addHelpText('after', '\nExample:\n  $ emoney interest status\n')
    .action(async (options: OperatingOptions) => {
      await operating(options, async (operator, output) => {
        const center = await operator.use((session) => session.describeCenter());
        output.print(statusText(center, output));
        output.document(center);
      });
    });
}

const HELP = `
The center charges by itself, daily, weekly or monthly (emoney parameters show); a run is for a date that shall not wait.

Examples:
  $ emoney interest status
  $ emoney interest run --through 2026-01-31
`;

/** `before` and `after` the run: through which date the center has charged; 0: none yet. */
function runText(through: number, before: number, after: number): string {
  if (after > before && through > before) return `charged through ${dateText(after)}`;
  if (after === 0) return 'nothing to charge: the first date is the day after the deployment was created';
  return `nothing to charge: charged through ${dateText(after)} already`;
}

function statusText(
  { businessDate, parameters, chargedThrough, run }: CenterDescription,
  { colors }: Output,
): string {
  const present = inForce(parameters, businessDate);
  const fields = renderFields(
    [
      ['business date', dateText(businessDate)],
      ['rate', present === undefined ? 'none' : `${percentText(present.ratePpm)} a year`],
      ['charged', present === undefined ? 'never' : present.frequency.toLowerCase()],
      ['through', dateText(chargedThrough)],
      ['run', run === undefined ? 'none' : runName(run)],
    ],
    colors,
  );
  return run === undefined ? fields : `${fields}\n\n${progressTable(run, colors)}`;
}

export function runName({ settlement, through }: NonNullable<CenterDescription['run']>): string {
  return settlement === 0 ? `interest through ${dateText(through)}` : `settlement ${settlement}`;
}

function progressTable(
  { progress }: NonNullable<CenterDescription['run']>,
  colors: Output['colors'],
): string {
  const heads = [
    ...[
      { name: 'PARTITION', right: true },
      { name: 'CARDS', right: true },
    ],
    ...[{ name: 'AMOUNT', right: true }, { name: '' }],
  ];
  const rows = progress.map(({ partition, cards, amount, done }) => [
    ...[String(partition), String(cards), amount.toString(), done ? 'done' : 'under way'],
  ]);
  return renderTable(heads, rows, colors);
}
