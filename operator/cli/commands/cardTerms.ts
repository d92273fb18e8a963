/** `emoney card issue` and `emoney card policy`. */
import type { Command } from 'commander';
import { addPolicyOptions, changedPolicy, type PolicyOptions, saysPolicy } from '../card/policyOptions.js';
import { CommandError } from '../errors.js';
import { operating, type OperatingOptions, report, withOperating } from '../operating.js';
import { integerParser, parseAmount } from '../options.js';

interface IssueOptions extends OperatingOptions, PolicyOptions {
  readonly limit: number;
  readonly value?: number;
  readonly loan?: number;
  readonly interest?: number;
  readonly fareOwed?: number;
  readonly inactive?: boolean;
}

export function addCardTerms(card: Command): void {
  const issue = card
    .command('issue')
    .description('issue a card')
    .argument('<card>', 'its id')
    .requiredOption('--limit <n>', 'how much it may borrow', parseAmount)
    .option('--value <n>', 'stored value to begin with (default: 0)', parseAmount)
    .option('--loan <n>', 'loan to begin with (default: 0)', parseAmount)
    .option('--interest <n>', 'posted interest to begin with (default: 0)', parseAmount)
    .option('--fare-owed <n>', 'fare owed to begin with (default: 0)', parseAmount)
    .option('--inactive', 'to be activated later');
  withOperating(addPolicyOptions(issue)).addHelpText('after', ISSUE_HELP).action(runIssue);

  const policy = card
    .command('policy')
    .description('change what a card may do; what is not said stays as it is')
    .argument('<card>', 'its id')
    .option(
      '--expect-version <n>',
      'refused when the record has another',
      integerParser(0, Number.MAX_SAFE_INTEGER),
    );
  withOperating(addPolicyOptions(policy)).addHelpText('after', POLICY_HELP).action(runPolicy);
}

const ISSUE_HELP = `
Without --credit the card may defer, without --share all of a due becomes loan, without --cvm-limit no PIN is asked.

Examples:
  $ emoney card issue C1 --value 1200 --limit 10000
  $ emoney card issue C2 --limit 10000 --share ratio:60/40 --account 0123-456789
`;

const POLICY_HELP = `
Examples:
  $ emoney card policy C1 --cvm-limit 3000 --pin-for-deferral on
  $ emoney card policy C1 --zones A,B --hours 'mon-fri 07:00-22:00, sat 08:00-12:00'
  $ emoney card policy C1 --cap none
`;

async function runIssue(id: string, options: IssueOptions): Promise<void> {
  const { limit, value: storedValue, loan, interest, fareOwed, inactive = false } = options;
  const balances = { storedValue, loan, interest, fareOwed };
  const terms = { ...changedPolicy({}, options), ...balances, limit, active: !inactive };
  await operating(options, async (operator, output) => {
    const acknowledged = await operator.use((session) => session.issueCard(id, terms));
    report(output, acknowledged, `${id}: issued with ${storedValue ?? 0}, limit ${limit}`);
  });
}

async function runPolicy(
  id: string,
  options: OperatingOptions & PolicyOptions & { readonly expectVersion?: number },
): Promise<void> {
  if (!saysPolicy(options)) throw new CommandError('nothing to change: see `emoney card policy --help`', 2);
  await operating(options, async (operator, output) => {
    const acknowledged = await operator.use(async (session) => {
      const [described] = await session.describeCards([id]);
      const { policy = {}, version = 0 } = described?.record ?? {};
      // Of the version that was read: what somebody else changes meanwhile is not undone.
      return session.changePolicy(id, changedPolicy(policy, options), options.expectVersion ?? version);
    });
    report(output, acknowledged, `${id}: policy changed`);
  });
}
