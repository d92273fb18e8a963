import type { Command } from 'commander';
import { MAX_FOUND } from '../../../actors/bounds.js';
import { idText } from '../../../actors/money/idText.js';
import type { FoundEntry, SearchResult } from '../../../client/search.js';
import { CommandError } from '../errors.js';
import { operating, type OperatingOptions, withOperating } from '../operating.js';
import { integerParser, parseSince } from '../options.js';
import { EventColumns } from '../tail/columns.js';
import { eventView, type EventView } from '../tail/eventView.js';
import { asOfText } from '../text.js';

interface SearchCommandOptions extends OperatingOptions {
  readonly id?: string;
  readonly card?: string;
  readonly terminal?: string;
  readonly from?: number;
  readonly to?: number;
  readonly limit?: number;
}

export function addSearch(program: Command): void {
  const command = program
    .command('search')
    .description('find transactions by id, card, terminal or time: newest first')
    .option('--id <id>', 'an id as terminal#incarnation#number, or its beginning')
    .option('--card <id>', 'of this card')
    .option('--terminal <id>', 'of this terminal')
    .option('--from <time>', 'recorded then or later: 10m (ago), or 2026-01-31T09:00:00Z', (text: string) =>
      parseSince(text),
    )
    .option('--to <time>', 'recorded before', (text: string) => parseSince(text))
    .option('--limit <n>', `at most so many (default, and most: ${MAX_FOUND})`, integerParser(1, MAX_FOUND));
  withOperating(command).addHelpText('after', HELP).action(run);
}

const HELP = `
Of an id, T1#1#4 is that id, T1#1 an incarnation of T1, T1# all of T1, T1 all terminals whose name begins so. With
--card alone: what reached the center; a terminal's own refusals are found with their terminal.

Examples:
  $ emoney search --card sim-1-c00042            what the center has of a card
  $ emoney search --id 'till-1#3#17'             a transaction, and what undid it
  $ emoney search --terminal till-1 --from 1h    the last hour of a terminal
`;

async function run(options: SearchCommandOptions): Promise<void> {
  const { id, card, terminal, from, to, limit } = options;
  if (from !== undefined && to !== undefined && from >= to)
    throw new CommandError('--to is not after --from', 2);
  await operating(options, async (operator, output) => {
    const query = { id, card, terminal, fromMs: from, toMs: to, limit };
    const result = await operator.use((session) => session.search(query));
    const events = result.entries.map(viewOf);
    const columns = new EventColumns(output.colors);
    columns.fit(events);
    output.print([columns.header(), ...events.map((event) => columns.line(event))].join('\n'));
    output.say(summaryOf(result));
    output.document({ events, more: result.more, asOf: result.asOf });
  });
}

/** As `tail` shows it, with what became of it. */
function viewOf({ partition, sequence, timeMs, id, event, amount, outcome }: FoundEntry): EventView {
  return {
    ...{ time: new Date(timeMs).toISOString(), partition, sequence },
    ...eventView(event),
    ...(id === undefined ? {} : { id: idText(id) }),
    ...(outcome === undefined ? {} : { outcome, amount }),
  };
}

function summaryOf({ entries, more, asOf }: SearchResult): string {
  const found = `${entries.length} found${more ? `, and there are more, older ones: give more of the id, or --to ${oldestOf(entries)}` : ''}`;
  return `${found} (${asOfText(asOf)})`;
}

/** What else is of that millisecond is not passed over. */
function oldestOf(entries: readonly FoundEntry[]): string {
  return new Date((entries.at(-1)?.timeMs ?? 0) + 1).toISOString();
}
