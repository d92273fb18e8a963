/** Purchases, deposits, refunds: BEHAVIOUR.md's examples of rules 1 to 4, 9 and 12. */
import { expect } from 'chai';
import { dateOfDay, dayOf } from '../../../actors/money/businessDate.js';
import { Fixture, heldBy, outcomes, partsOf, PIN, useFixture } from './fixture.js';

describe('claims: payments', () => {
  const fixture = useFixture(['T1', 'T2', 'D1']);

  it('A1 a payment above the stored value draws the rest as loan, once, however often it is repeated', async () => {
    const { current } = fixture;
    const card = await current.issue();
    const terminal = await current.freshTerminal();
    const payment = { card, amount: 2_000, number: 1, timeMs: Date.now() };
    const first = await terminal.purchase(payment);
    expect(first.outcome).to.equal('APPROVED');
    expect(partsOf(first)).to.deep.equal({ value: 1_200, loan: 800 });
    for (let repeat = 0; repeat < 3; repeat += 1)
      expect(await terminal.purchase(payment)).to.deep.equal(first);
    expect(heldBy(await current.card(card))).to.deep.equal({ loan: 800 });
    const { purchases } = await current.totals(terminal.id);
    expect(purchases).to.deep.include({ count: 1, amount: 2_000n, value: 1_200n, account: 0n, loan: 800n });
  });

  it('A2 a card that expired yesterday is refused, and the refusal is counted', async () => {
    const { current } = fixture;
    const { businessDate } = await current.operator.describeCenter();
    const card = await current.issue({ expiryDate: dateOfDay(dayOf(businessDate) - 1) });
    const terminal = await current.freshTerminal();
    const refused = await terminal.purchase({ card, amount: 100 });
    expect(refused.outcome).to.equal('CARD_EXPIRED');
    expect(heldBy(await current.card(card))).to.deep.equal({ storedValue: 1_200 });
    expect(await current.log(card)).to.deep.equal([]);
    const [entry] = await current.recorded(card);
    expect(entry).to.deep.include({ id: refused.id, kind: 'PURCHASE', outcome: 'CARD_EXPIRED', amount: 100 });
    const { declines, purchases } = await current.totals(terminal.id);
    expect(declines).to.deep.include({ count: 1, amount: 100n });
    expect(purchases.count).to.equal(0);
  });

  it('A3 a torn payment is finished by the same id; with another amount it is a conflict', async () => {
    const { current } = fixture;
    const card = await current.issue();
    const torn = await current.freshTerminal();
    const payment = { card, amount: 500, number: 1, timeMs: Date.now() };
    const lost = torn.purchase(payment).catch((error: unknown) => error);
    const { remembered } = torn;
    torn.terminate();
    await lost;
    const again = await current.system.terminal(torn.id, { remember: remembered });
    const reply = await again.purchase(payment);
    expect(reply.outcome).to.equal('APPROVED');
    expect(heldBy(reply)).to.deep.equal({ storedValue: 700 });
    expect((await again.purchase({ ...payment, amount: 501 })).outcome).to.equal('IDEMPOTENCY_CONFLICT');
    expect(await current.log(card)).to.have.lengthOf(1);
    expect(heldBy(await current.card(card))).to.deep.equal({ storedValue: 700 });
  });

  it('A4 deposits go to deposit terminals, up to the cap', async () => {
    const { current } = fixture;
    const card = await current.issue();
    const [T1, D1] = [current.terminal('T1'), current.terminal('D1')];
    expect((await T1.deposit({ card, amount: 3_000 })).outcome).to.equal('NOT_PERMITTED');
    expect(heldBy(await D1.deposit({ card, amount: 3_000 }))).to.deep.equal({ storedValue: 4_200 });
    const refused = await D1.deposit({ card, amount: 16_000 });
    expect([refused.outcome, refused.fits]).to.deep.equal(['CAP_EXCEEDED', 15_800]);
    expect(heldBy(await current.card(card))).to.deep.equal({ storedValue: 4_200 });
  });

  it('A5 the loan may reach its limit and never exceed it', async () => {
    const { current } = fixture;
    const card = await current.issue();
    const T1 = current.terminal('T1');
    const first = await T1.purchase({ card, amount: 2_000 });
    expect([first.balances.loan, first.available]).to.deep.equal([800, 9_200]);
    expect((await T1.purchase({ card, amount: 9_200, pin: PIN })).balances.loan).to.equal(10_000);
    expect((await T1.purchase({ card, amount: 1 })).outcome).to.equal('CREDIT_LIMIT');
    expect(heldBy(await current.card(card))).to.deep.equal({ loan: 10_000 });
  });

  it('A6 a card whose credit flag is off shows it, and pays what it holds or nothing', async () => {
    const { current } = fixture;
    const card = await current.issue({ creditFlag: false });
    const T1 = current.terminal('T1');
    const enquiry = await T1.enquiry({ card });
    expect([enquiry.outcome, enquiry.creditFlag]).to.deep.equal(['APPROVED', false]);
    const refused = await T1.purchase({ card, amount: 2_000 });
    expect([refused.outcome, refused.creditFlag]).to.deep.equal(['INSUFFICIENT_FUNDS', false]);
    expect(heldBy(await current.card(card))).to.deep.equal({ storedValue: 1_200 });
    const partly = await T1.purchase({ card, amount: 2_000, partial: true });
    expect(partly).to.deep.include({ outcome: 'APPROVED', amount: 1_200, remainder: 800 });
    expect(partsOf(partly)).to.deep.equal({ value: 1_200 });
    expect(heldBy(await current.card(card))).to.deep.equal({});
    const empty = await T1.purchase({ card, amount: 2_000, partial: true });
    expect(empty.outcome).to.equal('INSUFFICIENT_FUNDS');
  });

  it('A9 a terminal that may not defer takes the stored value only', async () => {
    const { current } = fixture;
    const card = await current.issue();
    const strict = await current.freshTerminal({ mayDefer: false });
    expect((await strict.purchase({ card, amount: 2_000 })).outcome).to.equal('DEFERRAL_NOT_PERMITTED');
    expect((await strict.purchase({ card, amount: 1_200 })).outcome).to.equal('APPROVED');
    expect(heldBy(await current.card(card))).to.deep.equal({});
  });

  it('A10 a due that account and loan share is stored so everywhere, and refunded in that proportion', async () => {
    const { current } = fixture;
    const shareRule = { kind: 'RATIO', accountWeight: 60, loanWeight: 40 } as const;
    const card = await current.issue({ storedValue: 0, shareRule });
    const T1 = await current.freshTerminal();
    const bought = await T1.purchase({ card, amount: 1_001 });
    expect(partsOf(bought)).to.deep.equal({ account: 601, loan: 400 });
    const [movement] = await current.log(card);
    expect(partsOf(movement!)).to.deep.equal({ account: 601, loan: 400 });
    const [entry] = await current.recorded(card);
    expect(partsOf({ parts: entry!.parts! })).to.deep.equal({ account: 601, loan: 400 });
    const { purchases } = await current.totals(T1.id);
    expect(purchases).to.deep.include({ count: 1, amount: 1_001n, value: 0n, account: 601n, loan: 400n });
    const [share] = (await current.record(card)).shares;
    expect(share).to.deep.include({ id: bought.id, amount: 601, givenBack: 0 });

    const giveBack = async (amount: number) => T1.refund({ card, amount, original: bought.id });
    expect(partsOf(await giveBack(500))).to.deep.equal({ account: 300, loan: 200 });
    expect(partsOf(await giveBack(300))).to.deep.equal({ account: 180, loan: 120 });
    expect(partsOf(await giveBack(201))).to.deep.equal({ account: 121, loan: 80 });
    expect((await giveBack(1)).outcome).to.equal('REFUND_EXCEEDS_ORIGINAL');
    expect(heldBy(await current.card(card))).to.deep.equal({});
    const { refunds } = await current.totals(T1.id);
    expect(refunds).to.deep.include({ count: 3, amount: 1_001n, account: 601n, loan: 400n });
    const [after] = (await current.record(card)).shares;
    expect(after).to.deep.include({ amount: 601, givenBack: 601 });
  });

  it('A10b a waterfall fills the account up to its cap, and the loan takes the rest', async () => {
    const { current } = fixture;
    const shareRule = { kind: 'WATERFALL', capTransaction: 500 } as const;
    const card = await current.issue({ storedValue: 0, shareRule });
    const T1 = await current.freshTerminal();
    const bought = await T1.purchase({ card, amount: 1_001 });
    expect(partsOf(bought)).to.deep.equal({ account: 500, loan: 501 });
    expect(heldBy(await current.card(card))).to.deep.equal({ loan: 501 });
    expect((await current.totals(T1.id)).purchases).to.deep.include({ account: 500n, loan: 501n });
  });

  it('A10c a payment of three parts is refunded in three parts', async () => {
    const { current } = fixture;
    const shareRule = { kind: 'RATIO', accountWeight: 60, loanWeight: 40 } as const;
    const card = await current.issue({ storedValue: 301, shareRule });
    const [T1, T2] = [current.terminal('T1'), current.terminal('T2')];
    const bought = await T1.purchase({ card, amount: 1_000 });
    expect(partsOf(bought)).to.deep.equal({ value: 301, account: 419, loan: 280 });
    const giveBack = async (amount: number) => T2.refund({ card, amount, original: bought.id });
    expect(partsOf(await giveBack(100))).to.deep.equal({ value: 30, account: 42, loan: 28 });
    expect(partsOf(await giveBack(333))).to.deep.equal({ value: 100, account: 140, loan: 93 });
    expect(partsOf(await giveBack(567))).to.deep.equal({ value: 171, account: 237, loan: 159 });
    expect(heldBy(await current.card(card))).to.deep.equal({ storedValue: 301 });
  });

  it('A13 the center compiles what several terminals took from one card', async () => {
    const { current } = fixture;
    const card = await current.issue();
    const [one, two, three] = [
      await current.freshTerminal(),
      await current.freshTerminal(),
      await current.freshTerminal(),
    ];
    await one.purchase({ card, amount: 2_000 });
    await two.purchase({ card, amount: 500 });
    expect((await three.purchase({ card, amount: 9_000, pin: PIN })).outcome).to.equal('CREDIT_LIMIT');
    const rows = [await current.totals(one.id), await current.totals(two.id), await current.totals(three.id)];
    const add = (pick: (row: (typeof rows)[0]) => bigint): bigint =>
      rows.reduce((sum, row) => sum + pick(row), 0n);
    expect(add((row) => row.purchases.amount)).to.equal(2_500n);
    expect(add((row) => row.purchases.value)).to.equal(1_200n);
    expect(add((row) => row.purchases.loan)).to.equal(1_300n);
    expect(add((row) => BigInt(row.purchases.count))).to.equal(2n);
    expect(add((row) => BigInt(row.declines.count))).to.equal(1n);
    expect(add((row) => row.declines.amount)).to.equal(9_000n);
  });

  it('A15 a reversed id that was never seen can not execute later', async () => {
    const { current } = fixture;
    const card = await current.issue();
    const [one, two] = [await current.freshTerminal(), await current.freshTerminal()];
    const payment = { card, amount: 500, number: 1, timeMs: Date.now() };
    expect((await one.reverse({ card, number: 1 })).outcome).to.equal('REVERSED');
    expect((await two.purchase({ card, amount: 500 })).outcome).to.equal('APPROVED');
    expect((await one.purchase(payment)).outcome).to.equal('REVERSED');
    expect(heldBy(await current.card(card))).to.deep.equal({ storedValue: 700 });
    const [described] = await current.operator.describeTerminals([one.id]);
    expect(described?.totals.map(({ purchases }) => purchases.count) ?? []).to.not.include(1);
    expect((await current.totals(two.id)).purchases.amount).to.equal(500n);
  });

  it('B1 card and center record deposit and loan alike, up to the limit', async () => {
    const { current } = fixture;
    const card = await current.issue({ storedValue: 0, limit: 5_000 });
    const [T1, D1] = [current.terminal('T1'), current.terminal('D1')];
    const deposit = await D1.deposit({ card, amount: 1_000 });
    expect(heldBy(await current.card(card))).to.deep.equal({ storedValue: 1_000 });
    const { id, terminalTimeMs, receiveTimeMs } = deposit;
    const said = { kind: 'DEPOSIT', id, amount: 1_000, terminalTimeMs, receiveTimeMs };
    const [movement] = await current.log(card);
    expect(movement).to.deep.include({ ...said, storedValueAfter: 1_000 });
    const [entry] = await current.recorded(card);
    expect(entry).to.deep.include(said);
    expect(heldBy({ balances: entry!.balances! })).to.deep.equal({ storedValue: 1_000 });
    await T1.purchase({ card, amount: 4_000, pin: PIN });
    expect(heldBy(await current.card(card))).to.deep.equal({ loan: 3_000 });
    expect((await T1.purchase({ card, amount: 2_500 })).outcome).to.equal('CREDIT_LIMIT');
    await T1.purchase({ card, amount: 2_000 });
    expect(heldBy(await current.card(card))).to.deep.equal({ loan: 5_000 });
  });

  it('R9 a refund lowers the loan as it is now, and what is too much for it becomes stored value', async () => {
    const { current } = fixture;
    const card = await current.issue();
    const [T1, D1] = [current.terminal('T1'), current.terminal('D1')];
    const bought = await T1.purchase({ card, amount: 2_000 });
    expect(heldBy(await D1.deposit({ card, amount: 500 }))).to.deep.equal({ loan: 300 });
    const refunded = await T1.refund({ card, amount: 1_000, original: bought.id });
    expect(partsOf(refunded)).to.deep.equal({ value: 600, loan: 400, excess: 100 });
    expect(heldBy(refunded)).to.deep.equal({ storedValue: 700 });
    const voided = await T1.void({ card, original: bought.id });
    expect(voided.outcome).to.equal('VOID_NOT_POSSIBLE');
    expect(heldBy(await current.card(card))).to.deep.equal({ storedValue: 700 });
  });
});

