import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { CommandError, describeError } from './errors.js';
import { endWithReader } from './output.js';

const HELP = `
Examples:
  $ emoney up --demo                      a system, a load, a verdict; stays up until Ctrl-C
  $ emoney simulate --duration 20s        load for the running system
  $ emoney replay taps.csv                the transactions of a file
  $ emoney audit                          is every yen there?
  $ emoney partitions                     who serves what, and what to do about what nobody serves
  $ emoney tail --follow                  what happens, as it happens
  $ emoney search --card sim-1-c00042     what the center has of a card, newest first
  $ emoney explain purchase --card C1 --terminal T1 --amount 2000
                                          what would be answered, and why; nothing is changed
  $ emoney phone alice-1 --card C1        a phone for a card, and the token that it must say
  $ emoney card show C1                   what it holds and owes, and everything else about it
  $ emoney settlement batch T1            did terminal and center count the same?
  $ emoney center                         what an operator looks at in the morning
  $ emoney loans --at 2026-01-31          who owed what at the end of January
  $ emoney totals --from 2026-01-31       what every terminal took on that day

Environment: NATS_URL, REDIS_URL (servers that run already), EMONEY_OPERATOR_SECRET, EMONEY_PIN_KEY,
EMONEY_PARTITIONS, EMONEY_DEPLOYMENT, NATS_SERVER_BIN, REDIS_SERVER_BIN, EMONEY_DEBUG (stack traces), NO_COLOR.
Exit codes: 0 done; 1 it failed, or the verdict is fail; 2 the command was not understood.
`;

function version(): string {
  // dist/operator/cli/main.js
  const path = new URL('../../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

/**
 * What has failed has nothing to wait for but its own orderly end, which takes 25 s at most (system/parent.ts): a
 * connection that is still being tried must not keep a supervisor from starting it again.
 */
const LINGER_MS = 30_000;

type AddCommand = (program: Command) => void;

/**
 * By name, and loaded only where it is used: a worker that is started again is waited for, and would spend as long on
 * the rest of the program as on itself.
 */
const commands: Readonly<Record<string, () => Promise<AddCommand>>> = {
  up: async () => (await import('./commands/up.js')).addUp,
  worker: async () => (await import('./commands/worker.js')).addWorker,
  gateway: async () => (await import('./commands/gateway.js')).addGateway,
  create: async () => (await import('./commands/create.js')).addCreate,
  backup: async () => (await import('./commands/backup.js')).addBackup,
  restore: async () => (await import('./commands/backup.js')).addBackup,
  archiver: async () => (await import('./commands/archiver.js')).addArchiver,
  archive: async () => (await import('./commands/archive.js')).addArchive,
  simulate: async () => (await import('./commands/simulate.js')).addSimulate,
  chaos: async () => (await import('./commands/chaos.js')).addChaos,
  'power-cut': async () => (await import('./commands/powerCut.js')).addPowerCut,
  overload: async () => (await import('./commands/overload.js')).addOverload,
  replay: async () => (await import('./commands/replay.js')).addReplay,
  audit: async () => (await import('./commands/audit.js')).addAudit,
  base: async () => (await import('./commands/base.js')).addBase,
  tail: async () => (await import('./commands/tail.js')).addTail,
  partitions: async () => (await import('./commands/partitions.js')).addPartitions,
  search: async () => (await import('./commands/search.js')).addSearch,
  explain: async () => (await import('./commands/explain.js')).addExplain,
  phone: async () => (await import('./commands/phone.js')).addPhone,
  card: async () => (await import('./commands/card.js')).addCard,
  terminal: async () => (await import('./commands/terminal.js')).addTerminal,
  settlement: async () => (await import('./commands/settlement.js')).addSettlement,
  collections: async () => (await import('./commands/collections.js')).addCollections,
  interest: async () => (await import('./commands/interest.js')).addInterest,
  loans: async () => (await import('./commands/loans.js')).addLoans,
  totals: async () => (await import('./commands/totals.js')).addTotals,
  center: async () => (await import('./commands/center.js')).addCenter,
  parameters: async () => (await import('./commands/parameters.js')).addParameters,
};

async function createProgram(): Promise<Command> {
  const program = new Command('emoney')
    .description(
      'Electronic money on actors: value and bounded loans on cards, journaled, audited to the last yen.',
    )
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .exitOverride()
    // What a command does is wrapped beside the longest of its names too: at 80 columns there are 34 for it.
    .configureHelp({ minWidthToWrap: 24 })
    .showSuggestionAfterError(true)
    .configureOutput({
      outputError: (text, write) => {
        write(text.replace(/^error: /, 'emoney: '));
      },
    })
    .addHelpText('after', HELP);
  for (const add of await namedCommands()) add(program);
  for (const command of program.commands) command.exitOverride();
  return program;
}

/** The one that is named; all, where none is: for help, and for whoever has mistyped. */
async function namedCommands(): Promise<ReadonlySet<AddCommand>> {
  const [, , name = ''] = process.argv;
  const named = Object.hasOwn(commands, name) ? commands[name] : undefined;
  return new Set(
    named === undefined ? await Promise.all(Object.values(commands).map((load) => load())) : [await named()],
  );
}

async function main(): Promise<void> {
  endWithReader();
  try {
    await (await createProgram()).parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2;
      return;
    }
    // A signal has ended it: whoever handles the signal has said so.
    if (error instanceof Error && error.name === 'AbortError') return;
    process.stderr.write(`emoney: ${describeError(error)}\n`);
    process.exitCode = error instanceof CommandError ? error.exitCode : 1;
    setTimeout(() => process.exit(), LINGER_MS).unref();
  }
}

await main();
