/** The thread of `SeedThread`: gets seeds, answers with their results. */
import { parentPort } from 'node:worker_threads';
import { runSeed, type SeedResult } from './seed.js';

parentPort?.on('message', (seed: number) => {
  void answer(seed).then((result) => {
    parentPort?.postMessage(result);
  });
});

async function answer(seed: number): Promise<SeedResult> {
  try {
    return await runSeed({ seed });
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return {
      ...{ seed, commands: 0, replies: 0, frames: 0, elapsedMs: 0, faults: {}, digest: '' },
      violations: [`the world broke: ${text}`],
    };
  }
}
