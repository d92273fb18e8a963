import { connect } from 'node:net';
import { expect } from 'chai';
import { OWNER_TIMEOUT_MS } from '../../actors/bounds.js';
import { startTestGateway, turn, type TestGateway } from './harness.js';

interface Readiness {
  readonly ready: boolean;
  readonly missing: readonly string[];
  readonly degraded: readonly string[];
}

describe('gateway: HTTP', () => {
  let test: TestGateway;
  beforeEach(async () => {
    test = await startTestGateway({ listAvailable: false });
  });
  afterEach(async () => {
    await test.close();
  });

  async function readyz(): Promise<{ status: number; body: Readiness }> {
    const response = await fetch(`${test.http}/readyz`);
    return { status: response.status, body: (await response.json()) as Readiness };
  }

  it('/healthz: the process lives', async () => {
    const response = await fetch(`${test.http}/healthz`);
    expect(response.status).to.equal(200);
    expect(await response.json()).to.deep.equal({ alive: true });
  });

  it('/readyz: 503 and what is missing, then 200', async () => {
    const before = await readyz();
    expect(before.status).to.equal(503);
    expect(before.body.ready).to.equal(false);
    expect(before.body.missing).to.deep.equal([
      'the prohibition list has not been read to its end',
      'nobody is heard to serve partition 0, 1, 2, 3',
    ]);
    test.prohibitions.setAvailable(true);
    test.partitions.heartbeat([0, 1, 3]);
    for (let turns = 0; turns < 4; turns += 1) await turn();
    expect((await readyz()).body.missing).to.deep.equal(['nobody is heard to serve partition 2']);
    test.partitions.heartbeat([2], false);
    for (let turns = 0; turns < 4; turns += 1) await turn();
    expect((await readyz()).status, 'recovering').to.equal(503);
    test.partitions.heartbeat([2]);
    for (let turns = 0; turns < 4; turns += 1) await turn();
    expect(await readyz()).to.deep.equal({ status: 200, body: { ready: true, missing: [], degraded: [] } });
  });

  it('/readyz: 503 says why a partition has stopped, until somebody serves it', async () => {
    test.prohibitions.setAvailable(true);
    test.partitions.heartbeat([0, 1, 3]);
    test.partitions.stopped(2, 'frame 7: bytes are no frame. Restore the stream');
    for (let turns = 0; turns < 4; turns += 1) await turn();
    expect(await readyz()).to.deep.equal({
      status: 503,
      body: {
        ready: false,
        missing: [
          'nobody is heard to serve partition 2',
          'partition 2 has stopped: frame 7: bytes are no frame. Restore the stream',
        ],
        degraded: [],
      },
    });
    test.partitions.heartbeat([2]);
    for (let turns = 0; turns < 4; turns += 1) await turn();
    expect((await readyz()).status).to.equal(200);
  });

  it('/readyz: 503 says which journal does not acknowledge, and why, until it does', async () => {
    test.prohibitions.setAvailable(true);
    test.partitions.heartbeat();
    test.partitions.silent(1, 'the journal has not acknowledged frame 7 for 3 s');
    for (let turns = 0; turns < 4; turns += 1) await turn();
    const { status, body } = await readyz();
    expect(status).to.equal(503);
    expect(body.missing).to.deep.equal(['partition 1: the journal has not acknowledged frame 7 for 3 s']);
    test.partitions.heartbeat();
    for (let turns = 0; turns < 4; turns += 1) await turn();
    expect((await readyz()).status).to.equal(200);
  });

  it('/readyz: 200 also when something is away without which payments go on, and says what', async () => {
    const degraded = ['Redis does not answer'];
    const other = await startTestGateway({ degraded: () => degraded });
    other.partitions.heartbeat();
    for (let turns = 0; turns < 4; turns += 1) await turn();
    const response = await fetch(`${other.http}/readyz`);
    expect([response.status, await response.json()]).to.deep.equal([
      200,
      { ready: true, missing: [], degraded },
    ]);
    await other.close();
  });

  it('answers who offers another protocol than WebSocket as if it had not, and closes', async () => {
    const healthz = await offered(test.gateway.port, '/healthz', 'h2c');
    expect(healthz)
      .to.match(/^HTTP\/1\.1 200 /)
      .and.match(/\r\nconnection: close\r\n/i);
    expect(healthz).to.contain('{"alive":true}');
    expect(await offered(test.gateway.port, '/readyz', 'h2c')).to.match(/^HTTP\/1\.1 503 /);
    expect(await offered(test.gateway.port, '/v1', 'h2c')).to.match(/^HTTP\/1\.1 426 /);
  });

  it('a refused handshake is closed by the gateway, also if the client keeps its half open', async () => {
    for (const path of ['/x', '/v1']) {
      expect(await offered(test.gateway.port, path, 'websocket')).to.match(/^HTTP\/1\.1 40[04] /);
    }
  });

  it('may be asked by HEAD, and by no method that would change something', async () => {
    for (const path of ['/healthz', '/metrics']) {
      const head = await fetch(`${test.http}${path}`, { method: 'HEAD' });
      expect([head.status, await head.text()]).to.deep.equal([200, '']);
    }
    const post = await fetch(`${test.http}/healthz`, { method: 'POST' });
    expect([post.status, post.headers.get('allow')]).to.deep.equal([405, 'GET, HEAD']);
  });

  it('/readyz: an owner that falls silent is missed again', async () => {
    test.prohibitions.setAvailable(true);
    test.partitions.heartbeat();
    for (let turns = 0; turns < 4; turns += 1) await turn();
    expect((await readyz()).status).to.equal(200);
    test.clock.advance(OWNER_TIMEOUT_MS + 1);
    expect((await readyz()).body.missing).to.deep.equal(['nobody is heard to serve partition 0, 1, 2, 3']);
  });

  it('/metrics: requests by kind and outcome, rejections by code, gauges, and the process', async () => {
    test.prohibitions.setAvailable(true);
    for (let turns = 0; turns < 4; turns += 1) await turn();
    const client = await test.connect();
    await client.hello('T1');
    for (const number of [1, 2]) client.send({ request: 5, purchase: { number, card: 'C1', amount: 1 } });
    await client.answerTo(5);
    await client.answerTo(5);
    client.webSocket.send(Buffer.from([7]));
    await client.answerTo(0);
    client.send({ request: 6, exit: { number: 3, card: 'C1' } });
    await client.answerTo(6);
    client.send({ request: 6, refund: { number: 4, card: 'C1' } });
    await client.answerTo(6);
    const response = await fetch(`${test.http}/metrics`);
    expect(response.headers.get('content-type')).to.contain('text/plain');
    const text = await response.text();
    for (const line of [
      'emoney_gateway_requests_total{kind="purchase",outcome="APPROVED"} 2',
      'emoney_gateway_requests_total{kind="hello",outcome="OK"} 1',
      'emoney_gateway_requests_total{kind="malformed",outcome="REJECTED"} 1',
      'emoney_gateway_requests_total{kind="exit",outcome="APPROVED"} 1',
      'emoney_gateway_requests_total{kind="refund",outcome="REJECTED"} 1',
      'emoney_gateway_rejections_total{code="MALFORMED",by="gateway"} 2',
      'emoney_gateway_request_seconds_count 6',
      'emoney_gateway_connections 1',
      'emoney_gateway_terminals 1',
      'emoney_gateway_pending 0',
      'emoney_gateway_list_version 0',
      'emoney_gateway_list_acknowledgement_seconds_count 0',
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
    ]) {
      expect(text).to.contain(line);
    }
  });

  it('everything else: 404 in JSON that says where to look; the WebSocket path without upgrade: 426', async () => {
    for (const path of ['/nothing', '/constructor', '/healthz/x']) {
      const response = await fetch(`${test.http}${path}`);
      expect(response.status).to.equal(404);
      expect(((await response.json()) as { error: string }).error).to.contain('/readyz');
    }
    for (const path of ['/', '/v1']) {
      const response = await fetch(`${test.http}${path}`);
      expect(response.status).to.equal(426);
      expect(response.headers.get('upgrade')).to.equal('websocket');
      expect(((await response.json()) as { error: string }).error).to.match(
        /^this is a gateway of emoney: .* WebSocket .*; \/healthz, \/readyz, \/metrics are read by GET$/,
      );
    }
    const raw = await offered(test.gateway.port, '/', 'h2c');
    expect(raw).to.match(/\r\nupgrade: websocket\r\nconnection: upgrade, close\r\n/i);
  });
});

/** What comes until the gateway has closed the socket as a whole: this client never ends its half by itself. */
async function offered(port: number, path: string, protocol: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const head = [`GET ${path} HTTP/1.1`, 'Host: localhost', 'Connection: Upgrade', `Upgrade: ${protocol}`];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  let text = '';
  socket.on('data', (data: Buffer) => (text += data.toString()));
  await new Promise((resolve) => socket.once('end', resolve));
  // Nobody takes what is written to it now: a reset, where the gateway has not kept its own half.
  const reset = new Promise((resolve) => socket.once('error', resolve));
  const writing = setInterval(() => socket.write('x'), 5);
  await reset;
  clearInterval(writing);
  return text;
}
