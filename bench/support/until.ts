const EVERY_MS = 25;

/** Waits until `condition` holds; one that throws does not hold yet. Throws at the deadline. */
export async function until(
  what: string,
  deadlineMs: number,
  condition: () => Promise<boolean> | boolean,
): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  let problem: unknown;
  while (performance.now() < deadline) {
    try {
      if (await condition()) return;
    } catch (error) {
      problem = error;
    }
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  throw new Error(`not within ${deadlineMs / 1_000} s: ${what}`, { cause: problem });
}
