/** The workers of a test's deployment, each a process, supervised or not. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Order } from './workerProcess.js';

export interface WorkersOptions {
  readonly natsUrl: string;
  readonly redisUrl: string;
  readonly deployment: string;
  /** For what workers keep on disk. */
  readonly dir: string;
  /** Of the workers' environment, beside what every worker needs. */
  readonly env?: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
}

/** One worker at a time; one that was killed is followed by another, as a supervisor would do. */
export class WorkerProcesses {
  deaths = 0;
  readonly #options: WorkersOptions;
  readonly #others: ChildProcess[] = [];
  #child: ChildProcess | undefined;
  #stopping = false;

  constructor(options: WorkersOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const child = this.#fork('history');
    this.#child = child;
    child.once('exit', () => {
      if (this.#stopping) return;
      this.deaths += 1;
      void this.start();
    });
    await once(child, 'message');
  }

  /** Beside the first; the function returned ends it, by default kill -9, and nobody replaces it. */
  async addUnsupervised(): Promise<(signal?: NodeJS.Signals) => Promise<void>> {
    const child = this.#fork(`history-${String(this.#others.length)}`);
    this.#others.push(child);
    await once(child, 'message');
    return (signal = 'SIGKILL') => end(child, signal);
  }

  /** Resolves when the supervised worker has done it. */
  async order(order: Order): Promise<void> {
    const child = this.#child;
    if (child === undefined) throw new Error('no worker runs');
    child.send(order);
    await once(child, 'message');
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child !== undefined) await end(this.#child, signal);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const all = this.#child === undefined ? this.#others : [...this.#others, this.#child];
    await Promise.all(all.map((child) => end(child, 'SIGTERM')));
  }

  #fork(history: string): ChildProcess {
    const { natsUrl: NATS, redisUrl: REDIS, deployment: DEPLOYMENT, dir, log } = this.#options;
    const path = fileURLToPath(new URL('./workerProcess.js', import.meta.url));
    const child = fork(path, {
      env: { ...process.env, ...this.#options.env, NATS, REDIS, DEPLOYMENT, HISTORY: join(dir, history) },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const name = `worker ${String(child.pid)}`;
    createInterface({ input: child.stdout! }).on('line', (line) => log(`${name}: ${line}`));
    createInterface({ input: child.stderr! }).on('line', (line) => {
      log(`${name}: ${line}`);
      process.stderr.write(`${line}\n`);
    });
    return child;
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}
