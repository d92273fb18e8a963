/** Cards as keys: BEHAVIOUR.md's examples of rule 14. */
import { expect } from 'chai';
import { heldBy, outcomes, partsOf, useFixture } from './fixture.js';

describe('claims: gates', () => {
  const fixture = useFixture(['G1', 'G2', 'D1']);

  it('A18 the exit of a card that is inside always opens; what it cannot pay is owed, and paid first', async () => {
    const { current } = fixture;
    const card = await current.issue({ storedValue: 200 });
    const G1 = current.terminal('G1');
    const [G2, D1] = [
      await current.freshTerminal({ role: 'GATE', zone: 'B' }),
      await current.freshTerminal({ role: 'DEPOSIT' }),
    ];
    expect(outcomes([await G1.entry({ card }), await G1.entry({ card })])).to.deep.equal([
      'APPROVED',
      'ALREADY_INSIDE',
    ]);
    expect((await current.card(card)).inside).to.include({ zone: 'A', gate: 'G1' });
    const paid = await G2.exit({ card });
    expect([paid.outcome, paid.amount]).to.deep.equal(['APPROVED', 320]);
    expect(partsOf(paid)).to.deep.equal({ value: 200, loan: 120 });
    expect((await G2.exit({ card })).outcome).to.equal('NOT_INSIDE');

    expect((await G1.entry({ card })).outcome).to.equal('APPROVED');
    expect((await current.operator.prohibit(card)).reasons).to.deep.equal(['OPERATOR']);
    const owing = await G2.exit({ card });
    expect(owing.outcome).to.equal('APPROVED');
    expect(partsOf(owing)).to.deep.equal({ fare: 320 });
    expect(heldBy(owing)).to.deep.equal({ fareOwed: 320, loan: 120 });
    expect((await G1.entry({ card })).outcome).to.equal('CARD_PROHIBITED');

    const deposited = await D1.deposit({ card, amount: 500 });
    expect(partsOf(deposited)).to.deep.equal({ fare: 320, loan: 120, value: 60 });
    const { balances, reasons, inside } = await current.card(card);
    expect(heldBy({ balances })).to.deep.equal({ storedValue: 60 });
    expect(reasons).to.deep.equal(['OPERATOR']);
    expect(inside).to.equal(undefined);
    expect((await current.totals(G2.id)).fares).to.deep.include({
      count: 2,
      amount: 640n,
      value: 200n,
      loan: 120n,
      fare: 320n,
    });
    expect((await current.totals(D1.id)).deposits).to.deep.include({ count: 1, amount: 500n, fare: 320n });
  });

  it('R14 a card without credit leaves, and enters again when its fare is paid', async () => {
    const { current } = fixture;
    const card = await current.issue({ storedValue: 50, creditFlag: false });
    const [G1, G2, D1] = [current.terminal('G1'), current.terminal('G2'), current.terminal('D1')];
    expect((await G1.entry({ card })).outcome).to.equal('APPROVED');
    const left = await G2.exit({ card });
    expect(left.outcome).to.equal('APPROVED');
    expect(partsOf(left)).to.deep.equal({ value: 50, fare: 270 });
    expect((await G1.entry({ card })).outcome).to.equal('FARE_OWED');
    expect(heldBy(await D1.deposit({ card, amount: 1_000 }))).to.deep.equal({ storedValue: 730 });
    expect(heldBy(await current.card(card))).to.deep.equal({ storedValue: 730 });
    expect((await G1.entry({ card })).outcome).to.equal('APPROVED');
  });
});
