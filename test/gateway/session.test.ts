import { expect } from 'chai';
import { GATEWAY_DEADLINE_MS } from '../../actors/bounds.js';
import { v1 } from '../../proto/generated/emoney.js';
import { startTestGateway, type TestGateway } from './harness.js';

const { Rejection, Outcome, Kind } = v1;

describe('gateway: sessions', () => {
  let test: TestGateway;
  beforeEach(async () => {
    test = await startTestGateway();
  });
  afterEach(async () => {
    await test.close();
  });

  it('HELLO opens a session at the terminal’s actor, and WELCOME tells what it gave', async () => {
    const client = await test.connect();
    const list = { incarnation: 1, sequence: 0 };
    const { welcome } = await client.hello('T1', { incarnation: 3, nextNumber: 12, list });
    expect(welcome).to.include({ terminal: 'T1', incarnation: 3 });
    expect(Number(welcome?.nextNumber)).to.equal(12);
    const { command } = test.partitions.received[0]!;
    expect(command.openSession).to.include({ terminal: 'T1', incarnation: 3, source: '' });
    expect(Number(command.openSession?.list?.incarnation)).to.equal(1);
  });

  it('HELLO is UNAVAILABLE when the list was lost before its terminal’s actor answered', async () => {
    const client = await test.connect();
    test.partitions.respond = () => undefined;
    const answer = client.hello('T1');
    await test.partitions.until(() => test.partitions.received.length === 1);
    // The first entry of another stream: what was held is void, and the end is not read yet.
    test.list.apply({ card: 'C1', reasons: ['LOST'], position: 1, version: { incarnation: 2, sequence: 1 } });
    const [opening] = test.partitions.received;
    test.partitions.reply(opening!, {
      welcomed: { terminal: 'T1', incarnation: 1, nextNumber: 1, session: 1 },
    });
    const { rejection } = await answer;
    expect(rejection?.code).to.equal(Rejection.REJECTION_UNAVAILABLE);
    expect(rejection?.retryAfterMs).to.be.above(0);
  });

  it('attaches session and incarnation to what the terminal says, and maps the answer', async () => {
    const client = await test.connect();
    const { welcome } = await client.hello('T1');
    client.send({ request: 2, purchase: { number: 1, card: 'C1', amount: 500, mark: 1, terminalTimeMs: 5 } });
    const { reply } = await client.answerTo(2);
    const { transact } = test.partitions.received.at(-1)!.command;
    expect(transact).to.deep.include({ kind: Kind.KIND_PURCHASE, card: 'C1' });
    expect(Number(transact?.session)).to.equal(Number(welcome?.session));
    expect(transact?.id).to.deep.include({ terminal: 'T1', incarnation: 7 });
    expect(reply).to.include({ outcome: Outcome.OUTCOME_APPROVED, text: 'Approved.', retryable: false });
    expect(Number(reply?.available)).to.equal(9_200);
    expect(Object.hasOwn(reply!, 'fits')).to.equal(false);
  });

  it('passes on an absent time, a negative amount and an enquiry without amount as they are', async () => {
    const client = await test.connect();
    await client.hello('T1');
    client.send({ request: 2, purchase: { number: 1, card: 'C1', amount: -5 } });
    await client.answerTo(2);
    client.send({ request: 3, enquiry: { number: 2, card: 'C1' } });
    await client.answerTo(3);
    const [purchase, enquiry] = test.partitions.received.slice(-2).map(({ command }) => command.transact!);
    expect(Number(purchase?.amount)).to.equal(-5);
    expect(Object.hasOwn(purchase!, 'terminalTimeMs')).to.equal(false);
    expect(Object.hasOwn(enquiry!, 'amount')).to.equal(false);
  });

  it('refuses with NO_SESSION what comes before WELCOME, or for a terminal of another connection', async () => {
    const other = await test.connect();
    await other.hello('T1');
    const client = await test.connect();
    client.send({ request: 2, purchase: { terminal: 'T1', number: 1, card: 'C1', amount: 1 } });
    const { rejection } = await client.answerTo(2);
    expect(rejection).to.include({ code: Rejection.REJECTION_NO_SESSION, retryAfterMs: 0 });
  });

  it('refuses with MALFORMED what has no number, no amount, or no terminal among several', async () => {
    const client = await test.connect();
    await client.hello('T1');
    const refused = async (body: v1.ClientMessage.$Properties): Promise<string> => {
      client.send({ request: 2, ...body });
      const { rejection } = await client.answerTo(2);
      expect(rejection?.code).to.equal(Rejection.REJECTION_MALFORMED);
      return rejection?.detail ?? '';
    };
    expect(await refused({ purchase: { card: 'C1', amount: 1 } })).to.contain('purchase.number');
    expect(await refused({ deposit: { number: 1, card: 'C1' } })).to.contain('deposit.amount');
    expect(await refused({ hello: { terminal: '' } })).to.contain('hello.terminal');
    expect(await refused({ hello: { terminal: 'x'.repeat(65) } })).to.contain('hello.terminal');
    await client.hello('T2');
    expect(await refused({ purchase: { number: 1, card: 'C1', amount: 1 } })).to.contain('purchase.terminal');
  });

  it('a concentrator speaks for many terminals, each by its own session', async () => {
    const client = await test.connect();
    for (const terminal of ['T1', 'T2', 'T3']) await client.hello(terminal);
    for (const terminal of ['T1', 'T2', 'T3']) {
      client.send({ request: 9, deposit: { terminal, number: 1, card: 'C1', amount: 1 } });
      const { reply } = await client.answerTo(9);
      expect(reply?.id?.terminal).to.equal(terminal);
    }
    const sessions = test.partitions.received
      .slice(-3)
      .map(({ command }) => Number(command.transact?.session));
    expect(new Set(sessions).size).to.equal(3);
  });

  it('passes reversals and outcome queries on', async () => {
    const client = await test.connect();
    await client.hello('T1');
    client.send({ request: 2, reversal: { number: 4, card: 'C1', mark: 2 } });
    expect((await client.answerTo(2)).reply?.outcome).to.equal(Outcome.OUTCOME_REVERSED);
    client.send({ request: 3, outcome: { number: 4 } });
    await client.answerTo(3);
    const [reverse, query] = test.partitions.received.slice(-2).map(({ command }) => command);
    expect(Number(reverse?.reverse?.id?.number)).to.equal(4);
    expect(Number(query?.queryOutcome?.id?.number)).to.equal(4);
  });

  it('passes a rejection of the partition on, with a hint when to come back', async () => {
    const client = await test.connect();
    await client.hello('T1');
    test.partitions.respond = () => ({ reject: Rejection.REJECTION_OVERLOADED, detail: 'full' });
    client.send({ request: 2, purchase: { number: 1, card: 'C1', amount: 1 } });
    const { rejection } = await client.answerTo(2);
    expect(rejection).to.include({ code: Rejection.REJECTION_OVERLOADED, detail: 'full' });
    expect(rejection?.retryAfterMs).to.be.greaterThan(0);
  });

  it('answers UNAVAILABLE when the partition is silent for GATEWAY_DEADLINE_MS, and drops the late answer', async () => {
    const client = await test.connect();
    await client.hello('T1');
    test.partitions.respond = () => undefined;
    client.send({ request: 2, purchase: { number: 1, card: 'C1', amount: 1 } });
    await test.partitions.until(() => test.partitions.received.length === 2);
    const late = test.partitions.received.at(-1)!;
    test.clock.advance(GATEWAY_DEADLINE_MS);
    const { rejection } = await client.answerTo(2);
    expect(rejection?.code).to.equal(Rejection.REJECTION_UNAVAILABLE);
    expect(rejection?.retryAfterMs).to.be.greaterThan(0);
    test.partitions.reply(late, { answered: { answer: { outcome: Outcome.OUTCOME_APPROVED } } });
    test.partitions.respond = () => ({ reject: Rejection.REJECTION_OVERLOADED });
    client.send({ request: 3, purchase: { number: 1, card: 'C1', amount: 1 } });
    expect(Number((await client.next()).request)).to.equal(3);
  });

  it('HELLO is UNAVAILABLE until the prohibition list was read to its end', async () => {
    const early = await startTestGateway({ listAvailable: false });
    try {
      const client = await early.connect();
      expect((await client.hello('T1')).rejection?.code).to.equal(Rejection.REJECTION_UNAVAILABLE);
      early.prohibitions.setAvailable(true);
      let answer = await client.hello('T1');
      while (answer.rejection != null) answer = await client.hello('T1');
      expect(answer.welcome?.terminal).to.equal('T1');
    } finally {
      await early.close();
    }
  });
});
