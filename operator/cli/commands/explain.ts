import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { MAX_NUMBER } from '../../../actors/money/ids.js';
import { parseIdBeginning } from '../../../actors/money/idText.js';
import type { Operator } from '../../../client/operator.js';
import type { TransactionId } from '../../../client/reply.js';
import { EXPLAINED, type ExplainedOptions, explainerOf } from '../explain/commands.js';
import { explanationText } from '../explain/explanationText.js';
import { operating, type OperatingOptions, withOperating } from '../operating.js';
import { integerParser, parseDate, parseSigned, parseSince } from '../options.js';

interface ExplainCommandOptions extends ExplainedOptions, OperatingOptions {}

export function addExplain(program: Command): void {
  const command = program
    .command('explain')
    .description('what would be answered to a command now, and by which rules; nothing is changed')
    .addArgument(new Argument('<command>', 'what is asked').choices(Object.keys(EXPLAINED)));
  for (const each of options()) command.addOption(each);
  withOperating(command).addHelpText('after', HELP).action(run);
}

function options(): readonly Option[] {
  const unsigned = integerParser(0, Number.MAX_SAFE_INTEGER);
  return [
    new Option('--card <id>', 'the card'),
    new Option('--terminal <id>', 'the terminal at which it is asked'),
    new Option('--amount <n>', 'in minor units').argParser(parseAmount),
    new Option('--currency <code>', "default: the deployment's"),
    new Option('--partial', 'the stored value alone may be approved'),
    new Option('--device <n>', "number of the plastic or phone (default: the card's present one)").argParser(
      integerParser(1, 2 ** 32 - 1),
    ),
    new Option('--number <n>', 'of a transaction that was sent, or of a settlement').argParser(
      integerParser(1, MAX_NUMBER),
    ),
    new Option('--time <time>', "the terminal's: 10m (ago), or 2026-01-31T09:00:00Z; default: now").argParser(
      (text: string) => parseSince(text),
    ),
    new Option('--original <id>', 'what is given back: terminal#incarnation#number').argParser(parseId),
    new Option('--limit <n>', "the card's new limit").argParser(unsigned),
    new Option('--reference <text>', 'of an instruction or adjustment'),
    new Option('--order <id>', 'of a collection'),
    new Option('--reason <reason>', 'of a prohibition').choices(['OPERATOR', 'LOST']),
    new Option('--value <n>', 'adjusts the stored value').argParser(parseSigned),
    new Option('--loan <n>', 'adjusts the loan').argParser(parseSigned),
    new Option('--interest <n>', 'adjusts the interest').argParser(parseSigned),
    new Option('--fare <n>', 'adjusts the fare that is owed').argParser(parseSigned),
    new Option('--through <date>', 'last date of an interest run: 2026-01-31').argParser(parseDate),
  ];
}

const HELP = `
No PIN is looked at: the answer is that with the right one, and says whether one is needed. Without --number a
transaction is explained as a new one; with the number of one that was sent, its status.

Examples:
  $ emoney explain purchase --card C1 --terminal T1 --amount 2000
  $ emoney explain refund --card C1 --terminal T1 --amount 500 --original 'T1#1#17'
  $ emoney explain exit --card C1 --terminal gate-7
  $ emoney explain limit --card C1 --limit 500 --json
`;

async function run(name: string, options: ExplainCommandOptions): Promise<void> {
  const explain = explainerOf(name, options);
  await operating(options, async (operator, output) => {
    const explanation = await operator.use(async (session) => {
      return explain(session, await withDevice(session, options));
    });
    output.print(explanationText(explanation, output.colors));
    output.document(explanation);
    output.say('nothing was changed');
  });
}

/** What is asked at a terminal is asked with the card's present device, where no other is said. */
async function withDevice(operator: Operator, options: ExplainCommandOptions): Promise<ExplainedOptions> {
  const { card, terminal, device } = options;
  if (card === undefined || terminal === undefined || device !== undefined) return options;
  const [described] = await operator.describeCards([card]);
  const present = described?.record?.device;
  return present === undefined ? options : { ...options, device: present };
}

/** Any signed 64-bit integer: the rules say what is wrong with it. */
function parseAmount(text: string): number | bigint {
  const value = /^-?\d{1,19}$/.test(text) ? BigInt(text) : undefined;
  if (value === undefined || BigInt.asIntN(64, value) !== value) {
    throw new InvalidArgumentError('An amount is a whole number of minor units.');
  }
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function parseId(text: string): TransactionId {
  const { terminal, incarnation, number } = parseIdBeginning(text) ?? {};
  if (terminal === undefined || incarnation === undefined || number === undefined) {
    throw new InvalidArgumentError('An id is terminal#incarnation#number, such as T1#1#17.');
  }
  return { terminal, incarnation, number };
}
