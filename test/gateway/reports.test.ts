import { expect } from 'chai';
import { DAY_TOTALS_PAGE, LOANS_PAGE } from '../../actors/bounds.js';
import { v1 } from '../../proto/generated/emoney.js';
import { FakeHistories } from './fakeHistories.js';
import { PARTITIONS, startTestGateway, type TestGateway } from './harness.js';
import type { RawClient } from './rawClient.js';

const { Rejection } = v1;

describe('gateway: loans as at a date, and totals of business dates', () => {
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

  async function ask(body: v1.ClientMessage.$Properties): Promise<v1.ServerMessage> {
    operator.send({ request: 9, ...body });
    return operator.answerTo(9);
  }

  it('loans come partition by partition, page by page, each as of its frame', async () => {
    histories.respond = ({ partition, request: { listLoans } }) => ({
      sequence: 100 + partition,
      over: partition !== 2,
      loans: [{ card: `C${partition}`, owed: 5 }],
      next: partition === 1 && listLoans?.after?.length === 0 ? Uint8Array.of(1, 2) : new Uint8Array(0),
    });
    const pages: unknown[] = [];
    for (let after: Uint8Array = new Uint8Array(0); ;) {
      const { loans } = await ask({ listLoans: { businessDate: 20261120, after } });
      const { partition, sequence } = loans?.asOf ?? {};
      pages.push([loans?.loans?.[0]?.card, partition ?? 0, Number(sequence), loans?.over ?? false]);
      after = loans?.next ?? new Uint8Array(0);
      if (after.length === 0) break;
    }
    expect(pages).to.deep.equal([
      ['C0', 0, 100, true],
      ['C1', 1, 101, true],
      ['C1', 1, 101, true],
      ['C2', 2, 102, false],
      ['C3', 3, 103, true],
    ]);
    expect(histories.asked.map(({ partition }) => partition)).to.deep.equal([0, 1, 1, 2, 3]);
    expect([...(histories.asked[2]?.request.listLoans?.after ?? [])]).to.deep.equal([1, 2]);
    for (const { request } of histories.asked) {
      expect([request.listLoans?.businessDate, request.listLoans?.limit]).to.deep.equal([
        20261120,
        LOANS_PAGE,
      ]);
    }
  });

  it('totals come likewise', async () => {
    histories.respond = ({ partition }) => ({
      sequence: 7,
      totals: [{ businessDate: 20261101, terminal: `T${partition}` }],
    });
    const listDayTotals = { fromDate: 20261101, toDate: 20261130, terminal: 'T1', limit: 10_000 };
    const terminals: unknown[] = [];
    for (let after: Uint8Array = new Uint8Array(0); ;) {
      const { dayTotals } = await ask({ listDayTotals: { ...listDayTotals, after } });
      terminals.push(...(dayTotals?.totals ?? []).map(({ terminal }) => terminal));
      after = dayTotals?.next ?? new Uint8Array(0);
      if (after.length === 0) break;
    }
    expect(terminals).to.deep.equal(Array.from({ length: PARTITIONS }, (_, partition) => `T${partition}`));
    expect(histories.asked[0]?.request.listDayTotals).to.deep.include({
      ...{ fromDate: 20261101, toDate: 20261130, terminal: 'T1', limit: DAY_TOTALS_PAGE },
    });
  });

  it('are refused as the partition refuses: nothing is answered without it', async () => {
    histories.respond = () => ({ reject: Rejection.REJECTION_UNAVAILABLE });
    const loans = await ask({ listLoans: { businessDate: 20261120 } });
    expect(loans.rejection?.code).to.equal(Rejection.REJECTION_UNAVAILABLE);
    const totals = await ask({ listDayTotals: { fromDate: 20261120, toDate: 20261120 } });
    expect(totals.rejection?.code).to.equal(Rejection.REJECTION_UNAVAILABLE);
  });

  it('are of dates, and go on only from where an answer said', async () => {
    const day = { fromDate: 20261120, toDate: 20261120 };
    const wrong: readonly [v1.ClientMessage.$Properties, string][] = [
      [{ listLoans: {} }, 'listLoans.businessDate'],
      [{ listLoans: { businessDate: 20260231 } }, 'listLoans.businessDate'],
      [{ listLoans: { businessDate: 20261120, after: Uint8Array.of(1) } }, 'listLoans.after'],
      [{ listDayTotals: { fromDate: 20261120 } }, 'listDayTotals.toDate'],
      [{ listDayTotals: { ...day, fromDate: 20261121 } }, 'listDayTotals.toDate'],
      [{ listDayTotals: { ...day, terminal: ' ' } }, 'listDayTotals.terminal'],
      [{ listDayTotals: { ...day, after: Uint8Array.of(0, 0, 0, 4) } }, 'listDayTotals.after'],
    ];
    for (const [body, field] of wrong) {
      const { rejection } = await ask(body);
      expect(rejection?.code, field).to.equal(Rejection.REJECTION_MALFORMED);
      expect(rejection?.detail).to.include(field);
    }
    expect(histories.asked).to.deep.equal([]);
  });
});
