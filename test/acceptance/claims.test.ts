/** BEHAVIOUR.md's examples, through a real gateway connection and real servers. The number is the claim's. */
import { expect } from 'chai';
import type { Operator } from '../../client/operator.js';
import type { Reply } from '../../client/reply.js';
import type { Terminal } from '../../client/terminal.js';
import { until } from '../support/until.js';
import { startSystem, type TestSystem } from './system.js';

/** The fixture's card: SV 1,200, limit 10,000, cap 20,000, credit flag on. */
const C1 = { storedValue: 1_200, limit: 10_000, storedValueCap: 20_000 };

function split(reply: Reply): [number, number] {
  return [reply.parts.value, reply.parts.loan];
}

function held(reply: Reply): [number, number] {
  return [reply.balances.storedValue, reply.balances.loan];
}

describe('claims', function () {
  this.timeout(60_000);
  let system: TestSystem;
  let operator: Operator;
  let terminals: Record<'T1' | 'T2' | 'T3' | 'D1', Terminal>;
  let next = 0;

  before(async () => {
    system = await startSystem();
    operator = await system.operator();
    for (const id of ['T1', 'T2', 'T3', 'T4']) await operator.registerTerminal(id, { role: 'PURCHASE' });
    await operator.registerTerminal('D1', { role: 'DEPOSIT' });
    terminals = {
      T1: await system.terminal('T1'),
      T2: await system.terminal('T2'),
      T3: await system.terminal('T3'),
      D1: await system.terminal('D1'),
    };
  });

  after(async () => {
    await system.stop();
  });

  async function issue(terms: Partial<typeof C1> & { creditFlag?: boolean } = {}): Promise<string> {
    next += 1;
    const card = `C${String(next)}`;
    expect((await operator.issueCard(card, { ...C1, ...terms })).outcome).to.equal('APPROVED');
    return card;
  }

  /** SV and loan, as the card holds them; the center's record must say the same (I3). */
  async function balances(card: string): Promise<[number, number]> {
    const [description] = await operator.describeCards([card]);
    const { card: own, record } = description!;
    expect(record?.balances).to.deep.equal(own?.balances);
    return [own!.balances.storedValue, own!.balances.loan];
  }

  /** What a fresh terminal has taken, as it and the center say. Both must be the same. */
  async function totals(terminal: string) {
    const [own] = await operator.describeTerminals([terminal]);
    const [center] = await operator.describeTotals([terminal]);
    expect(center?.totals).to.deep.equal(own?.totals);
    expect(own?.totals, `totals of ${terminal}`).to.have.lengthOf.at.most(1);
    return own?.totals[0];
  }

  async function freshTerminal(
    options: { role?: 'PURCHASE' | 'DEPOSIT'; mayDefer?: boolean } = {},
  ): Promise<Terminal> {
    next += 1;
    const id = `F${String(next)}`;
    await operator.registerTerminal(id, {
      role: options.role ?? 'PURCHASE',
      mayDefer: options.mayDefer ?? true,
    });
    return system.terminal(id);
  }

  it('A1 a payment above the stored value draws the rest as loan, once, however often it is repeated', async () => {
    const card = await issue();
    const terminal = await freshTerminal();
    const payment = { card, amount: 2_000, number: 1, timeMs: Date.now() };
    const first = await terminal.purchase(payment);
    expect(first.outcome).to.equal('APPROVED');
    expect([...split(first), ...held(first)]).to.deep.equal([1_200, 800, 0, 800]);
    for (let repeat = 0; repeat < 3; repeat += 1)
      expect(await terminal.purchase(payment)).to.deep.equal(first);
    expect(await balances(card)).to.deep.equal([0, 800]);
    const { purchases } = (await totals(terminal.id))!;
    expect(purchases).to.deep.include({ count: 1, amount: 2_000n, value: 1_200n, account: 0n, loan: 800n });
  });

  it('A3 a torn payment is finished by the same id; with another amount it is a conflict', async () => {
    const card = await issue();
    const torn = await freshTerminal();
    const payment = { card, amount: 500, number: 1, timeMs: Date.now() };
    const lost = torn.purchase(payment).catch((error: unknown) => error);
    const { remembered } = torn;
    torn.terminate();
    await lost;
    const again = await system.terminal(torn.id, { remember: remembered });
    const reply = await again.purchase(payment);
    expect([reply.outcome, ...held(reply)]).to.deep.equal(['APPROVED', 700, 0]);
    expect((await again.purchase({ ...payment, amount: 501 })).outcome).to.equal('IDEMPOTENCY_CONFLICT');
    const [description] = await operator.describeCards([card]);
    expect(description?.card?.log).to.have.lengthOf(1);
    expect(await balances(card)).to.deep.equal([700, 0]);
  });

  it('A4 deposits go to deposit terminals, up to the cap', async () => {
    const card = await issue();
    const { T1, D1 } = terminals;
    expect((await T1.deposit({ card, amount: 3_000 })).outcome).to.equal('NOT_PERMITTED');
    expect(held(await D1.deposit({ card, amount: 3_000 }))).to.deep.equal([4_200, 0]);
    const refused = await D1.deposit({ card, amount: 16_000 });
    expect([refused.outcome, refused.fits]).to.deep.equal(['CAP_EXCEEDED', 15_800]);
    expect(await balances(card)).to.deep.equal([4_200, 0]);
  });

  it('A5 the loan may reach its limit and never exceed it', async () => {
    const card = await issue();
    const { T1 } = terminals;
    const first = await T1.purchase({ card, amount: 2_000 });
    expect([first.balances.loan, first.available]).to.deep.equal([800, 9_200]);
    expect((await T1.purchase({ card, amount: 9_200 })).balances.loan).to.equal(10_000);
    expect((await T1.purchase({ card, amount: 1 })).outcome).to.equal('CREDIT_LIMIT');
    expect(await balances(card)).to.deep.equal([0, 10_000]);
  });

  it('A9 a terminal that may not defer takes the stored value only', async () => {
    const card = await issue();
    const strict = await freshTerminal({ mayDefer: false });
    expect((await strict.purchase({ card, amount: 2_000 })).outcome).to.equal('DEFERRAL_NOT_PERMITTED');
    expect((await strict.purchase({ card, amount: 1_200 })).outcome).to.equal('APPROVED');
    expect(await balances(card)).to.deep.equal([0, 0]);
  });

  it('A13 the center compiles what several terminals took from one card', async () => {
    const card = await issue();
    const [one, two, three] = [await freshTerminal(), await freshTerminal(), await freshTerminal()];
    await one.purchase({ card, amount: 2_000 });
    await two.purchase({ card, amount: 500 });
    expect((await three.purchase({ card, amount: 9_000 })).outcome).to.equal('CREDIT_LIMIT');
    const compiled = [await totals(one.id), await totals(two.id), await totals(three.id)];
    const add = (pick: (row: NonNullable<(typeof compiled)[0]>) => bigint): bigint =>
      compiled.reduce((sum, row) => sum + pick(row!), 0n);
    expect(add((row) => row.purchases.amount)).to.equal(2_500n);
    expect(add((row) => row.purchases.value)).to.equal(1_200n);
    expect(add((row) => row.purchases.loan)).to.equal(1_300n);
    expect(add((row) => BigInt(row.purchases.count))).to.equal(2n);
    expect(add((row) => BigInt(row.declines.count))).to.equal(1n);
    expect(add((row) => row.declines.amount)).to.equal(9_000n);
  });

  it('A14 the card keeps its last 20 movements, and a lost Redis costs nothing', async () => {
    const card = await issue();
    const { T1 } = terminals;
    for (let time = 0; time < 21; time += 1) await T1.purchase({ card, amount: 10 });
    const [before] = await operator.describeCards([card]);
    expect(before?.card?.log).to.have.lengthOf(20);
    expect(before?.card?.log[0]?.storedValueAfter).to.equal(990);
    await system.loseRedis();
    await system.restartWorker();
    const [after] = await operator.describeCards([card]);
    expect(after).to.deep.equal(before);
  });

  it('A15 a reversed id that was never seen can not execute later', async () => {
    const card = await issue();
    const [one, two] = [await freshTerminal(), await freshTerminal()];
    const payment = { card, amount: 500, number: 1, timeMs: Date.now() };
    expect((await one.reverse({ card, number: 1 })).outcome).to.equal('REVERSED');
    expect((await two.purchase({ card, amount: 500 })).outcome).to.equal('APPROVED');
    expect((await one.purchase(payment)).outcome).to.equal('REVERSED');
    expect(await balances(card)).to.deep.equal([700, 0]);
    expect((await totals(one.id))?.purchases.amount ?? 0n).to.equal(0n);
    expect((await totals(two.id))?.purchases.amount).to.equal(500n);
  });

  it('B1 card and center record deposit and loan alike, up to the limit', async () => {
    const card = await issue({ storedValue: 0, limit: 5_000 });
    const { T1, D1 } = terminals;
    const deposit = await D1.deposit({ card, amount: 1_000 });
    expect(await balances(card)).to.deep.equal([1_000, 0]);
    const [afterDeposit] = await operator.describeCards([card]);
    const [movement] = afterDeposit!.card!.log;
    expect(movement).to.deep.include({ kind: 'DEPOSIT', amount: 1_000, storedValueAfter: 1_000 });
    expect(movement?.id).to.deep.equal(deposit.id);
    expect([movement?.terminalTimeMs, movement?.receiveTimeMs]).to.deep.equal([
      deposit.terminalTimeMs,
      deposit.receiveTimeMs,
    ]);
    await T1.purchase({ card, amount: 4_000 });
    expect(await balances(card)).to.deep.equal([0, 3_000]);
    expect((await T1.purchase({ card, amount: 2_500 })).outcome).to.equal('CREDIT_LIMIT');
    await T1.purchase({ card, amount: 2_000 });
    expect(await balances(card)).to.deep.equal([0, 5_000]);
  });

  it('B5 an owner killed after the frame is durable and before anyone is told: the recorded answer, every time', async () => {
    const card = await issue();
    const terminal = await freshTerminal();
    const before = system.deaths;
    await system.killWorkerWhenStored(card);
    const payment = { card, amount: 2_000, number: 1, timeMs: Date.now() };
    const first = await terminal.purchase(payment);
    expect(system.deaths).to.equal(before + 1);
    expect([first.outcome, ...split(first)]).to.deep.equal(['APPROVED', 1_200, 800]);
    for (let repeat = 0; repeat < 10; repeat += 1)
      expect(await terminal.purchase(payment)).to.deep.equal(first);
    expect(await balances(card)).to.deep.equal([0, 800]);
    expect((await totals(terminal.id))?.purchases.count).to.equal(1);
  });

  it('B6 a card over its limit is refused everywhere: by the list that a terminal holds, or because it holds none', async () => {
    const card = await issue();
    const { T1, T2 } = terminals;
    await T1.purchase({ card, amount: 2_000 });
    const cut = await operator.changeLimit(card, 500);
    expect(cut.reasons).to.deep.equal(['LIMIT']);
    await until(
      async () => {
        const reply = await T2.purchase({ card, amount: 100 });
        expect(reply.outcome).to.equal('CARD_PROHIBITED');
        return reply.position === 0;
      },
      { what: 'T2 refuses from its own list', deadlineMs: 10_000 },
    );
    const T4 = await system.terminal('T4', { acknowledge: false });
    expect((await T4.purchase({ card, amount: 100 })).outcome).to.equal('LIST_NOT_HELD');
    await T4.acknowledgeList();
    const refused = await T4.purchase({ card, amount: 100 });
    expect([refused.outcome, refused.position]).to.deep.equal(['CARD_PROHIBITED', 0]);
    expect(await balances(card)).to.deep.equal([0, 800]);
    await operator.changeLimit(card, 10_000);
    await until(async () => (await T2.purchase({ card, amount: 100 })).outcome === 'APPROVED', {
      what: 'the lifted card pays at T2 again',
      deadlineMs: 10_000,
    });
  });
});
