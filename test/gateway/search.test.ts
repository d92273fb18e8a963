import { expect } from 'chai';
import { GATEWAY_DEADLINE_MS, MAX_FOUND } from '../../actors/bounds.js';
import { partitionOf } from '../../actors/runtime/placement.js';
import { subjectsOf } from '../../actors/runtime/subjects.js';
import { v1 } from '../../proto/generated/emoney.js';
import { PARTITIONS, startTestGateway, turn, type TestGateway } from './harness.js';
import type { RawClient } from './rawClient.js';

const { Rejection } = v1;
const subjects = subjectsOf('test');

type Respond = (
  partition: number,
  search: v1.Search,
) => v1.HistoryReply.$Properties | v1.Rejection | undefined;

describe('gateway: searches', () => {
  let test: TestGateway;
  let operator: RawClient;
  let asked: { readonly partition: number; readonly search: v1.Search }[];
  let respond: Respond;
  let epoch: number;
  let answersTo: string;

  beforeEach(async () => {
    test = await startTestGateway();
    operator = await test.operator();
    asked = [];
    epoch = 2;
    respond = (partition) => ({ sequence: 100 + partition, entries: [entryAt(partition, partition)] });
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      test.bus.subscribe(subjects.history(partition), (bytes) => {
        play(partition, bytes);
      });
    }
  });
  afterEach(async () => {
    await test.close();
  });

  function play(partition: number, bytes: Uint8Array): void {
    const { replyTo, items } = v1.Delivery.decode(bytes);
    answersTo = replyTo;
    for (const { correlation, command } of items) {
      const search = v1.HistoryRequest.decode(command!).search as v1.Search;
      asked.push({ partition, search });
      const response = respond(partition, search);
      if (response === undefined) continue;
      const item: v1.ReplyItem.$Properties =
        typeof response === 'number'
          ? { rejection: response, detail: `partition ${partition} refuses` }
          : { reply: v1.HistoryReply.encode(response).finish() };
      Object.assign(item, { correlation });
      test.bus.publish(replyTo, v1.Replies.encode({ partition, epoch, items: [item] }).finish());
    }
  }

  /** What is on its way has arrived: a message takes a few turns of the event loop. */
  async function settled(): Promise<void> {
    for (let turns = 0; turns < 8; turns += 1) await turn();
  }

  function entryAt(partition: number, time: number, sequence = 5): v1.HistoryEntry.$Properties {
    const event = { recordInterestPosted: { card: `C${partition}`, amount: time } };
    return { partition, sequence, index: 1, timeMs: 1_000 + time, event };
  }

  async function search(body: v1.Search.$Properties): Promise<v1.ServerMessage> {
    operator.send({ request: 9, search: body });
    return operator.answerTo(9);
  }

  function found({ searchResult }: v1.ServerMessage): number[] {
    return (searchResult?.entries ?? []).map(({ timeMs }) => Number(timeMs) - 1_000);
  }

  it('ask all partitions, and merge what they find, newest first', async () => {
    const answer = await search({ terminal: 'T1' });
    expect(asked.map(({ partition }) => partition)).to.have.members([0, 1, 2, 3]);
    expect(found(answer)).to.deep.equal([3, 2, 1, 0]);
    expect(answer.searchResult?.more).to.equal(false);
    const asOf = answer.searchResult?.asOf?.map(({ partition, sequence }) => [partition, Number(sequence)]);
    expect(asOf).to.deep.equal([0, 1, 2, 3].map((partition) => [partition, 100 + partition]));
  });

  it('ask the card’s partition alone for a card, and that of a terminal that is named with it', async () => {
    await search({ card: 'C1' });
    expect(asked.map(({ partition }) => partition)).to.deep.equal([partitionOf('C1', PARTITIONS)]);
    for (const named of [{ terminal: 'T1' }, { id: 'T1#1' }, { id: 'T1#1#4' }]) {
      asked = [];
      await search({ card: 'C1', ...named });
      const expected = new Set([partitionOf('C1', PARTITIONS), partitionOf('T1', PARTITIONS)]);
      expect(new Set(asked.map(({ partition }) => partition))).to.deep.equal(expected);
    }
  });

  it('are capped, and say when there are more', async () => {
    const many = Array.from({ length: 60 }, (_, at) => at);
    respond = (partition) => ({ entries: many.map((at) => entryAt(partition, at * 4 + partition)) });
    const capped = await search({});
    expect(asked[0]?.search.limit).to.equal(MAX_FOUND);
    expect(found(capped)).to.deep.equal(Array.from({ length: 100 }, (_, at) => 239 - at));
    expect(capped.searchResult?.more).to.equal(true);
    expect(found(await search({ limit: 5_000 }))).to.have.length(MAX_FOUND);
    const few = await search({ limit: 3 });
    expect(found(few)).to.deep.equal([239, 238, 237]);
    expect(asked.at(-1)?.search.limit).to.equal(3);
    expect(few.searchResult?.more).to.equal(true);
    respond = (partition) => ({ entries: [entryAt(partition, partition)], more: partition === 2 });
    expect((await search({})).searchResult?.more).to.equal(true);
    respond = (partition) => ({ entries: [entryAt(partition, partition)] });
    expect((await search({ limit: 4 })).searchResult?.more).to.equal(false);
    expect((await search({ limit: 3 })).searchResult?.more).to.equal(true);
  });

  it('order what is of one time by place', async () => {
    respond = (partition) => ({ entries: [7, 8].map((sequence) => entryAt(partition, 1, sequence)) });
    const { searchResult } = await search({ limit: 4 });
    const places = searchResult?.entries?.map(({ partition, sequence }) => [partition, Number(sequence)]);
    expect(places).to.deep.equal([
      ...[
        [3, 8],
        [3, 7],
      ],
      ...[
        [2, 8],
        [2, 7],
      ],
    ]);
  });

  it('are refused as a whole when one partition refuses', async () => {
    respond = (partition) => (partition === 2 ? Rejection.REJECTION_UNAVAILABLE : { entries: [] });
    const { rejection } = await search({});
    expect(rejection?.code).to.equal(Rejection.REJECTION_UNAVAILABLE);
    expect(rejection?.detail).to.equal('partition 2 refuses');
  });

  it('say which partition is away, and how far it was heard', async () => {
    test.partitions.heartbeat([0, 2]);
    await turn();
    respond = (partition) => (partition >= 2 ? undefined : { entries: [] });
    operator.send({ request: 9, search: {} });
    while (asked.length < PARTITIONS) await turn();
    await settled();
    test.clock.advance(GATEWAY_DEADLINE_MS);
    const { rejection } = await operator.answerTo(9);
    expect(rejection?.code).to.equal(Rejection.REJECTION_UNAVAILABLE);
    expect(rejection?.detail).to.include('partition 2 is away (last heard at frame 42)');
  });

  it('do not believe an owner that was replaced', async () => {
    test.partitions.epoch = 3;
    test.partitions.heartbeat();
    await turn();
    operator.send({ request: 9, search: {} });
    while (asked.length < PARTITIONS) await turn();
    await settled();
    test.clock.advance(GATEWAY_DEADLINE_MS);
    expect((await operator.answerTo(9)).rejection?.code).to.equal(Rejection.REJECTION_UNAVAILABLE);
    epoch = 3;
    expect(found(await search({}))).to.have.length(PARTITIONS);
  });

  it('are put again to a new owner, whose predecessor may never have got them', async () => {
    test.partitions.heartbeat();
    await settled();
    const silent = respond;
    respond = (partition, body) => (partition === 1 ? undefined : silent(partition, body));
    operator.send({ request: 9, search: {} });
    while (asked.length < PARTITIONS) await turn();
    respond = silent;
    test.partitions.epoch = epoch = 3;
    test.partitions.heartbeat([1], false);
    await settled();
    expect(asked).to.have.length(PARTITIONS);
    test.partitions.heartbeat([1]);
    expect(found(await operator.answerTo(9))).to.have.length(PARTITIONS);
    test.partitions.heartbeat([1]);
    await settled();
    expect(asked).to.have.length(PARTITIONS + 1);
    // Also one that was put while the new owner was heard, but did not serve yet.
    test.partitions.epoch = epoch = 4;
    test.partitions.heartbeat([1], false);
    await settled();
    respond = (partition, body) => (partition === 1 ? undefined : silent(partition, body));
    operator.send({ request: 9, search: {} });
    while (asked.length < 2 * PARTITIONS + 1) await turn();
    respond = silent;
    test.partitions.heartbeat([1]);
    expect(found(await operator.answerTo(9))).to.have.length(PARTITIONS);
  });

  it('are MALFORMED, with the field’s name, before anybody is asked', async () => {
    const wrong: readonly (readonly [v1.Search.$Properties, string])[] = [
      [{ card: ' C1' }, 'search.card'],
      [{ terminal: 'x'.repeat(65) }, 'search.terminal'],
      [{ id: 'T1#4294967296' }, 'search.id'],
      [{ fromMs: 5, toMs: 5 }, 'search.to_ms'],
      [{ fromMs: -1 }, 'search.from_ms'],
    ];
    for (const [body, field] of wrong) {
      const { rejection } = await search(body);
      expect(rejection?.code, field).to.equal(Rejection.REJECTION_MALFORMED);
      expect(rejection?.detail).to.include(field);
    }
    expect(asked).to.deep.equal([]);
  });

  it('are for operators only', async () => {
    const client = await test.connect();
    client.send({ request: 9, search: {} });
    const { rejection } = await client.answerTo(9);
    expect(rejection?.code).to.equal(Rejection.REJECTION_UNAUTHORIZED);
    expect(asked).to.deep.equal([]);
  });

  it('drop an answer that cannot be read, and go on', async () => {
    await search({});
    test.bus.publish(answersTo, Uint8Array.of(0xff));
    await settled();
    expect(test.log.at(-1)).to.include('cannot be read');
    respond = (partition) => ({ sequence: 1, entries: partition === 0 ? [entryAt(0, 7)] : [] });
    expect(found(await search({}))).to.deep.equal([7]);
  });
});
