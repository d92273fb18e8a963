/** Many worlds, one after the other or in several threads; what they show together. */
import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { FAULTS, type FaultCounts } from './faults.js';
import type { SeedResult } from './seed.js';

/** What a world throws away dies young: with room for it, collecting garbage costs a quarter. */
const YOUNG_MB = 384;

export interface VirtualOptions {
  readonly from: number;
  readonly to: number;
  /** Threads; the report does not depend on it. */
  readonly jobs: number;
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
  readonly replies: number;
  readonly frames: number;
  /** Milliseconds that passed in the worlds. */
  readonly virtualMs: number;
  /** How often each kind occurred; 0: never. */
  readonly faults: FaultCounts;
  /** SHA-256 over the traces of all seeds, in their order. */
  readonly digest: string;
}

/** @throws what `signal` was aborted with */
export async function runVirtual(options: VirtualOptions): Promise<VirtualReport> {
  const { from, to, jobs, onSeed, signal } = options;
  const results = new Map<number, SeedResult>();
  let next = from;
  const lane = async (): Promise<void> => {
    const thread = new SeedThread();
    try {
      while (next <= to) {
        signal?.throwIfAborted();
        const seed = next;
        next += 1;
        const result = await thread.run(seed);
        results.set(seed, result);
        onSeed(result, results.size);
      }
    } finally {
      await thread.end();
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, to - from + 1) }, lane));
  return reportOf([...results.values()].sort((one, other) => one.seed - other.seed));
}

export function reportOf(results: readonly SeedResult[]): VirtualReport {
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
  return {
    verdict: failed.length === 0 ? 'pass' : 'fail',
    seeds: results.length,
    failed,
    commands: sum(({ commands }) => commands),
    leastCommands: Math.min(...results.map(({ commands }) => commands)),
    replies: sum(({ replies }) => replies),
    frames: sum(({ frames }) => frames),
    virtualMs: sum(({ elapsedMs }) => elapsedMs),
    faults,
    digest: digest.digest('hex'),
  };
}

/** Runs seeds in a thread of its own: a world that throws or hangs takes nobody else with it. */
class SeedThread {
  readonly #worker = new Worker(new URL('./thread.js', import.meta.url), {
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });

  run(seed: number): Promise<SeedResult> {
    return new Promise((resolve, reject) => {
      const worker = this.#worker;
      const end = (): void => {
        worker.off('message', settle);
        worker.off('error', fail);
      };
      const settle = (result: SeedResult): void => {
        end();
        resolve(result);
      };
      const fail = (error: Error): void => {
        end();
        reject(error);
      };
      worker.on('message', settle);
      worker.on('error', fail);
      worker.postMessage(seed);
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
