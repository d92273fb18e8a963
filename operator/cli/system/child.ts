import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** What a child says over its channel once it works. */
export interface Ready {
  /** Of a gateway. */
  readonly url?: string;
}

export interface ChildPlan {
  readonly name: 'worker' | 'gateway' | 'archiver';
  /** Arguments of the emoney command. Called for every start: a gateway comes back at the address it had. */
  readonly args: () => readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Further arguments of node itself: for benches that profile one process. Absent: none. */
  readonly nodeArgs?: readonly string[];
  /** Receives what the child writes. */
  readonly logPath: string;
  readonly log: (line: string) => void;
  /** It ended again and again; the reason, in one line. */
  readonly onFailed: (reason: string) => void;
  readonly onRestarted: () => void;
}

/** What a payment allocates lives for some milliseconds: in a larger young space it dies there (10 % of the CPU). */
export const YOUNG_SPACE = '--max-semi-space-size=64';
const ENTRY = fileURLToPath(new URL('../main.js', import.meta.url));
/** A drained and checkpointed end takes as long as the disk does. */
const STOP_MS = 30_000;
/** A child that ends this often within this time would end for ever. */
const MAX_ENDS = 5;
const ENDS_WITHIN_MS = 60_000;
const RESTART_PAUSE_MS = 250;
/** Who has worked for so long is started again without a pause: terminals wait for it. */
const WORKED_MS = 5_000;

/** A process of this program in a group of its own: Ctrl-C reaches only the parent, which ends things in order. */
export class Child {
  readonly #plan: ChildPlan;
  #process: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #ends: number[] = [];
  #stopping = false;
  #restart: NodeJS.Timeout | undefined;
  #struck = false;
  /** Undefined: it has not said yet that it works. */
  #readyAt: number | undefined;

  constructor(plan: ChildPlan) {
    this.#plan = plan;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Resolves when the child says that it works. Throws with the end of its log when it ends before. */
  async start(): Promise<Ready> {
    const child = this.#spawn();
    return new Promise((resolve, reject) => {
      const ended = (): void => {
        void this.lastLine().then((line) => {
          reject(new Error(`the ${this.#plan.name} did not start: ${line} (see ${this.#plan.logPath})`));
        });
      };
      child.once('exit', ended);
      child.once('message', (message) => {
        child.off('exit', ended);
        this.#readyAt = performance.now();
        resolve(message as Ready);
        child.on('exit', (code, signal) => {
          this.#endedUnasked(signal ?? `code ${code ?? 0}`);
        });
      });
    });
  }

  /** SIGTERM, then SIGKILL. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    const child = this.#process;
    if (child === undefined) return;
    child.kill('SIGTERM');
    const patience = setTimeout(() => {
      this.#plan.log(`the ${this.#plan.name} did not end within ${STOP_MS / 1_000} s and is killed`);
      child.kill('SIGKILL');
    }, STOP_MS);
    await this.#ended;
    clearTimeout(patience);
  }

  kill(): void {
    this.#stopping = true;
    clearTimeout(this.#restart);
    this.#process?.kill('SIGKILL');
  }

  /** As a fault does it; an end by it is not counted among those that may not come again and again. */
  async strike(signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    const ends = signal === 'SIGKILL' || signal === 'SIGTERM';
    if (ends) this.#struck = true;
    child.kill(signal);
    if (ends) await this.#ended;
  }

  /** What it wrote last, in one line. */
  async lastLine(): Promise<string> {
    const text = await readFile(this.#plan.logPath, 'utf8').catch(() => '');
    return text.trimEnd().split('\n').at(-1) ?? '';
  }

  #spawn(): ChildProcess {
    const { args, env, logPath, nodeArgs = [] } = this.#plan;
    const log = openSync(logPath, 'a', 0o600);
    const node = [YOUNG_SPACE, ...process.execArgv, ...nodeArgs];
    const child = spawn(process.execPath, [...node, ENTRY, ...args()], {
      detached: true,
      env,
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    this.#process = child;
    this.#readyAt = undefined;
    this.#ended = new Promise((resolve) => {
      child.once('exit', () => {
        if (this.#process === child) this.#process = undefined;
        resolve();
      });
    });
    return child;
  }

  #endedUnasked(how: string): void {
    if (this.#stopping) return;
    const { name, log, onFailed } = this.#plan;
    const now = performance.now();
    if (!this.#struck) this.#ends = [...this.#ends.filter((end) => now - end < ENDS_WITHIN_MS), now];
    this.#struck = false;
    if (this.#ends.length >= MAX_ENDS) {
      onFailed(
        `the ${name} ended ${MAX_ENDS} times within ${ENDS_WITHIN_MS / 1_000} s: see ${this.#plan.logPath}`,
      );
      return;
    }
    log(`the ${name} ended (${how}) and is started again`);
    const worked = now - (this.#readyAt ?? now);
    const pause = worked < WORKED_MS ? RESTART_PAUSE_MS : 0;
    this.#restart = setTimeout(() => void this.#startAgain(), pause);
  }

  async #startAgain(): Promise<void> {
    try {
      await this.start();
      this.#plan.onRestarted();
    } catch {
      this.#endedUnasked('it did not start');
    }
  }
}

/** An option of a child's command line; none where there is no value. */
export function numbered(name: string, value: number | undefined): readonly string[] {
  return value === undefined ? [] : [name, String(value)];
}
