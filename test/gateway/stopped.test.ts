import { expect } from 'chai';
import { GATEWAY_DEADLINE_MS, OWNER_TIMEOUT_MS, STOPPED_PATIENCE_MS } from '../../actors/bounds.js';
import { partitionOf } from '../../actors/runtime/placement.js';
import { v1 } from '../../proto/generated/emoney.js';
import { PARTITIONS, startTestGateway, turn, type TestGateway } from './harness.js';

const { Outcome, PartitionState, Rejection } = v1;
const REASON = 'frame 7: bytes are no frame. Restore the stream';

/** An id that lives in this partition. */
function idIn(partition: number, prefix: string): string {
  for (let number = 1; ; number += 1) {
    if (partitionOf(`${prefix}${number}`, PARTITIONS) === partition) return `${prefix}${number}`;
  }
}

describe('gateway: a stopped partition', () => {
  const [till, stoppedTill] = [idIn(1, 'T'), idIn(2, 'T')];
  const [card, stoppedCard] = [idIn(1, 'C'), idIn(2, 'C')];
  let test: TestGateway;

  beforeEach(async () => {
    test = await startTestGateway();
    test.partitions.heartbeat();
    await heard();
  });
  afterEach(async () => {
    await test.close();
  });

  async function heard(): Promise<void> {
    for (let turns = 0; turns < 4; turns += 1) await turn();
  }

  /** Its own worker says that it has stopped it. */
  async function stop(partition = 2): Promise<void> {
    test.partitions.stopped(partition, REASON, 'fake');
    await heard();
  }

  it('is refused at once, with the reason; the others go on', async () => {
    const client = await test.connect();
    for (const terminal of [till, stoppedTill]) await client.hello(terminal);
    await stop();
    const received = test.partitions.received.length;
    client.send({ request: 2, purchase: { terminal: stoppedTill, number: 1, card, amount: 1 } });
    const { rejection } = await client.answerTo(2);
    expect(rejection).to.include({ code: Rejection.REJECTION_UNAVAILABLE });
    expect(rejection?.detail).to.equal(`partition 2 has stopped: ${REASON}`);
    expect(rejection?.retryAfterMs).to.be.above(0);
    expect(test.partitions.received).to.have.length(received);
    expect(await (await fetch(`${test.http}/metrics`)).text()).to.contain(
      'emoney_gateway_rejections_total{code="UNAVAILABLE",by="stopped"} 1',
    );
    client.send({ request: 3, purchase: { terminal: till, number: 1, card, amount: 1 } });
    expect((await client.answerTo(3)).reply?.outcome).to.equal(Outcome.OUTCOME_APPROVED);
  });

  it('what waits for it when it stops is told at once, also what waits for a card in it', async () => {
    const client = await test.connect();
    for (const terminal of [till, stoppedTill]) await client.hello(terminal);
    test.partitions.respond = () => undefined;
    client.send({ request: 2, purchase: { terminal: stoppedTill, number: 1, card, amount: 1 } });
    client.send({ request: 3, purchase: { terminal: till, number: 1, card: stoppedCard, amount: 1 } });
    client.send({ request: 4, purchase: { terminal: till, number: 2, card, amount: 1 } });
    await test.partitions.until(() => test.partitions.received.length === 5);
    await stop();
    for (const request of [2, 3]) {
      const { rejection } = await client.answerTo(request);
      expect(rejection?.detail).to.equal(`partition 2 has stopped: ${REASON}`);
    }
    test.clock.advance(GATEWAY_DEADLINE_MS);
    expect((await client.answerTo(4)).rejection?.detail).to.match(/^the partition did not answer/);
  });

  it('a payment with a card in it is refused after a moment, but what is recorded is still answered', async () => {
    const client = await test.connect();
    await client.hello(till);
    await stop();
    client.send({ request: 2, purchase: { number: 1, card: stoppedCard, amount: 1 } });
    expect((await client.answerTo(2)).reply?.outcome).to.equal(Outcome.OUTCOME_APPROVED);
    test.partitions.respond = () => undefined;
    client.send({ request: 3, purchase: { number: 2, card: stoppedCard, amount: 1 } });
    await test.partitions.until(() => test.partitions.received.length === 3);
    test.clock.advance(STOPPED_PATIENCE_MS);
    expect((await client.answerTo(3)).rejection?.detail).to.equal(`partition 2 has stopped: ${REASON}`);
  });

  it('is served as soon as another worker does, although one still says that it cannot', async () => {
    const client = await test.connect();
    await client.hello(stoppedTill);
    await stop();
    test.partitions.epoch += 1;
    test.partitions.heartbeat([2]);
    test.partitions.stopped(2, REASON);
    await heard();
    client.send({ request: 2, purchase: { number: 1, card: stoppedCard, amount: 1 } });
    expect((await client.answerTo(2)).reply?.outcome).to.equal(Outcome.OUTCOME_APPROVED);
  });

  it('an operator is told the state of each, and why', async () => {
    const client = await test.operator();
    await stop();
    test.partitions.heartbeat([1], false);
    await heard();
    client.send({ request: 2, describeSystem: {} });
    const { system } = await client.answerTo(2);
    expect(system?.partitions?.map(({ state }) => state)).to.deep.equal([
      PartitionState.PARTITION_STATE_SERVING,
      PartitionState.PARTITION_STATE_RECOVERING,
      PartitionState.PARTITION_STATE_STOPPED,
      PartitionState.PARTITION_STATE_SERVING,
    ]);
    expect(system?.partitions?.[2]).to.include({ stoppedBecause: REASON, stoppedBy: 'fake' });
    test.clock.advance(OWNER_TIMEOUT_MS + 1);
    client.send({ request: 3, describeSystem: {} });
    const later = (await client.answerTo(3)).system?.partitions?.map(({ state }) => state);
    expect(new Set(later)).to.deep.equal(new Set([PartitionState.PARTITION_STATE_UNHEARD]));
  });
});
