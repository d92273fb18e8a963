/** Many worlds, one after the other or in several processes; what they show together. */
import { createHash } from 'node:crypto';
import { FAULTS, type FaultCounts } from './faults.js';
import type { SeedResult } from './seed.js';
import { SeedChild } from './seedChild.js';

export interface WorldNode {
  /** The program, and what may stand before the arguments of Node. */
  readonly words: readonly [program: string, ...args: string[]];
  readonly version: string;
}

export interface VirtualOptions {
  readonly from: number;
  readonly to: number;
  /** Processes; the report does not depend on it. */
  readonly jobs: number;
  /** What they run on; of the report only `node` depends on it. */
  readonly node: WorldNode;
  readonly onSeed: (result: SeedResult, done: number) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface FailedSeed {
  readonly seed: number;
  readonly violations: readonly string[];
}

export interface VirtualReport {
  readonly verdict: 'pass' | 'fail';
  readonly seeds: number;
  readonly failed: readonly FailedSeed[];
  /** In all worlds, and in the one that had the fewest. */
  readonly commands: number;
  readonly leastCommands: number;
  /** Of the commands, those that were begun before the faults ended; in all worlds, and in the one that had the fewest. */
  readonly commandsUnderFaults: number;
  readonly leastUnderFaults: number;
  readonly replies: number;
  readonly frames: number;
  /** Milliseconds that passed in the worlds. */
  readonly virtualMs: number;
  /** How often each kind occurred; 0: never. */
  readonly faults: FaultCounts;
  /** Kinds that so many seeds should have met, and did not. */
  readonly missing: readonly string[];
  /** SHA-256 over the traces of all seeds, in their order. */
  readonly digest: string;
  /** Version of the Node that ran them. */
  readonly node: string;
}

/** Within so many seeds every kind of fault occurs. */
const SEEDS_OF_ALL_KINDS = 200;

/** @throws WorldProcessError, or what `signal` was aborted with; no process is left then */
export async function runVirtual(options: VirtualOptions): Promise<VirtualReport> {
  const { from, to, jobs, node, onSeed, signal } = options;
  const results = new Map<number, SeedResult>();
  const failure = new AbortController();
  const stop = signal === undefined ? failure.signal : AbortSignal.any([signal, failure.signal]);
  let next = from;
  const lane = async (): Promise<void> => {
    if (stop.aborted) return;
    const child = new SeedChild(node.words);
    const end = (): void => void child.end();
    stop.addEventListener('abort', end);
    try {
      while (next <= to) {
        const seed = next;
        next += 1;
        const result = await child.run(seed);
        results.set(seed, result);
        onSeed(result, results.size);
      }
    } catch (error) {
      failure.abort(error);
    } finally {
      stop.removeEventListener('abort', end);
      await child.end();
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, to - from + 1) }, lane));
  stop.throwIfAborted();
  return reportOf(
    [...results.values()].sort((one, other) => one.seed - other.seed),
    node.version,
  );
}

/** `node`: the version that ran them. */
export function reportOf(results: readonly SeedResult[], node: string): VirtualReport {
  const faults: Record<string, number> = Object.fromEntries(FAULTS.map((kind) => [kind, 0]));
  const digest = createHash('sha256');
  for (const result of results) {
    digest.update(`${result.seed} ${result.digest}\n`);
    for (const [kind, count] of Object.entries(result.faults)) faults[kind] = (faults[kind] ?? 0) + count;
  }
  const sum = (of: (result: SeedResult) => number) =>
    results.reduce((total, result) => total + of(result), 0);
  const failed = results
    .filter(({ violations }) => violations.length > 0)
    .map(({ seed, violations }) => ({ seed, violations }));
  const missing =
    results.length < SEEDS_OF_ALL_KINDS ? [] : Object.keys(faults).filter((kind) => faults[kind] === 0);
  return {
    verdict: failed.length === 0 && missing.length === 0 ? 'pass' : 'fail',
    seeds: results.length,
    failed,
    commands: sum(({ commands }) => commands),
    leastCommands: Math.min(...results.map(({ commands }) => commands)),
    commandsUnderFaults: sum(({ commandsUnderFaults }) => commandsUnderFaults),
    leastUnderFaults: Math.min(...results.map(({ commandsUnderFaults }) => commandsUnderFaults)),
    replies: sum(({ replies }) => replies),
    frames: sum(({ frames }) => frames),
    virtualMs: sum(({ elapsedMs }) => elapsedMs),
    faults,
    missing,
    digest: digest.digest('hex'),
    node,
  };
}
