import { expect } from 'chai';
import { GATEWAY_DEADLINE_MS } from '../../actors/bounds.js';
import { transactionKinds } from '../../gateway/transactions.js';
import { v1 } from '../../proto/generated/emoney.js';
import { plainOf } from './plain.js';
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
    expect(reply!.fits).to.equal(null);
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
    expect(purchase!.terminalTimeMs).to.equal(null);
    expect(enquiry!.amount).to.equal(null);
  });

  it('passes every kind of transaction on with what it holds, and nothing else', async () => {
    const client = await test.connect();
    await client.hello('T1');
    const tap = { number: 9, card: 'C1', device: 2, mark: 3, terminalTimeMs: 7 };
    const original = { terminal: 'T9', incarnation: 4, number: 5 };
    const money = { amount: 500, currency: 'JPY' };
    const cases: [v1.ClientMessage.$Properties, v1.Kind, object][] = [
      [{ purchase: { ...tap, ...money, partial: true } }, Kind.KIND_PURCHASE, { ...money, partial: true }],
      [{ deposit: { ...tap, ...money } }, Kind.KIND_DEPOSIT, money],
      [{ enquiry: tap }, Kind.KIND_ENQUIRY, {}],
      [{ refund: { ...tap, ...money, original } }, Kind.KIND_REFUND, { ...money, original }],
      [{ void: { ...tap, original } }, Kind.KIND_VOID, { original }],
      [{ void: tap }, Kind.KIND_VOID, {}],
      [{ unload: tap }, Kind.KIND_UNLOAD, {}],
      [{ entry: tap }, Kind.KIND_ENTRY, {}],
      [{ exit: tap }, Kind.KIND_FARE, {}],
    ];
    for (const [body, kind, more] of cases) {
      client.send({ request: 2, ...body });
      expect((await client.answerTo(2)).reply?.kind).to.equal(kind);
      const { transact } = test.partitions.received.at(-1)!.command;
      const { session, ...said } = withoutDefaults(plainOf('Transact', transact!));
      expect(session).to.be.above(0);
      expect(said).to.deep.equal({
        id: { terminal: 'T1', incarnation: 7, number: 9 },
        ...{ card: 'C1', kind, device: 2, mark: 3, terminalTimeMs: 7 },
        ...more,
      });
    }
  });

  it('answers with everything that the card said', async () => {
    const client = await test.connect();
    await client.hello('T1');
    const inside = { zone: 'A', gate: 'G1', timeMs: 11 };
    const answer = {
      ...{ outcome: Outcome.OUTCOME_APPROVED, amount: 1, parts: { value: 2, excess: 3, accountAsLoan: 4 } },
      ...{ balances: { storedValue: 5, loan: 6, limit: 16 }, creditFlag: true, fits: 7 },
      ...{ receiveTimeMs: 8, position: 9, remainder: 10, pinVerified: true, triesLeft: 0 },
      ...{ obstacle: v1.Obstacle.OBSTACLE_INSIDE, pending: 12, inside },
    };
    const said = plainOf('Answer', v1.Answer.create(answer), true);
    test.partitions.respond = () => ({ answered: { kind: Kind.KIND_FARE, card: 'C1', answer } });
    client.send({ request: 2, exit: { number: 1, card: 'C1' } });
    const { reply } = await client.answerTo(2);
    const got = plainOf('Reply', reply!, true);
    // What was recorded of a reversed original, and where a fare began, are between actors.
    const between = new Set(['original', 'originalParts', 'entered']);
    const kept = Object.entries(said).filter(([name]) => !between.has(name));
    for (const [name, value] of kept) expect(got[name], name).to.deep.equal(value);
    expect(got['available'], 'limit − loan').to.equal(10);
    expect(reply!.triesLeft, '0 tries left is not the same as no PIN').to.equal(0);
    test.partitions.respond = () => ({ answered: { answer: { outcome: Outcome.OUTCOME_APPROVED } } });
    client.send({ request: 3, exit: { number: 2, card: 'C1' } });
    const bare = (await client.answerTo(3)).reply;
    expect(bare).to.include({ triesLeft: null, inside: null, fits: null });
  });

  it('refuses with NO_SESSION what comes before WELCOME, or for a terminal of another connection', async () => {
    const other = await test.connect();
    await other.hello('T1');
    const client = await test.connect();
    client.send({ request: 2, purchase: { terminal: 'T1', number: 1, card: 'C1', amount: 1 } });
    const { rejection } = await client.answerTo(2);
    expect(rejection).to.include({ code: Rejection.REJECTION_NO_SESSION, retryAfterMs: 0 });
    for (const name of transactionKinds.keys()) {
      client.send({ request: 3, [name]: { terminal: 'T1', number: 1, card: 'C1' } });
      expect((await client.answerTo(3)).rejection?.code, name).to.equal(Rejection.REJECTION_NO_SESSION);
    }
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
    expect(await refused({ refund: { number: 1, card: 'C1', amount: 1 } })).to.contain('refund.original');
    const original = { terminal: 'T1', incarnation: 1, number: 1 };
    expect(await refused({ refund: { number: 1, card: 'C1', original } })).to.contain('refund.amount');
    expect(
      await refused({ refund: { number: 1, card: 'C1', amount: 1, original: { number: 1 } } }),
    ).to.contain('refund.original.terminal');
    expect(await refused({ void: { number: 1, card: 'C1', original: { terminal: ' ' } } })).to.contain(
      'void.original.terminal',
    );
    for (const name of ['refund', 'void', 'unload', 'entry', 'exit'] as const) {
      expect(await refused({ [name]: { card: 'C1', amount: 1 } })).to.contain(`${name}.number`);
    }
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
    expect(await (await fetch(`${test.http}/metrics`)).text()).to.contain(
      'emoney_gateway_rejections_total{code="UNAVAILABLE",by="deadline"} 1',
    );
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

/** proto3 has no difference between absent and 0, false or empty. */
function withoutDefaults(message: Record<string, unknown>): Record<string, unknown> {
  const present = (value: unknown): boolean =>
    Array.isArray(value)
      ? value.length > 0
      : value !== 0 && value !== '' && value !== false && value !== null;
  return Object.fromEntries(Object.entries(message).filter(([, value]) => present(value)));
}
