import { expect } from 'chai';
import { CLIENT_RETRY_MAX_MS, FIRST_WINDOW, MAX_OPEN_IDS, OVERLOADED_RETRY_MS } from '../../actors/bounds.js';
import { partitionOf } from '../../actors/runtime/placement.js';
import { v1 } from '../../proto/generated/emoney.js';
import { until } from '../support/until.js';
import { PARTITIONS, startTestGateway, type TestGateway } from './harness.js';
import type { RawClient } from './rawClient.js';

const { Outcome, Rejection } = v1;

/** Terminals whose actors are in one partition. */
const NAMES = Array.from({ length: 200 }, (_, at) => `T${at}`).filter(
  (id) => partitionOf(id, PARTITIONS) === partitionOf('T1', PARTITIONS),
);

describe('gateway: admission', () => {
  let test: TestGateway;
  beforeEach(async () => {
    test = await startTestGateway();
  });
  afterEach(async () => {
    await test.close();
  });

  const transacts = (): readonly v1.Command[] =>
    test.partitions.received.map(({ command }) => command).filter(({ transact }) => transact != null);

  /** Takes whatever there is for one connection, with partitions that answer nothing. Returns how many were let in. */
  async function fill(client: RawClient, terminals: readonly string[]): Promise<number> {
    for (const terminal of terminals) await client.hello(terminal);
    test.partitions.respond = () => undefined;
    const before = transacts().length;
    let sent = 0;
    for (const terminal of terminals) {
      for (let number = 1; number <= MAX_OPEN_IDS; number += 1) {
        client.send({ request: 10 + sent, purchase: { terminal, number, card: 'C1', amount: 1 } });
        sent += 1;
      }
    }
    const admitted = (): number => transacts().length - before;
    await until(() => admitted() >= FIRST_WINDOW / 2 && admitted() + client.unread >= sent, {
      what: 'each is sent on or refused',
    });
    for (let refused = admitted(); refused < sent; refused += 1) {
      const { rejection } = await client.nextAnswer();
      expect(rejection?.code).to.equal(Rejection.REJECTION_OVERLOADED);
      expect(rejection?.retryAfterMs).to.be.within(OVERLOADED_RETRY_MS, CLIENT_RETRY_MAX_MS);
    }
    return admitted();
  }

  it('a connection gets half of a partition at most, whatever it asks for; others get the rest', async () => {
    const [greedy, other] = [await test.connect(), await test.connect()];
    await other.hello(NAMES[9]!);
    expect(await fill(greedy, NAMES.slice(0, 3))).to.equal(FIRST_WINDOW / 2);
    const refused = 3 * MAX_OPEN_IDS - FIRST_WINDOW / 2;
    expect(await (await fetch(`${test.http}/metrics`)).text()).to.contain(
      `emoney_gateway_rejections_total{code="OVERLOADED",by="window"} ${refused}`,
    );
    other.send({ request: 2, purchase: { number: 1, card: 'C1', amount: 1 } });
    await test.partitions.until(() => transacts().length === FIRST_WINDOW / 2 + 1);
  });

  it('other partitions have room of their own', async () => {
    const client = await test.connect();
    const elsewhere = Array.from({ length: 50 }, (_, at) => `E${at}`).find(
      (id) => partitionOf(id, PARTITIONS) !== partitionOf('T1', PARTITIONS),
    )!;
    await client.hello(elsewhere);
    const admitted = await fill(client, NAMES.slice(0, 3));
    client.send({ request: 2, purchase: { terminal: elsewhere, number: 1, card: 'C1', amount: 1 } });
    await test.partitions.until(() => transacts().length === admitted + 1);
  });

  it('never refuses a reversal, a question, or what was sent on before (D8)', async () => {
    const client = await test.connect();
    const admitted = await fill(client, NAMES.slice(0, 3));
    const terminal = NAMES[0]!;
    const card = 'C1';
    client.send({ request: 1, reversal: { terminal, number: 1, card } });
    client.send({ request: 2, outcome: { terminal, number: 1 } });
    client.send({ request: 3, purchase: { terminal, number: 1, card, amount: 1 } });
    const isSent = (): boolean =>
      test.partitions.received.some(({ command }) => command.reverse != null) &&
      test.partitions.received.some(({ command }) => command.queryOutcome != null) &&
      transacts().length === admitted + 1;
    await until(isSent, { what: 'all three are sent on' });
  });

  it('who repeats itself without end has nobody else refused, and has no room for anything new', async () => {
    const [greedy, other] = [await test.connect(), await test.connect()];
    await greedy.hello(NAMES[0]!);
    await other.hello(NAMES[9]!);
    test.partitions.respond = () => undefined;
    for (let copies = 0; copies < 2 * FIRST_WINDOW; copies += 1) {
      greedy.send({ request: 2, purchase: { number: 1, card: 'C1', amount: 1 } });
    }
    await test.partitions.until(() => transacts().length === 2 * FIRST_WINDOW);
    for (let number = 1; number <= FIRST_WINDOW / 2; number += 1) {
      other.send({ request: 3, purchase: { number, card: 'C1', amount: 1 } });
    }
    // Of 256 one is the first of the copies.
    await test.partitions.until(() => transacts().length === 2 * FIRST_WINDOW + FIRST_WINDOW / 2);
    expect(await (await fetch(`${test.http}/metrics`)).text()).to.match(
      new RegExp(`^emoney_gateway_admitted ${FIRST_WINDOW / 2 + 1}$`, 'm'),
    );
    greedy.send({ request: 4, purchase: { number: 2, card: 'C1', amount: 1 } });
    expect((await greedy.nextAnswer()).rejection?.code).to.equal(Rejection.REJECTION_OVERLOADED);
    for (const each of test.partitions.received.filter(({ command }) => command.transact != null)) {
      test.partitions.reply(each, { answered: { answer: { outcome: Outcome.OUTCOME_APPROVED } } });
    }
    for (let answers = 0; answers < 2 * FIRST_WINDOW; answers += 1) await greedy.answerTo(2);
    expect(await (await fetch(`${test.http}/metrics`)).text()).to.match(/^emoney_gateway_admitted 0$/m);
    greedy.send({ request: 5, purchase: { number: 2, card: 'C1', amount: 1 } });
    await test.partitions.until(() => transacts().length === 2 * FIRST_WINDOW + FIRST_WINDOW / 2 + 1);
  });

  it('takes more as soon as there is room, also what was refused before', async () => {
    const client = await test.connect();
    const admitted = await fill(client, NAMES.slice(0, 3));
    const waiting = test.partitions.received.filter(({ command }) => command.transact != null);
    for (const each of waiting) {
      test.partitions.reply(each, { answered: { answer: { outcome: Outcome.OUTCOME_APPROVED } } });
    }
    for (let answers = 0; answers < admitted; answers += 1) await client.nextAnswer();
    client.send({
      request: 5,
      purchase: { terminal: NAMES[2]!, number: MAX_OPEN_IDS, card: 'C1', amount: 1 },
    });
    await test.partitions.until(() => transacts().length === admitted + 1);
  });

  it('a refusal by the partition itself is passed on, and the number may be refused again', async () => {
    const client = await test.connect();
    await client.hello('T1');
    test.partitions.respond = () => ({ reject: Rejection.REJECTION_OVERLOADED, detail: 'full' });
    client.send({ request: 2, purchase: { number: 1, card: 'C1', amount: 1 } });
    const { rejection } = await client.answerTo(2);
    expect(rejection).to.include({ code: Rejection.REJECTION_OVERLOADED, detail: 'full' });
    const text = await (await fetch(`${test.http}/metrics`)).text();
    expect(text).to.match(/^emoney_gateway_admitted 0$/m);
    expect(text).to.match(/^emoney_gateway_refused_at_the_door_total 0$/m);
    expect(text).to.match(/^emoney_gateway_admission_window \d+$/m);
    expect(text).to.contain('emoney_gateway_rejections_total{code="OVERLOADED",by="partition"} 1');
  });
});
