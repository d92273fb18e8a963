import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { addArchive } from './commands/archive.js';
import { addArchiver } from './commands/archiver.js';
import { addAudit } from './commands/audit.js';
import { addBase } from './commands/base.js';
import { addBackup } from './commands/backup.js';
import { addCard } from './commands/card.js';
import { addCenter } from './commands/center.js';
import { addChaos } from './commands/chaos.js';
import { addCollections } from './commands/collections.js';
import { addCreate } from './commands/create.js';
import { addExplain } from './commands/explain.js';
import { addGateway } from './commands/gateway.js';
import { addInterest } from './commands/interest.js';
import { addLoans } from './commands/loans.js';
import { addParameters } from './commands/parameters.js';
import { addPartitions } from './commands/partitions.js';
import { addOverload } from './commands/overload.js';
import { addPhone } from './commands/phone.js';
import { addPowerCut } from './commands/powerCut.js';
import { addReplay } from './commands/replay.js';
import { addSearch } from './commands/search.js';
import { addSettlement } from './commands/settlement.js';
import { addSimulate } from './commands/simulate.js';
import { addTail } from './commands/tail.js';
import { addTerminal } from './commands/terminal.js';
import { addTotals } from './commands/totals.js';
import { addUp } from './commands/up.js';
import { addWorker } from './commands/worker.js';
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

function createProgram(): Command {
  const program = new Command('emoney')
    .description(
      'Electronic money on actors: value and bounded loans on cards, journaled, audited to the last yen.',
    )
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureOutput({
      outputError: (text, write) => {
        write(text.replace(/^error: /, 'emoney: '));
      },
    })
    .addHelpText('after', HELP);
  for (const add of [
    addUp,
    addWorker,
    addGateway,
    addCreate,
    addBackup,
    addArchiver,
    addArchive,
    addSimulate,
    addChaos,
    addPowerCut,
    addOverload,
    addReplay,
    addAudit,
    addBase,
    addTail,
    addPartitions,
    addSearch,
    addExplain,
    addPhone,
    addCard,
    addTerminal,
    addSettlement,
    addCollections,
    addInterest,
    addLoans,
    addTotals,
    addCenter,
    addParameters,
  ])
    add(program);
  for (const command of program.commands) command.exitOverride();
  return program;
}

async function main(): Promise<void> {
  endWithReader();
  try {
    await createProgram().parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2;
      return;
    }
    // A signal has ended it: whoever handles the signal has said so.
    if (error instanceof Error && error.name === 'AbortError') return;
    process.stderr.write(`emoney: ${describeError(error)}\n`);
    process.exitCode = error instanceof CommandError ? error.exitCode : 1;
  }
}

await main();
