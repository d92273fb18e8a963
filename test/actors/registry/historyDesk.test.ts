import { expect } from 'chai';
import { MemoryBus, MemoryBusServer } from '../../../actors/adapters/memory/bus.js';
import { HISTORY_QUESTIONS } from '../../../actors/bounds.js';
import { HistoryBehindError, NotServedError } from '../../../actors/history/errors.js';
import { createBusinessCalendar, dateOfDay, dayOf } from '../../../actors/money/businessDate.js';
import { fileEvent } from '../../../actors/registry/history.js';
import { originalsOutlet, serveHistory } from '../../../actors/registry/historyDesk.js';
import { encodeRules } from '../../../actors/registry/rules.js';
import { decodeFoundOriginal, encodeFindOriginal } from '../../../actors/registry/wire/historyCodec.js';
import { partitionOf } from '../../../actors/runtime/placement.js';
import { subjectsOf } from '../../../actors/runtime/subjects.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { thrownBy } from '../../support/thrownBy.js';
import { HistoryWorld, PARTITION } from '../history/world.js';
import { RULES } from '../money/samples.js';

const PARTITIONS = 4;
const subjects = subjectsOf('test');
const { Rejection } = v1;
const rules = encodeRules(RULES);
/** Of PARTITION. */
const CARD = cardIn(PARTITION);
const TIME = 1_767_582_000_000;

function cardIn(partition: number): string {
  for (let number = 1; ; number += 1) {
    if (partitionOf(`C${number}`, PARTITIONS) === partition) return `C${number}`;
  }
}

function askedOf(number: number, card = CARD): v1.Asked.$Properties {
  return {
    id: { terminal: 'T1', incarnation: 1, number },
    ...{ card, kind: v1.Kind.KIND_PURCHASE, amount: 2_000, digest: 1, batch: 3, businessDate: 20260105 },
    ...{ terminalTimeMs: TIME, openedTimeMs: TIME, mark: 1, oldestIncarnation: 1, device: 1 },
  };
}

function moved(number: number, card = CARD): Uint8Array {
  const recordMoved = {
    asked: askedOf(number, card),
    parts: { value: 1_200, loan: 800 },
    receiveTimeMs: TIME,
  };
  return v1.Event.encode({ recordMoved }).finish();
}

function declined(number: number): Uint8Array {
  const outcome = v1.Outcome.OUTCOME_CREDIT_LIMIT;
  return v1.Event.encode({ recordDeclined: { asked: askedOf(number), outcome } }).finish();
}

