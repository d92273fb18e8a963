import { WebSocket } from 'ws';
import { v1 } from '../../proto/generated/emoney.js';

export type ServerJson = Record<string, Record<string, unknown> | undefined>;

/** A WebSocket without any manners: sends whatever bytes a test wants, and hands out what comes, one by one. */
export class RawClient {
  readonly webSocket: WebSocket;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  private readonly arrived: Buffer[] = [];
  private readonly wanted: ((data: Buffer) => void)[] = [];

  constructor(webSocket: WebSocket) {
    this.webSocket = webSocket;
    webSocket.on('message', (data: Buffer) => {
      const next = this.wanted.shift();
      if (next === undefined) this.arrived.push(data);
      else next(data);
    });
    webSocket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      webSocket.once('close', (code, reason) => {
        resolve({ code, reason: reason.toString() });
      });
    });
  }

  static async connect(
    url: string,
    subprotocol: string | string[] = 'emoney.v1.protobuf',
  ): Promise<RawClient> {
    const webSocket = new WebSocket(url, subprotocol, { perMessageDeflate: false });
    const client = new RawClient(webSocket);
    await new Promise<void>((resolve, reject) => {
      webSocket.once('open', resolve);
      webSocket.once('error', reject);
    });
    return client;
  }

  send(message: v1.ClientMessage.$Properties): void {
    this.webSocket.send(v1.ClientMessage.encode(message).finish());
  }

  async next(): Promise<v1.ServerMessage> {
    return v1.ServerMessage.decode(await this.nextData());
  }

  async nextJson(): Promise<ServerJson> {
    return JSON.parse((await this.nextData()).toString()) as ServerJson;
  }

  /** The next message that answers `request`; pushes before it are dropped. */
  async answerTo(request: number): Promise<v1.ServerMessage> {
    for (;;) {
      const message = await this.next();
      if (Number(message.request) === request) return message;
    }
  }

  /** The next message that is no push. */
  async nextAnswer(): Promise<v1.ServerMessage> {
    for (;;) {
      const message = await this.next();
      if (message.listUpdate == null) return message;
    }
  }

  async hello(terminal: string, hello: v1.Hello.$Properties = {}): Promise<v1.ServerMessage> {
    this.send({ request: 1, hello: { terminal, ...hello } });
    return this.answerTo(1);
  }

  get unread(): number {
    return this.arrived.length;
  }

  private async nextData(): Promise<Buffer> {
    const data = this.arrived.shift();
    if (data !== undefined) return data;
    return new Promise((resolve) => this.wanted.push(resolve));
  }
}
