import { constants } from 'node:os';

export interface OrderlyEnd {
  readonly end: () => Promise<void>;
  /** At once, whatever is open. */
  readonly kill: () => void;
  /** Of an orderly end; default: 128 + the signal's number, as shells have it. */
  readonly exitCode?: (() => number | undefined) | undefined;
}

/** Ctrl-C: an orderly end; a second one ends hard. */
export function endOnSignal({ end, kill, exitCode }: OrderlyEnd): void {
  let asked = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const code = 128 + constants.signals[signal];
    process.on(signal, () => {
      if (asked) {
        kill();
        process.exit(code);
      }
      asked = true;
      process.stderr.write(`\n${signal}: ending in order; once more to end at once\n`);
      void end().finally(() => process.exit(exitCode?.() ?? code));
    });
  }
}
