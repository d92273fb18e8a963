/** A WebSocket connection without a network: order is kept, and everything that was sent can be lost with it. */
import type { Scheduler } from './scheduler.js';

/** What the other side of a connection is told. */
export interface End {
  message(bytes: Uint8Array): void;
  closed(): void;
}

export interface WireParts {
  readonly scheduler: Scheduler;
  readonly latencyMs: () => number;
  /** Called with each message that arrives, before whom it is for. */
  readonly onMessage: (way: Way, bytes: Uint8Array) => void;
}

export type Way = 'to the gateway' | 'to the client';

/** How long a gateway does not notice that a terminal has gone. */
const UNNOTICED_MS = 5_000;

export class Wire {
  client: End | undefined;
  gateway: End | undefined;
  readonly #parts: WireParts;
  readonly #toGateway: Lane;
  readonly #toClient: Lane;

  constructor(parts: WireParts) {
    this.#parts = parts;
    this.#toGateway = new Lane(parts, (bytes) => {
      parts.onMessage('to the gateway', bytes);
      this.gateway?.message(bytes);
    });
    this.#toClient = new Lane(parts, (bytes) => {
      parts.onMessage('to the client', bytes);
      this.client?.message(bytes);
    });
  }

  get isOpen(): boolean {
    return this.client !== undefined;
  }

  sendToGateway(bytes: Uint8Array): void {
    if (this.client !== undefined) this.#toGateway.send(bytes);
  }

  sendToClient(bytes: Uint8Array): void {
    if (this.gateway !== undefined) this.#toClient.send(bytes);
  }

  /** By either side, or by the cable: what is on the way is lost, and both learn of it. */
  cut(): void {
    this.#toGateway.cut();
    this.#loseClient();
    this.#loseGateway();
  }

  /** The terminal is cut off, but what it had sent comes through after a while; only then the gateway notices. */
  tear(lateMs: number): void {
    this.#toGateway.delay(lateMs);
    this.#loseClient();
    this.#parts.scheduler.after(lateMs + UNNOTICED_MS, () => {
      this.#loseGateway();
    });
  }

  #loseClient(): void {
    const { client } = this;
    this.client = undefined;
    this.#toClient.cut();
    client?.closed();
  }

  #loseGateway(): void {
    const { gateway } = this;
    this.gateway = undefined;
    gateway?.closed();
  }
}

interface UnderWay {
  readonly messages: readonly Uint8Array[];
  readonly cancel: () => void;
}

/** One direction. What is sent in one moment arrives in one moment. */
class Lane {
  readonly #parts: WireParts;
  readonly #arrive: (bytes: Uint8Array) => void;
  #collecting: Uint8Array[] = [];
  /** In the order of arrival; an array that is shifted has to grow anew with every push. */
  readonly #underWay = new Set<UnderWay>();
  #due = 0;
  #open = true;

  constructor(parts: WireParts, arrive: (bytes: Uint8Array) => void) {
    this.#parts = parts;
    this.#arrive = arrive;
  }

  send(bytes: Uint8Array): void {
    if (!this.#open) return;
    this.#collecting.push(bytes);
    if (this.#collecting.length > 1) return;
    const { scheduler } = this.#parts;
    scheduler.soon(() => {
      const messages = this.#collecting;
      this.#collecting = [];
      if (this.#open) this.#leave(messages, this.#parts.latencyMs());
    });
  }

  cut(): void {
    this.#open = false;
    for (const { cancel } of this.#underWay) cancel();
    this.#underWay.clear();
  }

  /** Nothing more is taken; what is under way comes so much later. */
  delay(ms: number): void {
    const late = [...this.#underWay];
    const last = this.#collecting;
    this.cut();
    for (const { messages } of late) this.#leave(messages, ms);
    this.#leave(last, ms);
  }

  #leave(messages: readonly Uint8Array[], latencyMs: number): void {
    const { scheduler } = this.#parts;
    this.#due = Math.max(this.#due, scheduler.now() + latencyMs);
    const cancel = scheduler.after(this.#due - scheduler.now(), () => {
      this.#underWay.delete(underWay);
      for (const bytes of messages) this.#arrive(bytes);
    });
    const underWay = { messages, cancel };
    this.#underWay.add(underWay);
  }
}
