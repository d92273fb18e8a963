import { expect } from 'chai';
import { v1 } from '../../proto/generated/emoney.js';
import { startTestGateway, turn, type TestGateway } from './harness.js';

describe('gateway: a command that is not answered', () => {
  let test: TestGateway;
  let reconnected: () => void;

  beforeEach(async () => {
    test = await startTestGateway({
      onReconnect: (callback) => {
        reconnected = callback;
        return () => undefined;
      },
    });
    await heartbeat();
  });
  afterEach(async () => {
    await test.close();
  });

  async function heartbeat(): Promise<void> {
    test.partitions.heartbeat();
    for (let turns = 0; turns < 4; turns += 1) await turn();
  }

  const lost: Record<string, () => Promise<void> | void> = {
    'another owner serves its partition': () => {
      test.partitions.epoch += 1;
      return heartbeat();
    },
    'its owner has lost its connection, and has another': () => {
      test.partitions.reconnections += 1;
      return heartbeat();
    },
    'the gateway has lost its connection, and has another': () => {
      reconnected();
    },
  };
  for (const [when, happens] of Object.entries(lost))
    it(`is sent again, once, when ${when}`, async () => {
      const client = await test.connect();
      await client.hello('T1');
      const { partitions } = test;
      const before = partitions.received.length;
      const answer = partitions.respond;
      partitions.respond = () => undefined;
      client.send({ request: 2, purchase: { number: 1, card: 'C1', amount: 1 } });
      await partitions.until(() => partitions.received.length === before + 1);
      await heartbeat();
      expect(partitions.received, 'the same owner, the same connection').to.have.length(before + 1);
      partitions.respond = answer;
      await happens();
      expect((await client.answerTo(2)).reply?.outcome).to.equal(v1.Outcome.OUTCOME_APPROVED);
      await heartbeat();
      expect(partitions.received).to.have.length(before + 2);
      const [first, again] = partitions.received.slice(before);
      expect(again?.command).to.deep.equal(first?.command);
    });

  it('is answered as it was done last: a session that was opened twice is the later one', async () => {
    const client = await test.connect();
    const { partitions } = test;
    partitions.respond = () => undefined;
    client.send({ request: 1, hello: { terminal: 'T1' } });
    await partitions.until(() => partitions.received.length === 1);
    partitions.reconnections += 1;
    await heartbeat();
    await partitions.until(() => partitions.received.length === 2);
    const [first, again] = partitions.received;
    if (first === undefined || again === undefined) throw new Error('unreachable');
    partitions.reply(first, { welcomed: { terminal: 'T1', incarnation: 1, nextNumber: 1, session: 5 } });
    partitions.reply(again, { welcomed: { terminal: 'T1', incarnation: 2, nextNumber: 1, session: 6 } });
    expect((await client.answerTo(1)).welcome?.incarnation).to.equal(2);
  });

  it('is not sent again because a heartbeat comes after the first answer', async () => {
    const fresh = await startTestGateway();
    const { partitions } = fresh;
    partitions.reconnections = 3;
    const client = await fresh.connect();
    await client.hello('T1');
    const answer = partitions.respond;
    partitions.respond = () => undefined;
    client.send({ request: 2, purchase: { number: 1, card: 'C1', amount: 1 } });
    await partitions.until(() => partitions.received.length === 2);
    partitions.heartbeat();
    for (let turns = 0; turns < 4; turns += 1) await turn();
    expect(partitions.received).to.have.length(2);
    const [, purchase] = partitions.received;
    const reply = purchase && answer(purchase);
    if (purchase === undefined || reply === undefined || 'reject' in reply) throw new Error('unreachable');
    partitions.reply(purchase, reply);
    expect((await client.answerTo(2)).reply?.outcome).to.equal(v1.Outcome.OUTCOME_APPROVED);
    await fresh.close();
  });
});
