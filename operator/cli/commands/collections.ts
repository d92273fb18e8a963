import type { Command } from 'commander';
import { dayOf } from '../../../actors/money/businessDate.js';
import { idText } from '../../../actors/money/idText.js';
import type { CollectionOrder } from '../../../client/matters.js';
import type { Operator } from '../../../client/operator.js';
import { CommandError } from '../errors.js';
import { operating, type OperatingOptions, report, withOperating } from '../operating.js';
import { integerParser } from '../options.js';
import type { Output } from '../output.js';
import { mustBeOneDocument, saveCsv } from '../save.js';
import { ageing } from '../settlement/ageing.js';
import { collectionsCsv } from '../settlement/csv.js';
import { renderTable } from '../table.js';
import { counted, dateText } from '../text.js';

interface CollectionsOptions extends OperatingOptions {
  readonly settlement?: number;
  readonly open?: boolean;
  readonly csv?: string;
}

export function addCollections(program: Command): void {
  const collections = program
    .command('collections')
    .description('what the bank collects from designated accounts, and what came of it')
    .option('--settlement <n>', 'of this one (default: the last)', integerParser(1, 4_294_967_295))
    .option('--open', 'debits that the bank has neither paid for good nor returned, with their age')
    .option('--csv <file>', 'write them to this file; -: to standard output');
  withOperating(collections).addHelpText('after', HELP).action(list);
  addEnding(collections, 'return', 'the bank could not collect it: it becomes loan, once');
  addEnding(collections, 'confirm', 'the bank has paid it for good: it will not come back');
}

const HELP = `
CSV columns: order,settlement,card,account,transaction,amount,kind; kind is debit or credit (what was given back after
its order), transaction is terminal#incarnation#number. Amounts are in minor units.

Examples:
  $ emoney collections --settlement 3 --csv settlement-3.csv
  $ emoney collections --open
  $ emoney collections return 3-0-128-0 --card C1
`;

function addEnding(collections: Command, name: 'return' | 'confirm', description: string): void {
  const command = collections
    .command(name)
    .description(description)
    .argument('<order>', 'its name')
    .requiredOption('--card <id>', 'the card that it is of');
  withOperating(command)
    .addHelpText('after', `\nExample:\n  $ emoney collections ${name} 3-0-128-0 --card C1\n`)
    .action(async (order: string) => {
      // `collections` takes --json and the like for itself, wherever they stand.
      const options = command.optsWithGlobals<OperatingOptions & { readonly card: string }>();
      const { card } = options;
      await operating(options, async (operator, output) => {
        const change = (session: Operator) =>
          name === 'return' ? session.returnCollection(card, order) : session.confirmCollection(card, order);
        report(output, await operator.use(change), `${order}: ${name}ed`);
      });
    });
}

async function list(options: CollectionsOptions): Promise<void> {
  const { open = false, csv } = options;
  mustBeOneDocument(options);
  await operating(options, async (operator, output) => {
    const { businessDate, settlements } = await operator.use((session) => session.describeCenter());
    const settlement = options.settlement ?? (open ? undefined : settlements);
    if (settlement !== undefined && (settlement === 0 || settlement > settlements)) {
      throw new CommandError(
        `SETTLEMENT_UNKNOWN: ${settlements === 0 ? 'nothing was settled yet' : `the last settlement is ${settlements}`}: begin one with \`emoney settlement run\``,
      );
    }
    const all = await operator.use((session) => session.listCollections(open ? undefined : settlement));
    const orders = all.filter((order) => settlement === undefined || order.settlement === settlement);
    const aged = orders.map((order) => ({ ...order, ageDays: ageOf(order, businessDate) }));
    if (csv !== undefined)
      await saveCsv(csv, collectionsCsv(orders), output, counted(orders.length, 'order'));
    else if (orders.length > 0) output.print(table(aged, open, output));
    if (csv !== '-') output.print(summary(aged, open));
    output.document({ businessDate, orders: aged });
  });
}

function ageOf({ businessDate }: CollectionOrder, today: number): number {
  return dayOf(today) - dayOf(businessDate);
}

type Aged = CollectionOrder & { readonly ageDays: number };

function table(orders: readonly Aged[], open: boolean, { colors }: Output): string {
  const heads = [
    ...[{ name: 'ORDER' }, { name: 'CARD' }, { name: 'ACCOUNT' }, { name: 'PAYMENT' }],
    ...[{ name: 'AMOUNT', right: true }, { name: 'KIND' }, { name: 'ORDERED' }],
    ...(open ? [{ name: 'AGE', right: true }] : []),
  ];
  const rows = orders.map((order) => [
    ...[order.order, order.card, order.account, idText(order.transaction), String(order.amount)],
    ...[order.kind, dateText(order.businessDate), ...(open ? [`${order.ageDays} d`] : [])],
  ]);
  return renderTable(heads, rows, colors);
}

function summary(orders: readonly Aged[], open: boolean): string {
  if (orders.length === 0) return open ? 'nothing is open' : 'nothing was ordered';
  if (!open) return counted(orders.length, 'order');
  return `${counted(orders.length, 'order')} open: ${ageing(orders)}`;
}
