import type { Command } from 'commander';
import type { Loans } from '../../../client/reports.js';
import { operating, type OperatingOptions, withOperating } from '../operating.js';
import { option, parseDate } from '../options.js';
import type { Output } from '../output.js';
import { loansCsv } from '../reports/csv.js';
import { mustBeOneDocument, saveCsv } from '../save.js';
import { type Cell, renderTable } from '../table.js';
import { asOfText, counted, dateText } from '../text.js';

interface LoansOptions extends OperatingOptions {
  readonly at?: number;
  readonly limit: number;
  readonly csv?: string;
}

export function addLoans(program: Command): void {
  const loans = program
    .command('loans')
    .description('every card that owes something, at the end of a business date: who owes most first')
    .option('--at <date>', 'the date: 2026-01-31 (default: today, as it is now)', parseDate)
    .addOption(option.limit('cards that are shown; sums are of all'))
    .option('--csv <file>', 'write every card to this file; -: to standard output');
  withOperating(loans).addHelpText('after', HELP).action(list);
}

const HELP = `
A date ends at midnight in the deployment's time zone. What counts is what was decided until then (time of receipt): a
payment that arrives on the 2nd is not owed on the 1st, whatever its terminal's clock said, so that what was once
reported stays so. CSV columns: card,fare_owed,interest,loan,owed,limit,available. Amounts are in minor units.

Examples:
  $ emoney loans
  $ emoney loans --at 2026-01-31
  $ emoney loans --at 2026-01-31 --csv loans-2026-01.csv
`;

async function list(options: LoansOptions): Promise<void> {
  mustBeOneDocument(options);
  const { csv } = options;
  await operating(options, async (operator, output) => {
    const date = options.at ?? (await operator.use((session) => session.describeCenter())).businessDate;
    const limit = csv === undefined ? options.limit : Infinity;
    const loans = await operator.use((session) => session.listLoans(date, limit));
    if (csv !== undefined) await saveCsv(csv, loansCsv(loans.loans), output, counted(loans.cards, 'card'));
    else if (loans.cards > 0) output.print(table(loans, output));
    if (csv !== '-') output.print(summary(loans));
    output.say(`${loans.over ? '' : `${dateText(date)} is not over: as it is now; `}${asOfText(loans.asOf)}`);
    output.document(loans);
  });
}

function table({ loans }: Loans, { colors }: Output): string {
  const right = true;
  const heads = [
    ...[{ name: 'CARD' }, { name: 'FARE OWED', right }, { name: 'INTEREST', right }, { name: 'LOAN', right }],
    ...[
      { name: 'OWED', right },
      { name: 'LIMIT', right },
      { name: 'AVAILABLE', right },
    ],
  ];
  const rows = loans.map(({ card, fareOwed, interest, loan, owed, limit, available }): Cell[] => [
    ...[card, String(fareOwed), String(interest), String(loan)],
    owed > limit ? { text: String(owed), paint: colors.red } : String(owed),
    ...[String(limit), String(available)],
  ]);
  return renderTable(heads, rows, colors);
}

function summary({ businessDate, cards, loans, more, sums }: Loans): string {
  if (cards === 0) return `nobody owed anything at the end of ${dateText(businessDate)}`;
  const { fareOwed, interest, loan, owed } = sums;
  const left = more ? `and ${cards - loans.length} more, who owe less: --limit, or --csv for all\n` : '';
  const parts = `fare owed ${fareOwed} + interest ${interest} + loan ${loan}`;
  return `${left}${counted(cards, 'card owes', 'cards owe')} ${owed} = ${parts}`;
}
