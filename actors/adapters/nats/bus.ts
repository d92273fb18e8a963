import type { NatsConnection } from '@nats-io/transport-node';
import type { Bus, Cancel } from '../../runtime/ports.js';

/** Core NATS. The bytes that a handler gets share memory with other messages: read them, never write. */
export class NatsBus implements Bus {
  readonly #client: NatsConnection;

  constructor(client: NatsConnection) {
    this.#client = client;
  }

  /** At most once: with no server there, or after the end of the connection, the message is lost. */
  publish(subject: string, bytes: Uint8Array): void {
    if (this.#client.isClosed() || this.#client.isDraining()) return;
    this.#client.publish(subject, bytes);
  }

  subscribe(subject: string, handler: (bytes: Uint8Array, subject: string) => void): Cancel {
    const subscription = this.#client.subscribe(subject, {
      callback: (error, message) => {
        if (error !== null) return;
        try {
          handler(message.data, message.subject);
        } catch (thrown) {
          rethrowOutside(thrown);
        }
      },
    });
    return () => {
      subscription.unsubscribe();
    };
  }

  async flush(): Promise<void> {
    await this.#client.flush();
  }
}

/** An exception inside the client's reader would end it without a sign: nothing would be read any more. */
function rethrowOutside(thrown: unknown): void {
  process.nextTick(() => {
    throw thrown;
  });
}
