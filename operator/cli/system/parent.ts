/** The child's side: what a worker or gateway does so that it never outlives the program that started it. */
import type { Ready } from './child.js';

/** After this a stop that does not come to its end is cut off. */
const STOP_MS = 25_000;
/** The servers that it started have probably gone with it, and then there is nothing to hand over to. */
const ORPHAN_STOP_MS = 3_000;

const hasParent = process.send !== undefined;

/** Tells the parent, when there is one, that this process works. */
export function sayReady(ready: Ready): void {
  process.send?.(ready);
}

/** Resolves with the reason for which this process shall end: a signal, or a parent that is gone. */
export async function untilAskedToEnd(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.on(signal, () => {
        resolve(signal);
      });
    }
    if (hasParent) {
      process.once('disconnect', () => {
        resolve('the program that started it is gone');
      });
    }
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
