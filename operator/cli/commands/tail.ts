import { type Command, Help, InvalidArgumentError } from 'commander';
import { OperatorLink } from '../../../simulator/operatorLink.js';
import { option, parseSince } from '../options.js';
import { openOutput } from '../output.js';
import { withTarget } from '../system/target.js';
import { EventColumns } from '../tail/columns.js';
import { EVENT_TYPES, viewsOf, type EventView } from '../tail/eventView.js';
import { readJournals } from '../tail/journal.js';
import { webSocketUrl } from './shared.js';

interface TailCommandOptions {
  readonly card?: string;
  readonly terminal?: string;
  readonly type?: string;
  readonly since?: number;
  readonly follow?: boolean;
  readonly gateway?: string;
  readonly secret?: string;
  readonly secretFile?: string;
  readonly data?: string;
  readonly json?: boolean;
}

export function addTail(program: Command): void {
  program
    .command('tail')
    .description('show what happened, event by event, from the journals')
    .option('--card <id>', 'only events about this card')
    .option('--terminal <id>', 'only events about this terminal')
    .option('--type <type>', 'only events of this type, or whose type begins so', parseType)
    .option('--since <time>', 'from then on: 10m (ago), or 2026-01-31T09:00:00Z', (text: string) =>
      parseSince(text),
    )
    .option('--follow', 'go on until Ctrl-C; without --since only what happens from now on')
    .addOption(option.gateway())
    .addOption(option.secret())
    .addOption(option.secretFile())
    .addOption(option.data())
    .addOption(option.json())
    .addHelpText('after', HELP)
    .action(run);
}

const HELP = `
--json writes one document a line. Types:
${new Help().boxWrap(EVENT_TYPES.join(', '), 118)}.

Examples:
  $ emoney tail --card sim-1-c00042              the life of a card
  $ emoney tail --follow --type CardDeclined     refusals, as they happen
  $ emoney tail --since 5m --json | jq .amount
`;

/** `card_moved` and `cardmoved` are CardMoved too. */
function parseType(text: string): string {
  const wanted = normal(text);
  if (wanted !== '' && EVENT_TYPES.some((type) => normal(type).startsWith(wanted))) return wanted;
  throw new InvalidArgumentError(`Types are ${EVENT_TYPES.join(', ')}.`);
}

function normal(type: string): string {
  return type.replaceAll(/[_-]/g, '').toLowerCase();
}

async function run(options: TailCommandOptions): Promise<void> {
  const output = openOutput(options.json === true);
  const end = new AbortController();
  const follow = options.follow === true;
  if (follow) for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end.abort());
  await withTarget({ ...options, log: output.say, mustExist: true }, async (target) => {
    const operator = await OperatorLink.open({
      url: webSocketUrl(target.gateway),
      secret: target.secret,
      signal: end.signal,
      onAway: (reason, patienceMs) => {
        output.say(`the gateway is away (${reason}); trying again for ${patienceMs / 1_000} s`);
      },
      onBack: () => {
        output.say('the gateway is back');
      },
    });
    const since = options.since ?? (follow ? Date.now() : 0);
    const ofCard = new Set<string>();
    const columns = new EventColumns(output.colors);
    output.print(columns.header());
    try {
      for await (const { partition, bytes } of readJournals({
        operator,
        since,
        follow,
        signal: end.signal,
      })) {
        for (const event of viewsOf(partition, bytes)) {
          if (!matches(event, options, ofCard)) continue;
          output.print(columns.line(event));
          output.document(event);
        }
      }
    } finally {
      await operator.close();
    }
  });
}

/** `ofCard`: ids that were seen with the card; a terminal's CLOSED names the id only. */
function matches(
  event: EventView,
  { card, terminal, type }: TailCommandOptions,
  ofCard: Set<string>,
): boolean {
  if (card !== undefined) {
    if (event.card === card && event.id !== undefined) ofCard.add(event.id);
    if (event.card !== card && (event.card !== undefined || !ofCard.has(event.id ?? ''))) return false;
  }
  if (terminal !== undefined && event.terminal !== terminal) return false;
  return type === undefined || normal(event.type).startsWith(type);
}
