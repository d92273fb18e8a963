import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { CLIENT_PAUSE_BYTES, MAX_CLIENT_BACKLOG_BYTES, MAX_WRONG_SECRETS } from '../actors/bounds.js';
import type { v1 } from '../proto/generated/emoney.js';
import type { Backlogs } from './backlogs.js';
import type { Codec } from './codec/codec.js';
import type { TerminalSession } from './terminalSession.js';
import type { Ticker } from './ticker.js';

/** Why the gateway ended a connection, for the metrics. */
export type Disconnection = 'backlog' | 'stalled' | 'silent' | 'frame' | 'secret' | 'superseded' | 'protocol';

export interface ConnectionOptions {
  readonly webSocket: Pick<
    WebSocket,
    'send' | 'ping' | 'pause' | 'resume' | 'close' | 'terminate' | 'bufferedAmount'
  >;
  /** The socket under it, to join the writes of one tick. */
  readonly socket: Pick<Socket, 'cork' | 'uncork'>;
  /** Calls back once, when the client has read everything that was sent. */
  readonly whenRead: (callback: () => void) => void;
  readonly codec: Codec;
  readonly ticker: Ticker;
  readonly backlogs: Backlogs;
  readonly onDisconnect: (reason: Disconnection) => void;
}

/** One WebSocket connection: what it may say, what it still waits for, and the way back to it. */
export class Connection {
  readonly codec: Codec;
  /** Transactions that were let in and are not answered, by partition. */
  readonly held = new Map<number, number>();
  readonly heldBack = new Map<number, number>();
  readonly terminals = new Map<string, TerminalSession>();
  operator = false;
  /** The connection gets the changes of the prohibition list. */
  followsList = false;
  /** Requests that are not answered yet. */
  unanswered = 0;
  /** It was heard since the last keepalive. */
  heard = true;
  /** It was pinged and has not been heard since. */
  asked = false;
  open = true;
  private readonly options: ConnectionOptions;
  private corked = false;
  private wrongSecrets = 0;
  /** Unread bytes that it shares with all connections. */
  private shared = 0;
  /** Unread bytes when it was last looked at; undefined: it reads. */
  private unread: number | undefined;
  private onHold = false;

  constructor(options: ConnectionOptions) {
    this.options = options;
    this.codec = options.codec;
  }

  send(message: v1.ServerMessage.$Properties): void {
    if (this.open) this.sendEncoded(this.codec.encode(message));
  }

  /** What is sent in one tick leaves with one write: the system call costs more than the messages. */
  sendEncoded(data: Uint8Array | string): void {
    if (!this.open) return;
    if (!this.corked) {
      this.corked = true;
      this.options.socket.cork();
      this.options.ticker.add(this);
    }
    this.options.webSocket.send(data, { binary: this.codec.binary });
    // At once: what was read together with this message may ask for much more before the tick ends.
    if (this.unread === undefined && this.own > CLIENT_PAUSE_BYTES) this.pause();
  }

  /** A whole list may be larger than the bound for slow clients; its bytes are shared by all connections. */
  allowBacklog(bytes: number): void {
    this.shared = bytes;
  }

  /**
   * Lets go what was sent since the last tick. Who reads slowly is not read until it has read everything, so that it
   * cannot make us hold more and more answers; who still lets too much lie is disconnected.
   */
  tick(): void {
    this.corked = false;
    this.options.socket.uncork();
    const { own } = this;
    if (own <= CLIENT_PAUSE_BYTES || !this.open) return;
    if (own > MAX_CLIENT_BACKLOG_BYTES) {
      this.terminate('backlog');
      return;
    }
    this.options.backlogs.set(this, own);
    if (this.unread === undefined) this.pause();
  }

  /** It does not read: since the last call, if there was one, not a byte. */
  hasStalled(): boolean {
    if (this.unread === undefined) return false;
    const { bufferedAmount } = this.options.webSocket;
    const before = this.unread;
    this.unread = bufferedAmount;
    return bufferedAmount >= before;
  }

  get isPaused(): boolean {
    return this.unread !== undefined;
  }

  /** Nothing more is read: what it said before has not had its turn. */
  hold(): void {
    if (this.onHold) return;
    this.onHold = true;
    this.options.webSocket.pause();
  }

  release(): void {
    this.onHold = false;
    if (!this.isPaused) this.options.webSocket.resume();
  }

  /** Calls back once it is no longer paused. */
  afterRead(callback: () => void): void {
    this.options.whenRead(callback);
  }

  /** Sent, not read, and not shared with others. */
  private get own(): number {
    return this.options.webSocket.bufferedAmount - this.shared;
  }

  private pause(): void {
    const { webSocket, whenRead, backlogs } = this.options;
    this.unread = Infinity;
    webSocket.pause();
    whenRead(() => {
      this.unread = undefined;
      backlogs.forget(this);
      if (this.open && !this.onHold) webSocket.resume();
    });
  }

  ping(): void {
    this.options.webSocket.ping();
  }

  /** Says why, by RFC 6455's close code, and lets go what was sent before. */
  close(code: number, text: string, reason?: Disconnection): void {
    if (reason !== undefined) this.options.onDisconnect(reason);
    this.open = false;
    this.options.webSocket.close(code, text);
  }

  /** An operator's secret, or a phone's token: who guesses is disconnected. */
  guessedWrong(): void {
    this.wrongSecrets += 1;
    if (this.wrongSecrets >= MAX_WRONG_SECRETS) this.close(1008, 'too many wrong secrets', 'secret');
  }

  /** From now on nothing of it is read or answered; `close` follows in its own time. */
  mute(): void {
    this.open = false;
  }

  terminate(reason?: Disconnection): void {
    if (reason !== undefined && this.open) this.options.onDisconnect(reason);
    this.open = false;
    this.options.webSocket.terminate();
  }
}
