import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { MAX_CLIENT_BACKLOG_BYTES, MAX_WRONG_SECRETS } from '../actors/bounds.js';
import type { v1 } from '../proto/generated/emoney.js';
import type { Codec } from './codec/codec.js';
import type { TerminalSession } from './terminalSession.js';
import type { Ticker } from './ticker.js';

/** Why the gateway ended a connection, for the metrics. */
export type Disconnection = 'backlog' | 'silent' | 'frame' | 'secret' | 'superseded' | 'protocol';

export interface ConnectionOptions {
  readonly webSocket: Pick<WebSocket, 'send' | 'ping' | 'close' | 'terminate' | 'bufferedAmount'>;
  /** The socket under it, to join the writes of one tick. */
  readonly socket: Pick<Socket, 'cork' | 'uncork'>;
  readonly codec: Codec;
  readonly ticker: Ticker;
  readonly onDisconnect: (reason: Disconnection) => void;
}

/** One WebSocket connection: what it may say, what it still waits for, and the way back to it. */
export class Connection {
  readonly codec: Codec;
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
  private backlogAllowed = MAX_CLIENT_BACKLOG_BYTES;

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
  }

  /** A whole list may be larger than the bound for slow clients; its bytes are shared by all connections. */
  allowBacklog(bytes: number): void {
    this.backlogAllowed = MAX_CLIENT_BACKLOG_BYTES + bytes;
  }

  /** Lets go what was sent since the last tick; who reads too slowly is disconnected. */
  tick(): void {
    this.corked = false;
    this.options.socket.uncork();
    if (this.options.webSocket.bufferedAmount > this.backlogAllowed) this.terminate('backlog');
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
