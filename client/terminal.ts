import { batchClosedOf, wireReport, type BatchClosed, type BatchReport } from './batch.js';
import { connectConcentrator, type Concentrator } from './concentrator.js';
import type { ConnectionLostError } from './errors.js';
import type { ExplainedTransactions } from './explain.js';
import type { HelloOptions, Remembered } from './hello.js';
import type { HeldList } from './heldList.js';
import { askPatiently } from './patience.js';
import { promised } from './promised.js';
import type { Reply } from './reply.js';
import type { Station } from './station.js';
import type { Deposit, Inquiry, Payment, Refund, Tap, Undoing, Voiding } from './transactions.js';

export interface TerminalOptions extends HelloOptions {
  /** ws://host:port/v1 */
  readonly url: string;
  /** False: list updates are not acknowledged; then nothing can be sold. For tests. Default: true. */
  readonly acknowledge?: boolean | undefined;
  readonly onLost?: ((error: ConnectionLostError) => void) | undefined;
  /** How long each message may stay unanswered, in milliseconds. Default: 30 s; a gateway answers sooner. */
  readonly patienceMs?: number | undefined;
}

/**
 * Connects one terminal. Resolves when it may sell: welcomed, and its prohibition list acknowledged (unless
 * `acknowledge` is false).
 * @throws RejectedError (TERMINAL_UNKNOWN, UNAVAILABLE …), ConnectionLostError, NoAnswerError
 */
export async function connectTerminal(options: TerminalOptions): Promise<Terminal> {
  const { url, acknowledge, onLost, patienceMs } = options;
  const concentrator = await connectConcentrator({ url, acknowledge, onLost, patienceMs });
  try {
    const station = await concentrator.hello(options);
    if (acknowledge !== false) await station.ready;
    return new Terminal(concentrator, station);
  } catch (error) {
    await concentrator.close();
    throw error;
  }
}

/**
 * A terminal with a connection of its own. Its methods throw RejectedError or ConnectionLostError (NoAnswerError where
 * the gateway is silent for too long).
 */
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

  /** The same transactions, explained instead of done: nothing is changed, and no number is used. */
  get explain(): ExplainedTransactions {
    return this.station.explain;
  }

  async purchase(payment: Payment): Promise<Reply> {
    return promised((done) => this.station.purchase(payment, done));
  }

  async deposit(deposit: Deposit): Promise<Reply> {
    return promised((done) => this.station.deposit(deposit, done));
  }

  /** Balance and log of a card. */
  async enquiry(inquiry: Inquiry): Promise<Reply> {
    return promised((done) => this.station.enquiry(inquiry, done));
  }

  /** Gives back a part, or all, of an approved purchase, made at any terminal. */
  async refund(refund: Refund): Promise<Reply> {
    return promised((done) => this.station.refund(refund, done));
  }

  /** Undoes the card's last purchase or fare, made at this terminal, while its batch is open. */
  async void(voiding: Voiding): Promise<Reply> {
    return promised((done) => this.station.void(voiding, done));
  }

  /** Pays the whole stored value out and closes the card. */
  async unload(unload: Tap): Promise<Reply> {
    return promised((done) => this.station.unload(unload, done));
  }

  /** In through this gate. */
  async entry(entry: Tap): Promise<Reply> {
    return promised((done) => this.station.entry(entry, done));
  }

  /** Out through this gate: the fare is taken. It opens for every card that is inside. */
  async exit(exit: Tap): Promise<Reply> {
    return promised((done) => this.station.exit(exit, done));
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

  /**
   * Reports what the device holds of its batch and closes it; the next one opens at once. Asked again for a closed
   * batch it is answered as done.
   */
  async closeBatch(report: BatchReport = {}): Promise<BatchClosed> {
    const { batchClosed } = await askPatiently(this.concentrator.connection, {
      closeBatch: wireReport(this.id, report),
    });
    return batchClosedOf(batchClosed ?? {});
  }

  /** Only needed with `acknowledge: false`. Resolves when the system has recorded it. */
  async acknowledgeList(): Promise<void> {
    this.concentrator.acknowledge();
    this.station.expectReady();
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
