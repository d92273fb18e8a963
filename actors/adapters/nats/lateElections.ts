import { ELECTIONS_RETRY_MS } from '../../bounds.js';
import type { Cancel, Clock } from '../../runtime/ports.js';
import { NatsAddressError } from '../errors.js';
import type { Elections } from './elections.js';

export interface LateElectionsParts {
  /** Throws NatsAddressError where it is of no use to try again. */
  readonly open: () => Promise<Elections>;
  readonly clock: Pick<Clock, 'after'>;
  readonly log: (line: string) => void;
}

/** Elections as soon as they can be had: a worker that starts while a server is away needs them most, and waits for none. */
export class LateElections implements Elections {
  readonly #parts: LateElectionsParts;
  #elections: Elections | undefined;
  #cancel: Cancel | undefined;
  #attempt: Promise<void> = Promise.resolve();
  #closed = false;

  private constructor(parts: LateElectionsParts) {
    this.#parts = parts;
  }

  /** Resolves after the first attempt. Throws NatsAddressError. */
  static async open(parts: LateElectionsParts): Promise<Elections> {
    const late = new LateElections(parts);
    try {
      late.#elections = await parts.open();
    } catch (error) {
      if (error instanceof NatsAddressError) throw error;
      const meanwhile = 'until it can be, a lost leader is replaced in 4 to 9 s';
      parts.log(`NATS_SYSTEM_URL cannot be used (${String(error)}): tried again; ${meanwhile}`);
      late.#tryLater();
    }
    return late;
  }

  suspect(): void {
    this.#elections?.suspect();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel?.();
    await this.#attempt;
    await this.#elections?.close();
  }

  #tryLater(): void {
    if (this.#closed) return;
    this.#cancel = this.#parts.clock.after(ELECTIONS_RETRY_MS, () => {
      this.#attempt = this.#tryAgain();
    });
  }

  async #tryAgain(): Promise<void> {
    const { open, log } = this.#parts;
    try {
      this.#elections = await open();
      log('NATS_SYSTEM_URL can be used now');
    } catch (error) {
      if (error instanceof NatsAddressError) log(`${error.message}: a lost leader is replaced in 4 to 9 s`);
      else this.#tryLater();
    }
  }
}
