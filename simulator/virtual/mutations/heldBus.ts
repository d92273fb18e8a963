import type { Bus, Cancel } from '../../../actors/runtime/ports.js';

interface Held {
  stored: boolean | undefined;
  readonly messages: { readonly subject: string; readonly bytes: Uint8Array }[];
}

/** A bus on which messages wait for the frames that were under way when they were published. */
export class HeldBus implements Bus {
  readonly #bus: Bus;
  readonly #waiting: Held[] = [];

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  /** What is published from now on waits until the returned function is called; false: it is never sent. */
  hold(): (stored: boolean) => void {
    const held: Held = { stored: undefined, messages: [] };
    this.#waiting.push(held);
    return (stored) => {
      held.stored = stored;
      this.#release();
    };
  }

  publish(subject: string, bytes: Uint8Array): void {
    const last = this.#waiting.at(-1);
    if (last === undefined || subject.endsWith('.heartbeat')) this.#bus.publish(subject, bytes);
    else last.messages.push({ subject, bytes });
  }

  subscribe(subject: string, handler: (bytes: Uint8Array, subject: string) => void): Cancel {
    return this.#bus.subscribe(subject, handler);
  }

  flush(): Promise<void> {
    return this.#bus.flush();
  }

  #release(): void {
    for (let first = this.#waiting[0]; first?.stored !== undefined; first = this.#waiting[0]) {
      this.#waiting.shift();
      if (!first.stored) continue;
      for (const { subject, bytes } of first.messages) this.#bus.publish(subject, bytes);
    }
  }
}
