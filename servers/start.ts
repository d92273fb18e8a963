import { AddressInUse } from './errors.js';
import { freePorts } from './ports.js';
import type { FindOptions } from './find.js';
import type { Binary } from './binary.js';

/** What both servers take. Times in milliseconds. */
export interface StartOptions extends FindOptions {
  /** The server's own folder: data, configuration, log. Made if absent; must not be shared. */
  readonly dir: string;
  /** Default: a free one. */
  readonly port?: number | undefined;
  /** Default: found or fetched, see `findServer`. */
  readonly binary?: Binary | undefined;
  /** Default 60,000: a server reads its data before it answers. */
  readonly readyWithinMs?: number | undefined;
  /** Default 10,000; then SIGKILL. */
  readonly stopWithinMs?: number | undefined;
  /** Lines appended to the configuration file. */
  readonly extraConfig?: readonly string[] | undefined;
}

export interface StartTimes {
  readonly readyWithinMs: number;
  readonly stopWithinMs: number;
}

export function timesOf({ readyWithinMs = 60_000, stopWithinMs = 10_000 }: StartOptions): StartTimes {
  return { readyWithinMs, stopWithinMs };
}

const ATTEMPTS = 5;

/**
 * Calls `start` with ports: those that were asked for, once; or else free ones, again with others
 * when somebody else takes one in between.
 */
export async function startOnPorts<T>(
  wanted: readonly (number | undefined)[],
  start: (ports: readonly number[]) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const free = await freePorts(wanted.length);
    const ports = wanted.map((port, index) => port ?? free[index] ?? 0);
    try {
      return await start(ports);
    } catch (error) {
      const another = error instanceof AddressInUse && wanted.includes(undefined) && attempt < ATTEMPTS;
      if (!another) throw error;
    }
  }
}
