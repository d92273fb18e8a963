import { expect } from 'chai';
import { GATEWAY_DEADLINE_MS, MAX_CONNECTION_REQUESTS, MAX_DELIVERY_BYTES } from '../../actors/bounds.js';
import { partitionOf } from '../../actors/runtime/placement.js';
import { Outbox } from '../../gateway/outbox.js';
import { v1 } from '../../proto/generated/emoney.js';
import { until } from '../support/until.js';
import { PARTITIONS, startTestGateway, turn, type TestGateway } from './harness.js';

const { Outcome, Rejection } = v1;

describe('gateway: outbox', () => {
  const collect = () => {
    const published: { partition: number; delivery: v1.Delivery; bytes: number }[] = [];
    const ticks: (() => void)[] = [];
    const outbox = new Outbox({
      partitions: PARTITIONS,
      replyTo: 'gateway.here',
      soon: (callback) => ticks.push(callback),
      publish: (partition, bytes) =>
        published.push({ partition, delivery: v1.Delivery.decode(bytes), bytes: bytes.length }),
    });
    return { outbox, published, ticks };
  };

  it('what comes in one tick leaves as one Delivery for each partition, in order', () => {
    const { outbox, published, ticks } = collect();
    for (let correlation = 1; correlation <= 6; correlation += 1) {
      outbox.add(correlation % 2, correlation, Buffer.from([correlation]));
    }
    expect(published).to.have.length(0);
    expect(ticks).to.have.length(1);
    ticks[0]!();
    expect(published.map(({ partition }) => partition)).to.deep.equal([0, 1]);
    expect(published.map(({ delivery }) => delivery.replyTo)).to.deep.equal(['gateway.here', 'gateway.here']);
    expect(published[1]?.delivery.items.map(({ correlation }) => Number(correlation))).to.deep.equal([
      1, 3, 5,
    ]);
    outbox.add(0, 7, Buffer.from([7]));
    expect(ticks, 'the next tick').to.have.length(2);
  });

  it('a Delivery never exceeds MAX_DELIVERY_BYTES, and nothing is lost in between', () => {
    const { outbox, published, ticks } = collect();
    const command = Buffer.alloc(1_000, 1);
    for (let correlation = 1; correlation <= 1_000; correlation += 1) outbox.add(2, correlation, command);
    ticks[0]!();
    expect(Math.max(...published.map(({ bytes }) => bytes))).to.be.at.most(MAX_DELIVERY_BYTES);
    const correlations = published.flatMap(({ delivery }) =>
      delivery.items.map((item) => Number(item.correlation)),
    );
    expect(correlations).to.deep.equal(Array.from({ length: 1_000 }, (_, index) => index + 1));
    expect(published.length).to.be.at.most(5);
  });
});

