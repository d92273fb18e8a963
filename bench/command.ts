/** The command line of the benches. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { openOutput, toJson, type Output } from '../operator/cli/output.js';
import type { Bench, BenchOptions } from './bench.js';
import { benches } from './benches.js';
import { goalsText, verdicts } from './goals.js';
import { planText } from './plan.js';
import { writeDocs, writeGoals } from './support/docs.js';
import { endEverything } from './support/ending.js';
import { machine } from './support/machine.js';

interface Arguments extends Omit<BenchOptions, 'log' | 'colors'> {
  readonly json?: string;
  readonly write?: boolean;
}

export async function runBenches(argv: readonly string[]): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void endEverything().finally(() => process.exit(130));
    });
  }
  await command().parseAsync(argv);
}

function command(): Command {
  const names = [...benches.keys()];
  return new Command('bench')
    .description(
      'measures the system beside baselines, on servers of its own with an fsync before every answer',
    )
    .argument('[names...]', `which, of: ${names.join(', ')} (default: all)`)
    .option('--json <file>', 'writes one document with all results')
    .option('--seconds <n>', 'of each measurement', positive, 20)
    .option('--cards <n>', 'of the engine and the full path', positive, 5_000)
    .option('--borrowers <n>', 'of the interest run', positive, 100_000)
    .option('--rate <n>', 'payments a second while interest is charged', positive, 1_000)
    .option(
      '--growth <n>',
      'cards to which the growth bench grows, and of the recovery bench',
      positive,
      1_000_000,
    )
    .option('--no-kill', 'without the interest run in whose middle the worker is killed')
    .option('--write', 'writes tables and plots into docs/PERFORMANCE.md and docs/performance')
    .action(run);
}

async function run(given: readonly string[], options: Arguments, bench: Command): Promise<void> {
  const unknown = given.filter((name) => !benches.has(name));
  if (unknown.length > 0) {
    bench.error(
      `no bench has this name: ${unknown.join(', ')} (there are: ${[...benches.keys()].join(', ')})`,
    );
  }
  const output = openOutput(false);
  const chosen = [...benches.keys()].filter((name) => given.length === 0 || given.includes(name));
  output.say(`${planText(chosen, options, output.colors)}\n`);
  const document: Record<string, unknown> = { machine: machine(), measured: new Date().toISOString() };
  let failed = false;
  for (const name of chosen) {
    output.say(`bench ${name}`);
    try {
      failed = !(await runOne(name, options, output, document)) || failed;
    } catch (error) {
      // What the others measure is not lost by it.
      output.say(
        `bench ${name} has failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
      failed = true;
    }
    if (options.json !== undefined) await save(options.json, document);
  }
  output.print(`\n${goalsText(document, output.colors)}\n`);
  if (options.write === true) await writeGoals(verdicts(document));
  if (failed) process.exitCode = 1;
}

/** False: what was measured is wrong. */
async function runOne(
  name: string,
  options: Arguments,
  { say, print, colors }: Output,
  document: Record<string, unknown>,
): Promise<boolean> {
  const { text, json, plots, ok } = await benchOf(name)({ ...options, log: say, colors });
  print(`\n${text}\n`);
  merge(document, json);
  if (options.write === true) await writeDocs(name, text, plots ?? {}, options.seconds);
  return ok;
}

function benchOf(name: string): Bench {
  const found = benches.get(name);
  if (found === undefined) throw new Error(`no bench has this name: ${name}`);
  return found;
}

async function save(file: string, document: Readonly<Record<string, unknown>>): Promise<void> {
  const path = resolve(file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${toJson(document)}\n`);
}

/** Objects are merged key by key: several benches write into one part of the document. */
function merge(into: Record<string, unknown>, from: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(from)) {
    const present = into[key];
    if (isObject(present) && isObject(value)) merge(present, value);
    else into[key] = value;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number above 0');
  return value;
}
