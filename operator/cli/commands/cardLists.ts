/** Cards that wait for somebody: `emoney card pending`, `emoney card alerts` and `emoney card prohibited`. */
import type { Command } from 'commander';
import type { OperatorLink } from '../../../simulator/operatorLink.js';
import { operating, type OperatingOptions, withOperating } from '../operating.js';
import { option } from '../options.js';
import { ageing } from '../settlement/ageing.js';
import { ageInDays } from '../settlement/ages.js';
import { renderTable } from '../table.js';
import { counted, moreText, timeText } from '../text.js';

export function addCardLists(card: Command): void {
  const pending = card
    .command('pending')
    .description('store instructions that wait for their cards, of all cards, oldest first, with their age');
  withOperating(pending).addHelpText('after', '\nExample:\n  $ emoney card pending\n').action(listPending);

  const alerts = card
    .command('alerts')
    .description('cards that owe four fifths of their limit or more, oldest first');
  withOperating(alerts).addHelpText('after', '\nExample:\n  $ emoney card alerts\n').action(listAlerts);

  const prohibited = card
    .command('prohibited')
    .description('prohibited cards with their reasons, longest prohibited first')
    .addOption(option.limit('cards that are shown; --json has all'));
  withOperating(prohibited)
    .addHelpText('after', '\nExample:\n  $ emoney card prohibited\n')
    .action(listProhibited);
}

async function listPending(options: OperatingOptions): Promise<void> {
  await operating(options, async (operator, output) => {
    const found = await operator.use((session) => session.listInstructions());
    const ageOf = await ages(operator);
    const instructions = found.map((each) => ({ ...each, ageDays: ageOf(each.timeMs) }));
    const heads = [
      ...[{ name: 'CARD' }, { name: 'REFERENCE' }, { name: 'AMOUNT', right: true }],
      ...[{ name: 'RECORDED' }, { name: 'AGE', right: true }, { name: 'NOTE' }],
    ];
    const rows = instructions.map(({ card, reference, amount, timeMs, ageDays, note }) => {
      return [card, reference, String(amount), timeText(timeMs), `${ageDays} d`, note];
    });
    if (rows.length > 0) output.print(renderTable(heads, rows, output.colors));
    output.print(
      rows.length === 0
        ? 'nothing is pending'
        : `${counted(rows.length, 'instruction')}: ${ageing(instructions)}`,
    );
    output.document({ instructions });
  });
}

/** Of a time, in business days of the deployment's zone. */
async function ages(operator: OperatorLink): Promise<(timeMs: number) => number> {
  const { businessDate } = await operator.use((session) => session.describeCenter());
  const { rules } = await operator.use((session) => session.describeSystem());
  return ageInDays(rules.timeZone, businessDate);
}

async function listAlerts(options: OperatingOptions): Promise<void> {
  await operating(options, async (operator, output) => {
    const alerts = await operator.use((session) => session.listAlerts());
    const heads = [
      ...[{ name: 'CARD' }, { name: 'OWED THEN', right: true }],
      ...[{ name: 'LIMIT', right: true }, { name: 'SINCE' }],
    ];
    const rows = alerts.map(({ card, owed, limit, timeMs }) => {
      return [card, String(owed), String(limit), timeText(timeMs)];
    });
    output.print(rows.length === 0 ? 'no card is near its limit' : renderTable(heads, rows, output.colors));
    output.document({ alerts });
  });
}

async function listProhibited(options: OperatingOptions & { readonly limit: number }): Promise<void> {
  await operating(options, async (operator, output) => {
    const prohibitions = await operator.use((session) => session.listProhibitions());
    const heads = [{ name: 'CARD' }, { name: 'SINCE' }, { name: 'REASONS' }, { name: 'NOTE' }];
    const shown = prohibitions.slice(0, options.limit);
    const rows = shown.map(({ card, reasons, timeMs, note }) => {
      return [card, timeText(timeMs), reasons.join(', '), note];
    });
    if (rows.length > 0) output.print(renderTable(heads, rows, output.colors));
    output.print(
      rows.length === 0
        ? 'no card is prohibited'
        : `${moreText(prohibitions.length - shown.length)}${counted(prohibitions.length, 'card')} prohibited`,
    );
    output.document({ prohibitions });
  });
}