describe('gateway: partitions', () => {
  let test: TestGateway;
  beforeEach(async () => {
    test = await startTestGateway();
  });
  afterEach(async () => {
    await test.close();
  });

  it('the messages that a connection sends together reach a partition together', async () => {
    const client = await test.connect();
    await client.hello('T1');
    const purchases = Array.from({ length: 50 }, (_, index) => ({
      number: index + 1,
      card: 'C1',
      amount: 1,
    }));
    const before = test.partitions.deliveries.length;
    // One write, so that they arrive in one piece.
    const frames = purchases.map((purchase, index) => ({ request: index + 2, purchase }));
    const socket = (client.webSocket as unknown as { _socket: { cork(): void; uncork(): void } })._socket;
    socket.cork();
    for (const frame of frames) client.send(frame);
    socket.uncork();
    for (const { request } of frames) expect((await client.answerTo(request)).reply).to.not.equal(null);
    const deliveries = test.partitions.deliveries.slice(before);
    expect(deliveries).to.have.length(1);
    expect(deliveries[0]?.partition).to.equal(partitionOf('T1', PARTITIONS));
  });

  it('drops the answer of an owner that is older than one that was heard (D1)', async () => {
    const client = await test.connect();
    await client.hello('T1');
    test.partitions.respond = () => undefined;
    test.partitions.epoch = 9;
    for (const request of [2, 3])
      client.send({ request, purchase: { number: request, card: 'C1', amount: 1 } });
    await test.partitions.until(() => test.partitions.received.length === 3);
    const [first, second] = test.partitions.received.slice(-2);
    const answer = (outcome: v1.Outcome) => ({ answered: { answer: { outcome } } });
    test.partitions.reply(second!, answer(Outcome.OUTCOME_CREDIT_LIMIT), 9);
    expect((await client.answerTo(3)).reply?.outcome).to.equal(Outcome.OUTCOME_CREDIT_LIMIT);
    // It waited for the older owner: it is sent to the newer one, and what the older still says is not passed on.
    await test.partitions.until(() => test.partitions.received.length === 4);
    const repeated = test.partitions.received.at(-1)!;
    expect(repeated.command).to.deep.equal(first!.command);
    test.partitions.reply(first!, answer(Outcome.OUTCOME_APPROVED), 8);
    test.partitions.reply(repeated, answer(Outcome.OUTCOME_APPROVED), 8);
    test.partitions.reply(repeated, answer(Outcome.OUTCOME_CARD_CLOSED), 9);
    expect((await client.nextAnswer()).reply?.outcome).to.equal(Outcome.OUTCOME_CARD_CLOSED);
  });

  it('also when only a heartbeat has told of the newer owner; other partitions go on', async () => {
    const client = await test.connect();
    const elsewhere = ['T2', 'T3', 'T4', 'T5'].find((id) => partitionOf(id, 4) !== partitionOf('T1', 4))!;
    for (const terminal of ['T1', elsewhere]) await client.hello(terminal);
    test.partitions.respond = () => undefined;
    for (const terminal of ['T1', elsewhere]) {
      client.send({ request: 2, purchase: { terminal, number: 1, card: 'C1', amount: 1 } });
    }
    await test.partitions.until(() => test.partitions.received.length === 4);
    const [own, other] = [partitionOf('T1', 4), partitionOf(elsewhere, 4)].map((partition) =>
      test.partitions.received.slice(2).find((each) => each.partition === partition)!,
    );
    test.partitions.epoch = 9;
    test.partitions.heartbeat([partitionOf('T1', 4)], false);
    test.partitions.reply(own!, { answered: { answer: { outcome: Outcome.OUTCOME_APPROVED } } }, 2);
    test.partitions.reply(other!, { answered: { answer: { outcome: Outcome.OUTCOME_REVERSED } } }, 2);
    expect((await client.nextAnswer()).reply?.outcome).to.equal(Outcome.OUTCOME_REVERSED);
    // Once the new owner takes commands, it gets those that were sent before.
    test.partitions.heartbeat([partitionOf('T1', 4)]);
    await test.partitions.until(() => test.partitions.received.length === 5);
    const again = test.partitions.received.at(-1)!;
    expect(again.command).to.deep.equal(own!.command);
    test.partitions.reply(again, { answered: { answer: { outcome: Outcome.OUTCOME_CARD_CLOSED } } }, 9);
    expect((await client.nextAnswer()).reply?.outcome).to.equal(Outcome.OUTCOME_CARD_CLOSED);
  });

  it('what is handed over is sent to the next owner in its order, once, and still has its deadline', async () => {
    const client = await test.connect();
    await client.hello('T1');
    test.partitions.heartbeat();
    test.partitions.respond = () => undefined;
    for (const request of [2, 3, 4])
      client.send({ request, purchase: { number: request, card: 'C1', amount: 1 } });
    await test.partitions.until(() => test.partitions.received.length === 4);
    test.clock.advance(GATEWAY_DEADLINE_MS - 1_000);
    test.partitions.epoch = 9;
    for (let beat = 0; beat < 3; beat += 1) test.partitions.heartbeat();
    await test.partitions.until(() => test.partitions.received.length === 7);
    for (let turns = 0; turns < 4; turns += 1) await turn();
    const numbers = test.partitions.received.map(({ command }) => Number(command.transact?.id?.number ?? 0));
    expect(numbers).to.deep.equal([0, 2, 3, 4, 2, 3, 4]);
    test.clock.advance(1_000);
    expect((await client.answerTo(2)).rejection?.code).to.equal(Rejection.REJECTION_UNAVAILABLE);
  });

  it('but not for a device that is gone: it repeats by itself', async () => {
    const [gone, client] = [await test.connect(), await test.connect()];
    await gone.hello('T1');
    await client.hello('T2');
    test.partitions.heartbeat();
    test.partitions.respond = () => undefined;
    for (const each of [gone, client])
      each.send({ request: 2, purchase: { number: 5, card: 'C1', amount: 1 } });
    await test.partitions.until(() => test.partitions.received.length === 4);
    gone.webSocket.terminate();
    const metrics = async (): Promise<string> => (await fetch(`${test.http}/metrics`)).text();
    const oneLeft = /^emoney_gateway_connections 1$/m;
    await until(async () => oneLeft.test(await metrics()), { what: 'the gateway has noticed' });
    test.partitions.epoch = 9;
    test.partitions.heartbeat();
    await test.partitions.until(() => test.partitions.received.length === 5);
    for (let turns = 0; turns < 4; turns += 1) await turn();
    const again = test.partitions.received.slice(4).map(({ command }) => command.transact?.id?.terminal);
    expect(again).to.deep.equal(['T2']);
  });

  it('bytes on its subject that are no replies harm nobody', async () => {
    const client = await test.connect();
    await client.hello('T1');
    test.partitions.garbage(test.partitions.received[0]!.replyTo);
    client.send({ request: 2, purchase: { number: 1, card: 'C1', amount: 1 } });
    expect((await client.answerTo(2)).reply?.outcome).to.equal(Outcome.OUTCOME_APPROVED);
    expect(test.log.join()).to.contain('cannot be read');
  });

  it('answers OVERLOADED beyond MAX_CONNECTION_REQUESTS, and takes more once some are answered', async () => {
    const client = await test.connect();
    await client.hello('T1');
    test.partitions.respond = () => undefined;
    const outcome = { number: 1 };
    for (let count = 0; count < MAX_CONNECTION_REQUESTS; count += 1) client.send({ request: 2, outcome });
    client.send({ request: 3, outcome });
    const { request, rejection } = await client.nextAnswer();
    expect(Number(request)).to.equal(3);
    expect(rejection?.code).to.equal(Rejection.REJECTION_OVERLOADED);
    expect(rejection?.retryAfterMs).to.be.greaterThan(0);
    // HELLO and all that were admitted.
    await test.partitions.until(() => test.partitions.received.length === 1 + MAX_CONNECTION_REQUESTS);
    test.partitions.reply(test.partitions.received.at(-1)!, { answered: { answer: {} } });
    expect(Number((await client.nextAnswer()).request)).to.equal(2);
    client.send({ request: 4, outcome });
    await test.partitions.until(() => test.partitions.received.length === 2 + MAX_CONNECTION_REQUESTS);
    await turn();
    expect(client.unread).to.equal(0);
  });
});
