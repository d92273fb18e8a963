import type { Socket } from 'node:net';
import { expect } from 'chai';
import { CLIENT_PAUSE_BYTES, MAX_MESSAGES_PER_TURN } from '../../actors/bounds.js';
import { Inbox } from '../../gateway/inbox.js';
import { Ticker } from '../../gateway/ticker.js';
import { v1 } from '../../proto/generated/emoney.js';
import { startTestGateway, type TestGateway } from './harness.js';
import type { RawClient } from './rawClient.js';

/** Their answers are more than CLIENT_PAUSE_BYTES. */
const MANY = 10 * MAX_MESSAGES_PER_TURN;

describe('gateway: many messages at once', () => {
  let test: TestGateway;
  beforeEach(async () => {
    test = await startTestGateway();
  });
  afterEach(async () => {
    await test.close();
  });

  /** Questions that are answered as soon as they are read, in one write. */
  function flood(client: RawClient): void {
    const { _socket: socket } = client.webSocket as unknown as { _socket: Socket };
    socket.cork();
    for (let request = 1; request <= MANY; request += 1) client.send({ request, hello: {} });
    socket.uncork();
  }

  it('are all answered, once and in order, and others have their turn before the last', async () => {
    const [greedy, other] = [await test.connect(), await test.connect()];
    await other.hello('T1');
    flood(greedy);
    other.send({ request: 2, enquiry: { number: 1, card: 'C1' } });
    await other.answerTo(2);
    expect(greedy.unread).to.be.below(MANY);
    let bytes = 0;
    for (let request = 1; request <= MANY; request += 1) {
      const answer = await greedy.next();
      expect(Number(answer.request)).to.equal(request);
      bytes += v1.ServerMessage.encode(answer).finish().length;
    }
    expect(bytes).to.be.above(CLIENT_PAUSE_BYTES);
    greedy.send({ request: MANY + 1, hello: {} });
    expect(Number((await greedy.next()).request), 'nothing twice, and it is read again').to.equal(MANY + 1);
  });

  it('who is gone in the midst of them leaves nothing behind', async () => {
    const client = await test.connect();
    flood(client);
    await client.next();
    client.webSocket.terminate();
    for (;;) {
      const text = await (await fetch(`${test.http}/metrics`)).text();
      if (/^emoney_gateway_connections 0$/m.test(text)) break;
    }
    expect((await (await test.connect()).hello('T1')).welcome?.terminal).to.equal('T1');
  });
});

describe('gateway: inbox', () => {
  class FakeConnection {
    open = true;
    isPaused = false;
    isHeld = false;
    readonly taken: number[] = [];
    onTake: (() => void) | undefined;
    readonly inbox: Inbox;
    private ticks: (() => void)[] = [];
    private onRead: (() => void) | undefined;

    constructor() {
      const ticker = new Ticker((callback) => this.ticks.push(callback));
      const take = (data: Buffer): void => {
        this.taken.push(data.readUInt16BE());
        this.onTake?.();
      };
      this.inbox = new Inbox({ connection: this, ticker, take });
    }

    say(count: number, first = 0): void {
      for (let at = first; at < first + count; at += 1) {
        const data = Buffer.alloc(2);
        data.writeUInt16BE(at);
        this.inbox.add(data, true);
      }
    }

    /** False: nobody wants one. */
    tick(): boolean {
      const due = this.ticks.splice(0);
      for (const each of due) each();
      return due.length > 0;
    }

    read(): void {
      this.isPaused = false;
      this.onRead?.();
    }

    hold(): void {
      this.isHeld = true;
    }

    release(): void {
      this.isHeld = false;
    }

    afterRead(callback: () => void): void {
      this.onRead = callback;
    }
  }

  it('takes MAX_MESSAGES_PER_TURN in a turn, and reads no more until all have had theirs', () => {
    const client = new FakeConnection();
    client.say(MAX_MESSAGES_PER_TURN);
    expect(client.isHeld).to.equal(false);
    client.say(MAX_MESSAGES_PER_TURN + 1, MAX_MESSAGES_PER_TURN);
    expect([client.taken.length, client.isHeld]).to.deep.equal([MAX_MESSAGES_PER_TURN, true]);
    client.tick();
    expect([client.taken.length, client.isHeld]).to.deep.equal([2 * MAX_MESSAGES_PER_TURN, true]);
    client.tick();
    expect(client.isHeld).to.equal(false);
    expect(client.taken).to.deep.equal(Array.from({ length: 2 * MAX_MESSAGES_PER_TURN + 1 }, (_, at) => at));
    expect([client.tick(), client.tick()], 'who says nothing has no ticks').to.deep.equal([true, false]);
  });

  it('takes nothing from who does not read, waits for it without ticks, and then goes on in order', () => {
    const client = new FakeConnection();
    client.onTake = () => (client.isPaused = client.taken.length === 3);
    client.say(10);
    expect([client.taken.length, client.isHeld]).to.deep.equal([3, true]);
    expect([client.tick(), client.tick()]).to.deep.equal([true, false]);
    client.say(2, 10);
    expect(client.taken).to.have.length(3);
    client.read();
    expect(client.isHeld).to.equal(false);
    expect(client.taken).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it('drops what waits when the connection is closed, also by what was taken', () => {
    const client = new FakeConnection();
    client.say(2 * MAX_MESSAGES_PER_TURN);
    client.onTake = () => (client.open = false);
    client.tick();
    expect(client.taken).to.have.length(MAX_MESSAGES_PER_TURN + 1);
    expect([client.tick(), client.tick()]).to.deep.equal([true, false]);
    client.open = true;
    client.tick();
    expect(client.taken).to.have.length(MAX_MESSAGES_PER_TURN + 1);
  });
});
