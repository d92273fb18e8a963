/** Store instructions of the center, and how deposits pay what is owed: BEHAVIOUR.md's examples of rules 4 and 5. */
import { expect } from 'chai';
import { heldBy, partsOf, useFixture } from './fixture.js';

describe('claims: store instructions', () => {
  const fixture = useFixture(['T1', 'D1']);

  async function indebted(): Promise<string> {
    return fixture.current.issue({ storedValue: 0, loan: 1_500, interest: 22 });
  }

  it('B4 a store instruction is pending and projected at once, and pays at the next access', async () => {
    const { current } = fixture;
    const card = await indebted();
    const stored = await current.operator.storeValue(card, { reference: 'B4', amount: 2_000 });
    expect([stored.outcome, stored.pending]).to.deep.equal(['APPROVED', 2_000]);
    expect(heldBy({ balances: stored.projected! })).to.deep.equal({ storedValue: 478 });
    const waiting = await current.card(card);
    expect(heldBy(waiting)).to.deep.equal({ loan: 1_500, interest: 22 });
    expect(waiting.pending.map(({ amount }) => amount)).to.deep.equal([2_000]);
    const accessed = await current.terminal('T1').enquiry({ card });
    expect(heldBy(accessed)).to.deep.equal({ storedValue: 478 });
    expect(accessed.pending).to.equal(0);
    const after = await current.card(card);
    expect([heldBy(after), after.pending]).to.deep.equal([{ storedValue: 478 }, []]);
    expect(after.log[0]).to.include({ kind: 'STORE', reference: 'B4', amount: 2_000 });
    expect(partsOf(after.log[0]!)).to.deep.equal({ interest: 22, loan: 1_500, value: 478 });
  });

  it('B4 (cancelled before the access) the card is as it was', async () => {
    const { current } = fixture;
    const card = await indebted();
    await current.operator.storeValue(card, { reference: 'B4', amount: 2_000 });
    const cancelled = await current.operator.cancelStore(card, 'B4');
    expect([cancelled.outcome, cancelled.pending]).to.deep.equal(['APPROVED', 0]);
    const accessed = await current.terminal('T1').enquiry({ card });
    expect(heldBy(accessed)).to.deep.equal({ loan: 1_500, interest: 22 });
    const after = await current.card(card);
    expect([heldBy(after), after.pending]).to.deep.equal([{ loan: 1_500, interest: 22 }, []]);
    expect((await current.operator.cancelStore(card, 'B4')).outcome).to.equal('APPROVED');
    const late = await current.operator.storeValue(card, { reference: 'B4', amount: 2_000 });
    expect([late.outcome, late.pending]).to.deep.equal(['APPROVED', 0]);
  });

  it('B4 (the access is a purchase) the instruction is applied first, and the purchase draws no loan', async () => {
    const { current } = fixture;
    const card = await indebted();
    await current.operator.storeValue(card, { reference: 'B4', amount: 2_000 });
    const bought = await current.terminal('T1').purchase({ card, amount: 400 });
    expect(bought.outcome).to.equal('APPROVED');
    expect(partsOf(bought)).to.deep.equal({ value: 400 });
    expect(heldBy(await current.card(card))).to.deep.equal({ storedValue: 78 });
    const applied = await current.operator.cancelStore(card, 'B4');
    expect(applied.outcome).to.equal('ALREADY_APPLIED');
  });

  it('B4b a deposit pays interest, then principal, then becomes stored value', async () => {
    const { current } = fixture;
    const card = await indebted();
    const D1 = current.terminal('D1');
    expect(heldBy(await D1.deposit({ card, amount: 20 }))).to.deep.equal({ interest: 2, loan: 1_500 });
    expect(heldBy(await D1.deposit({ card, amount: 1_502 }))).to.deep.equal({});
    expect(heldBy(await current.card(card))).to.deep.equal({});
  });

  it('B4c an instruction that no longer fits waits, and is applied when it does', async () => {
    const { current } = fixture;
    const card = await current.issue({ storedValue: 19_500 });
    const T1 = current.terminal('T1');
    const first = await T1.purchase({ card, amount: 500 });
    const stored = await current.operator.storeValue(card, { reference: 'B4c', amount: 900 });
    expect([stored.outcome, stored.pending]).to.deep.equal(['APPROVED', 900]);
    const second = await current.operator.storeValue(card, { reference: 'B4c too', amount: 200 });
    expect([second.outcome, second.fits]).to.deep.equal(['CAP_EXCEEDED', 100]);
    const reversed = await T1.reverse({ card, number: first.id.number });
    expect(reversed.outcome).to.equal('REVERSED');
    expect(heldBy(await current.card(card))).to.deep.equal({ storedValue: 19_500 });
    const bought = await T1.purchase({ card, amount: 400 });
    expect([heldBy(bought), bought.pending]).to.deep.equal([{ storedValue: 19_100 }, 900]);
    const asked = await T1.enquiry({ card });
    expect([heldBy(asked), asked.pending]).to.deep.equal([{ storedValue: 20_000 }, 0]);
    expect(heldBy(await current.card(card))).to.deep.equal({ storedValue: 20_000 });
  });
});
