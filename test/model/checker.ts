/** Runs spin on one variant: generates the checker, compiles it, searches every state, replays what it found. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand, type CommandResult } from '../../servers/command.js';
import type { Tools } from './tools.js';
import { MODEL_FOLDER, type Variant } from './variants.js';

export interface Verdict {
  /** The property that does not hold; undefined: all hold, in every state. */
  readonly violated: string | undefined;
  /** What happens until then, a line a step. */
  readonly trace: readonly string[];
  readonly states: number;
  readonly megabytes: number;
  /** Of the search alone. */
  readonly seconds: number;
}

const COMPILE_TIMEOUT_MS = 180_000;
/** Of a machine that is busy with other things too. */
const SEARCH_TIMEOUT_MS = 240_000;
const MAX_DEPTH = 100_000;

/** Throws when a tool fails, or when the search was not complete: then nothing is known. */
export async function check(tools: Tools, variant: Variant, maxMegabytes: number): Promise<Verdict> {
  const folder = await mkdtemp(join(tmpdir(), 'emoney-model-'));
  try {
    return await checkIn(folder, tools, variant, maxMegabytes);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function checkIn(
  folder: string,
  { spin, compiler }: Tools,
  variant: Variant,
  maxMegabytes: number,
): Promise<Verdict> {
  const model = join(MODEL_FOLDER, `${variant.model}.pml`);
  const isShort = variant.violates !== undefined && variant.deepFirst !== true;
  const names = [...(variant.switch === undefined ? [] : [variant.switch]), ...variant.bounds];
  const defines = [...names, ...(isShort ? ['SHORTEST'] : [])].map((name) => `-D${name}`);
  const preprocess = `-P${compiler} -E -x c`;
  await run(folder, spin, ['-a', preprocess, ...defines, model], COMPILE_TIMEOUT_MS);
  const search = variant.cycles === true ? ['-DNP'] : isShort ? ['-DSAFETY', '-DBFS'] : ['-DSAFETY'];
  const settings = [...search, '-DNOFAIR', '-DVECTORSZ=2048', `-DMEMLIM=${maxMegabytes}`];
  // A short search is over before an optimizing compiler is.
  const optimize = variant.long === true ? '-O2' : '-O0';
  await run(folder, compiler, [optimize, '-w', ...settings, '-o', 'pan', 'pan.c'], COMPILE_TIMEOUT_MS);
  const cycles = variant.cycles === true ? ['-l'] : [];
  const { stdout } = await run(folder, join(folder, 'pan'), [`-m${MAX_DEPTH}`, ...cycles], SEARCH_TIMEOUT_MS);
  const errors = numberIn(stdout, /errors: (\d+)/);
  const measured = {
    states: numberIn(stdout, /(\d+) states, stored/),
    megabytes: numberIn(stdout, /([\d.]+)\s+total actual memory usage/),
    seconds: numberIn(stdout, /elapsed time ([\d.]+) seconds/),
  };
  if (errors === 0) {
    if (/Search not completed|max search depth too small|out of memory|memory bound/i.test(stdout)) {
      throw new Error(`the search of ${variant.title} was not complete:\n${stdout}`);
    }
    return { ...measured, violated: undefined, trace: [] };
  }
  if (stdout.includes('non-progress cycle')) return { ...measured, violated: 'every run ends', trace: [] };
  const trail = [`-t`, `-k`, join(folder, `${variant.model}.pml.trail`), '-T', preprocess, ...defines, model];
  const trace = storyOf(
    (await runCommand(spin, trail, { timeoutMs: COMPILE_TIMEOUT_MS, cwd: folder })).stdout,
  );
  const line = trace.find((each) => each.startsWith('VIOLATED: '));
  return { ...measured, violated: line?.slice('VIOLATED: '.length) ?? `not said:\n${stdout}`, trace };
}

/** What the model itself prints, without the simulator's report that follows it. */
function storyOf(output: string): readonly string[] {
  const lines = output.split('\n');
  const end = lines.findIndex((line) => line.startsWith('spin: '));
  return lines
    .slice(0, end < 0 ? undefined : end)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

async function run(
  cwd: string,
  program: string,
  args: readonly string[],
  timeoutMs: number,
): Promise<CommandResult> {
  const result = await runCommand(program, args, { timeoutMs, cwd });
  if (!result.ok) throw new Error(`${program} ${args.join(' ')}: ${result.reason}\n${result.stdout}`);
  return result;
}

function numberIn(text: string, pattern: RegExp): number {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`the checker does not say ${String(pattern)}:\n${text}`);
  return Number(found);
}
