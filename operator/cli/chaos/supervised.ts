import { setTimeout as delay } from 'node:timers/promises';
import type { ServerProcess } from '../../../servers/process.js';

export interface SupervisedOptions<Server extends ServerProcess> {
  readonly start: () => Promise<Server>;
  /** It could not be started again; why. */
  readonly onFailed: (error: unknown) => void;
}

export interface Away {
  readonly between?: () => Promise<void>;
  readonly awayMs?: number;
  readonly signal?: 'SIGKILL' | 'SIGTERM';
}

/** As a supervisor of the operating system waits. */
const RESTART_PAUSE_MS = 250;

/** A server that is started again on its folder whenever it ends unasked. */
export class Supervised<Server extends ServerProcess> {
  readonly #options: SupervisedOptions<Server>;
  #server: Server;
  #running = true;
  #stopping = false;
  #restarted: Promise<void> = Promise.resolve();
  #between: (() => Promise<void>) | undefined;
  #awayMs = RESTART_PAUSE_MS;

  private constructor(options: SupervisedOptions<Server>, server: Server) {
    this.#options = options;
    this.#server = server;
    this.#watch();
  }

  static async start<Server extends ServerProcess>(
    options: SupervisedOptions<Server>,
  ): Promise<Supervised<Server>> {
    return new Supervised(options, await options.start());
  }

  get server(): Server {
    return this.#server;
  }

  get isRunning(): boolean {
    return this.#running;
  }

  /**
   * kill -9, or another signal. `between`: done to its folder before it is started again, which is after `awayMs`. Resolves when it has
   * ended.
   */
  async kill({ between, awayMs = RESTART_PAUSE_MS, signal = 'SIGKILL' }: Away = {}): Promise<void> {
    this.#between = between;
    this.#awayMs = awayMs;
    this.#running = false;
    this.#server.kill(signal);
    await this.#server.exited;
  }

  pause(): void {
    this.#server.kill('SIGSTOP');
  }

  resume(): void {
    this.#server.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#restarted;
    await this.#server.stop();
  }

  /** At once. */
  end(): void {
    this.#stopping = true;
    this.#server.kill('SIGKILL');
  }

  #watch(): void {
    void this.#server.exited.then(() => {
      this.#running = false;
      if (!this.#stopping) this.#restarted = this.#restart();
    });
  }

  async #restart(): Promise<void> {
    try {
      await delay(this.#awayMs);
      await this.#between?.();
      this.#between = undefined;
      this.#server = await this.#options.start();
      this.#running = true;
      this.#watch();
    } catch (error) {
      this.#options.onFailed(error);
    }
  }
}