describe('claims: business dates', () => {
  /** The deployment begins five seconds into 1 March, in Tokyo. */
  const start = Date.parse('2024-03-01T00:00:05+09:00');
  let current: Fixture;

  before(async () => {
    current = await Fixture.start(['T1'], { partitions: 2, businessClock: { start, rate: 1 } });
  });

  after(async () => {
    await current.stop();
  });

  it("A19 a payment belongs to the date of its terminal's time, also when it is received on the next", async () => {
    const card = await current.issue();
    const T1 = current.terminal('T1');
    const timeMs = Date.parse('2024-02-29T23:59:58+09:00');
    const payment = { card, amount: 500, number: 1, timeMs };
    const first = await T1.purchase(payment);
    expect(outcomes([first, await T1.purchase(payment)])).to.deep.equal(['APPROVED', 'APPROVED']);
    expect(first.terminalTimeMs).to.equal(timeMs);
    expect(first.receiveTimeMs).to.be.within(timeMs + 7_000, timeMs + 60_000);
    const both = { terminalTimeMs: timeMs, receiveTimeMs: first.receiveTimeMs };
    const [movement] = await current.log(card);
    expect(movement).to.deep.include(both);
    const [entry] = await current.recorded(card);
    expect(entry).to.deep.include({ ...both, id: first.id, businessDate: 20240229 });
    expect((await current.operator.describeCenter()).businessDate).to.equal(20240301);
    const { businessDate, purchases } = await current.totals('T1');
    expect([businessDate, purchases.count, purchases.amount]).to.deep.equal([20240229, 1, 500n]);
  });
});
