import { MAX_MESSAGES_PER_TURN } from '../actors/bounds.js';
import type { Connection } from './connection.js';
import type { Ticker, Ticking } from './ticker.js';

export interface InboxOptions {
  readonly connection: Pick<Connection, 'open' | 'isPaused' | 'hold' | 'release' | 'afterRead'>;
  readonly ticker: Ticker;
  readonly take: (data: Buffer, isBinary: boolean) => void;
}

interface Message {
  readonly data: Buffer;
  readonly isBinary: boolean;
}

/**
 * What one client has said and has not had its turn: one that says much at once would else keep all others waiting.
 * Nothing more is read from it meanwhile, so that what was read already bounds what waits here.
 */
export class Inbox implements Ticking {
  private readonly options: InboxOptions;
  private waiting: Message[] = [];
  /** Of those that wait, how many were taken already. */
  private at = 0;
  /** Taken since the last tick; above 0 the next one is asked for. */
  private taken = 0;

  constructor(options: InboxOptions) {
    this.options = options;
  }

  add(data: Buffer, isBinary: boolean): void {
    if (this.waiting.length === 0 && this.mayTake) {
      this.take(data, isBinary);
      return;
    }
    this.waiting.push({ data, isBinary });
    this.options.connection.hold();
    if (this.waiting.length === 1) this.goOnAfterRead();
  }

  /** The connection has ended: nobody could be answered. */
  drop(): void {
    this.waiting = [];
    this.at = 0;
  }

  tick(): void {
    this.taken = 0;
    this.goOn();
  }

  private goOn(): void {
    const { connection } = this.options;
    for (let next = this.waiting[this.at]; next !== undefined && this.mayTake; next = this.waiting[this.at]) {
      this.at += 1;
      this.take(next.data, next.isBinary);
    }
    if (!connection.open) this.drop();
    else if (this.at < this.waiting.length) this.goOnAfterRead();
    else if (this.waiting.length > 0) {
      this.drop();
      connection.release();
    }
  }

  /** Without a tick to come, only what it has not read can be what its messages wait for. */
  private goOnAfterRead(): void {
    if (this.taken > 0) return;
    this.options.connection.afterRead(() => {
      this.goOn();
    });
  }

  private get mayTake(): boolean {
    const { open, isPaused } = this.options.connection;
    return open && !isPaused && this.taken < MAX_MESSAGES_PER_TURN;
  }

  private take(data: Buffer, isBinary: boolean): void {
    if (this.taken === 0) this.options.ticker.add(this);
    this.taken += 1;
    this.options.take(data, isBinary);
  }
}
