import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { FORGOTTEN, FROZEN, FROZEN_BACK, WAYS } from '../../../simulator/chaos/passage.js';
import { TcpProxy } from '../../../simulator/chaos/tcpProxy.js';
import { until } from '../../support/until.js';

/** What is certainly said by now, if it passes at all. */
const A_WHILE_MS = 60;

/** Says back what it hears, behind a proxy. */
class Echo {
  readonly heard: Buffer[] = [];
  readonly #sockets: Socket[] = [];
  readonly server: Server = createServer({ allowHalfOpen: false }, (socket) => {
    this.#sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      this.heard.push(bytes);
      socket.write(bytes);
    });
  }).listen(0, '127.0.0.1');

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.server.close();
  }
}

class Client {
  text = '';
  isOver = false;
  readonly socket: Socket;

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1' });
    this.socket.on('error', () => undefined);
    this.socket.on('data', (bytes: Buffer) => {
      this.text += bytes.toString();
    });
    this.socket.on('close', () => {
      this.isOver = true;
    });
  }

  async says(text: string, answer = text): Promise<void> {
    this.socket.write(text);
    await until(() => this.text.endsWith(answer), { what: `${text} is said back` });
  }
}

describe('TCP proxy', () => {
  let echo: Echo;
  let proxy: TcpProxy;
  const clients: Client[] = [];
  beforeEach(async () => {
    echo = new Echo();
    await once(echo.server, 'listening');
    proxy = await TcpProxy.listen({ targets: () => [echo.port] });
  });
  afterEach(async () => {
    for (const { socket } of clients.splice(0)) socket.destroy();
    await proxy.close();
    echo.close();
  });

  function client(): Client {
    const one = new Client(proxy.port);
    clients.push(one);
    return one;
  }

  const aWhile = () => new Promise((resolve) => setTimeout(resolve, A_WHILE_MS));

  it('passes everything on, in order, and the end of a connection', async () => {
    const one = client();
    const much = Array.from({ length: 40_000 }, (_, at) => `${at}`).join(',');
    await one.says('hello');
    await one.says(much);
    expect(one.text).to.equal(`hello${much}`);
    one.socket.end();
    await until(() => one.isOver && proxy.size === 0, { what: 'the connection is over' });
  });

  it('frozen, passes nothing and no end, on old and new connections; healed, passes what waited', async () => {
    const [old, leaver] = [client(), client()];
    await old.says('a');
    await leaver.says('b');
    proxy.disturb(FROZEN);
    const young = client();
    old.socket.write('c');
    young.socket.write('d');
    leaver.socket.destroy();
    await aWhile();
    expect(Buffer.concat(echo.heard).toString()).to.equal('ab');
    expect([old.isOver, young.isOver]).to.deep.equal([false, false]);
    expect(proxy.size).to.equal(3);
    proxy.heal();
    await until(() => old.text === 'ac' && young.text === 'd', { what: 'what waited has passed' });
    await until(() => proxy.size === 2, { what: 'who left is gone' });
  });

  it('frozen in one direction, passes the other', async () => {
    const one = client();
    await one.says('a');
    proxy.disturb(FROZEN_BACK);
    one.socket.write('b');
    await until(() => Buffer.concat(echo.heard).toString() === 'ab', { what: 'it is heard' });
    await aWhile();
    expect(one.text).to.equal('a');
    proxy.heal();
    await until(() => one.text === 'ab', { what: 'the answer comes' });
  });

  it('forgets old connections and passes new ones', async () => {
    const old = client();
    await old.says('a');
    proxy.disturb(FORGOTTEN);
    old.socket.write('b');
    await client().says('c');
    await aWhile();
    expect(old).to.include({ text: 'a', isOver: false });
  });

  it('delays, and throttles', async () => {
    const one = client();
    await one.says('a');
    proxy.disturb({ ways: WAYS, delayMs: 40 });
    let began = performance.now();
    await one.says('b');
    expect(performance.now() - began).to.be.at.least(75);
    proxy.disturb({ ways: ['out'], bytesPerSecond: 10_000 });
    began = performance.now();
    one.socket.write('x'.repeat(500));
    await one.says('yz');
    expect(performance.now() - began).to.be.at.least(45);
  });

  it('cuts after so many bytes, whatever they are in the middle of', async () => {
    const one = client();
    await one.says('a');
    proxy.disturb({ ways: ['out'], cutAfterBytes: 3 });
    one.socket.write('bcdefg');
    await until(() => one.isOver, { what: 'it is cut' });
    await until(() => Buffer.concat(echo.heard).toString() === 'abcd', { what: 'the beginning was heard' });
    expect(proxy.size).to.equal(0);
  });

  it('shares connections among its targets, and leaves out those that do not answer', async () => {
    const other = new Echo();
    await once(other.server, 'listening');
    const ports = [echo.port, other.port];
    const shared = await TcpProxy.listen({ targets: () => ports });
    for (let at = 0; at < 4; at += 1) {
      const one = new Client(shared.port);
      clients.push(one);
      await one.says('a');
    }
    expect([echo.heard.length, other.heard.length]).to.deep.equal([2, 2]);
    other.close();
    await until(() => !other.server.listening, { what: 'nobody listens there' });
    for (let at = 0; at < 2; at += 1) {
      const one = new Client(shared.port);
      clients.push(one);
      await one.says('b');
    }
    await shared.close();
  });

  it('breaks a connection off when none of its targets answers', async () => {
    const nowhere = await TcpProxy.listen({ targets: () => [] });
    const one = new Client(nowhere.port);
    clients.push(one);
    await until(() => one.isOver, { what: 'it is over' });
    await nowhere.close();
  });
});
