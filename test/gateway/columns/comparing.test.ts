import { expect } from 'chai';
import { DIFFERENCES_PAGE, MAX_COMPARISONS } from '../../../actors/bounds.js';
import { partitionOf } from '../../../actors/runtime/placement.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { FakeHistories } from '../fakeHistories.js';
import { PARTITIONS, startTestGateway, turn, type TestGateway } from '../harness.js';
import type { RawClient } from '../rawClient.js';

const { Column, Kind, Outcome, Rejection } = v1;
const TERMINAL = 'T1';
const HOME = partitionOf(TERMINAL, PARTITIONS);
/** When the terminal's journal was read. */
const READ_AT = 50;

function cardIn(partition: number): string {
  for (let number = 1; ; number += 1) {
    if (partitionOf(`C${number}`, PARTITIONS) === partition) return `C${number}`;
  }
}

function asked(number: number, card: string) {
  const id = { terminal: TERMINAL, incarnation: 1, number };
  return { id, card, kind: Kind.KIND_PURCHASE, amount: 500, batch: 3 };
}

type Entry = v1.HistoryEntry.$Properties;

function closed(number: number, card: string): Entry {
  const answer = { outcome: Outcome.OUTCOME_APPROVED, amount: 500, parts: { value: 500 } };
  const id = asked(number, card).id;
  return { opened: { transactionOpened: asked(number, card) }, event: { transactionClosed: { id, answer } } };
}

function moved(number: number, card: string): Entry {
  return { event: { recordMoved: { asked: asked(number, card), parts: { value: 500 } } } };
}

function closing(sequence: number, device: v1.BatchTotals.$Properties | null = null): Entry {
  return { sequence, event: { batchClosing: { terminal: TERMINAL, batch: 3, device, timeMs: 5 } } };
}

function report(...numbers: readonly number[]): Entry {
  const transactions = numbers.map((number) => {
    return { incarnation: 1, number, kind: Kind.KIND_PURCHASE, amount: 500 };
  });
  return { event: { batchReported: { terminal: TERMINAL, batch: 3, transactions } } };
}

