import { expect } from 'chai';
import { partitionOf } from '../../actors/runtime/placement.js';
import { v1 } from '../../proto/generated/emoney.js';
import { PARTITIONS, startTestGateway, turn, type TestGateway } from './harness.js';
import type { RawClient } from './rawClient.js';

describe('gateway: the times of prohibitions', () => {
  let test: TestGateway;
  beforeEach(async () => {
    test = await startTestGateway();
    for (let partition = 0; partition < PARTITIONS; partition += 1) await test.journals.create(partition);
  });
  afterEach(async () => {
    await test.close();
  });

  async function settled(): Promise<void> {
    for (let turns = 0; turns < 8; turns += 1) await turn();
  }

  /** The center decides: a frame is stored, by the time of the journal's server. Returns its position. */
  async function decide(card: string): Promise<number> {
    const journal = await test.journals.open(partitionOf(card, PARTITIONS));
    const last = await journal.lastSequence();
    await journal.append(Uint8Array.of(1), last);
    return last + 1;
  }

  function publish(card: string, position: number, reasons: readonly 'LIMIT'[] = ['LIMIT']): void {
    test.prohibitions.put({ card, reasons, position });
  }

  async function connect(...terminals: string[]): Promise<RawClient> {
    const client = await test.connect();
    for (const terminal of terminals) await client.hello(terminal);
    await settled();
    return client;
  }

  async function acknowledge(client: RawClient, sequence: number): Promise<void> {
    client.send({ request: 9, listAcknowledgement: { version: { incarnation: 1, sequence } } });
    await client.answerTo(9);
  }

  async function metric(name: string): Promise<number> {
    await settled();
    const text = await (await fetch(`${test.http}/metrics`)).text();
    const found = text.split('\n').find((line) => line.startsWith(`emoney_gateway_${name} `));
    if (found === undefined) throw new Error(`no metric ${name} in\n${text}`);
    return Number(found.split(' ').at(-1));
  }

  it('from the commit of the decision to the arrival, and to the last recorded acknowledgement', async () => {
    const [one, two] = [await connect('T1', 'T2'), await connect('T3')];
    const position = await decide('C1');
    test.clock.advance(40);
    publish('C1', position);
    await settled();
    expect(await metric('prohibition_arrival_seconds_sum')).to.equal(0.04);
    expect(await metric('list_told_terminals')).to.equal(3);
    expect(await metric('list_unacknowledged_terminals')).to.equal(3);
    test.clock.advance(10);
    await acknowledge(one, 1);
    expect(await metric('list_unacknowledged_terminals')).to.equal(1);
    expect(await metric('prohibition_acknowledgement_seconds_count')).to.equal(0);
    test.clock.advance(25);
    await acknowledge(two, 1);
    expect(await metric('prohibition_acknowledgement_seconds_count')).to.equal(1);
    expect(await metric('prohibition_acknowledgement_seconds_sum')).to.equal(0.075);
    expect(await metric('prohibition_acknowledgement_seconds_bucket{le="0.05"}')).to.equal(0);
    expect(await metric('prohibition_acknowledgement_seconds_bucket{le="0.1"}')).to.equal(1);
    expect(await metric('list_unacknowledged_terminals')).to.equal(0);
  });

  it('an acknowledgement that its actor does not record is none', async () => {
    const client = await connect('T1');
    const { respond } = test.partitions;
    publish('C1', await decide('C1'));
    await settled();
    test.partitions.respond = () => ({ reject: v1.Rejection.REJECTION_UNAVAILABLE });
    await acknowledge(client, 1);
    expect(await metric('list_unacknowledged_terminals')).to.equal(1);
    expect(await metric('prohibition_acknowledgement_seconds_count')).to.equal(0);
    test.partitions.respond = respond;
    await acknowledge(client, 1);
    expect(await metric('prohibition_acknowledgement_seconds_count')).to.equal(1);
  });

  it('each prohibition of a burst counts, the cards of one frame as well; lifting does not', async () => {
    const client = await connect('T1');
    const here = Array.from({ length: 100 }, (_, at) => `C${at}`).filter(
      (card) => partitionOf(card, PARTITIONS) === partitionOf('C1', PARTITIONS),
    );
    const cards = ['C1', ...here.filter((card) => card !== 'C1').slice(0, 2)];
    const position = await decide('C1');
    for (const card of cards) publish(card, position);
    await settled();
    publish(cards[2] ?? '', position + 1, []);
    await settled();
    await acknowledge(client, 4);
    expect(await metric('prohibition_arrival_seconds_count')).to.equal(3);
    expect(await metric('prohibition_acknowledgement_seconds_count')).to.equal(3);
    publish('C1', await decide('C1'));
    await settled();
    await acknowledge(client, 5);
    expect(await metric('list_acknowledgement_seconds_count')).to.equal(3);
    expect(await metric('prohibition_acknowledgement_seconds_count'), 'it was prohibited before').to.equal(3);
  });

  it('what is read of the list at first is no news', async () => {
    publish('C1', await decide('C1'));
    await settled();
    const before = await metric('prohibition_arrival_seconds_count');
    expect(before).to.equal(1);
    test.prohibitions.recreate();
    for (const card of ['C1', 'C2']) publish(card, 1);
    await settled();
    expect(test.list.size).to.equal(2);
    expect(await metric('prohibition_arrival_seconds_count')).to.equal(before);
  });

  it('says how many could not be measured', async () => {
    const client = await connect('T1');
    publish('C1', 77);
    await settled();
    await acknowledge(client, 1);
    for (const part of ['arrival', 'acknowledgement']) {
      expect(await metric(`prohibitions_unmeasured_total{part="${part}"}`)).to.equal(1);
    }
    expect(await metric('prohibition_arrival_seconds_count')).to.equal(0);
    expect(await metric('prohibition_acknowledgement_seconds_count')).to.equal(0);
  });

  it('taps on prohibited cards, by what stopped them', async () => {
    const client = await connect('T1');
    const { respond } = test.partitions;
    let position = 0;
    test.partitions.respond = (received) => {
      const { transact } = received.command;
      if (transact == null) return respond(received);
      const answer: v1.Answer.$Properties = { outcome: v1.Outcome.OUTCOME_CARD_PROHIBITED, amount: 5 };
      if (position > 0) answer.position = position;
      return { answered: { id: transact.id ?? null, card: 'C1', answer } };
    };
    const tap = async (request: number) => {
      client.send({ request, purchase: { number: request, card: 'C1', amount: 5 } });
      await client.answerTo(request);
    };
    expect(await metric('prohibited_taps_total{stopped_by="card"}')).to.equal(0);
    await tap(20);
    position = 31;
    for (const request of [21, 22]) await tap(request);
    expect(await metric('prohibited_taps_total{stopped_by="list"}')).to.equal(1);
    expect(await metric('prohibited_taps_total{stopped_by="card"}')).to.equal(2);
  });
});
