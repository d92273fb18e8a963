import type { Link } from './linkFaults.js';
import type { Passage } from './passage.js';

/** The processes of a system, as far as something can be done to them. Numbers from 0. */
export type Victim =
  'redis' | { readonly gateway: number } | { readonly worker: number } | { readonly nats: number };

/** What was killed comes back by itself: somebody supervises it. */
export interface ChaosSystem {
  readonly partitions: number;
  readonly gateways: number;
  /** Under which each of the worker processes serves now: a new name with every start. */
  workerNames(): readonly string[];
  /** Every process runs, and every partition is served. */
  isWhole(): Promise<boolean>;
  /** How many of the journals each nats-server leads; the only one all. */
  journalsLed(): Promise<readonly number[]>;
  /** kill -9. Resolves when the process has ended. */
  kill(victim: Victim): Promise<void>;
  /** The same of several nats-servers, which come back after so many ms. */
  killNats(nodes: readonly number[], awayMs: number): Promise<void>;
  /** Ends them with SIGTERM; they come back. Resolves when they have ended. */
  restartNats(nodes: readonly number[]): Promise<void>;
  /** Likewise one worker (0 …), which hands its partitions over first. */
  restartWorker(worker: number): Promise<void>;
  pause(victim: Victim): void;
  resume(victim: Victim): void;
  emptyRedis(): Promise<void>;
  /** Of what Redis holds on its disk now; replaces an earlier copy. */
  copyRedis(): Promise<void>;
  /** Kills it; it comes back with what was copied. */
  setRedisBack(): Promise<void>;
  /** Connections of this gateway or worker (0 …) pass like this from now on; all of the terminals. */
  disturb(link: Link, at: number, passage: Passage): void;
  heal(link: Link, at: number): void;
  /** What every gateway's `/readyz` says is missing. */
  missing(): Promise<readonly string[]>;
  /** Leaves no room on the disk of the only nats-server. */
  fillDisk(): Promise<void>;
  freeDisk(): Promise<void>;
}
