import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import {
  CLIENT_ANSWER_MS,
  CLIENT_CLOSE_MS,
  CLIENT_HANDSHAKE_MS,
  CLIENT_PING_AFTER_MS,
} from '../actors/bounds.js';
import { decodeMessage, encodeMessage } from '../proto/message.js';
import { v1 } from '../proto/generated/emoney.js';
import { ConnectionLostError, NoAnswerError, RejectedError } from './errors.js';
import { rejectionName } from './names.js';

/** What may become of one request. */
export type Answer = v1.ServerMessage | RejectedError | ConnectionLostError;
export type OnAnswer = (answer: Answer) => void;
export type Body = Omit<v1.ClientMessage.$Properties, 'request' | '$unknowns'>;

export interface ConnectionOptions {
  /** ws://host:port/v1, or the gateway's http address. */
  readonly url: string;
  /** What the gateway sends unasked: changes of the prohibition list; to a phone, what happens to its card. */
  readonly onPush?: ((message: v1.ServerMessage) => void) | undefined;
  /** Called once, after every request that was open was told. */
  readonly onLost?: ((error: ConnectionLostError) => void) | undefined;
  /** How long each message may stay unanswered, in milliseconds. Default: 30 s; a gateway answers sooner. */
  readonly patienceMs?: number | undefined;
}

interface Waiting {
  readonly onAnswer: OnAnswer;
  /** On the clock of `performance`. */
  readonly since: number;
}

const SUBPROTOCOL = 'emoney.v1.protobuf';
/** Who has little patience asks earlier whether the gateway is there. */
const PING_AFTER_SHARE = 0.25;

/**
 * Resolves when the gateway has accepted; rejects with NoAnswerError when nobody answers the handshake, or with what
 * was answered.
 */
export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  const handshakeMs = Math.min(CLIENT_HANDSHAKE_MS, options.patienceMs ?? CLIENT_HANDSHAKE_MS);
  const webSocket = new WebSocket(options.url.replace(/^http/, 'ws'), SUBPROTOCOL, {
    perMessageDeflate: false,
  });
  let socket: Socket | undefined;
  webSocket.once('upgrade', (response) => (socket = response.socket));
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new NoAnswerError(handshakeMs));
      webSocket.on('error', () => undefined);
      webSocket.terminate();
    }, handshakeMs);
    webSocket.once('open', () => {
      clearTimeout(timer);
      resolve();
    });
    webSocket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
  return new Connection(webSocket, socket, options);
}

/** A WebSocket to a gateway: requests out, answers back to those who asked. Reconnecting is the caller's. */
export class Connection {
  private readonly webSocket: WebSocket;
  private readonly socket: Socket | undefined;
  private readonly options: ConnectionOptions;
  private readonly patienceMs: number;
  private readonly pingAfterMs: number;
  /** When the gateway last said anything, on the clock of `performance`. */
  private heardAt = 0;
  /** When it was asked whether it is there, and has said nothing since. */
  private pingedAt: number | undefined;
  /** In the order in which they were sent: the first has waited longest. */
  private readonly waiting = new Map<number, Waiting>();
  private timer: NodeJS.Timeout | undefined;
  private nextRequest = 1;
  private corked = false;
  private lost: ConnectionLostError | undefined;

  constructor(webSocket: WebSocket, socket: Socket | undefined, options: ConnectionOptions) {
    this.webSocket = webSocket;
    this.socket = socket;
    this.options = options;
    this.patienceMs = options.patienceMs ?? CLIENT_ANSWER_MS;
    this.pingAfterMs = Math.min(CLIENT_PING_AFTER_MS, PING_AFTER_SHARE * this.patienceMs);
    webSocket.on('message', (data: Buffer) => {
      this.hear();
      this.receive(data);
    });
    webSocket.on('pong', () => {
      this.hear();
    });
    webSocket.on('error', () => undefined);
    webSocket.on('close', (code, reason) => {
      this.end(new ConnectionLostError(code, reason.toString()));
    });
  }

  get isOpen(): boolean {
    return this.lost === undefined;
  }

  /** Requests that are not answered yet. */
  get unanswered(): number {
    return this.waiting.size;
  }

