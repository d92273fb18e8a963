import { expect } from 'chai';
import { CLIENT_PING_MS, MAX_CLIENT_MESSAGE_BYTES, WRONG_FRAME_GRACE_MS } from '../../actors/bounds.js';
import { v1 } from '../../proto/generated/emoney.js';
import { badBinary, badJson } from './codec/badMessages.js';
import { startTestGateway, turn, type TestGateway } from './harness.js';
import { RawClient } from './rawClient.js';

const { Rejection } = v1;

describe('gateway: WebSocket', () => {
  let test: TestGateway;
  beforeEach(async () => {
    test = await startTestGateway();
  });
  afterEach(async () => {
    await test.close();
  });

  async function handshakeError(url: string, subprotocols: string | string[]): Promise<string> {
    return RawClient.connect(url, subprotocols).then(
      () => 'connected',
      (error: unknown) => String(error),
    );
  }

  it('takes both subprotocols, at /v1 and at /', async () => {
    const root = test.gateway.url.replace('/v1', '/');
    for (const subprotocol of ['emoney.v1.protobuf', 'emoney.v1.json']) {
      for (const url of [test.gateway.url, root, `${test.gateway.url}?x=1`]) {
        const client = await RawClient.connect(url, subprotocol);
        expect(client.webSocket.protocol).to.equal(subprotocol);
        client.webSocket.terminate();
      }
    }
  });

  it('chooses the first that it speaks, in the client’s order', async () => {
    const client = await RawClient.connect(test.gateway.url, [
      'graphql-ws',
      'emoney.v1.json',
      'emoney.v1.protobuf',
    ]);
    expect(client.webSocket.protocol).to.equal('emoney.v1.json');
    client.webSocket.terminate();
  });

  it('refuses others at the handshake with 400, none as well, and another path with 404', async () => {
    expect(await handshakeError(test.gateway.url, 'mqtt')).to.contain('400');
    expect(await handshakeError(test.gateway.url, [])).to.contain('400');
    expect(await handshakeError(`${test.gateway.url}/x`, 'emoney.v1.json')).to.contain('404');
  });

  it('the refusal names both subprotocols', async () => {
    const { status, text } = await upgradeOverHttp(test.http);
    expect(status).to.equal(400);
    expect(text).to.contain('emoney.v1.protobuf').and.contain('emoney.v1.json');
  });

  it('speaks protobuf JSON', async () => {
    const client = await test.connect('emoney.v1.json');
    client.webSocket.send('{"request":"1","hello":{"terminal":"T1"}}');
    const { welcome } = await client.nextJson();
    expect(welcome).to.deep.include({ terminal: 'T1', incarnation: 7, nextNumber: '1' });
    await client.nextJson();
    client.webSocket.send('{"request":2,"purchase":{"number":1,"card":"C1","amount":"500"}}');
    const { reply } = await client.nextJson();
    expect(reply).to.deep.include({ outcome: 'OUTCOME_APPROVED', amount: '500', available: '9200' });
  });

  it('answers every malformed message with MALFORMED and its request number, and the connection stays', async () => {
    const client = await test.connect();
    for (const { name, data, request, problem } of badBinary) {
      client.webSocket.send(data);
      const { request: answered, rejection } = await client.next();
      expect(rejection?.code, name).to.equal(Rejection.REJECTION_MALFORMED);
      expect(rejection?.detail, name).to.match(problem);
      expect(Number(answered), name).to.equal(request);
    }
    expect((await client.hello('T1')).welcome?.terminal).to.equal('T1');
  });

  it('the same in JSON', async () => {
    const client = await test.connect('emoney.v1.json');
    for (const { name, data, request } of badJson) {
      client.webSocket.send(data.toString());
      const { request: answered, rejection } = await client.nextJson();
      expect(rejection?.['code'], name).to.equal('REJECTION_MALFORMED');
      expect(answered ?? '0', name).to.equal(String(request));
    }
  });

  it('in JSON it repeats the request number of a malformed message exactly, or none', async () => {
    const client = await test.connect('emoney.v1.json');
    const answers: [written: string, repeated: string | undefined][] = [
      ['9007199254740991', '9007199254740991'],
      ['"9007199254740993"', '9007199254740993'],
      ['"18446744073709551615"', '18446744073709551615'],
      ['"18446744073709551616"', undefined],
      // Rounded already when it was read.
      ['9007199254740993', undefined],
      ...['"0x10"', '[5]', 'true', '""', '" 5"', '"05"', '"1e3"', '-5', '5.5', 'null'].map(
        (written): [string, undefined] => [written, undefined],
      ),
    ];
    for (const [written, repeated] of answers) {
      client.webSocket.send(`{"request":${written},"hallo":{}}`);
      const { request, rejection } = await client.nextJson();
      expect([rejection?.['code'], request], written).to.deep.equal(['REJECTION_MALFORMED', repeated]);
    }
  });

  it('closes with 1003 on text in the protobuf subprotocol and on binary in the JSON one', async () => {
    const binary = await test.connect('emoney.v1.protobuf');
    binary.webSocket.send('hello');
    await advanceOnceArrived(test, binary);
    expect((await binary.closed).code).to.equal(1003);
    const json = await test.connect('emoney.v1.json');
    json.webSocket.send(Buffer.from([1]));
    await advanceOnceArrived(test, json);
    expect((await json.closed).code).to.equal(1003);
    expect((await (await test.connect()).hello('T1')).welcome).to.not.equal(null);
  });

  it('closes with 1009 on a message over MAX_CLIENT_MESSAGE_BYTES, and takes one of just that size', async () => {
    const client = await test.connect();
    client.webSocket.send(Buffer.alloc(MAX_CLIENT_MESSAGE_BYTES));
    expect((await client.next()).rejection?.code).to.equal(Rejection.REJECTION_MALFORMED);
    client.webSocket.send(Buffer.alloc(MAX_CLIENT_MESSAGE_BYTES + 1));
    expect(await client.closed).to.deep.equal({
      code: 1009,
      reason: `a message may have at most ${MAX_CLIENT_MESSAGE_BYTES} bytes`,
    });
    const json = await test.connect('emoney.v1.json');
    json.webSocket.send(' '.repeat(1_000_000));
    expect((await json.closed).code).to.equal(1009);
    expect((await (await test.connect()).hello('T1')).welcome).to.not.equal(null);
  });

  it('pings who is quiet, and disconnects who does not answer', async () => {
    const quiet = await test.connect();
    let pings = 0;
    quiet.webSocket.on('ping', () => (pings += 1));
    test.clock.advance(CLIENT_PING_MS);
    test.clock.advance(CLIENT_PING_MS);
    while (pings === 0) await turn();
    // It has answered the ping by itself.
    await arrived(quiet);
    test.clock.advance(CLIENT_PING_MS);
    expect(quiet.webSocket.readyState).to.equal(quiet.webSocket.OPEN);
    quiet.webSocket.pause();
    for (let count = 0; count < 3; count += 1) test.clock.advance(CLIENT_PING_MS);
    quiet.webSocket.resume();
    expect((await quiet.closed).code).to.equal(1006);
  });

  it('close() says 1001 to everyone and refuses who comes after', async () => {
    const clients = [await test.connect(), await test.connect('emoney.v1.json')];
    await test.gateway.close();
    for (const client of clients) expect((await client.closed).code).to.equal(1001);
    expect(await handshakeError(test.gateway.url, 'emoney.v1.json')).to.contain('ECONNREFUSED');
  });

  it('close() cuts who does not close by itself', async () => {
    const client = await test.connect();
    client.webSocket.pause();
    const closing = test.gateway.close();
    await turn();
    test.clock.advance(60_000);
    await closing;
    client.webSocket.resume();
    expect((await client.closed).code).to.be.oneOf([1001, 1006]);
  });
});

/** The gateway answers pings in order, so what was sent before one has arrived when its pong comes. */
async function arrived(client: RawClient): Promise<void> {
  await new Promise((resolve) => {
    client.webSocket.once('pong', resolve);
    client.webSocket.ping();
  });
}

async function advanceOnceArrived(test: TestGateway, client: RawClient): Promise<void> {
  await arrived(client);
  test.clock.advance(WRONG_FRAME_GRACE_MS);
}

async function upgradeOverHttp(address: string): Promise<{ status: number; text: string }> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-version': '13',
    };
    const asking = request(`${address}/v1`, { headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text });
      });
    });
    asking.once('error', reject);
    asking.end();
  });
}
