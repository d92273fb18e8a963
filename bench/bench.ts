/** What a bench is: it is given options, and says what it has found in four ways. */
import type { Output } from '../operator/cli/output.js';

export interface BenchOptions {
  /** Of each measurement. */
  readonly seconds: number;
  readonly cards: number;
  readonly borrowers: number;
  /** Payments a second while interest is charged. */
  readonly rate: number;
  /** Cards to which the growth bench grows, and of the recovery bench. */
  readonly growth: number;
  /** Whether there is an interest run in whose middle the worker is killed. */
  readonly kill: boolean;
  readonly log: (line: string) => void;
  readonly colors: Output['colors'];
}

export interface BenchResult {
  /** For people. */
  readonly text: string;
  /** Its part of the document. */
  readonly json: Readonly<Record<string, unknown>>;
  /** SVG, by the name of its file. */
  readonly plots?: Readonly<Record<string, string>>;
  /** False: what was measured is wrong, not only slow. */
  readonly ok: boolean;
}

export type Bench = (options: BenchOptions) => Promise<BenchResult>;
