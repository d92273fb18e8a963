import { CLIENT_PATIENCE_MS, CLIENT_RETRY_MAX_MS } from '../actors/bounds.js';
import type { RejectedError } from './errors.js';

/**
 * Whether, and when, what was rejected is sent again: ms to wait, or undefined when it is no use or patience is at
 * an end. Doubles with every attempt; spread, so that those rejected together do not return together.
 */
export function pauseMs(error: RejectedError, tried: number, waitedMs: number): number | undefined {
  if (error.retryAfterMs === 0 || waitedMs >= CLIENT_PATIENCE_MS) return undefined;
  const longest = Math.min(error.retryAfterMs * 2 ** tried, CLIENT_RETRY_MAX_MS);
  return longest / 2 + Math.random() * (longest / 2);
}
