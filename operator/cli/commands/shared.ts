/** What several commands do alike. */
import type { Output } from '../output.js';
import { startProgress, type Progress } from '../progress.js';

/** Where terminals and operators connect. */
export function webSocketUrl(gateway: string): string {
  return `${gateway.replace(/^http/, 'ws')}/v1`;
}

/** Colours by meaning; plain text where standard output is no terminal. */
export function painter({
  colors,
}: Output): (text: string, tone: 'good' | 'bad' | 'dim' | 'strong') => string {
  const tones = { good: colors.green, bad: colors.red, dim: colors.dim, strong: colors.bold };
  return (text, tone) => tones[tone](text);
}

/** One bar after the other, a new one for each phase. */
export class PhasedProgress {
  #phase = '';
  #progress: Progress | undefined;

  update(phase: string, done: number, total: number, note = ''): void {
    if (phase !== this.#phase) {
      this.end();
      this.#phase = phase;
      this.#progress = startProgress(phase, total);
    }
    this.#progress?.update(done, note);
  }

  end(): void {
    this.#progress?.end();
    this.#progress = undefined;
    this.#phase = '';
  }
}
