import { connect as connectSocket, type Socket } from 'node:net';
import { expect } from 'chai';
import {
  CLIENT_PAUSE_BYTES,
  CLIENT_PING_MS,
  LIST_UPDATE_ENTRIES,
  MAX_CLIENT_BACKLOG_BYTES,
} from '../../actors/bounds.js';
import { Backlogs } from '../../gateway/backlogs.js';
import { Connection, type ConnectionOptions, type Disconnection } from '../../gateway/connection.js';
import { binaryCodec } from '../../gateway/codec/binary.js';
import { Ticker } from '../../gateway/ticker.js';
import { v1 } from '../../proto/generated/emoney.js';
import { until } from '../support/until.js';
import { defaultResponder } from './fakePartitions.js';
import { startTestGateway, turn, type TestGateway } from './harness.js';
import type { RawClient } from './rawClient.js';

const { Outcome } = v1;
/** Enquiries that are sent at once. */
const ONCE = 500;
const MOVEMENTS = Array.from({ length: LIST_UPDATE_ENTRIES }, () => ({
  amount: 1,
  storedValueAfter: 123_456_789,
  loanAfter: 123_456_789,
}));

describe('gateway: slow clients', () => {
  let test: TestGateway;
  beforeEach(async () => {
    test = await startTestGateway();
    // Some kilobytes each.
    test.partitions.respond = (received) => {
      if (received.command.transact == null) return defaultResponder(received);
      return { answered: { answer: { outcome: Outcome.OUTCOME_APPROVED }, log: MOVEMENTS } };
    };
  });
  afterEach(async () => {
    await test.close();
  });

  /** Asks for more and more until all buffers on the way are full, and reads nothing; returns what was sent and let in. */
  async function stuff(client: RawClient): Promise<{ readonly sent: number; readonly taken: number }> {
    client.webSocket.pause();
    let sent = 0;
    const ask = (): void => {
      for (const end = sent + ONCE; sent < end;) {
        sent += 1;
        client.send({ request: 2, enquiry: { number: sent, card: 'C1' } });
      }
    };
    await until(
      async () => {
        ask();
        return (await unread(test)) > 0;
      },
      { what: 'something is left unread', everyMs: 50, deadlineMs: 30_000 },
    );
    // Those that nobody takes any more.
    ask();
    const received = (): number => test.partitions.received.length;
    let before = -1;
    await until(
      () => {
        const isQuiet = received() === before;
        before = received();
        return isQuiet;
      },
      { what: 'no more is taken', everyMs: 200, deadlineMs: 30_000 },
    );
    return { sent, taken: before };
  }

  it('takes nothing more from who does not read, and holds little for it; others are served meanwhile', async () => {
    const [slow, other] = [await test.connect(), await test.connect()];
    await slow.hello('T1');
    await other.hello('T2');
    const { sent, taken } = await stuff(slow);
    expect(taken).to.be.below(sent);
    expect(await unread(test)).to.be.within(CLIENT_PAUSE_BYTES, MAX_CLIENT_BACKLOG_BYTES);
    other.send({ request: 2, enquiry: { number: 1, card: 'C1' } });
    expect((await other.answerTo(2)).reply?.outcome).to.equal(Outcome.OUTCOME_APPROVED);
  });

  it('goes on with it once it has read everything', async () => {
    const slow = await test.connect();
    await slow.hello('T1');
    const { sent } = await stuff(slow);
    slow.webSocket.resume();
    for (let answers = 0; answers < sent; answers += 1) await slow.answerTo(2);
    await until(async () => (await unread(test)) === 0, { what: 'nothing is left unread' });
  });

  it('disconnects who reads nothing at all for a while, and says why in the metrics', async () => {
    const slow = await test.connect();
    await slow.hello('T1');
    await stuff(slow);
    for (let sweep = 0; sweep < 2; sweep += 1) test.clock.advance(CLIENT_PING_MS);
    expect(await metric(test, 'emoney_gateway_disconnected_total{reason="stalled"}')).to.equal(1);
    slow.webSocket.resume();
    expect((await slow.closed).code).to.equal(1006);
    expect(await unread(test)).to.equal(0);
  });

  it('half a message is no word: who sends no more is disconnected', async () => {
    const socket = await handshake(test);
    // A binary frame of 100 masked bytes, of which ten come.
    socket.write(Buffer.concat([Buffer.from([0x82, 0x80 | 100]), Buffer.alloc(4 + 10)]));
    const ended = new Promise((resolve) => socket.once('close', resolve));
    for (let sweep = 0; sweep < 3; sweep += 1) {
      await turn();
      test.clock.advance(CLIENT_PING_MS);
    }
    socket.resume();
    await ended;
    expect(await metric(test, 'emoney_gateway_disconnected_total{reason="silent"}')).to.equal(1);
  });

  it('pings without end, whose pongs nobody reads, are the end', async () => {
    const client = await test.connect();
    client.webSocket.pause();
    for (
      let pings = 0;
      pings < 200_000 && client.webSocket.readyState === client.webSocket.OPEN;
      pings += 1
    ) {
      client.webSocket.ping(Buffer.alloc(125));
      if (pings % 1_000 === 0) await turn();
    }
    await until(async () => (await metric(test, 'emoney_gateway_connections')) === 0, {
      what: 'the gateway has ended it',
    });
  });
});

