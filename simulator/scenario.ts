import type { AcknowledgedLog } from './acknowledgedLog.js';
import type { CityReport } from './city/report.js';
import type { Money } from './auditor/flows.js';
import type { Device } from './device.js';
import type { Line } from './line.js';
import type { Purse } from './purse.js';
import type { Tally } from './tally.js';

/** What a run can play. */
export const SCENARIOS = ['payments', 'city'] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

/** What starts orders, and follows each to its last answer. */
export interface Driver {
  readonly tally: Tally;
  /** Every answer that it got. */
  readonly log: AcknowledgedLog;
  /** What will never get an answer, and why: the first of `failureCount`. */
  readonly failures: readonly string[];
  readonly failureCount: number;
  /** Not finished. */
  readonly open: number;
  /** Begins; orders start until `endAt` (ms of performance.now()). */
  start(endAt: number): void;
  /** No order starts any more. Resolves when the last one has its answer, false at the deadline. */
  drain(withinMs: number): Promise<boolean>;
}

/** A population with something to do. */
export interface Scenario {
  readonly driver: Driver;
  readonly devices: readonly Device[];
  readonly cards: number;
  /** Cards whose limits are cut and restored while the load goes on. */
  readonly cuttable: readonly Purse[];
  /** Cards with which the load never pays. */
  readonly idle: readonly Purse[];
  /** Somebody tries to pay with this card now, beside the load; absent: the load alone decides who pays. */
  readonly tap?: (purse: Purse) => void;
  /** What is going on, for people; may be empty. */
  note(): string;
  /** Every device has its session. */
  connected(lines: readonly Line[]): Promise<void>;
  close(): Promise<void>;
  /** What it has to tell besides; undefined: nothing. `money`: of the whole journal. */
  report(money: Money): CityReport | undefined;
}
