import type { Reply } from '../client/index.js';
import type { Line } from './line.js';

/** Something that watches a run, and disturbs it, while its load goes on. */
export interface Disturbance {
  /** A terminal has got an answer about a card; `reversal`: to its reversal. */
  answered(terminal: string, card: string, reply: Reply, reversal: boolean): void;
  /** A terminal has lost its connection; it can be used (again). */
  lost(terminal: string): void;
  ready(terminal: string): void;
  /** Begins with the load, which ends at `endAt` (ms of performance.now()), or when the signal says so. */
  run(lines: readonly Line[], endAt: number, signal: AbortSignal | undefined): Promise<void>;
}
