import { expect } from 'chai';
import { LIST_RETRY_MS, LIST_UPDATE_ENTRIES, RETRY_MS } from '../../actors/bounds.js';
import { v1 } from '../../proto/generated/emoney.js';
import { startTestGateway, turn, type TestGateway } from './harness.js';
import type { RawClient } from './rawClient.js';

const { Rejection, ProhibitionReason } = v1;

describe('gateway: prohibition list', () => {
  let test: TestGateway;
  let position = 0;
  beforeEach(async () => {
    test = await startTestGateway();
  });
  afterEach(async () => {
    await test.close();
  });

  function prohibit(card: string, free = false): void {
    position += 1;
    test.prohibitions.put({ card, reasons: free ? [] : ['LIMIT'], position });
  }

  async function settled(): Promise<void> {
    for (let turns = 0; turns < 6; turns += 1) await turn();
  }

  async function update(client: RawClient): Promise<v1.ListUpdate> {
    const { listUpdate } = await client.next();
    return listUpdate as v1.ListUpdate;
  }

  const cardsOf = (pushed: v1.ListUpdate) => pushed.entries.map(({ card }) => card);

  it('pushes the whole list once to a connection, after the first WELCOME', async () => {
    for (const card of ['C1', 'C2', 'C3']) prohibit(card);
    prohibit('C2', true);
    await settled();
    const client = await test.connect();
    const { welcome } = await client.hello('T1');
    const pushed = await update(client);
    expect(pushed).to.include({ whole: true, more: false });
    expect(cardsOf(pushed).sort()).to.deep.equal(['C1', 'C3']);
    expect(pushed.entries[0]?.reasons).to.deep.equal([ProhibitionReason.PROHIBITION_REASON_LIMIT]);
    expect(Number(pushed.version?.sequence)).to.equal(4);
    expect(Number(welcome?.list?.sequence)).to.equal(4);
    await client.hello('T2');
    await settled();
    expect(client.unread).to.equal(0);
  });

  it('an empty list is pushed too: it must be acknowledged like any other', async () => {
    const client = await test.connect();
    await client.hello('T1');
    expect(await update(client)).to.include({ whole: true, more: false });
  });

  it('pushes nothing to who states the present version, and the whole list to who states another', async () => {
    prohibit('C1');
    await settled();
    const current = await test.connect();
    await current.hello('T1', { list: { incarnation: 1, sequence: 1 } });
    const stale = await test.connect();
    await stale.hello('T2', { list: { incarnation: 1, sequence: 0 } });
    expect(await update(stale)).to.include({ whole: true });
    await settled();
    expect(current.unread).to.equal(0);
    prohibit('C2');
    expect(cardsOf(await update(current))).to.deep.equal(['C2']);
  });

  it('sends a long list in pieces: the first replaces, the last completes', async () => {
    for (let card = 0; card < LIST_UPDATE_ENTRIES * 2 + 1; card += 1) prohibit(`C${card}`);
    await settled();
    const client = await test.connect();
    await client.hello('T1');
    const pushed = [await update(client), await update(client), await update(client)];
    expect(pushed.map(({ whole }) => whole)).to.deep.equal([true, false, false]);
    expect(pushed.map(({ more }) => more)).to.deep.equal([true, true, false]);
    expect(pushed.map(({ entries }) => entries.length)).to.deep.equal([500, 500, 1]);
  });

  it('pushes later changes, lifted ones too, as one update for all that came in one tick', async () => {
    const clients = [await test.connect(), await test.connect()];
    for (const [index, client] of clients.entries()) {
      await client.hello(`T${index}`);
      await update(client);
    }
    prohibit('C1');
    prohibit('C2');
    prohibit('C1', true);
    for (const client of clients) {
      const pushed = await update(client);
      expect(pushed).to.include({ whole: false, more: false });
      expect(Number(pushed.version?.sequence)).to.equal(3);
      const last = new Map(pushed.entries.map((entry) => [entry.card, entry.reasons?.length]));
      expect(last.get('C1')).to.equal(0);
      expect(last.get('C2')).to.equal(1);
    }
  });

  it('pushes the whole list when the stream was made anew', async () => {
    prohibit('C1');
    await settled();
    const client = await test.connect();
    await client.hello('T1');
    await update(client);
    test.prohibitions.recreate();
    prohibit('C9');
    const pushed = await update(client);
    expect(pushed).to.include({ whole: true });
    expect(cardsOf(pushed)).to.deep.equal(['C9']);
    expect(Number(pushed.version?.incarnation)).to.equal(2);
  });

  it('passes an acknowledgement on for every terminal of the connection, or for those named', async () => {
    const client = await test.connect();
    for (const terminal of ['T1', 'T2', 'T3']) await client.hello(terminal);
    const version = { incarnation: 1, sequence: 0 };
    client.send({ request: 2, listAcknowledgement: { version } });
    const all = await client.answerTo(2);
    expect(all.listAcknowledged?.terminals).to.equal(3);
    expect(Number(all.listAcknowledged?.version?.incarnation)).to.equal(1);
    client.send({ request: 3, listAcknowledgement: { version, terminals: ['T2', 'T2'] } });
    expect((await client.answerTo(3)).listAcknowledged?.terminals).to.equal(1);
    const held = test.partitions.received.flatMap(({ command }) => command.holdList ?? []);
    expect(held.map(({ terminal }) => terminal).sort()).to.deep.equal(['T1', 'T2', 'T2', 'T3']);
    expect(held.every(({ session }) => Number(session) > 0)).to.equal(true);
  });

  it('refuses an acknowledgement without version, or for a terminal without session', async () => {
    const client = await test.connect();
    await client.hello('T1');
    client.send({ request: 2, listAcknowledgement: {} });
    expect((await client.answerTo(2)).rejection?.code).to.equal(Rejection.REJECTION_MALFORMED);
    const version = { incarnation: 1, sequence: 0 };
    client.send({ request: 3, listAcknowledgement: { version, terminals: ['T1', 'T9'] } });
    expect((await client.answerTo(3)).rejection?.code).to.equal(Rejection.REJECTION_NO_SESSION);
    const silent = await test.connect();
    silent.send({ request: 4, listAcknowledgement: { version } });
    expect((await silent.answerTo(4)).rejection?.code).to.equal(Rejection.REJECTION_NO_SESSION);
  });

  it('says so when a terminal’s actor rejects the acknowledgement', async () => {
    const client = await test.connect();
    for (const terminal of ['T1', 'T2']) await client.hello(terminal);
    test.partitions.respond = ({ command }) =>
      command.holdList?.terminal === 'T1' ? { reject: Rejection.REJECTION_LIST_STALE } : { acknowledged: {} };
    client.send({ request: 2, listAcknowledgement: { version: { incarnation: 1, sequence: 0 } } });
    const { rejection } = await client.answerTo(2);
    expect(rejection?.code).to.equal(Rejection.REJECTION_LIST_STALE);
    expect(rejection?.detail).to.contain('T1');
    expect(rejection?.retryAfterMs, 'an older version is never right again').to.equal(0);
  });

  it('says to come back soon when the partition does not know the list yet', async () => {
    const client = await test.connect();
    await client.hello('T1');
    test.partitions.respond = () => ({ reject: Rejection.REJECTION_UNAVAILABLE });
    client.send({ request: 2, listAcknowledgement: { version: { incarnation: 1, sequence: 0 } } });
    expect((await client.answerTo(2)).rejection?.retryAfterMs).to.equal(LIST_RETRY_MS);
    client.send({ request: 3, purchase: { number: 1, card: 'C1', amount: 1 } });
    expect((await client.answerTo(3)).rejection?.retryAfterMs).to.equal(RETRY_MS);
  });

  it('measures the time from a push to the last acknowledgement; who leaves is not waited for', async () => {
    const [one, two, three] = [await test.connect(), await test.connect(), await test.connect()];
    for (const [index, client] of [one, two, three].entries()) await client.hello(`T${index}`);
    await settled();
    const count = async () => {
      const text = await (await fetch(`${test.http}/metrics`)).text();
      return /emoney_gateway_list_acknowledgement_seconds_count (\d+)/.exec(text)?.[1];
    };
    prohibit('C1');
    await settled();
    const acknowledgement = { request: 2, listAcknowledgement: { version: { incarnation: 1, sequence: 1 } } };
    one.send(acknowledgement);
    await one.answerTo(2);
    two.send(acknowledgement);
    await two.answerTo(2);
    expect(await count()).to.equal('0');
    three.webSocket.terminate();
    while ((await count()) === '0') await turn();
    expect(await count()).to.equal('1');
  });
});