describe('gateway: differences of a batch', () => {
  let test: TestGateway;
  let operator: RawClient;
  let histories: FakeHistories;
  let own: readonly Entry[];
  let open: readonly Entry[];
  /** By partition; undefined: it does not answer. */
  let center: (readonly Entry[] | undefined)[];

  beforeEach(async () => {
    test = await startTestGateway();
    operator = await test.operator();
    [own, open, center] = [[], [], [[], [], [], []]];
    histories = new FakeHistories(test.bus);
    histories.respond = ({ partition, request: { listBatch, listOpened } }) => {
      if (listOpened != null) return { entries: [...open], sequence: READ_AT };
      if (listBatch?.own === true) return page(own, listBatch.after);
      const entries = center[partition];
      return entries === undefined
        ? { reject: Rejection.REJECTION_UNAVAILABLE }
        : page(entries, listBatch?.after);
    };
  });
  afterEach(async () => {
    await test.close();
  });

  /** Two entries a page. */
  function page(
    entries: readonly Entry[],
    after: Uint8Array | null | undefined,
  ): v1.HistoryReply.$Properties {
    const at = after?.[0] ?? 0;
    const next = at + 2 < entries.length ? Uint8Array.of(at + 2) : new Uint8Array(0);
    return { entries: entries.slice(at, at + 2), next, sequence: READ_AT + 1 };
  }

  async function list(wanted: v1.ListDifferences.$Properties = {}): Promise<v1.ServerMessage> {
    operator.send({ request: 9, listDifferences: { terminal: TERMINAL, batch: 3, ...wanted } });
    return operator.answerTo(9);
  }

  function numbers({ differences }: v1.ServerMessage): number[] {
    return (differences?.differences ?? []).map(({ id }) => Number(id?.number));
  }

  it('gather the terminal’s column from its partition, and the center’s from all, in pages', async () => {
    const cards = [0, 1, 2, 3].map(cardIn);
    const all = cards.flatMap((card, at) => [1, 2, 3].map((n) => ({ card, number: at * 3 + n })));
    own = [
      ...all.map(({ number, card }) => closed(number, card)),
      report(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
      closing(READ_AT),
    ];
    center = cards.map((card) =>
      all.filter((each) => each.card === card).map(({ number }) => moved(number, card)),
    );
    const { differences } = await list();
    expect(differences).to.deep.include({ terminal: TERMINAL, batch: 3, closed: true, deviceCompared: true });
    expect([Number(differences?.compared), Number(differences?.reported)]).to.deep.equal([12, 11]);
    const [only] = differences?.differences ?? [];
    expect(differences?.differences).to.have.length(1);
    expect(Number(only?.id?.number)).to.equal(12);
    expect(only?.lacking).to.deep.equal([Column.COLUMN_DEVICE]);
    expect(only?.device ?? undefined).to.equal(undefined);
    expect(only?.terminal).to.deep.include({ kind: Kind.KIND_PURCHASE, outcome: Outcome.OUTCOME_APPROVED });
    expect(Number(only?.center?.parts?.value)).to.equal(500);
    const opened = histories.asked.filter(({ request }) => request.listOpened != null);
    expect(opened.map(({ partition }) => partition)).to.deep.equal([HOME]);
    expect(histories.asked[0]).to.equal(opened[0]);
  });

  it('show what is in flight, and how the batch was settled', async () => {
    open = [{ opened: { transactionOpened: asked(4, cardIn(1)) } }];
    const settled = { terminal: TERMINAL, batch: 3, timeMs: 9, own: { batch: 3 } };
    own = [closing(READ_AT), { event: { batchSettled: settled } }];
    center[1] = [moved(4, cardIn(1))];
    const { differences } = await list();
    expect(differences?.differences?.[0]).to.deep.include({ inFlight: true, card: cardIn(1), lacking: [] });
    expect(Number(differences?.settled?.timeMs)).to.equal(9);
  });

  it('take a batch that was closed while they read for open', async () => {
    own = [closing(READ_AT + 1)];
    center[0] = [moved(4, cardIn(0))];
    const { differences } = await list();
    expect(differences?.closed).to.equal(false);
    expect(differences?.differences?.[0]?.inFlight).to.equal(true);
  });

  it('compare the sums of a device that reported no transactions', async () => {
    own = [closed(1, cardIn(0)), closing(READ_AT, { deposits: { count: 1, amount: 5 } })];
    center[0] = [moved(1, cardIn(0))];
    const { differences } = await list();
    expect(differences).to.deep.include({ deviceCompared: true });
    expect(differences?.differences?.[0]?.lacking).to.deep.equal([Column.COLUMN_DEVICE]);
  });

  it('go on without a partition that is away, and say so', async () => {
    own = [closed(1, cardIn(2)), closed(2, cardIn(3)), closing(READ_AT)];
    center[2] = undefined;
    const answer = await list();
    expect(answer.differences?.away).to.deep.equal([2]);
    expect(numbers(answer)).to.deep.equal([2]);
    expect(answer.differences?.deviceCompared ?? false).to.equal(false);
  });

  it('are refused when the terminal’s own partition is away, or a history fails', async () => {
    const respond = histories.respond;
    for (const [partition, reject] of [
      [HOME, Rejection.REJECTION_UNAVAILABLE],
      [2, Rejection.REJECTION_INTERNAL],
    ] as const) {
      histories.respond = (each) => (each.partition === partition ? { reject } : respond(each));
      expect((await list()).rejection?.code).to.equal(reject);
    }
  });

  it('come in pages, by number', async () => {
    own = [closing(READ_AT)];
    center[0] = [5, 3, 4, 1, 2].map((number) => moved(number, cardIn(0)));
    const first = await list({ limit: 2 });
    expect(numbers(first)).to.deep.equal([1, 2]);
    const second = await list({ limit: 2, after: first.differences?.next ?? null });
    expect(numbers(second)).to.deep.equal([3, 4]);
    const last = await list({ limit: DIFFERENCES_PAGE + 1, after: second.differences?.next ?? null });
    expect(numbers(last)).to.deep.equal([5]);
    expect(last.differences?.next).to.have.length(0);
  });

  it('are OVERLOADED beyond a number at once', async () => {
    const respond = histories.respond;
    histories.respond = () => undefined;
    for (let request = 1; request <= MAX_COMPARISONS; request += 1) {
      operator.send({ request, listDifferences: { terminal: TERMINAL, batch: 3 } });
    }
    while (histories.asked.length < MAX_COMPARISONS) await turn();
    expect((await list()).rejection?.code).to.equal(Rejection.REJECTION_OVERLOADED);
    test.clock.advance(60_000);
    for (let request = 1; request <= MAX_COMPARISONS; request += 1) await operator.answerTo(request);
    histories.respond = respond;
    expect((await list()).differences).not.to.equal(undefined);
  });

  it('are MALFORMED, with the field’s name, before anybody is asked', async () => {
    for (const [wrong, field] of [
      [{ terminal: ' T1' }, 'listDifferences.terminal'],
      [{ batch: 0 }, 'listDifferences.batch'],
      [{ after: Uint8Array.of(1) }, 'listDifferences.after'],
    ] as const) {
      const { rejection } = await list(wrong);
      expect(rejection?.code, field).to.equal(Rejection.REJECTION_MALFORMED);
      expect(rejection?.detail).to.include(field);
    }
    expect(histories.asked).to.deep.equal([]);
  });
});
