/** One connection of a client to some gateway: requests out, answers back to whoever asked, in the protocol's bytes. */
import { v1 } from '../../proto/generated/emoney.js';
import { decodeMessage, encodeMessage } from '../../proto/message.js';
import type { Wire } from './wire.js';

export type Body = Omit<v1.ClientMessage.$Properties, 'request' | '$unknowns'>;
export type OnAnswer = (message: v1.ServerMessage) => void;

export interface SessionEvents {
  onPush(message: v1.ServerMessage): void;
  onClosed(): void;
}

export class Session {
  readonly #wire: Wire;
  readonly #waiting = new Map<number, OnAnswer>();
  #next = 1;

  constructor(wire: Wire, events: SessionEvents) {
    this.#wire = wire;
    wire.client = {
      message: (bytes) => {
        const message = decodeMessage(v1.ServerMessage, bytes);
        const request = Number(message.request);
        if (request === 0) {
          events.onPush(message);
          return;
        }
        const onAnswer = this.#waiting.get(request);
        this.#waiting.delete(request);
        onAnswer?.(message);
      },
      closed: () => {
        this.#waiting.clear();
        events.onClosed();
      },
    };
  }

  get isOpen(): boolean {
    return this.#wire.isOpen;
  }

  send(body: Body, onAnswer: OnAnswer): void {
    const request = this.#next;
    this.#next += 1;
    this.#waiting.set(request, onAnswer);
    this.#wire.sendToGateway(encodeMessage(v1.ClientMessage, { request, ...body }));
  }

  /** The connection breaks. */
  cut(): void {
    this.#wire.cut();
  }

  /** It breaks for the client; what was sent arrives so much later. */
  tear(lateMs: number): void {
    this.#wire.tear(lateMs);
  }
}
