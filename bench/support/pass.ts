import { startProgress } from '../../operator/cli/progress.js';

const LOOK_MS = 100;

/** Lets time pass, with a progress bar. */
export async function pass(name: string, ms: number): Promise<void> {
  const progress = startProgress(name, ms);
  const began = performance.now();
  while (performance.now() - began < ms) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(LOOK_MS, ms)));
    progress.update(performance.now() - began);
  }
  progress.end();
}
