import type { Command } from 'commander';
import type { CollectionOrder } from '../../../client/matters.js';
import type { Operator } from '../../../client/operator.js';
import { CommandError } from '../errors.js';
import { operating, type OperatingOptions, report, withOperating } from '../operating.js';
import { integerParser } from '../options.js';
import { type BatchView, renderBatch } from '../settlement/batchText.js';
import { linesOf, sumOf } from '../settlement/columns.js';
import { counted } from '../text.js';

export function addSettlement(program: Command): void {
  const settlement = program
    .command('settlement')
    .description("order what designated accounts owe; a terminal's batch in its three columns")
    .addHelpText('after', HELP);

  const run = settlement
    .command('run')
    .description('order every account share that is not ordered yet: one collection order each');
  withOperating(run).addHelpText('after', '\nExample:\n  $ emoney settlement run\n').action(runSettlement);

  const batch = settlement
    .command('batch')
    .description('device, terminal and center side by side, what it waits for, and every difference')
    .argument('<terminal>', 'its id')
    .option('--batch <n>', 'default: the newest that was closed', integerParser(1, 4_294_967_295));
  withOperating(batch).addHelpText('after', BATCH_HELP).action(showBatch);
}

const HELP = `
Examples:
  $ emoney settlement run             what the bank collects: see emoney collections
  $ emoney settlement batch till-1    did everybody count the same?
`;

const BATCH_HELP = `
DEVICE is what the device reported when it closed the batch, TERMINAL what its actor journaled, CENTER what reached the
cards and the center. Amounts are in minor units. ≠ marks a line in which they differ; below it each transaction that
one of them lacks or has otherwise. What is in flight is final within half a minute after the batch was closed, unless
a partition is away.

Examples:
  $ emoney settlement batch till-1
  $ emoney settlement batch till-1 --batch 17 --json
`;

/** One that was begun and not finished is finished; else the next. */
async function runSettlement(options: OperatingOptions): Promise<void> {
  await operating(options, async (operator, output) => {
    // Asked before: were both repeated together, a lost answer would settle twice.
    const { settlements, run } = await operator.use((session) => session.describeCenter());
    const number = run !== undefined && run.settlement > 0 ? run.settlement : settlements + 1;
    const acknowledged = await operator.use((session) => session.settle(number));
    if (acknowledged.outcome !== 'APPROVED') report(output, acknowledged, '');
    const orders = await operator.use((session) => session.listCollections(number));
    const [debits, credits] = [amountOf(orders, 'debit'), amountOf(orders, 'credit')];
    output.print(
      `settlement ${number}: ${counted(orders.length, 'order')}, debits ${debits}, credits ${credits}`,
    );
    if (orders.length > 0) output.say(`see: emoney collections --settlement ${number}`);
    output.document({ settlement: number, orders: orders.length, debits, credits });
  });
}

function amountOf(orders: readonly CollectionOrder[], wanted: CollectionOrder['kind']): bigint {
  return orders.reduce((sum, { kind, amount }) => (kind === wanted ? sum + BigInt(amount) : sum), 0n);
}

async function showBatch(
  terminal: string,
  options: OperatingOptions & { readonly batch?: number },
): Promise<void> {
  await operating(options, async (operator, output) => {
    const view = await operator.use((session) => viewOf(session, terminal, options.batch));
    output.print(renderBatch(view, output.colors));
    const { settlement, lines, found } = view;
    output.document({ ...found, settlement, lines });
  });
}

/** @throws CommandError (TERMINAL_UNKNOWN, no such batch) */
async function viewOf(operator: Operator, terminal: string, wanted: number | undefined): Promise<BatchView> {
  const [described] = await operator.describeTerminals([terminal]);
  if (described?.known !== true) {
    throw new CommandError(
      `TERMINAL_UNKNOWN: there is no terminal ${terminal}: register it with \`emoney terminal register\``,
    );
  }
  const batch = wanted ?? described.settlements.at(-1)?.batch;
  if (batch === undefined) {
    throw new CommandError(
      `BATCH_OPEN: ${terminal} has closed no batch yet: see \`emoney terminal show ${terminal}\`, or give --batch ${described.batch}`,
    );
  }
  if (batch > described.batch) {
    throw new CommandError(`BATCH_UNKNOWN: batch ${batch} is not open yet: ${described.batch} is`);
  }
  const found = await operator.listDifferences(terminal, batch);
  const settlement = described.settlements.find((each) => each.batch === batch);
  const rows = described.totals.filter((row) => row.batch === batch);
  const terminalOnly = { device: undefined, terminal: sumOf(rows), center: undefined };
  // Until it is settled the center's column is a part of itself.
  const columns = found.settled ?? (settlement ? { ...settlement, center: undefined } : terminalOnly);
  return { terminal, batch, settlement, found, lines: linesOf(columns, found.settled !== undefined) };
}
