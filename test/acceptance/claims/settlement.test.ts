/** Batches, their three columns, and collections: BEHAVIOUR.md's examples of rules 10 and 11. */
import { expect } from 'chai';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { idText } from '../../../actors/money/idText.js';
import { partitionOf } from '../../../actors/runtime/placement.js';
import type { BatchReport, BatchSettlement, ReportedTransaction } from '../../../client/batch.js';
import type { BatchDifferences, Difference } from '../../../client/differences.js';
import type { CollectionOrder } from '../../../client/matters.js';
import type { Reply } from '../../../client/reply.js';
import type { Terminal } from '../../../client/terminal.js';
import { emoney } from '../../operator/cli/emoney.js';
import { until } from '../../support/until.js';
import { heldBy, partsOf, PIN, useFixture } from './fixture.js';

const PARTITIONS = 4;

describe('claims: settlement', function () {
  this.timeout(60_000);
  const fixture = useFixture([], { partitions: PARTITIONS });

  /** As a device holds it. */
  function held({ id, kind, amount }: Reply, reversal = false): ReportedTransaction {
    const { incarnation, number } = id;
    return { incarnation, number, kind, reversal, amount: Number(amount) };
  }

  async function settlementOf(terminal: string, batch = 1): Promise<BatchSettlement> {
    const [described] = await fixture.current.operator.describeTerminals([terminal]);
    const settlement = described?.settlements.find((each) => each.batch === batch);
    if (settlement === undefined) throw new Error(`batch ${batch} of ${terminal} is not closed`);
    return settlement;
  }

  async function settled(terminal: string, batch = 1): Promise<BatchSettlement> {
    return until(
      async () => {
        const settlement = await settlementOf(terminal, batch);
        return settlement.settledTimeMs === undefined ? undefined : settlement;
      },
      { what: `batch ${batch} of ${terminal} is settled`, deadlineMs: 30_000 },
    );
  }

  async function close(terminal: Terminal, report: BatchReport): Promise<BatchSettlement> {
    const { batch, openBatch } = await terminal.closeBatch(report);
    expect(openBatch).to.equal(batch + 1);
    return settled(terminal.id, batch);
  }

  async function differences(terminal: string, batch = 1): Promise<BatchDifferences> {
    return fixture.current.operator.listDifferences(terminal, batch);
  }

  function shown({ id, reversal, inFlight, lacking }: Difference): string {
    const what = inFlight ? 'in flight' : lacking.length === 0 ? 'otherwise' : `missing at ${lacking.join()}`;
    return `${id.number}${reversal ? ' reversed' : ''}: ${what}`;
  }

  async function run(...args: readonly string[]): Promise<string> {
    const { url, secret } = fixture.current.system;
    const { code, stdout, stderr } = await emoney([...args, '--gateway', url, '--secret', secret]);
    expect(code, stderr).to.equal(0);
    return stdout;
  }

  it('R10 the three columns of a batch, and the refund that the terminal itself lacks', async () => {
    const { current } = fixture;
    const card = await current.issue();
    const till = await current.freshTerminal();
    const bought = await till.purchase({ card, amount: 2_000 });
    const refunded = await till.refund({ card, amount: 500, original: bought.id });
    expect(heldBy(refunded)).to.deep.equal({ storedValue: 300, loan: 600 });
    expect((await till.purchase({ card, amount: 12_000, pin: PIN })).outcome).to.equal('CREDIT_LIMIT');
    const totals = { purchases: { count: 1, amount: 2_000 }, declines: { count: 1, amount: 12_000 } };
    const { device, terminal, center } = await close(till, { totals, transactions: [held(bought)] });

    for (const column of [terminal, center]) {
      const split = { value: 1_200n, account: 0n, loan: 800n };
      expect(column?.purchases).to.deep.include({ count: 1, amount: 2_000n, ...split });
      expect(column?.refunds).to.deep.include({ count: 1, amount: 500n, value: 300n, loan: 200n });
      expect(column?.declines).to.deep.include({ count: 1, amount: 12_000n });
    }
    expect(device?.purchases).to.deep.include({ count: 1, amount: 2_000n });
    expect(device?.refunds).to.deep.include({ count: 0, amount: 0n });

    const listed = await differences(till.id);
    expect(listed).to.deep.include({
      closed: true,
      deviceCompared: true,
      compared: 3,
      reported: 1,
      away: [],
    });
    expect(listed.settled).to.deep.include({ device, terminal, center });
    const [missing, ...others] = listed.differences;
    expect(others).to.deep.equal([]);
    expect(missing).to.deep.include({ id: refunded.id, card, reversal: false, inFlight: false });
    expect([missing?.lacking, missing?.device]).to.deep.equal([['device'], undefined]);
    for (const line of [missing?.terminal, missing?.center]) {
      expect(line).to.deep.include({ kind: 'REFUND', outcome: 'APPROVED', amount: 500 });
      expect(partsOf({ parts: line!.parts! })).to.deep.equal({ value: 300, loan: 200 });
    }
    const text = await run('settlement', 'batch', till.id);
    expect(text).to.match(/refunds +0 +0 +1 +500 +.*≠/);
    expect(text).to.match(
      new RegExp(`${idText(refunded.id)} +refund +${card} +missing at the device +– +500`),
    );
  });

  it('R10 a terminal that tells its sums alone: what it has none of is listed all the same', async () => {
    const { current } = fixture;
    const card = await current.issue();
    const till = await current.freshTerminal();
    const bought = await till.purchase({ card, amount: 2_000 });
    await till.refund({ card, amount: 500, original: bought.id });
    await close(till, { totals: { purchases: { count: 1, amount: 2_000 } } });
    const listed = await differences(till.id);
    expect(listed.differences.map(shown)).to.deep.equal(['2: missing at device']);
    expect([listed.deviceCompared, listed.reported]).to.deep.equal([true, 0]);
  });

  it('a batch in which all three hold the same has no differences, reversals and refusals included', async () => {
    const { current } = fixture;
    const card = await current.issue();
    const till = await current.freshTerminal();
    const replies = [await till.purchase({ card, amount: 300 }), await till.purchase({ card, amount: 400 })];
    const [first, second] = [replies[0]!, replies[1]!];
    const undone = await till.reverse({ card, number: second.id.number });
    await till.enquiry({ card });
    expect((await till.deposit({ card, amount: 5 })).outcome).to.equal('NOT_PERMITTED');
    expect((await till.purchase({ card, amount: 90_000, pin: PIN })).outcome).to.equal('CREDIT_LIMIT');
    const transactions = [held(first), held(second), held(undone, true)];
    const totals = {
      purchases: { count: 2, amount: 700 },
      purchaseReversals: { count: 1, amount: 400 },
      declines: { count: 1, amount: 90_000 },
    };
    const { terminal, center } = await close(till, { totals, transactions });
    expect(terminal).to.deep.include({ enquiries: 1 });
    expect(terminal?.ownRefusals).to.deep.include({ count: 1, amount: 5n });
    expect({ ...center, ownRefusals: terminal?.ownRefusals }).to.deep.equal(terminal);
    expect((await differences(till.id)).differences).to.deep.equal([]);
  });

  it('a terminal that lost its memory, and one that tells of what never was', async () => {
    const { current } = fixture;
    const card = await current.issue();
    const till = await current.freshTerminal();
    const bought = await till.purchase({ card, amount: 100 });
    const other = { ...held(bought), amount: 101 };
    const never = { ...held(bought), number: 77 };
    const reported = await till.purchase({ card, amount: 30 });
    await close(till, { transactions: [other, never, held(reported)] });
    const listed = await differences(till.id);
    expect(listed.differences.map(shown)).to.deep.equal(['1: otherwise', '77: missing at terminal,center']);

    const forgetful = await current.freshTerminal();
    await forgetful.purchase({ card, amount: 50 });
    await close(forgetful, { totals: {} });
    expect((await differences(forgetful.id)).differences.map(shown)).to.deep.equal(['1: missing at device']);
  });

  it('a transaction in flight when its batch is closed is shown as such until it is final', async () => {
    const { current } = fixture;
    const { system, operator } = current;
    const card = await current.issue();
    const till = await current.freshTerminal();
    const first = await till.purchase({ card, amount: 500 });
    const { deaths } = system;
    await system.killWorkerAt({ unit: `card/${card}`, event: 'cardMoved', when: 'before' });
    const payment = { card, amount: 300, number: 2, timeMs: Date.now() };
    const lost = till.purchase(payment).catch((error: unknown) => error);
    await until(() => system.deaths > deaths, { what: 'the worker is dead', everyMs: 1 });
    const { remembered } = till;
    till.terminate();
    await lost;

    const again = await system.terminal(till.id, { remember: remembered });
    expect(again.openNumbers).to.deep.equal([2]);
    const { batch } = await again.closeBatch({ transactions: [held(first)] });
    expect(await settlementOf(till.id)).to.deep.include({
      ...{ openIds: 1, awaited: [partitionOf(card, PARTITIONS)] },
      settledTimeMs: undefined,
    });
    const open = await differences(till.id, batch);
    expect(open).to.deep.include({ closed: true, settled: undefined });
    expect(open.differences.map(shown)).to.deep.equal(['2: in flight']);
    expect(open.differences[0]).to.deep.include({ card, terminal: undefined, center: undefined });
    expect(await run('settlement', 'batch', till.id)).to.match(
      /waits for 1 transaction in flight to partition/,
    );

    expect((await again.purchase(payment)).outcome).to.equal('APPROVED');
    const { terminal, center } = await settled(till.id, batch);
    expect(terminal?.purchases).to.deep.include({ count: 2, amount: 800n });
    expect(center).to.deep.equal(terminal);
    const final = await differences(till.id, batch);
    expect(final.differences.map(shown)).to.deep.equal(['2: missing at device']);
    expect(heldBy(await current.card(card))).to.deep.equal({ storedValue: 400 });
    const [described] = await operator.describeTerminals([till.id]);
    expect(described?.openIds).to.equal(0);
  });

  /** The next settlement, and what it ordered of these cards. */
  async function settle(...cards: readonly string[]): Promise<readonly CollectionOrder[]> {
    const { operator } = fixture.current;
    const number = (await operator.describeCenter()).settlements + 1;
    expect((await operator.settle(number)).outcome).to.equal('APPROVED');
    const orders = await operator.listCollections(number);
    return orders.filter(({ card }) => cards.includes(card));
  }

  it('A12 what the designated account took is ordered at settlement, and is no loan', async () => {
    const { current } = fixture;
    const card = await current.issue({ shareRule: { kind: 'ALL_ACCOUNT' }, account: '0123-456' });
    const till = await current.freshTerminal();
    const bought = await till.purchase({ card, amount: 2_000 });
    expect(partsOf(bought)).to.deep.equal({ value: 1_200, account: 800 });
    const [order, ...others] = await settle(card);
    expect(others).to.deep.equal([]);
    const of = { card, account: '0123-456', transaction: bought.id };
    expect(order).to.deep.include({ ...of, amount: 800, kind: 'debit' });
    expect(heldBy(await current.card(card))).to.deep.equal({});
    expect(await settle(card)).to.deep.equal([]);
  });

  it('R11 a collection that the bank returns becomes loan, once, and may prohibit', async () => {
    const { current } = fixture;
    const card = await current.issue({ shareRule: { kind: 'ALL_ACCOUNT' }, limit: 500 });
    const till = await current.freshTerminal();
    await till.purchase({ card, amount: 2_000 });
    const [order] = await settle(card);
    expect(order).to.deep.include({ amount: 800, kind: 'debit' });
    const isOpen = async () => {
      const orders = await current.operator.listCollections();
      return orders.some((each) => each.order === order?.order);
    };
    expect(await isOpen()).to.equal(true);
    for (let time = 0; time < 2; time += 1) {
      const { outcome, reasons } = await current.operator.returnCollection(card, order!.order);
      expect([outcome, reasons]).to.deep.equal(['APPROVED', ['LIMIT']]);
      expect(heldBy(await current.card(card))).to.deep.equal({ loan: 800 });
    }
    const [share] = (await current.record(card)).shares;
    expect(share).to.deep.include({ amount: 800, returned: true, collected: false });
    expect(await isOpen()).to.equal(false);
    expect((await current.operator.confirmCollection(card, order!.order)).outcome).to.equal(
      'ALREADY_APPLIED',
    );
  });

  it('the CSV of a settlement names debits, and credits for what was given back after its order', async () => {
    const { current } = fixture;
    const account = '12,"34"';
    const card = await current.issue({ storedValue: 0, shareRule: { kind: 'ALL_ACCOUNT' }, account });
    const till = await current.freshTerminal();
    const bought = await till.purchase({ card, amount: 1_000 });
    const folder = await mkdtemp(join(tmpdir(), 'emoney-csv-'));
    try {
      const csv = async (number: number): Promise<string[]> => {
        const file = join(folder, `${String(number)}.csv`);
        await run('collections', '--settlement', String(number), '--csv', file);
        return (await readFile(file, 'utf8')).split('\n');
      };
      const header = 'order,settlement,card,account,transaction,amount,kind';
      const fields = `${card},"12,""34""",${idText(bought.id)}`;
      const [debit] = await settle(card);
      const { order, settlement } = debit!;
      expect(await csv(settlement)).to.deep.equal([
        ...[header, `${order},${settlement},${fields},1000,debit`, ''],
      ]);
      await till.refund({ card, amount: 300, original: bought.id });
      const [credit] = await settle(card);
      expect(await csv(settlement + 1)).to.deep.equal([
        ...[header, `${credit!.order},${settlement + 1},${fields},300,credit`, ''],
      ]);
      // A credit is nothing that the bank could return.
      const open = (await current.operator.listCollections()).filter((each) => each.card === card);
      expect(open.map((each) => each.order)).to.deep.equal([order]);
      await run('collections', 'confirm', order, '--card', card);
      const after = (await current.operator.listCollections()).filter((each) => each.card === card);
      expect(after).to.deep.equal([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('lists are the same after the worker was killed and its history was lost', async () => {
    const { current } = fixture;
    const { operator, system } = current;
    const card = await current.issue({ shareRule: { kind: 'ALL_ACCOUNT' } });
    const till = await current.freshTerminal();
    await till.purchase({ card, amount: 2_000 });
    await till.purchase({ card, amount: 100, pin: PIN });
    await close(till, { totals: {} });
    await settle(card);
    await operator.storeValue(card, { reference: 'S1', amount: 70, note: 'kept' });
    const all = async () => ({
      differences: await differences(till.id),
      open: await operator.listCollections(),
      instructions: await operator.listInstructions(),
    });
    const before = await all();
    expect(before.instructions.map(({ reference, note }) => [reference, note])).to.deep.include([
      'S1',
      'kept',
    ]);
    await rm(join(system.dir, 'workers', 'history'), { recursive: true });
    await system.restartWorker();
    expect(await all()).to.deep.equal(before);
  });
});
