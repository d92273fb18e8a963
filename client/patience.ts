import { CLIENT_PATIENCE_MS, CLIENT_RETRY_MAX_MS } from '../actors/bounds.js';
import type { v1 } from '../proto/generated/emoney.js';
import type { Body, Connection } from './connection.js';
import { RejectedError } from './errors.js';

/**
 * Whether, and when, what was rejected is sent again: ms to wait, or undefined when it is no use or patience is at
 * an end. Doubles with every attempt; spread, so that those rejected together do not return together.
 */
export function pauseMs(
  error: RejectedError,
  tried: number,
  waitedMs: number,
  patienceMs = CLIENT_PATIENCE_MS,
): number | undefined {
  if (error.retryAfterMs === 0 || waitedMs >= patienceMs) return undefined;
  const longest = Math.min(error.retryAfterMs * 2 ** tried, CLIENT_RETRY_MAX_MS);
  return longest / 2 + Math.random() * (longest / 2);
}

/** Asks, and repeats what is rejected for now. Throws RejectedError once patience is at an end. */
export async function askPatiently(connection: Connection, body: Body): Promise<v1.ServerMessage> {
  const begun = Date.now();
  for (let tried = 0; ; tried += 1) {
    try {
      return await connection.ask(body);
    } catch (error) {
      const pause = error instanceof RejectedError ? pauseMs(error, tried, Date.now() - begun) : undefined;
      if (pause === undefined) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
