import { Option, type Command } from 'commander';
import type { BatchSettlement } from '../../../client/batch.js';
import type { TerminalDescription, TotalsDescription } from '../../../client/descriptions.js';
import type { RoleName } from '../../../client/names.js';
import type { RegisteredTerminal } from '../../../client/matters.js';
import type { BatchTotals } from '../../../client/totals.js';
import { CommandError } from '../errors.js';
import { operating, type OperatingOptions, report, withOperating } from '../operating.js';
import { integerParser, option, parseDate } from '../options.js';
import type { Output } from '../output.js';
import { waitingText } from '../settlement/batchText.js';
import { linesOf, renderColumns } from '../settlement/columns.js';
import { type Cell, renderFields, renderTable } from '../table.js';
import { counted, dateText, moreText, timeText } from '../text.js';

export function addTerminal(program: Command): void {
  const terminal = program
    .command('terminal')
    .description('terminals: which there are; of one its role, what it took, its batches')
    .addHelpText('after', HELP);
  addList(terminal);
  addShow(terminal);
  addRegister(terminal);
  addClose(terminal);
}

const HELP = `
Examples:
  $ emoney terminal register till-1 --role purchase
  $ emoney terminal list
  $ emoney terminal show till-1
  $ emoney terminal close till-1
`;

function addList(terminal: Command): void {
  const list = terminal
    .command('list')
    .description('every terminal that was registered, by name')
    .addOption(option.limit('terminals that are shown; --json has all'));
  withOperating(list)
    .addHelpText('after', '\nExample:\n  $ emoney terminal list\n')
    .action(async (options: OperatingOptions & { readonly limit: number }) => {
      await operating(options, async (operator, output) => {
        const terminals = await operator.use((session) => session.listTerminals());
        const shown = terminals.slice(0, options.limit);
        if (shown.length > 0) output.print(registeredText(shown, output.colors));
        output.print(
          terminals.length === 0
            ? 'no terminal is registered'
            : `${moreText(terminals.length - shown.length)}${counted(terminals.length, 'terminal')} registered`,
        );
        output.document({ terminals });
      });
    });
}

function registeredText(terminals: readonly RegisteredTerminal[], colors: Output['colors']): string {
  const heads = [
    { name: 'TERMINAL' },
    { name: 'ROLE' },
    { name: 'DEFERRAL' },
    { name: 'REGISTERED' },
    { name: '' },
  ];
  const rows = terminals.map(({ terminal, role, mayDefer, zone, card, device, timeMs }): Cell[] => [
    ...[terminal, role.toLowerCase(), mayDefer ? 'permitted' : 'not permitted', timeText(timeMs)],
    `${zone === '' ? '' : `zone ${zone}`}${card === '' ? '' : `card ${card}, device ${device}`}`,
  ]);
  return renderTable(heads, rows, colors);
}

function addShow(terminal: Command): void {
  const show = terminal
    .command('show')
    .description('role, open batch, totals by business date, settlements')
    .argument('<terminal>', 'its id')
    .option('--batch <n>', 'totals of this batch (default: the open one)', integerParser(1, 4_294_967_295))
    .option('--date <date>', 'totals of this business date, in whatever batch', parseDate);
  withOperating(show)
    .addHelpText('after', SHOW_HELP)
    .action(async (id: string, options: ShowOptions) => {
      if (options.batch !== undefined && options.date !== undefined) {
        throw new CommandError('--batch or --date, not both', 2);
      }
      await operating(options, async (operator, output) => {
        const [described] = await operator.use((session) => session.describeTerminals([id]));
        if (described?.known !== true) {
          throw new CommandError(
            `TERMINAL_UNKNOWN: there is no terminal ${id}: register it with \`emoney terminal register\``,
          );
        }
        if (options.batch !== undefined && options.batch > described.batch) {
          throw new CommandError(`${id} has no batch ${options.batch} yet: ${described.batch} is open`);
        }
        const [center] = await operator.use((session) => session.describeTotals([id]));
        output.print(terminalText(described, center, options, output));
        output.document({ ...described, center: center?.totals ?? [] });
      });
    });
}

interface ShowOptions extends OperatingOptions {
  readonly batch?: number;
  readonly date?: number;
}

const SHOW_HELP = `
Examples:
  $ emoney terminal show till-1
  $ emoney terminal show till-1 --date 2026-01-31
`;

interface RegisterOptions extends OperatingOptions {
  readonly role: 'purchase' | 'deposit' | 'gate' | 'phone';
  readonly defer: boolean;
  readonly zone?: string;
  readonly card?: string;
  readonly device?: number;
}

function addRegister(terminal: Command): void {
  const register = terminal
    .command('register')
    .description('register a terminal, for ever')
    .argument('<terminal>', 'its id')
    .addOption(
      new Option('--role <role>', 'what it does')
        .choices(['purchase', 'deposit', 'gate', 'phone'])
        .makeOptionMandatory(),
    )
    .option('--no-defer', 'nothing that is paid here may be deferred')
    .option('--zone <zone>', 'a gate: the zone into which it opens')
    .option('--card <id>', 'a phone: its card (emoney phone does this, and gives the token)')
    .option('--device <n>', 'a phone: the number of this device', integerParser(1, 4_294_967_295));
  withOperating(register)
    .addHelpText(
      'after',
      `
Examples:
  $ emoney terminal register till-1 --role purchase
  $ emoney terminal register gate-1 --role gate --zone A
`,
    )
    .action(async (id: string, options: RegisterOptions) => {
      const { role, defer, zone, card, device } = options;
      mustFit(options);
      const terms = { role: role.toUpperCase() as RoleName, mayDefer: defer, zone, card, device };
      await operating(options, async (operator, output) => {
        const acknowledged = await operator.use((session) => session.registerTerminal(id, terms));
        report(output, acknowledged, `${id}: registered, ${role}`);
      });
    });
}

