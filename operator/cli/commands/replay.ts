import type { Command } from 'commander';
import { inspect, replay, type ReplayReport } from '../../../simulator/replay/replay.js';
import { integerParser, option } from '../options.js';
import { openOutput, type Output } from '../output.js';
import { type CreationOptions, creationOptions, readCreation } from '../system/creation.js';
import { withTarget } from '../system/target.js';
import { painter, PhasedProgress, requireCreation, requirePartitions, webSocketUrl } from './shared.js';

interface ReplayCommandOptions extends CreationOptions {
  readonly loanLimit: number;
  readonly skipBroken?: boolean;
  readonly gateway?: string;
  readonly secret?: string;
  readonly secretFile?: string;
  readonly data?: string;
  readonly partitions?: number;
  readonly json?: boolean;
}

export function addReplay(program: Command): void {
  const command = program
    .command('replay')
    .description('play the transactions of a CSV file, in its order, once for ever')
    .argument('<file>', 'columns id,time,card,terminal,kind,amount')
    .option(
      '--loan-limit <n>',
      'loan limit of cards that are created, in minor units',
      integerParser(0, 1e15 - 1),
      10_000,
    )
    .option('--skip-broken', 'leave out lines that are broken, instead of sending nothing')
    .addOption(option.gateway())
    .addOption(option.secret())
    .addOption(option.secretFile())
    .addOption(option.data())
    .addOption(option.partitions())
    .addOption(option.json());
  // None by itself: what a file comes to must not depend on the day on which it is played.
  for (const each of creationOptions('0')) command.addOption(each);
  command.addHelpText('after', HELP).action(run);
}

const HELP = `
The file: UTF-8, a header that names the columns in any order. kind is purchase or deposit; amount an integer in minor
units (0 and less are sent, and declined; one beyond 64 bits is a broken line); time ISO 8601 with an offset. Broken
lines are named by their number in the file (the header is line 1), and nothing is sent, unless --skip-broken is given.
Cards and terminals are created as they appear. Transaction ids are made of the file's name, its content and the line:
played again, nothing executes twice, and the result is the same.

Examples:
  $ emoney replay taps.csv --data ./taps            on a folder of its own, which is kept
  $ emoney replay taps.csv --json > result.json     on the running system, else on a temporary folder
`;

const GONE =
  'played on a temporary system, which ends now with all of it: start one before (npm start), or keep one with --data';

async function run(file: string, options: ReplayCommandOptions): Promise<void> {
  const output = openOutput(options.json === true);
  const progress = new PhasedProgress();
  const reading = {
    file,
    skipBroken: options.skipBroken === true,
    onBroken: ({ line, problem }: { line: number; problem: string }) => {
      output.say(`line ${line}: ${problem}`);
    },
  };
  const content = await inspect(reading);
  const creation = await readCreation(options, 0);
  try {
    await withTarget({ ...options, creation, log: output.say }, async (target) => {
      await requirePartitions(target, options.partitions);
      await requireCreation(target, creation);
      const began = performance.now();
      const report = await replay(
        {
          ...reading,
          url: webSocketUrl(target.gateway),
          secret: target.secret,
          loanLimit: options.loanLimit,
          onProgress: (phase, done, total) => {
            progress.update(phase, done, total, `${done} of ${total}`);
          },
        },
        content,
      );
      progress.end();
      show(report, (performance.now() - began) / 1_000, output);
      output.document(report);
      if (target.temporary) output.say(GONE);
    });
  } finally {
    progress.end();
  }
}

function show(report: ReplayReport, seconds: number, output: Output): void {
  const declined = Object.entries(report.declined);
  const played = declined.reduce((sum, [, count]) => sum + count, report.approved);
  const terminals = Object.values(report.terminals);
  const cards = Object.values(report.cards);
  const sum = (amounts: readonly bigint[]): string =>
    amounts.reduce((total, each) => total + each, 0n).toLocaleString('en-US');
  const rows: [string, string][] = [
    ['played', `${number(played)} in ${seconds.toFixed(1)} s, ${number(Math.round(played / seconds))}/s`],
    ['approved', number(report.approved)],
    ...declined.map(([code, count]): [string, string] => [code, number(count)]),
    ['cards', number(cards.length)],
    ['  stored value', sum(cards.map(({ storedValue }) => BigInt(storedValue)))],
    ['  loan', sum(cards.map(({ loan }) => BigInt(loan)))],
    ['terminals', number(terminals.length)],
    ['  purchases', sum(terminals.map(({ count }) => BigInt(count)))],
    ['  gross', sum(terminals.map(({ gross }) => gross))],
    ['  from value', sum(terminals.map(({ value }) => value))],
    ['  from loan', sum(terminals.map(({ loan }) => loan))],
    ['  deposits', sum(terminals.map(({ deposits }) => deposits))],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const paint = painter(output);
  for (const [name, text] of rows)
    output.print(`${paint(name.padEnd(width), 'dim')}  ${text.padStart(16)}`.trimEnd());
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
