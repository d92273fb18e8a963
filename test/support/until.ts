import { setTimeout as delay } from 'node:timers/promises';

export interface UntilOptions {
  /** What is waited for, for the error: "the worker serves partition 3". */
  readonly what: string;
  /** Default 10,000 ms. */
  readonly deadlineMs?: number;
  /** Default 10 ms. */
  readonly everyMs?: number;
}

/**
 * Asks until the answer is neither false, null nor undefined, and returns it. The error says what never came, and
 * the last failure of the condition if it threw.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { what, deadlineMs = 10_000, everyMs = 10 }: UntilOptions,
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const seen = await attempt(condition);
    if (isThere(seen.value)) return seen.value;
    if (performance.now() > deadline) {
      const text = `${what}: did not happen within ${deadlineMs} ms`;
      throw seen.error === undefined ? new Error(text) : new Error(text, { cause: seen.error });
    }
    await delay(everyMs);
  }
}

function isThere<T>(value: T | undefined): value is Exclude<T, false | null | undefined> {
  return value !== undefined && value !== null && value !== false;
}

async function attempt<T>(condition: () => T | Promise<T>): Promise<{ value?: T; error?: unknown }> {
  try {
    return { value: await condition() };
  } catch (error) {
    return { error };
  }
}
