import { createInbox, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { QUESTION_AGAIN_MS } from '../../bounds.js';

/** What a question came to: the server's message, or why there is none. */
export type Answer = { readonly message: Msg } | { readonly missing: string };

export interface OpenReply {
  /** To be given as the reply subject. */
  readonly subject: string;
  close(): void;
}

interface Handler {
  readonly onMessage: (message: Msg) => void;
  readonly onLost: (reason: string) => void;
}

/**
 * The one subscription of a connection on which all answers arrive. A subscription, a timer and a promise chain for
 * every request, as the client's own `request` has them, cost more than the question itself.
 *
 * When the connection is lost, everything that waits fails at once, and so does what is asked until it is back: the
 * client throws away what is sent in between, so nothing would ever answer.
 */
export class Inbox {
  readonly #connection: NatsConnection;
  readonly #prefix = createInbox();
  readonly #handlers = new Map<string, Handler>();
  #next = 0;
  #connected = true;

  constructor(connection: NatsConnection) {
    this.#connection = connection;
    connection.subscribe(`${this.#prefix}.*`, {
      callback: (error, message) => {
        if (error === null) this.#hand(message);
      },
    });
  }

  /** To be told by whoever watches the connection. */
  setConnected(connected: boolean): void {
    this.#connected = connected;
    if (connected) return;
    const lost = [...this.#handlers.values()];
    this.#handlers.clear();
    for (const { onLost } of lost) onLost('the connection was lost');
  }

  /**
   * Every message to the returned subject goes to `onMessage`, until it is closed. `onLost` is called, once and last,
   * when no message can come any more.
   * @throws Error while there is no connection
   */
  open(onMessage: (message: Msg) => void, onLost: (reason: string) => void): OpenReply {
    if (!this.#connected || this.#connection.isClosed()) throw new Error('not connected');
    this.#next += 1;
    const token = this.#next.toString(36);
    this.#handlers.set(token, { onMessage, onLost });
    return { subject: `${this.#prefix}.${token}`, close: () => this.#handlers.delete(token) };
  }

  /** Calls `send` with a reply subject and waits for one answer. Never rejects. */
  ask(send: (reply: string) => void, timeoutMs: number): Promise<Answer> {
    return new Promise((resolve) => {
      let reply: OpenReply | undefined;
      const finish = (answer: Answer) => {
        clearTimeout(timer);
        reply?.close();
        resolve(answer);
      };
      const fail = (missing: string) => finish({ missing });
      const timer = setTimeout(fail, timeoutMs, `no answer within ${timeoutMs} ms`);
      try {
        reply = this.open((message) => finish({ message }), fail);
        send(reply.subject);
      } catch (error) {
        fail(error instanceof Error ? error.message : String(error));
      }
    });
  }

  /**
   * A question without headers that changes nothing, so it is asked again and again until there is an answer: a cluster
   * that is electing a leader loses it.
   */
  async request(subject: string, payload: string, timeoutMs: number): Promise<Answer> {
    const connection = this.#connection;
    let again: NodeJS.Timeout | undefined;
    const answer = await this.ask((reply) => {
      connection.publish(subject, payload, { reply });
      again = setInterval(() => {
        // A publish would throw then.
        if (connection.isClosed() || connection.isDraining()) return;
        connection.publish(subject, payload, { reply });
      }, QUESTION_AGAIN_MS);
    }, timeoutMs);
    clearInterval(again);
    return answer;
  }

  #hand(message: Msg): void {
    const token = message.subject.slice(this.#prefix.length + 1);
    this.#handlers.get(token)?.onMessage(message);
  }
}

/** The status line of a message that carries nothing else, such as "503 No Responders". */
export function statusOf(message: Msg): string | undefined {
  if (message.data.length > 0 || message.headers === undefined || message.headers.code === 0)
    return undefined;
  const { code, description } = message.headers;
  return `${code} ${code === 503 ? 'no responders' : description}`.trim();
}
