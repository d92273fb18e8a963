import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { type WebSocket, WebSocketServer } from 'ws';
import {
  connectConcentrator,
  connectOperator,
  connectPhone,
  connectTerminal,
  ConnectionLostError,
  NoAnswerError,
} from '../../client/index.js';
import { FORGOTTEN, FROZEN_BACK } from '../../simulator/chaos/passage.js';
import { TcpProxy } from '../../simulator/chaos/tcpProxy.js';
import { v1 } from '../../proto/generated/emoney.js';
import { thrownBy } from '../support/thrownBy.js';

/** Enough for an answer, also on a busy machine. */
const patienceMs = 400;

/** Speaks the protocol as far as it is told to, and then says nothing. */
class SilentServer {
  readonly #server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  /** The answer to a message; undefined: none. */
  answer: (message: v1.ClientMessage) => v1.ServerMessage.$Properties | undefined = () => undefined;
  /** Messages that were not answered. */
  readonly ignored: string[] = [];

  constructor() {
    this.#server.on('connection', (socket) => {
      socket.on('message', (data: Buffer) => {
        this.#receive(socket, data);
      });
    });
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async opened(): Promise<void> {
    await once(this.#server, 'listening');
  }

  /** Clients that break off without a word are gone at once. */
  get clients(): number {
    return this.#server.clients.size;
  }

  async close(): Promise<void> {
    for (const client of this.#server.clients) client.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #receive(socket: WebSocket, data: Buffer): void {
    const message = v1.ClientMessage.decode(data);
    const answer = this.answer(message);
    if (answer === undefined) this.ignored.push(message.body ?? '');
    else socket.send(v1.ServerMessage.encode({ request: message.request, ...answer }).finish());
  }
}

describe('client: a gateway that says nothing', () => {
  let server: SilentServer;
  beforeEach(async () => {
    server = new SilentServer();
    await server.opened();
  });
  afterEach(() => server.close());

  const welcome = { terminal: 'T1', incarnation: 1, nextNumber: 1, list: { incarnation: 1, sequence: 1 } };
  const list = { whole: true, version: { incarnation: 1, sequence: 1 } };

  function mustBeSilence(error: Error): void {
    expect(error).to.be.instanceOf(NoAnswerError);
    expect(error).to.be.instanceOf(ConnectionLostError);
    expect(error.name).to.equal('NoAnswerError');
    expect(error.message).to.include(`no answer within ${patienceMs} ms`);
  }

  async function operator() {
    server.answer = ({ body }) =>
      body === 'operatorHello' ? { operatorWelcome: { deployment: 'd' } } : undefined;
    return connectOperator({ url: server.url, secret: 's', patienceMs });
  }

  it('not even to the handshake', async () => {
    const sockets: Socket[] = [];
    const deaf: Server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await once(deaf, 'listening');
    const url = `ws://127.0.0.1:${(deaf.address() as AddressInfo).port}/v1`;
    mustBeSilence(await thrownBy(() => connectOperator({ url, secret: 's', patienceMs })));
    for (const socket of sockets) socket.destroy();
    deaf.close();
  });

  it('to a greeting: of an operator, a terminal, a phone', async () => {
    const { url } = server;
    mustBeSilence(await thrownBy(() => connectOperator({ url, secret: 's', patienceMs })));
    mustBeSilence(await thrownBy(() => connectTerminal({ url, terminal: 'T1', patienceMs })));
    mustBeSilence(await thrownBy(() => connectPhone({ url, terminal: 'P1', token: 't', patienceMs })));
    expect(server.ignored).to.deep.equal(['operatorHello', 'hello', 'hello']);
  });

  it('after WELCOME: no list comes, or nobody acknowledges it', async () => {
    const { url } = server;
    server.answer = ({ hello }) => (hello == null ? undefined : { welcome });
    mustBeSilence(await thrownBy(() => connectTerminal({ url, terminal: 'T1', patienceMs })));
    expect(server.ignored).to.deep.equal([]);
    const concentrator = await connectConcentrator({ url, patienceMs });
    const station = await concentrator.hello({ terminal: 'T1' });
    concentrator.pushed(v1.ServerMessage.decode(v1.ServerMessage.encode({ listUpdate: list }).finish()));
    mustBeSilence(await thrownBy(() => station.ready));
    expect(server.ignored).to.deep.equal(['listAcknowledgement']);
  });

  it('to any call of an operator: each throws, and the connection is broken off', async () => {
    type Session = Awaited<ReturnType<typeof operator>>;
    const calls: Readonly<Record<string, (session: Session) => Promise<unknown>>> = {
      describeSystem: (session) => session.describeSystem(),
      describeCards: (session) => session.describeCards(['C1']),
      search: (session) => session.search({}),
      listMatters: (session) => session.listAlerts(),
      listLoans: (session) => session.listLoans(20261120),
      listDayTotals: (session) => session.listDayTotals({ from: 20261120, to: 20261120 }),
      listDifferences: (session) => session.listDifferences('T1', 1),
      readJournal: (session) => session.readJournal(0, 1),
      changeLimit: (session) => session.changeLimit('C1', 5),
      explain: (session) => session.explain.changeLimit('C1', 5),
      closeBatch: (session) => session.closeBatch('T1'),
    };
    const all = Object.values(calls).map(async (call) => {
      const session = await operator();
      mustBeSilence(await thrownBy(() => call(session)));
      expect(session.connection.isOpen).to.equal(false);
      mustBeSilence(await thrownBy(() => session.describeSystem()));
    });
    await Promise.all(all);
    expect(server.ignored.sort()).to.deep.equal(Object.keys(calls).sort());
  });

  it('to a purchase, a reversal, a question: the number stays open, to be finished on another connection', async () => {
    server.answer = ({ hello, listAcknowledgement }) => {
      if (hello != null) return { welcome };
      return listAcknowledgement == null ? undefined : { listAcknowledged: {} };
    };
    const { url } = server;
    const calls = (['purchase', 'reverse', 'outcome'] as const).map(async (call) => {
      const till = await connectTerminal({ url, terminal: 'T1', acknowledge: false, patienceMs });
      const asked = { card: 'C1', amount: 5, number: 1 };
      mustBeSilence(await thrownBy(() => till[call](asked)));
      if (call !== 'outcome') expect(till.remembered.open?.map(({ number }) => number)).to.deep.equal([1]);
    });
    await Promise.all(calls);
  });

  it('because the network has forgotten the connection: noticed sooner, by a ping', async () => {
    const long = 6 * patienceMs;
    server.answer = ({ body }) =>
      body === 'operatorHello' ? { operatorWelcome: { deployment: 'd' } } : undefined;
    for (const passage of [FORGOTTEN, FROZEN_BACK]) {
      const port = Number(new URL(server.url).port);
      const proxy = await TcpProxy.listen({ targets: () => [port] });
      const url = `ws://127.0.0.1:${proxy.port}/v1`;
      const session = await connectOperator({ url, secret: 's', patienceMs: long });
      proxy.disturb(passage);
      const begun = performance.now();
      expect(await thrownBy(() => session.describeSystem())).to.be.instanceOf(NoAnswerError);
      expect(performance.now() - begun).to.be.within(0.5 * long - 20, 0.9 * long);
      await proxy.close();
    }
  });

  it('patience is of each message: what is answered in time ends nothing', async () => {
    const session = await operator();
    server.answer = () => ({ system: { deployment: 'd' } });
    const begun = performance.now();
    while (performance.now() - begun < 3 * patienceMs) {
      expect((await session.describeSystem()).deployment).to.equal('d');
    }
    expect(session.connection.isOpen).to.equal(true);
    await session.close();
  });
});
