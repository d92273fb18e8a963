import type { Reply } from '../client/index.js';
import type { Line } from './line.js';
import type { Purse } from './purse.js';

/** Cards with which the load never pays. */
export interface IdleCards {
  readonly purses: readonly Purse[];
  /** Somebody pays with it now, beside the load. */
  readonly tap: (purse: Purse) => void;
}

/** Something that watches a run, and disturbs it, while its load goes on. */
export interface Disturbance {
  /** A terminal has got an answer about a card; `reversal`: to its reversal. */
  answered(terminal: string, card: string, reply: Reply, reversal: boolean): void;
  /** A terminal has lost its connection; it can be used (again). */
  lost(terminal: string): void;
  ready(terminal: string): void;
  /** An attempt at a transaction or reversal was rejected, and is repeated where that can help. */
  rejected(): void;
  /** Begins with the load, which ends at `endAt` (ms of performance.now()), or when the signal says so. */
  run(lines: readonly Line[], endAt: number, signal: AbortSignal | undefined, idle: IdleCards): Promise<void>;
}
