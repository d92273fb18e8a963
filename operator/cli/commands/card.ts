import type { Command } from 'commander';
import type { Acknowledged } from '../../../client/descriptions.js';
import type { Operator } from '../../../client/operator.js';
import type { OperatorLink } from '../../../simulator/operatorLink.js';
import { type KnownCard, renderCard, standingOf } from '../card/cardText.js';
import { CommandError } from '../errors.js';
import { operating, type OperatingOptions, report, withOperating } from '../operating.js';
import { integerParser, parseAmount, parseSigned } from '../options.js';
import { addCardLists } from './cardLists.js';
import { addCardTerms } from './cardTerms.js';
import { addCardPin } from './cardPin.js';

export function addCard(program: Command): void {
  const card = program
    .command('card')
    .description('one card: what it holds and owes, and everything an operator does with it')
    .addHelpText('after', HELP);
  addShow(card);
  addCardTerms(card);
  addLimit(card);
  addCardPin(card);
  addReplace(card);
  addStore(card);
  addAdjust(card);
  addReasons(card);
  addCardLists(card);
}

const HELP = `
Amounts are in minor units (yen). What was done once is answered as done when it is said again,
but for replace: each makes the next device, and the one before is refused. --expect-device makes one only of this one.

Examples:
  $ emoney card issue C1 --value 1200 --limit 10000
  $ emoney card show C1
  $ emoney card store C1 2000 --reference bonus-2026-01
  $ emoney card prohibit C1 --lost --note 'called in'
`;

function addShow(card: Command): void {
  const show = card
    .command('show')
    .description('balances, what is available, pending and projected, policy, reasons, device, accrual, log')
    .argument('<card>', 'its id');
  withOperating(show)
    .addHelpText('after', '\nExample:\n  $ emoney card show C1\n')
    .action(async (id: string, options: OperatingOptions) => {
      await operating(options, async (operator, output) => {
        const known = await knownCard(operator, id);
        output.print(renderCard(known, output.colors));
        output.document({ ...known, ...standingOf(known) });
      });
    });
}

function addLimit(card: Command): void {
  const limit = card
    .command('limit')
    .description('change the loan limit; a card that owes more is prohibited at once')
    .argument('<card>', 'its id')
    .argument('<limit>', 'the new one', parseAmount)
    .option('--expect-version <n>', 'refused when the record has another (card show says which)', anyVersion);
  withOperating(limit)
    .addHelpText('after', '\nExample:\n  $ emoney card limit C1 5000\n')
    .action(
      async (id: string, value: number, options: OperatingOptions & { readonly expectVersion?: number }) => {
        const change = (operator: Operator) => operator.changeLimit(id, value, options.expectVersion);
        await changing(options, change, `${id}: limit ${value}`);
      },
    );
}

function addReplace(card: Command): void {
  const replace = card
    .command('replace')
    .description('new plastic: the next device number; the old one is refused from now on')
    .argument('<card>', 'its id')
    .option('--device <n>', 'the number of the new one (default: the next)', integerParser(2, 4_294_967_295))
    .option(
      '--expect-device <n>',
      'refused when the present one is another (card show says which)',
      integerParser(1, 4_294_967_294),
    )
    .option('--note <text>', 'why');
  withOperating(replace)
    .addHelpText('after', REPLACE_HELP)
    .action(async (id: string, options: ReplaceOptions) => {
      const { expectDevice, note } = options;
      if (options.device !== undefined && expectDevice !== undefined) {
        throw new CommandError('--device or --expect-device, not both', 2);
      }
      await operating(options, async (operator, output) => {
        // Asked before: were both repeated together, a lost answer would replace it twice.
        const device = options.device ?? (await presentDevice(operator, id, expectDevice)) + 1;
        const acknowledged = await operator.use((session) => session.replaceCard(id, device, note));
        if (acknowledged.outcome === 'VERSION_CONFLICT') {
          output.document(acknowledged);
          throw otherDevice(id, acknowledged.device, device - 1);
        }
        report(output, acknowledged, `${id}: device ${acknowledged.device}`);
      });
    });
}

interface ReplaceOptions extends OperatingOptions {
  readonly device?: number;
  readonly expectDevice?: number;
  readonly note?: string;
}

const REPLACE_HELP = `
Examples:
  $ emoney card replace C1 --note 'chip broken'
  $ emoney card replace C1 --expect-device 1     said again it is refused, instead of making one more
`;

/** The center looks again when it replaces. @throws CommandError (CARD_UNKNOWN, VERSION_CONFLICT) */
async function presentDevice(operator: OperatorLink, id: string, expected?: number): Promise<number> {
  const { device } = (await knownCard(operator, id)).record;
  if (expected === undefined || device === expected) return device;
  throw otherDevice(id, device, expected);
}

function otherDevice(id: string, present: number, expected: number): CommandError {
  return new CommandError(`VERSION_CONFLICT: the present device of ${id} is ${present}, not ${expected}`);
}

interface ReferencedOptions extends OperatingOptions {
  readonly reference: string;
  readonly note?: string;
}