  /** Sends, and calls back exactly once; never before it returns. */
  send(body: Body, onAnswer: OnAnswer): void {
    const { lost } = this;
    if (lost !== undefined) {
      queueMicrotask(() => {
        onAnswer(lost);
      });
      return;
    }
    const request = this.nextRequest;
    this.nextRequest += 1;
    this.waiting.set(request, { onAnswer, since: performance.now() });
    this.timer ??= setTimeout(this.lookSoon, this.pingAfterMs);
    this.cork();
    this.webSocket.send(encodeMessage(v1.ClientMessage, { request, ...body }));
  }

  /** As a promise; throws RejectedError, or ConnectionLostError (NoAnswerError: it was silent for too long). */
  async ask(body: Body): Promise<v1.ServerMessage> {
    return new Promise((resolve, reject) => {
      this.send(body, (answer) => {
        if (answer instanceof Error) reject(answer);
        else resolve(answer);
      });
    });
  }

  async close(): Promise<void> {
    if (this.lost !== undefined) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.webSocket.terminate();
      }, CLIENT_CLOSE_MS);
      this.webSocket.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      this.webSocket.close(1000);
    });
  }

  /** Breaks off without a word, as a cable does. */
  terminate(): void {
    this.webSocket.terminate();
  }

  /** What is sent in one tick leaves with one write: the system call costs more than the messages. */
  private cork(): void {
    if (this.corked || this.socket === undefined) return;
    this.corked = true;
    this.socket.cork();
    setImmediate(() => {
      this.corked = false;
      this.socket?.uncork();
    });
  }

  private receive(data: Buffer): void {
    const message = decoded(data);
    if (message === undefined) {
      this.webSocket.close(1002, 'this is no ServerMessage');
      return;
    }
    const request = Number(message.request);
    const onAnswer = this.waiting.get(request)?.onAnswer;
    if (onAnswer === undefined) {
      if (request === 0) this.options.onPush?.(message);
      return;
    }
    this.waiting.delete(request);
    const { rejection } = message;
    if (rejection == null) onAnswer(message);
    else onAnswer(rejectedBy(rejection));
  }

  /** Once what came in the meantime has been read: a program that stood still has not waited in vain. */
  private readonly lookSoon = (): void => {
    setImmediate(this.look);
  };

  /** One timer for all: the first that waits is always the oldest. */
  private readonly look = (): void => {
    this.timer = undefined;
    const [first] = this.waiting.values();
    if (first === undefined) return;
    const now = performance.now();
    const { patienceMs, pingAfterMs, pingedAt } = this;
    if (now >= first.since + patienceMs) {
      this.giveUp(patienceMs);
      return;
    }
    const silentSince = pingedAt ?? Math.max(first.since, this.heardAt);
    const isSilent = now >= silentSince + pingAfterMs;
    if (isSilent && pingedAt !== undefined) {
      this.giveUp(2 * pingAfterMs);
      return;
    }
    if (isSilent) {
      this.pingedAt = now;
      this.webSocket.ping();
    }
    const lookAt = Math.min(first.since + patienceMs, (isSilent ? now : silentSince) + pingAfterMs);
    this.timer = setTimeout(this.lookSoon, Math.max(1, lookAt - now));
  };

  private hear(): void {
    this.heardAt = performance.now();
    this.pingedAt = undefined;
  }

  private giveUp(waitedMs: number): void {
    this.end(new NoAnswerError(waitedMs));
    this.webSocket.terminate();
  }

  private end(lost: ConnectionLostError): void {
    if (this.lost !== undefined) return;
    this.lost = lost;
    clearTimeout(this.timer);
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const { onAnswer } of waiting) onAnswer(lost);
    this.options.onLost?.(lost);
  }
}

function decoded(data: Buffer): v1.ServerMessage | undefined {
  try {
    return decodeMessage(v1.ServerMessage, data);
  } catch {
    return undefined;
  }
}

function rejectedBy({ code, detail, retryAfterMs }: v1.Refusal.$Properties): RejectedError {
  return new RejectedError(rejectionName(code), detail ?? '', retryAfterMs ?? 0);
}
