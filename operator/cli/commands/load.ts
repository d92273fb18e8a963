/** A load that a signal can end: stopped and drained before the system under it goes. */
const PATIENCE_MS = 10_000;

export class EndableLoad {
  readonly #end = new AbortController();
  #running: Promise<unknown> = Promise.resolve();
  #working = false;
  #interrupted = false;

  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /** It was not at its end when `end` was called. */
  get interrupted(): boolean {
    return this.#interrupted;
  }

  async run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#working = true;
    const running = work(this.signal).finally(() => {
      this.#working = false;
    });
    this.#running = running.catch(() => undefined);
    return running;
  }

  /** Resolves when it has drained, or after ten seconds. */
  async end(): Promise<void> {
    this.#interrupted = this.#working;
    this.#end.abort();
    let patience: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => {
      patience = setTimeout(resolve, PATIENCE_MS);
    });
    await Promise.race([this.#running, late]);
    clearTimeout(patience);
  }
}
