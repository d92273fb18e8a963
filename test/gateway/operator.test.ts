import { expect } from 'chai';
import { MAX_DESCRIBED } from '../../actors/bounds.js';
import { partitionOf } from '../../actors/runtime/placement.js';
import { v1 } from '../../proto/generated/emoney.js';
import { fromInteger } from '../../proto/guard.js';
import { mergeTotals } from '../../gateway/totals.js';
import { plainOf, typeOf } from './plain.js';
import { PARTITIONS, SECRET, startTestGateway, turn, type TestGateway } from './harness.js';

const { Rejection, Outcome } = v1;

describe('gateway: operators', () => {
  let test: TestGateway;
  beforeEach(async () => {
    test = await startTestGateway();
  });
  afterEach(async () => {
    await test.close();
  });

  const operatorBodies: v1.ClientMessage.$Properties[] = [
    { issueCard: { card: 'C1', terms: {} } },
    { registerTerminal: { terminal: 'T1', role: v1.TerminalRole.TERMINAL_ROLE_PURCHASE } },
    { changeLimit: { card: 'C1', limit: 5 } },
    {
      changeProhibition: {
        card: 'C1',
        reason: v1.ProhibitionReason.PROHIBITION_REASON_LOST,
        prohibited: true,
      },
    },
    { activateCard: { card: 'C1' } },
    { changePolicy: { card: 'C1', policy: { creditFlag: true, zones: ['A'] }, expectedVersion: 4 } },
    { choosePin: { card: 'C1', pin: '4711' } },
    { unblockPin: { card: 'C1' } },
    { replaceCard: { card: 'C1', device: 2, note: 'lost' } },
    { storeValue: { card: 'C1', reference: 'S1', amount: 2_000, note: 'bonus' } },
    { cancelStore: { card: 'C1', reference: 'S1', note: 'late' } },
    { adjustCard: { card: 'C1', reference: 'A1', adjustment: { loan: -5 }, note: 'waived' } },
    { returnCollection: { card: 'C1', order: 'O1' } },
    { describeCards: { cards: ['C1'] } },
    { describeTerminals: { terminals: ['T1'] } },
    { describeTotals: { terminals: ['T1'] } },
    { describeSystem: {} },
    { readJournal: { partition: 0 } },
    { readSnapshots: { partition: 0 } },
  ];

  it('refuses every operator message of a connection that has not given the secret', async () => {
    const client = await test.connect();
    await client.hello('T1');
    const before = test.partitions.received.length;
    for (const body of operatorBodies) {
      client.send({ request: 2, ...body });
      const { rejection } = await client.answerTo(2);
      expect(rejection?.code, JSON.stringify(body)).to.equal(Rejection.REJECTION_UNAUTHORIZED);
    }
    // Whatever the protocol has for operators, now and later; it begins at 20.
    const names = typeOf('ClientMessage').oneofsArray[0]!.fieldsArray.filter(({ id }) => id > 20);
    for (const { name } of names) {
      client.send({ request: 3, [name]: {} });
      expect((await client.answerTo(3)).rejection?.code, name).to.equal(Rejection.REJECTION_UNAUTHORIZED);
    }
    expect(test.partitions.received).to.have.length(before);
  });

  it('refuses a wrong secret, and closes with 1008 after three', async () => {
    const client = await test.connect();
    for (const secret of ['', 'wrong', `${SECRET} `]) {
      client.send({ request: 2, operatorHello: { secret } });
      expect((await client.answerTo(2)).rejection?.code).to.equal(Rejection.REJECTION_UNAUTHORIZED);
    }
    expect((await client.closed).code).to.equal(1008);
  });

  it('the right secret opens the rights on this connection, and on no other', async () => {
    const client = await test.connect();
    client.send({ request: 2, operatorHello: { secret: SECRET } });
    expect((await client.answerTo(2)).operatorWelcome?.deployment).to.equal('test');
    client.send({ request: 3, describeSystem: {} });
    expect((await client.answerTo(3)).system?.deployment).to.equal('test');
    const other = await test.connect();
    other.send({ request: 3, describeSystem: {} });
    expect((await other.answerTo(3)).rejection?.code).to.equal(Rejection.REJECTION_UNAUTHORIZED);
  });

  it('passes commands to the partition of their card or terminal', async () => {
    const client = await test.operator();
    const commands = operatorBodies.filter((body) => !/^(describe|read)/.test(Object.keys(body)[0]!));
    for (const [index, body] of commands.entries()) {
      client.send({ request: 2, ...body });
      expect((await client.answerTo(2)).acknowledged?.outcome).to.equal(Outcome.OUTCOME_APPROVED);
      expect(test.partitions.received[index]?.partition).to.equal(
        partitionOf('registerTerminal' in body ? 'T1' : 'C1', PARTITIONS),
      );
      const [[name, said]] = Object.entries(body) as [[string, object]];
      const { command } = test.partitions.received[index]!;
      if (name === 'choosePin') expect(command.body).to.equal('setPin');
      else {
        expect(plainOf('Command', command), name).to.deep.equal({ [name]: said });
      }
    }
    expect(test.partitions.received).to.have.length(commands.length);
    for (const [name, said] of commands.map((body) => Object.entries(body)[0]!)) {
      client.send({ request: 4, [name]: { ...(said as object), card: 'C1 ', terminal: 'T1 ' } });
      const { rejection } = await client.answerTo(4);
      expect(rejection?.code, name).to.equal(Rejection.REJECTION_MALFORMED);
      expect(rejection?.detail).to.match(new RegExp(`^${name}\\.(card|terminal): `));
    }
    expect(test.partitions.received, 'nothing of those').to.have.length(commands.length);
    client.send({ request: 3, issueCard: { card: ' C1' } });
    const { rejection } = await client.answerTo(3);
    expect(rejection?.code).to.equal(Rejection.REJECTION_MALFORMED);
    expect(rejection?.detail).to.contain('issueCard.card');
  });

  it('describes cards and terminals of all partitions in the order asked, each partition asked once', async () => {
    const client = await test.operator();
    const ids = Array.from({ length: 50 }, (_, index) => `X${index}`);
    const asked = [...ids, 'X3', 'X0'];
    client.send({ request: 2, describeCards: { cards: asked } });
    const { cards } = await client.answerTo(2);
    expect(cards?.cards?.map(({ id }) => id)).to.deep.equal(asked);
    expect(test.partitions.received).to.have.length(PARTITIONS);
    client.send({ request: 3, describeTerminals: { terminals: asked } });
    const { terminals } = await client.answerTo(3);
    expect(terminals?.terminals?.map(({ id }) => id)).to.deep.equal(asked);
  });

  it('answers at once when nothing is asked, and MALFORMED beyond MAX_DESCRIBED ids', async () => {
    const client = await test.operator();
    client.send({ request: 2, describeCards: {} });
    expect((await client.answerTo(2)).cards?.cards).to.deep.equal([]);
    const ids = Array.from({ length: MAX_DESCRIBED + 1 }, (_, index) => `X${index}`);
    client.send({ request: 3, describeCards: { cards: ids } });
    expect((await client.answerTo(3)).rejection?.code).to.equal(Rejection.REJECTION_MALFORMED);
    client.send({ request: 4, readSnapshots: { partition: 0, units: ids } });
    expect((await client.answerTo(4)).rejection?.code).to.equal(Rejection.REJECTION_MALFORMED);
    client.send({ request: 5, describeTotals: { terminals: ids.slice(1) } });
    expect((await client.answerTo(5)).totals?.terminals).to.have.length(MAX_DESCRIBED);
  });

  it('a partition that rejects is the answer to the whole question, once', async () => {
    const client = await test.operator();
    test.partitions.respond = () => ({ reject: Rejection.REJECTION_OVERLOADED });
    client.send({ request: 2, describeTotals: { terminals: ['T1'] } });
    expect((await client.answerTo(2)).rejection?.code).to.equal(Rejection.REJECTION_OVERLOADED);
    await turn();
    expect(client.unread).to.equal(0);
  });

  it('adds up the totals of all partitions by batch and business date, exactly', async () => {
    const client = await test.operator();
    const huge = 2n ** 61n - 1n;
    test.partitions.respond = ({ partition }) => ({
      totals: {
        partition,
        terminals: [
          {
            terminal: 'T1',
            position: 5,
            totals: [
              { batch: 2, businessDate: 20_260_105, purchases: counted(1, 10n), enquiries: 2 },
              ...(partition === 1
                ? [{ batch: 1, businessDate: 20_260_104, declines: counted(3, huge) }]
                : []),
              ...(partition > 1 ? [{ batch: 1, businessDate: 20_260_105, deposits: counted(1, huge) }] : []),
            ],
          },
        ],
      },
    });
    client.send({ request: 2, describeTotals: { terminals: ['T2', 'T1'] } });
    const [none, sum] = (await client.answerTo(2)).totals?.terminals ?? [];
    expect(none).to.deep.include({ terminal: 'T2' });
    expect(none?.totals).to.deep.equal([]);
    expect(Number(sum?.position)).to.equal(0);
    const lines = (sum?.totals ?? []).map(({ batch, businessDate }) => [batch, businessDate]);
    expect(lines).to.deep.equal([
      [1, 20_260_104],
      [1, 20_260_105],
      [2, 20_260_105],
    ]);
    const [first, second, third] = sum?.totals ?? [];
    expect(String(first?.declines?.amount)).to.equal(String(huge));
    expect(String(second?.deposits?.amount)).to.equal(String(2n * huge));
    expect(String(second?.deposits?.parts?.restoredLoan)).to.equal(String(2n * huge));
    expect(Number(third?.purchases?.count)).to.equal(4);
    expect(String(third?.purchases?.amount)).to.equal('40');
    expect(Number(third?.enquiries)).to.equal(8);
  });

  it('asks for the rows that a partition had no room for, and names the ids that any had none for', async () => {
    const client = await test.operator();
    test.partitions.respond = ({ command: { describeTotals }, partition }) => {
      const { terminals, firstRow } = describeTotals!;
      const businessDate = 20_260_101 + (firstRow ?? 0);
      const totals = [{ batch: 1, businessDate, purchases: counted(1, 1n) }];
      const nextRow = partition === 1 && (firstRow ?? 0) < 2 ? (firstRow ?? 0) + 1 : 0;
      const leftOut = partition === 2 ? terminals!.slice(1) : [];
      const found = terminals!.slice(0, partition === 2 ? 1 : undefined);
      return {
        totals: { partition, leftOut, terminals: found.map((each) => ({ terminal: each, totals, nextRow })) },
      };
    };
    client.send({ request: 2, describeTotals: { terminals: ['T1', 'T2'] } });
    const { totals } = await client.answerTo(2);
    expect(totals?.leftOut).to.deep.equal(['T2']);
    const [whole, ...others] = totals?.terminals ?? [];
    expect(others).to.deep.equal([]);
    const rows = whole?.totals?.map(({ businessDate, purchases }) => [
      businessDate,
      Number(purchases?.count),
    ]);
    expect(rows).to.deep.equal([
      [20_260_101, PARTITIONS],
      [20_260_102, 1],
      [20_260_103, 1],
    ]);
    client.send({ request: 3, describeTotals: { terminals: ['T1'], firstRow: 1 } });
    expect((await client.answerTo(3)).rejection?.code).to.equal(Rejection.REJECTION_MALFORMED);
  });

  it('leaves no line and no part of the totals out of the sum', () => {
    const field = (of: string, but: readonly string[] = []) =>
      typeOf(of)
        .fieldsArray.map(({ name }) => name)
        .filter((name) => !but.includes(name));
    const parts = field('Parts');
    const counts = ['enquiries', 'entries'];
    const lines = field('BatchTotals', ['batch', 'businessDate', ...counts]);
    const batchOf = (factor: number): Record<string, unknown> => ({
      batch: 1,
      businessDate: 20_260_105,
      ...Object.fromEntries(counts.map((name, index) => [name, factor * (index + 1)])),
      ...Object.fromEntries(
        lines.map((name, line) => {
          const part = (index: number): number => factor * (line * 100 + index);
          const split = Object.fromEntries(parts.map((each, index) => [each, part(index + 3)]));
          return [name, { count: part(1), amount: part(2), parts: split }];
        }),
      ),
    });
    const described = [1, 10, 100].map((factor) => ({ terminal: 'T1', totals: [batchOf(factor)] }));
    const [sum] = mergeTotals(['T1'], described);
    const { totals } = plainOf('TotalsDescription', sum!);
    expect(totals).to.deep.equal([batchOf(111)]);
  });

  it('describes the system from heartbeats and list', async () => {
    const client = await test.operator();
    await client.hello('T1');
    test.partitions.heartbeat([0, 2]);
    for (let turns = 0; turns < 4; turns += 1) await turn();
    client.send({ request: 2, describeSystem: {} });
    const { system } = await client.answerTo(2);
    expect(system).to.include({ partitionCount: PARTITIONS, connectedTerminals: 1 });
    expect(system?.rules).to.include({ currency: 'JPY', timeZone: 'Asia/Tokyo' });
    expect(system?.partitions?.map(({ worker }) => worker)).to.deep.equal(['fake', '', 'fake', '']);
    expect(Number(system?.partitions?.[2]?.lastSequence)).to.equal(42);
    expect(Number(system?.list?.incarnation)).to.equal(1);
  });

  it('reads a journal byte for byte, up to the bounds', async () => {
    await test.journals.create(1);
    const journal = await test.journals.open(1);
    const frames = Array.from({ length: 40 }, (_, index) => Buffer.alloc(30_000, index + 1));
    for (const [index, frame] of frames.entries()) await journal.append(frame, index);
    const client = await test.operator();
    client.send({ request: 2, readJournal: { partition: 1 } });
    const all = (await client.answerTo(2)).journal;
    expect(Number(all?.firstSequence)).to.equal(1);
    expect(Number(all?.lastSequence)).to.equal(40);
    // 512 KiB are 17.4 of them: the one that reaches the bound is the last.
    expect(all?.frames?.map((frame) => Buffer.compare(frame, frames[frame[0]! - 1]!))).to.deep.equal(
      Array.from({ length: 18 }, () => 0),
    );
    client.send({ request: 3, readJournal: { partition: 1, fromSequence: 39, limit: 10 } });
    const tail = (await client.answerTo(3)).journal;
    expect(tail?.frames?.map((frame) => frame[0])).to.deep.equal([39, 40]);
    client.send({ request: 4, readJournal: { partition: 1, fromSequence: 41 } });
    expect((await client.answerTo(4)).journal?.frames).to.deep.equal([]);
  });

  it('a journal that is missing or a partition that does not exist is a rejection', async () => {
    const client = await test.operator();
    client.send({ request: 2, readJournal: { partition: 2 } });
    expect((await client.answerTo(2)).rejection?.code).to.equal(Rejection.REJECTION_UNAVAILABLE);
    client.send({ request: 3, readJournal: { partition: PARTITIONS } });
    expect((await client.answerTo(3)).rejection?.code).to.equal(Rejection.REJECTION_MALFORMED);
  });

  it('reads snapshots as they are, absent ones too', async () => {
    const state = Buffer.from('state');
    await test.snapshots(1).writeUnits([{ unit: 'card/C1', generation: 2, sequence: 9, state }]);
    const client = await test.operator();
    client.send({ request: 2, readSnapshots: { partition: 1, units: ['card/C2', 'card/C1'] } });
    const { snapshots } = await client.answerTo(2);
    const [missing, found] = snapshots?.snapshots ?? [];
    expect(missing?.unit).to.equal('card/C2');
    expect(missing?.state ?? undefined).to.equal(undefined);
    expect(found).to.include({ unit: 'card/C1', generation: 2 });
    expect(Buffer.from(found!.state!).toString()).to.equal('state');
  });
});

function counted(count: number, amount: bigint): v1.CountedAmount.$Properties {
  const wire = fromInteger(amount, 'amount');
  return { count, amount: wire, parts: { value: wire, restoredLoan: wire } };
}
