import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { SeedResult } from './seed.js';

const ENTRY = fileURLToPath(new URL('./seedProcess.js', import.meta.url));

/**
 * What a world throws away dies young: with room (MB, and the young space has three), collecting costs a quarter less.
 * And every processor has a world of its own: a collector's threads would only take turns with them. A world meets every
 * kind of message and state at every place of the code: with as many shapes remembered of an object at each (V8 gives up
 * after 4), it takes a twentieth less.
 */
const V8_ARGUMENTS = [
  '--max-semi-space-size=128',
  '--single-threaded-gc',
  '--max-valid-polymorphic-map-count=12',
];

/** The process in which a world ran has ended, or could not be started. */
export class WorldProcessError extends Error {
  readonly seed: number;

  /** `how`: code or signal. */
  constructor(seed: number, how: string) {
    super(
      `the process that ran seed ${seed} ended (${how}): see emoney simulate --virtual --seeds ${seed} --trace`,
    );
    this.name = 'WorldProcessError';
    this.seed = seed;
  }
}

interface Awaited {
  readonly seed: number;
  readonly resolve: (result: SeedResult) => void;
  readonly reject: (error: Error) => void;
}

/** Runs seeds, one at a time, in a process of its own: a world that throws or hangs takes nobody else with it. */
export class SeedChild {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #awaited: Awaited | undefined;
  /** Undefined: it lives. */
  #how: string | undefined;

  /** `words`: the Node to run it on. */
  constructor([execPath, ...args]: readonly [program: string, ...args: string[]]) {
    // Not on standard output, which may belong to a JSON document.
    const stdio: ('ignore' | 'ipc' | 2)[] = ['ignore', 2, 2, 'ipc'];
    const child = fork(ENTRY, { execPath, execArgv: [...args, ...V8_ARGUMENTS], stdio });
    this.#child = child;
    child.on('message', (result: SeedResult) => {
      this.#awaited?.resolve(result);
      this.#awaited = undefined;
    });
    this.#ended = new Promise((resolve) => {
      const end = (how: string): void => {
        this.#how ??= how;
        this.#fail();
        resolve();
      };
      child.on('exit', (code, signal) => {
        end(signal ?? `code ${code ?? 0}`);
      });
      child.on('error', (error) => {
        if (child.pid === undefined) end(error.message);
      });
    });
  }

  /** @throws WorldProcessError */
  run(seed: number): Promise<SeedResult> {
    return new Promise((resolve, reject) => {
      this.#awaited = { seed, resolve, reject };
      if (this.#how !== undefined) this.#fail();
      // What cannot be sent is told by the process's end.
      else this.#child.send(seed, () => undefined);
    });
  }

  /** At once: a world has nothing outside its memory. */
  async end(): Promise<void> {
    if (this.#how === undefined) this.#child.kill('SIGKILL');
    await this.#ended;
  }

  #fail(): void {
    const { seed, reject } = this.#awaited ?? {};
    this.#awaited = undefined;
    if (seed !== undefined) reject?.(new WorldProcessError(seed, this.#how ?? ''));
  }
}
