import type { Command } from 'commander';
import { CommandError } from '../errors.js';
import { operating, type OperatingOptions, withOperating } from '../operating.js';
import { parseDate } from '../options.js';
import { totalsCsv } from '../reports/csv.js';
import { totalsText } from '../reports/totalsText.js';
import { mustBeOneDocument, saveCsv } from '../save.js';
import { asOfText, counted, dateText } from '../text.js';

interface TotalsOptions extends OperatingOptions {
  readonly from?: number;
  readonly to?: number;
  readonly terminal?: string;
  readonly csv?: string;
}

/** A screen or two; programs read all of them. */
const MAX_SHOWN = 50;

export function addTotals(program: Command): void {
  const totals = program
    .command('totals')
    .description('what the center compiled of business dates: by terminal and kind, and in all')
    .option('--from <date>', 'the first date: 2026-01-01 (default: that of --to)', parseDate)
    .option('--to <date>', 'the last date, included (default: that of --from, or today)', parseDate)
    .option('--terminal <id>', 'of this terminal alone')
    .option('--csv <file>', 'write every line to this file; -: to standard output');
  withOperating(totals).addHelpText('after', HELP).action(show);
}

const HELP = `
A transaction is of the business date of its terminal's time, whenever it arrived: what arrives late is still added to
its date. A terminal's own refusals, which never reach the center, are a line too. CSV columns: terminal (empty: what no
terminal asked for), kind, count, amount, and its parts. Amounts are in minor units.

Examples:
  $ emoney totals                                        today so far
  $ emoney totals --from 2026-01-01 --to 2026-01-31
  $ emoney totals --from 2026-01-31 --terminal till-1 --json
`;

async function show(options: TotalsOptions): Promise<void> {
  mustBeOneDocument(options);
  const { terminal, csv } = options;
  await operating(options, async (operator, output) => {
    const today = async () => (await operator.use((session) => session.describeCenter())).businessDate;
    const to = options.to ?? options.from ?? (await today());
    const from = options.from ?? to;
    if (from > to) throw new CommandError('--to is before --from', 2);
    const totals = await operator.use((session) => session.listDayTotals({ from, to, terminal }));
    const what = counted(totals.terminals.length, 'terminal');
    if (csv !== undefined) await saveCsv(csv, totalsCsv(totals), output, what);
    else output.print(totalsText(totals, MAX_SHOWN, output.colors));
    const dates = from === to ? dateText(from) : `${dateText(from)} to ${dateText(to)}`;
    output.say(`${dates}: ${what}; ${asOfText(totals.asOf)}`);
    output.document(totals);
  });
}