describe('questions to the histories of a worker', () => {
  let world: HistoryWorld;
  let bus: MemoryBus;
  let answers: { readonly epoch: number; readonly item: v1.ReplyItem.$Properties }[];
  let close: () => void;

  beforeEach(async () => {
    world = new HistoryWorld(fileEvent);
    const server = new MemoryBusServer();
    bus = new MemoryBus(server, world.clock);
    answers = [];
    bus.subscribe('answers', (bytes) => {
      const { items, epoch, partition } = v1.Replies.decode(bytes);
      expect(partition).to.equal(PARTITION);
      answers.push(...items.map((item) => ({ epoch: Number(epoch), item })));
    });
    await world.take();
    const shared = { subjects, history: world.history, partition: PARTITION, epoch: 77, rules };
    close = serveHistory({
      ...shared,
      bus: new MemoryBus(server, world.clock),
      log: (line) => world.log.push(line),
    });
  });

  async function caughtUp(): Promise<void> {
    await world.clock.runUntil(
      () => world.log.some((line) => line.includes('complete')),
      'the history is complete',
    );
  }

  function send(...requests: readonly (v1.HistoryRequest.$Properties | Uint8Array)[]): void {
    const items = requests.map((request, at) => ({
      correlation: at + 1,
      command: request instanceof Uint8Array ? request : v1.HistoryRequest.encode(request).finish(),
    }));
    bus.publish(subjects.history(PARTITION), v1.Delivery.encode({ replyTo: 'answers', items }).finish());
  }

  async function ask(request: v1.HistoryRequest.$Properties | Uint8Array): Promise<v1.ReplyItem.$Properties> {
    send(request);
    await world.clock.runUntil(() => answers.length > 0, 'the answer');
    return answers.pop()!.item;
  }

  function replyIn(item: v1.ReplyItem.$Properties): v1.HistoryReply {
    return v1.HistoryReply.decode(item.reply!);
  }

  it('are answered with events and their places, as of a frame, under the owner’s epoch', async () => {
    await caughtUp();
    world.acknowledgeBytes([moved(1), declined(2)]);
    send({ search: { card: CARD } });
    await world.clock.runUntil(() => answers.length > 0, 'the answer');
    const [{ epoch, item }] = answers as [{ epoch: number; item: v1.ReplyItem.$Properties }];
    expect(epoch).to.equal(77);
    const reply = replyIn(item);
    expect(Number(reply.sequence)).to.equal(world.tip.sequence);
    expect(reply.entries.map(({ event }) => (event as v1.Event).body)).to.deep.equal([
      'recordDeclined',
      'recordMoved',
    ]);
    const [entry] = reply.entries;
    expect([entry?.partition, Number(entry?.sequence), entry?.index]).to.deep.equal([
      PARTITION,
      world.tip.sequence,
      1,
    ]);
    expect(Number(entry?.timeMs)).to.equal(world.tip.time);
    expect(entry?.event?.recordDeclined?.asked?.card).to.equal(CARD);
  });

  it('list a batch with what opened each line', async () => {
    await caughtUp();
    const id = { terminal: 'T1', incarnation: 1, number: 1 };
    const transactionOpened = {
      id,
      card: 'C9',
      kind: v1.Kind.KIND_PURCHASE,
      amount: 5,
      batch: 3,
      timeMs: TIME,
    };
    const transactionClosed = { id, answer: { outcome: v1.Outcome.OUTCOME_APPROVED, amount: 5 } };
    world.acknowledgeBytes([
      v1.Event.encode({ transactionOpened }).finish(),
      v1.Event.encode({ transactionClosed }).finish(),
      moved(4),
    ]);
    const own = replyIn(await ask({ listBatch: { terminal: 'T1', batch: 3, own: true } }));
    expect(own.entries).to.have.length(1);
    expect(own.entries[0]?.opened?.transactionOpened?.card).to.equal('C9');
    expect(own.entries[0]?.event?.transactionClosed?.answer?.outcome).to.equal(v1.Outcome.OUTCOME_APPROVED);
    const center = replyIn(await ask({ listBatch: { terminal: 'T1', batch: 3 } }));
    expect(center.entries.map(({ event }) => Number(event?.recordMoved?.asked?.id?.number))).to.deep.equal([
      4,
    ]);
    expect(center.next).to.have.length(0);
  });

  it('list what a terminal has open, and the lines of its batch that stand by themselves', async () => {
    await caughtUp();
    const id = { terminal: 'T1', incarnation: 1, number: 1 };
    const transactionOpened = { id, card: 'C9', kind: v1.Kind.KIND_PURCHASE, amount: 5, batch: 3 };
    const of = { terminal: 'T1', batch: 3 };
    const transactions = [{ incarnation: 1, number: 7, kind: v1.Kind.KIND_PURCHASE, amount: 5 }];
    world.acknowledgeBytes([
      v1.Event.encode({ transactionOpened }).finish(),
      v1.Event.encode({ batchReported: { ...of, transactions } }).finish(),
      v1.Event.encode({ batchClosing: { ...of, timeMs: TIME } }).finish(),
    ]);
    const open = replyIn(await ask({ listOpened: of }));
    expect(open.entries.map(({ opened }) => opened?.transactionOpened?.card)).to.deep.equal(['C9']);
    expect(open.entries[0]?.event ?? undefined).to.equal(undefined);
    const own = replyIn(await ask({ listBatch: { ...of, own: true } }));
    expect(own.entries.map(({ event }) => (event as v1.Event).body)).to.deep.equal([
      'batchReported',
      'batchClosing',
    ]);
    expect(Number(own.entries[1]?.sequence)).to.equal(world.tip.sequence);
  });

  it('list matters with the events that began them', async () => {
    await caughtUp();
    const recordCollectionOrdered = {
      ...{ card: CARD, order: '7-3-9-0', settlement: 7, amount: 800 },
      transaction: { terminal: 'T1', incarnation: 1, number: 1 },
    };
    world.acknowledgeBytes([v1.Event.encode({ recordCollectionOrdered }).finish()]);
    const ordered = { matter: v1.Matter.MATTER_ORDERED, settlement: 7 };
    const collections = { matter: v1.Matter.MATTER_COLLECTION };
    const orders = async (listMatters: v1.ListMatters.$Properties) =>
      replyIn(await ask({ listMatters })).entries.map(({ event }) => event?.recordCollectionOrdered?.order);
    expect(await orders(ordered)).to.deep.equal(['7-3-9-0']);
    expect(await orders({ ...ordered, settlement: 6 })).to.deep.equal([]);
    expect(await orders(collections)).to.deep.equal(['7-3-9-0']);
    const recordCollectionConfirmed = { card: CARD, order: '7-3-9-0' };
    world.acknowledgeBytes([v1.Event.encode({ recordCollectionConfirmed }).finish()]);
    expect(await orders(ordered)).to.deep.equal(['7-3-9-0']);
    expect(await orders(collections)).to.deep.equal([]);
  });

  it('say what was owed at the end of a date, by the time of receipt, and as of which frame', async () => {
    await caughtUp();
    const dateOf = createBusinessCalendar(RULES.timeZone);
    const today = dateOf(world.clock.now());
    const owing = (loan: number, limit = 10_000): Uint8Array =>
      v1.Event.encode({
        recordMoved: {
          asked: askedOf(1),
          parts: { loan },
          balances: { loan, interest: 2, fareOwed: 1, limit },
        },
      }).finish();
    world.acknowledgeBytes([owing(800)]);
    const loansAt = async (businessDate: number) => replyIn(await ask({ listLoans: { businessDate } }));
    const loan = {
      ...{ card: CARD, fareOwed: 1, interest: 2, loan: 800, owed: 803, limit: 10_000, available: 9_200 },
    };
    const plain = ({ loans }: v1.HistoryReply) =>
      loans.map(({ card, ...amounts }) => ({
        card,
        ...Object.fromEntries(
          Object.keys(loan).flatMap((name) => {
            const amount = amounts[name as keyof typeof amounts];
            return name === 'card' ? [] : [[name, Number(amount)]];
          }),
        ),
      }));
    const now = await loansAt(today);
    expect([plain(now), now.over]).to.deep.equal([[loan], false]);
    expect(Number(now.sequence)).to.equal(world.tip.sequence);
    expect(plain(await loansAt(dateOfDay(dayOf(today) - 1)))).to.deep.equal([]);
    await world.clock.advance(86_400_000);
    const recordLimitChanged = { card: CARD, limit: 500 };
    world.acknowledgeBytes([v1.Event.encode({ recordLimitChanged }).finish()]);
    const then = await loansAt(today);
    expect([plain(then), then.over]).to.deep.equal([[loan], true]);
    const cut = await loansAt(dateOf(world.clock.now()));
    expect(plain(cut)).to.deep.equal([{ ...loan, limit: 500, available: -300 }]);
  });

  it('say what was compiled of business dates, whenever it was booked', async () => {
    await caughtUp();
    world.acknowledgeBytes([moved(1), moved(2), declined(3)]);
    await world.clock.advance(86_400_000);
    world.acknowledgeBytes([moved(4)]);
    const totals = async (listDayTotals: v1.ListDayTotals.$Properties) =>
      replyIn(await ask({ listDayTotals }));
    const range = { fromDate: 20260101, toDate: 20260131 };
    const [row, ...others] = (await totals(range)).totals;
    expect(others).to.deep.equal([]);
    expect([row?.businessDate, row?.terminal]).to.deep.equal([20260105, 'T1']);
    expect(Number(row?.totals?.purchases?.count)).to.equal(3);
    expect(Number(row?.totals?.purchases?.parts?.value)).to.equal(3_600);
    expect(Number(row?.totals?.declines?.amount)).to.equal(2_000);
    expect((await totals({ ...range, terminal: 'T1' })).totals).to.have.length(1);
    expect((await totals({ ...range, terminal: 'T' })).totals).to.deep.equal([]);
    expect((await totals({ fromDate: 20260106, toDate: 20260131 })).totals).to.deep.equal([]);
    const { rejection } = await ask({ listDayTotals: { fromDate: 20260199, toDate: 20260131 } });
    expect(rejection).to.equal(Rejection.REJECTION_MALFORMED);
  });

  it('are UNAVAILABLE while a damaged history is made anew, and then answered', async () => {
    await caughtUp();
    world.acknowledgeBytes([moved(1)]);
    expect(replyIn(await ask({ search: {} })).entries).to.have.length(1);
    world.store.damage();
    expect((await ask({ search: {} })).rejection).to.equal(Rejection.REJECTION_UNAVAILABLE);
    world.log.length = 0;
    await caughtUp();
    expect(replyIn(await ask({ search: {} })).entries).to.have.length(1);
  });

  it('are UNAVAILABLE, with how far it is, while the journal is read', async () => {
    for (let i = 1; i <= 200; i += 1)
      world.write({ kind: 'turns', turns: [{ units: ['u'], events: [moved(i)] }] });
    world.restart();
    await world.take();
    close();
    const shared = { subjects, history: world.history, partition: PARTITION, epoch: 78, bus, rules };
    serveHistory({ ...shared, log: () => undefined });
    const { rejection, detail } = await ask({ search: {} });
    expect(rejection).to.equal(Rejection.REJECTION_UNAVAILABLE);
    expect(detail).to.match(/partition 3 is being made: frame \d+ of \d+/);
    await caughtUp();
    expect(replyIn(await ask({ search: {} })).more).to.equal(true);
  });

  it('are MALFORMED where they cannot be read, and name the field', async () => {
    await caughtUp();
    const { rejection, detail } = await ask({ search: { card: ' x' } });
    expect(rejection).to.equal(Rejection.REJECTION_MALFORMED);
    expect(detail).to.include('search.card');
    expect((await ask(Uint8Array.of(0xff, 0xff))).rejection).to.equal(Rejection.REJECTION_MALFORMED);
    bus.publish(subjects.history(PARTITION), Uint8Array.of(0xff, 0xff, 0xff));
    await world.clock.settle();
    expect(world.log.at(-1)).to.include('cannot be read');
  });

  it('are INTERNAL, with the reason in the log only, where the store fails', async () => {
    await caughtUp();
    world.store.scan = async () => {
      throw new Error('a bad block');
    };
    const { rejection, detail } = await ask({ search: {} });
    expect(rejection).to.equal(Rejection.REJECTION_INTERNAL);
    expect(detail).not.to.include('block');
    expect(world.log.at(-1)).to.include('a bad block');
  });

  it('are OVERLOADED beyond a number at once', async () => {
    await caughtUp();
    send(...Array.from({ length: HISTORY_QUESTIONS + 2 }, () => ({ search: {} })));
    await world.clock.runUntil(() => answers.length === HISTORY_QUESTIONS + 2, 'all answers');
    const refused = answers.filter(({ item }) => item.rejection === Rejection.REJECTION_OVERLOADED);
    expect(refused).to.have.length(2);
    expect((await ask({ search: {} })).rejection ?? 0).to.equal(0);
  });

  it('are nobody’s once the partition is not served here', async () => {
    await caughtUp();
    close();
    send({ search: {} });
    await world.clock.runUntilIdle();
    expect(answers).to.deep.equal([]);
  });

  describe('the outlet for originals', () => {
    const find = (number: number, card = CARD): Uint8Array =>
      encodeFindOriginal({
        ask: Uint8Array.of(1),
        original: { terminal: 'T1', incarnation: 1, number },
        card,
      });

    it('finds the approved transaction of a card, also one of the very last frame', async () => {
      await caughtUp();
      const outlet = originalsOutlet(world.history, PARTITIONS);
      world.acknowledgeBytes([declined(2), moved(1), moved(3, 'another card')]);
      const original = decodeFoundOriginal(await world.finished(outlet(find(1)), 'the original'));
      expect(original).to.deep.include({ kind: 'PURCHASE', amount: 2_000, batch: 3, businessDate: 20260105 });
      expect(original?.parts).to.deep.include({ value: 1_200, loan: 800 });
      for (const number of [2, 3, 4]) {
        const found = await world.finished(outlet(find(number)), 'the answer');
        expect(decodeFoundOriginal(found), String(number)).to.equal(undefined);
      }
    });

    it('throws while it cannot say, so that it is asked again', async () => {
      const outlet = originalsOutlet(world.history, PARTITIONS);
      expect(await thrownBy(() => outlet(find(1)))).to.be.instanceOf(HistoryBehindError);
      expect(await thrownBy(() => outlet(find(1, cardIn(0))))).to.be.instanceOf(NotServedError);
      await caughtUp();
      expect(decodeFoundOriginal(await world.finished(outlet(find(1)), 'the answer'))).to.equal(undefined);
    });
  });
});
