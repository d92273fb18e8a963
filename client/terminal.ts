import { connectConcentrator, type Concentrator } from './concentrator.js';
import type { ConnectionLostError } from './errors.js';
import type { HelloOptions, Remembered } from './hello.js';
import type { HeldList } from './heldList.js';
import type { Reply } from './reply.js';
import type { Inquiry, OnResult, Payment, Station, Undoing } from './station.js';

export interface TerminalOptions extends HelloOptions {
  /** ws://host:port/v1 */
  readonly url: string;
  /** False: list updates are not acknowledged; then nothing can be sold. For tests. Default: true. */
  readonly acknowledge?: boolean | undefined;
  readonly onLost?: ((error: ConnectionLostError) => void) | undefined;
}

/**
 * Connects one terminal. Resolves when it may sell: welcomed, and its prohibition list acknowledged (unless
 * `acknowledge` is false).
 * @throws RejectedError (TERMINAL_UNKNOWN, UNAVAILABLE …), ConnectionLostError
 */
export async function connectTerminal(options: TerminalOptions): Promise<Terminal> {
  const { url, acknowledge, onLost } = options;
  const concentrator = await connectConcentrator({ url, acknowledge, onLost });
  try {
    const station = await concentrator.hello(options);
    if (acknowledge !== false) await station.ready;
    return new Terminal(concentrator, station);
  } catch (error) {
    await concentrator.close();
    throw error;
  }
}

/** A terminal with a connection of its own. Its methods throw RejectedError or ConnectionLostError. */
export class Terminal {
  readonly station: Station;
  private readonly concentrator: Concentrator;

  constructor(concentrator: Concentrator, station: Station) {
    this.concentrator = concentrator;
    this.station = station;
  }

  get id(): string {
    return this.station.terminal;
  }

  /** Its own prohibition list. */
  get list(): HeldList {
    return this.concentrator.list;
  }

  /** To be kept, and given to connectTerminal the next time. */
  get remembered(): Remembered {
    return this.station.remembered;
  }

  get openNumbers(): readonly number[] {
    return this.station.openNumbers;
  }

  async purchase(payment: Payment): Promise<Reply> {
    return promised((done) => this.station.purchase(payment, done));
  }

  async deposit(payment: Payment): Promise<Reply> {
    return promised((done) => this.station.deposit(payment, done));
  }

  /** Balance and log of a card. */
  async enquiry(inquiry: Inquiry): Promise<Reply> {
    return promised((done) => this.station.enquiry(inquiry, done));
  }

  /** Undoes the transaction of that number; always accepted, also when it was never seen. */
  async reverse(undoing: Undoing): Promise<Reply> {
    return promised((done) => {
      this.station.reverse(undoing, done);
    });
  }

  async outcome({ number }: { readonly number: number }): Promise<Reply> {
    return promised((done) => {
      this.station.outcome(number, done);
    });
  }

  /** Only needed with `acknowledge: false`. Resolves when the system has recorded it. */
  async acknowledgeList(): Promise<void> {
    this.concentrator.acknowledge();
    await this.station.ready;
  }

  async close(): Promise<void> {
    await this.concentrator.close();
  }

  /** Breaks off without a word, as a cable does. */
  terminate(): void {
    this.concentrator.connection.terminate();
  }
}

async function promised(start: (done: OnResult) => unknown): Promise<Reply> {
  return new Promise((resolve, reject) => {
    start((result) => {
      if (result instanceof Error) reject(result);
      else resolve(result);
    });
  });
}