function mustFit({ role, zone, card, device }: RegisterOptions): void {
  const problem = (text: string): CommandError => new CommandError(text, 2);
  if (role === 'gate' && zone === undefined) throw problem('a gate has a --zone');
  if (role !== 'gate' && zone !== undefined) throw problem('only a gate has a --zone');
  if (role === 'phone' && card === undefined) throw problem('a phone has a --card');
  if (role !== 'phone' && card !== undefined) throw problem('only a phone has a --card');
  if (role !== 'phone' && device !== undefined) throw problem('only a phone has a --device');
}

function addClose(terminal: Command): void {
  const close = terminal
    .command('close')
    .description(
      'close its open batch without its device, whose column stays empty; the next one opens at once',
    )
    .argument('<terminal>', 'its id')
    .option(
      '--batch <n>',
      'this one, if it is open (default: the open one)',
      integerParser(1, 4_294_967_295),
    );
  withOperating(close)
    .addHelpText('after', '\nExample:\n  $ emoney terminal close till-1\n')
    .action(async (id: string, options: OperatingOptions & { readonly batch?: number }) => {
      await operating(options, async (operator, output) => {
        // Asked before: were both repeated together, a lost answer would close two.
        const [described] = await operator.use((session) => session.describeTerminals([id]));
        const batch = options.batch ?? described?.batch ?? 0;
        const closed = await operator.use((session) => session.closeBatch(id, batch));
        output.print(`${id}: batch ${closed.batch} is closed, ${closed.openBatch} is open`);
        output.say(`see: emoney settlement batch ${id} --batch ${closed.batch}`);
        output.document(closed);
      });
    });
}

function terminalText(
  described: TerminalDescription,
  center: TotalsDescription | undefined,
  wanted: ShowOptions,
  { colors }: Output,
): string {
  const { id, role, mayDefer, zone, card, device, openIds, settlements } = described;
  const fields = renderFields(
    [
      ['terminal', `${colors.bold(id)}: ${role.toLowerCase()}`],
      ['deferral', mayDefer ? 'permitted' : 'not permitted'],
      ['zone', zone],
      ['card', card === '' ? '' : `${card}, device ${device}`],
      ['batch', `${described.batch} is open`],
      ['in flight', openIds === 0 ? 'nothing' : String(openIds)],
    ],
    colors,
  );
  return [fields, totalsText(described, center, wanted, colors), settlementsText(settlements, colors)]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** The device's own sums come with the end of the batch. */
function totalsText(
  { batch: open, totals }: TerminalDescription,
  center: TotalsDescription | undefined,
  { batch = open, date }: ShowOptions,
  colors: Output['colors'],
): string {
  const isWanted = (row: BatchTotals) =>
    date === undefined ? row.batch === batch : row.businessDate === date;
  const [own, theirs] = [totals, center?.totals ?? []].map((rows) => rows.filter(isWanted));
  const names = new Map([...(own ?? []), ...(theirs ?? [])].map((row) => [nameOf(row), row]));
  if (names.size === 0) {
    const title = date === undefined ? `BATCH ${batch}` : dateText(date);
    return `${colors.bold(title)}\nnothing was taken`;
  }
  return [...names.values()]
    .sort((one, other) => one.batch - other.batch || one.businessDate - other.businessDate)
    .map((row) => {
      const of = (rows: readonly BatchTotals[] = []) => rows.find((each) => nameOf(each) === nameOf(row));
      const columns = { device: undefined, terminal: of(own), center: of(theirs) };
      return `${colors.bold(nameOf(row))}\n${renderColumns(linesOf(columns, true), false, colors)}`;
    })
    .join('\n\n');
}

function nameOf({ batch, businessDate }: BatchTotals): string {
  return `BATCH ${batch}, ${dateText(businessDate)}`;
}

function settlementsText(settlements: readonly BatchSettlement[], colors: Output['colors']): string {
  if (settlements.length === 0) return '';
  const heads = [{ name: 'BATCH', right: true }, { name: 'STATE' }, { name: '' }];
  const rows = settlements.map((settlement): Cell[] => {
    const settled = settlement.settledTimeMs !== undefined;
    const differs = settled && linesOf(settlement, true).some((line) => line.differs);
    const state = settled ? `settled ${timeText(settlement.settledTimeMs)}` : waitingText(settlement);
    return [
      String(settlement.batch),
      { text: state, paint: settled ? colors.green : colors.yellow },
      differs ? { text: '≠', paint: colors.red } : '',
    ];
  });
  return `${colors.bold('CLOSED BATCHES')}\n${renderTable(heads, rows, colors)}`;
}
