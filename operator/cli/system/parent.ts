/** The child's side: what a worker or gateway does so that it never outlives the program that started it. */
import type { Ready } from './child.js';

/** After this a stop that does not come to its end is cut off. */
const STOP_MS = 25_000;
/** The servers that it started have probably gone with it, and then there is nothing to hand over to. */
const ORPHAN_STOP_MS = 3_000;

const hasParent = process.send !== undefined;

/**
 * Starts. Until that is done a signal, or the end of the parent, ends the process at once, as a crash would: nothing
 * is lost by it, and a start that waits for a server must not hold it up.
 */
export async function startedUnderParent<T>(start: () => Promise<T>): Promise<T> {
  const orphaned = (): void => {
    process.exit(1);
  };
  if (hasParent) process.once('disconnect', orphaned);
  try {
    return await start();
  } finally {
    process.off('disconnect', orphaned);
  }
}

/** Tells the parent, when there is one, that this process works. */
export function sayReady(ready: Ready): void {
  if (process.connected) process.send?.(ready);
}

/**
 * Resolves with the reason for which this process shall end: a signal, or a parent that is gone. The same signal once
 * more ends it at once.
 */
export async function untilAskedToEnd(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.once(signal, () => {
        resolve(signal);
      });
    }
    const orphaned = (): void => {
      resolve('the program that started it is gone');
    };
    if (!hasParent) return;
    if (process.connected) process.once('disconnect', orphaned);
    else orphaned();
  });
}

/** Runs the orderly end; where it hangs (a server that is gone for ever), the process ends all the same. */
export async function endWithin(stop: () => Promise<void>): Promise<void> {
  const orphan = hasParent && !process.connected;
  const patience = setTimeout(() => process.exit(1), orphan ? ORPHAN_STOP_MS : STOP_MS);
  await stop();
  clearTimeout(patience);
  if (process.connected) process.disconnect();
}
