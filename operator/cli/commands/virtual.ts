/** `emoney simulate --virtual`: worlds in which everything goes wrong, each in one process, without a server. */
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { InvalidArgumentError, Option } from 'commander';
import { findNode } from '../../../servers/node.js';
import { tiedToParent } from '../../../servers/tie.js';
import { renderVirtual } from '../../../simulator/virtual/reportText.js';
import { runVirtual } from '../../../simulator/virtual/run.js';
import { runSeed, type SeedResult } from '../../../simulator/virtual/seed.js';
import { integerParser } from '../options.js';
import type { Output } from '../output.js';
import { startProgress } from '../progress.js';
import { endOnSignal } from '../system/signals.js';
import { EndableLoad } from './load.js';
import { painter } from './shared.js';

interface Seeds {
  readonly from: number;
  readonly to: number;
}

export interface VirtualCommandOptions {
  readonly virtual?: boolean;
  readonly seeds: Seeds;
  readonly jobs: number;
  readonly trace?: boolean;
}

const MOST_SEEDS = 1_000_000;

export function virtualOptions(): readonly Option[] {
  const options = [
    new Option('--virtual', 'no servers: the whole system in one process, with faults of every kind'),
    new Option('--seeds <a..b>', 'the worlds to run; the same seed is the same world, byte for byte')
      .argParser(parseSeeds)
      .default({ from: 1, to: 100 }, '1..100'),
    new Option('--jobs <n>', 'processes at once')
      .argParser(integerParser(1, 256))
      .default(availableParallelism(), 'one for each processor'),
    new Option('--trace', 'print what happens in the first of the seeds, and run no other'),
  ];
  return options.map((option) => option.helpGroup('Virtual worlds:'));
}

/** Runs, shows progress, prints the report. */
export async function runVirtualWorlds(options: VirtualCommandOptions, output: Output): Promise<void> {
  const { seeds, jobs } = options;
  if (options.trace === true) {
    const { violations } = await runSeed({ seed: seeds.from, print: output.print });
    if (violations.length > 0) process.exitCode = 1;
    return;
  }
  const { path, version } = await findNode({ log: output.say });
  const words = await tiedToParent([path]);
  const load = new EndableLoad();
  endOnSignal({ end: () => load.end(), kill: () => undefined });
  const total = seeds.to - seeds.from + 1;
  const began = performance.now();
  const progress = startProgress('seeds', total);
  let failed = 0;
  const onSeed = ({ violations }: SeedResult, done: number): void => {
    if (violations.length > 0) failed += 1;
    progress.update(done, `${done} of ${total}, ${failed === 0 ? 'none' : failed} failed`);
  };
  const report = await load
    .run((signal) => runVirtual({ ...seeds, jobs, node: { words, version }, onSeed, signal }))
    .finally(() => {
      progress.end();
    });
  const tookMs = performance.now() - began;
  const commit = await commitOfSources();
  output.print(renderVirtual(report, commit, tookMs, painter(output)));
  output.document({ ...report, failed: report.failed.map((failure) => ({ ...failure, commit })) });
  if (report.verdict === 'fail') process.exitCode = 1;
}

function parseSeeds(text: string): Seeds {
  const match = /^(\d{1,10})(?:\.\.(\d{1,10}))?$/.exec(text);
  const from = Number(match?.[1]);
  const to = Number(match?.[2] ?? match?.[1]);
  if (match !== null && from <= to && to - from < MOST_SEEDS) return { from, to };
  throw new InvalidArgumentError('Seeds are expected as 1..1000, or as one number.');
}

/** So that a failure can be run again on the same sources. */
async function commitOfSources(): Promise<string> {
  const cwd = fileURLToPath(new URL('.', import.meta.url));
  try {
    const { stdout } = await promisify(execFile)('git', ['describe', '--always', '--dirty'], { cwd });
    return stdout.trim();
  } catch {
    return 'unknown commit';
  }
}