function addStore(card: Command): void {
  const store = card
    .command('store')
    .description('give value: recorded now, on the card at its next access, after what it owes')
    .argument('<card>', 'its id')
    .argument('<amount>', 'in minor units', parseAmount)
    .requiredOption('--reference <text>', 'your own name for it: said again, it is the same instruction')
    .option('--note <text>', 'why');
  withOperating(store)
    .addHelpText('after', '\nExample:\n  $ emoney card store C1 2000 --reference bonus-2026-01\n')
    .action(async (id: string, amount: number, options: ReferencedOptions) => {
      const { reference, note } = options;
      const change = (operator: Operator) => operator.storeValue(id, { reference, amount, note });
      await changing(options, change, ({ pending }) => {
        return `${id}: ${amount} recorded as ${reference}; ${pending} pending in all`;
      });
    });

  const cancel = card
    .command('cancel-store')
    .description('take a store instruction back while it is pending')
    .argument('<card>', 'its id')
    .argument('<reference>', 'of the instruction')
    .option('--note <text>', 'why');
  withOperating(cancel)
    .addHelpText('after', '\nExample:\n  $ emoney card cancel-store C1 bonus-2026-01\n')
    .action(async (id: string, reference: string, options: OperatingOptions & { readonly note?: string }) => {
      const change = (operator: Operator) => operator.cancelStore(id, reference, options.note);
      await changing(
        options,
        change,
        ({ pending }) => `${id}: ${reference} cancelled; ${pending} pending in all`,
      );
    });
}

interface AdjustOptions extends ReferencedOptions {
  readonly note: string;
  readonly value?: number;
  readonly loan?: number;
  readonly interest?: number;
  readonly fareOwed?: number;
}

function addAdjust(card: Command): void {
  const adjust = card
    .command('adjust')
    .description('add to a balance or take from it: a waiver, a write-off, a correction')
    .argument('<card>', 'its id')
    .requiredOption('--reference <text>', 'your own name for it: said again, it is the same adjustment')
    .requiredOption('--note <text>', 'why')
    .option('--value <n>', 'stored value: 500, or -500', parseSigned)
    .option('--loan <n>', 'loan', parseSigned)
    .option('--interest <n>', 'posted interest', parseSigned)
    .option('--fare-owed <n>', 'fare that is owed', parseSigned);
  withOperating(adjust)
    .addHelpText(
      'after',
      "\nExample:\n  $ emoney card adjust C1 --reference ticket-17 --note 'goodwill' --interest -44\n",
    )
    .action(async (id: string, options: AdjustOptions) => {
      const { reference, note, value: storedValue, loan, interest, fareOwed } = options;
      const changes = { storedValue, loan, interest, fareOwed };
      if (Object.values(changes).every((change) => change === undefined)) {
        throw new CommandError('nothing to adjust: --value, --loan, --interest or --fare-owed', 2);
      }
      const change = (operator: Operator) => operator.adjustCard(id, { reference, note, ...changes });
      await changing(options, change, `${id}: adjusted as ${reference}`);
    });
}

interface ReasonOptions extends OperatingOptions {
  readonly lost?: boolean;
  readonly note?: string;
}

function addReasons(card: Command): void {
  for (const [name, what, done] of [
    ['prohibit', 'prohibit a card everywhere; it stays so until an operator lifts it', 'is set'],
    ['lift', "lift an operator's prohibition; other reasons stay", 'is not set'],
  ] as const) {
    const command = card
      .command(name)
      .description(what)
      .argument('<card>', 'its id')
      .option('--lost', 'for the reason that it is lost (default: by the operator)')
      .option('--note <text>', 'why');
    withOperating(command)
      .addHelpText('after', `\nExample:\n  $ emoney card ${name} C1 --lost\n`)
      .action(async (id: string, options: ReasonOptions) => {
        const { lost = false, note } = options;
        const reason = lost ? ('LOST' as const) : ('OPERATOR' as const);
        const change = (operator: Operator) => operator[name](id, { reason, note });
        await changing(options, change, `${id}: ${reason} ${done}`);
      });
  }
  const activate = card
    .command('activate')
    .description('activate a card that was issued with --inactive')
    .argument('<card>', 'its id');
  withOperating(activate)
    .addHelpText('after', '\nExample:\n  $ emoney card activate C1\n')
    .action(async (id: string, options: OperatingOptions) => {
      await changing(options, (operator) => operator.activate(id), `${id}: active`);
    });
}

const anyVersion = integerParser(0, Number.MAX_SAFE_INTEGER);

/** One command, which may be said twice. */
async function changing(
  options: OperatingOptions,
  change: (operator: Operator) => Promise<Acknowledged>,
  done: string | ((acknowledged: Acknowledged) => string),
): Promise<void> {
  await operating(options, async (operator, output) => {
    const acknowledged = await operator.use(change);
    report(output, acknowledged, typeof done === 'string' ? done : done(acknowledged));
  });
}

/** @throws CommandError (CARD_UNKNOWN) */
async function knownCard(operator: OperatorLink, id: string): Promise<KnownCard> {
  const [described] = await operator.use((session) => session.describeCards([id]));
  const { card, record } = described ?? {};
  if (card !== undefined && record !== undefined) return { id, card, record };
  throw new CommandError(`CARD_UNKNOWN: there is no card ${id}: issue it with \`emoney card issue\``);
}
