/** `emoney card pin` and `emoney card unblock`. */
import type { Command } from 'commander';
import { readSecretLine } from '../secretLine.js';
import { CommandError } from '../errors.js';
import { operating, type OperatingOptions, report, withOperating } from '../operating.js';

export function addCardPin(card: Command): void {
  const pin = card
    .command('pin')
    .description('give a card a new PIN, read from standard input, or none any more')
    .argument('<card>', 'its id')
    .option('--none', 'the card has no PIN any more');
  withOperating(pin).addHelpText('after', HELP).action(runPin);

  const unblock = card
    .command('unblock')
    .description('all tries again, with the same PIN')
    .argument('<card>', 'its id');
  withOperating(unblock)
    .addHelpText('after', '\nExample:\n  $ emoney card unblock C1\n')
    .action(async (id: string, options: OperatingOptions) => {
      await operating(options, async (operator, output) => {
        report(output, await operator.use((session) => session.unblockPin(id)), `${id}: all tries again`);
      });
    });
}

const HELP = `
4 to 12 digits. It is asked for, and not shown; it is no option, because command lines are seen by others.

Examples:
  $ emoney card pin C1
  $ emoney card pin C1 < file-with-the-pin
  $ emoney card pin C1 --none
`;

async function runPin(id: string, options: OperatingOptions & { readonly none?: boolean }): Promise<void> {
  const none = options.none === true;
  const pin = none ? '' : await readSecretLine(`new PIN of ${id}: `);
  if (!none && !/^\d{4,12}$/.test(pin)) throw new CommandError('a PIN has 4 to 12 digits', 2);
  await operating(options, async (operator, output) => {
    const acknowledged = await operator.use((session) => session.choosePin(id, pin));
    report(output, acknowledged, `${id}: ${none ? 'no PIN any more' : 'new PIN'}`);
  });
}
