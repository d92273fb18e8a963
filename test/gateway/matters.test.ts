import { expect } from 'chai';
import { HISTORY_PAGE } from '../../actors/bounds.js';
import { v1 } from '../../proto/generated/emoney.js';
import { FakeHistories } from './fakeHistories.js';
import { startTestGateway, type TestGateway } from './harness.js';
import type { RawClient } from './rawClient.js';

const { Rejection, Matter } = v1;

describe('gateway: lists of matters', () => {
  let test: TestGateway;
  let operator: RawClient;
  let histories: FakeHistories;

  beforeEach(async () => {
    test = await startTestGateway();
    operator = await test.operator();
    histories = new FakeHistories(test.bus);
  });
  afterEach(async () => {
    await test.close();
  });

  async function list(listMatters: v1.ListMatters.$Properties): Promise<v1.ServerMessage> {
    operator.send({ request: 9, listMatters });
    return operator.answerTo(9);
  }

  function alertIn(partition: number): v1.HistoryEntry.$Properties {
    return { partition, sequence: 5, timeMs: 7, event: { recordAlerted: { card: `C${partition}` } } };
  }

  it('come partition by partition, page by page, until the last one has no more', async () => {
    histories.respond = ({ partition, request: { listMatters } }) =>
      partition === 1 && listMatters?.after?.length === 0
        ? { entries: [alertIn(1), alertIn(1)], next: Uint8Array.of(1, 2) }
        : { entries: partition === 2 ? [] : [alertIn(partition)] };
    const pages: (number | null | undefined)[][] = [];
    for (let after: Uint8Array = new Uint8Array(0); ;) {
      const { matters } = await list({ matter: Matter.MATTER_ALERT, settlement: 3, after });
      pages.push((matters?.entries ?? []).map(({ partition }) => partition));
      after = matters?.next ?? new Uint8Array(0);
      if (after.length === 0) break;
    }
    expect(pages).to.deep.equal([[0], [1, 1], [1], [], [3]]);
    const asked = histories.asked.map(({ partition, request: { listMatters } }) => {
      return [partition, [...(listMatters?.after ?? [])], listMatters?.matter, listMatters?.settlement];
    });
    expect(asked).to.deep.equal([
      ...[0, 1].map((partition) => [partition, [], Matter.MATTER_ALERT, 3]),
      [1, [1, 2], Matter.MATTER_ALERT, 3],
      ...[2, 3].map((partition) => [partition, [], Matter.MATTER_ALERT, 3]),
    ]);
    expect(histories.asked[0]?.request.listMatters?.limit).to.equal(HISTORY_PAGE);
  });

  it('have at most as many as are wanted, and never more than a page', async () => {
    await list({ matter: Matter.MATTER_ALERT, limit: 7 });
    await list({ matter: Matter.MATTER_ALERT, limit: HISTORY_PAGE + 1 });
    expect(histories.asked.map(({ request }) => request.listMatters?.limit)).to.deep.equal([7, HISTORY_PAGE]);
  });

  it('are refused as the partition refuses', async () => {
    histories.respond = () => ({ reject: Rejection.REJECTION_UNAVAILABLE });
    const { rejection } = await list({ matter: Matter.MATTER_ALERT });
    expect(rejection?.code).to.equal(Rejection.REJECTION_UNAVAILABLE);
  });

  it('go on only from where an answer said', async () => {
    for (const after of [Uint8Array.of(1), Uint8Array.of(0, 0, 0, 4)]) {
      const { rejection } = await list({ matter: Matter.MATTER_ALERT, after });
      expect(rejection?.code).to.equal(Rejection.REJECTION_MALFORMED);
      expect(rejection?.detail).to.include('listMatters.after');
    }
    expect(histories.asked).to.deep.equal([]);
  });
});