describe('gateway: backlog', () => {
  class FakeSocket {
    bufferedAmount = 0;
    paused = false;
    ended: Disconnection | undefined;
    private onRead: (() => void) | undefined;
    readonly connection: Connection;

    constructor(backlogs: Backlogs) {
      const options: ConnectionOptions = {
        webSocket: {
          bufferedAmount: 0,
          send: () => undefined,
          ping: () => undefined,
          pause: () => (this.paused = true),
          resume: () => (this.paused = false),
          close: () => undefined,
          terminate: () => undefined,
        },
        socket: { cork: () => undefined, uncork: () => undefined },
        whenRead: (callback) => (this.onRead = callback),
        codec: binaryCodec,
        ticker: new Ticker(() => undefined),
        backlogs,
        onDisconnect: (reason) => (this.ended = reason),
      };
      Object.defineProperty(options.webSocket, 'bufferedAmount', { get: () => this.bufferedAmount });
      this.connection = new Connection(options);
    }

    leave(bytes: number): void {
      this.bufferedAmount = bytes;
      this.connection.tick();
    }

    read(): void {
      this.bufferedAmount = 0;
      this.onRead?.();
    }
  }

  it('pauses above CLIENT_PAUSE_BYTES until all is read, and ends it above MAX_CLIENT_BACKLOG_BYTES', () => {
    const client = new FakeSocket(new Backlogs());
    client.leave(CLIENT_PAUSE_BYTES);
    expect(client.paused).to.equal(false);
    client.leave(CLIENT_PAUSE_BYTES + 1);
    expect(client.paused).to.equal(true);
    client.read();
    expect(client.paused).to.equal(false);
    client.leave(MAX_CLIENT_BACKLOG_BYTES);
    expect(client.ended).to.equal(undefined);
    client.leave(MAX_CLIENT_BACKLOG_BYTES + 1);
    expect(client.ended).to.equal('backlog');
  });

  it('does not count what all share, such as the list', () => {
    const client = new FakeSocket(new Backlogs());
    client.connection.allowBacklog(2 * MAX_CLIENT_BACKLOG_BYTES);
    client.leave(2 * MAX_CLIENT_BACKLOG_BYTES + CLIENT_PAUSE_BYTES);
    expect([client.paused, client.ended]).to.deep.equal([false, undefined]);
  });

  it('who reads slowly has not stalled, who reads nothing has', () => {
    const client = new FakeSocket(new Backlogs());
    client.leave(3 * CLIENT_PAUSE_BYTES);
    expect(client.connection.hasStalled()).to.equal(false);
    client.bufferedAmount -= 1;
    expect(client.connection.hasStalled()).to.equal(false);
    expect(client.connection.hasStalled()).to.equal(true);
    client.read();
    expect(client.connection.hasStalled()).to.equal(false);
  });

  it('of all together is bounded: who has left most is disconnected', () => {
    const backlogs = new Backlogs(1_000_000);
    const clients = Array.from({ length: 5 }, () => new FakeSocket(backlogs));
    for (const [at, client] of clients.entries()) client.leave(100_000 * (at + 1));
    expect(clients.map(({ ended }) => ended)).to.deep.equal([
      ...[undefined, undefined, undefined, undefined],
      'backlog',
    ]);
    expect(backlogs.bytes).to.equal(1_000_000);
    clients[0]!.read();
    expect(backlogs.bytes).to.equal(900_000);
  });
});

/** As `/metrics` says it. */
async function metric(test: TestGateway, name: string): Promise<number> {
  const text = await (await fetch(`${test.http}/metrics`)).text();
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1) ?? 0);
}

async function unread(test: TestGateway): Promise<number> {
  return metric(test, 'emoney_gateway_backlog_bytes');
}

/** A WebSocket by hand, of which a test sends what it likes. */
async function handshake(test: TestGateway): Promise<Socket> {
  const { port } = test.gateway;
  const socket = connectSocket(port, '127.0.0.1');
  const head = [
    'GET /v1 HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Protocol: emoney.v1.protobuf',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  await new Promise((resolve) => socket.once('data', resolve));
  return socket;
}
