/** Limits and prohibitions: BEHAVIOUR.md's examples of rules 3 and 7. */
import { expect } from 'chai';
import { until } from '../../support/until.js';
import { heldBy, PIN, useFixture } from './fixture.js';

describe('claims: prohibition', () => {
  const fixture = useFixture(['T1', 'T2', 'D1']);

  it('B3b a purchase within the limit prohibits when interest makes what is owed exceed it', async () => {
    const { current } = fixture;
    const card = await current.issue({ storedValue: 0, loan: 9_500, interest: 300 });
    const T1 = current.terminal('T1');
    const bought = await T1.purchase({ card, amount: 400 });
    expect(bought.outcome).to.equal('APPROVED');
    expect(heldBy(bought)).to.deep.equal({ loan: 9_900, interest: 300 });
    expect((await current.card(card)).reasons).to.deep.equal(['LIMIT']);
    expect((await T1.purchase({ card, amount: 1 })).outcome).to.equal('CARD_PROHIBITED');
    expect(heldBy(await current.card(card))).to.deep.equal({ loan: 9_900, interest: 300 });
  });

  it('B6 a card over its limit is refused everywhere: by the list that a terminal holds, or because it holds none', async () => {
    const { current } = fixture;
    const card = await current.issue();
    const [T1, T2] = [current.terminal('T1'), current.terminal('T2')];
    await T1.purchase({ card, amount: 2_000 });
    const cut = await current.operator.changeLimit(card, 500);
    expect(cut.reasons).to.deep.equal(['LIMIT']);
    await until(
      async () => {
        const reply = await T2.purchase({ card, amount: 100 });
        expect(reply.outcome).to.equal('CARD_PROHIBITED');
        return reply.position === 0;
      },
      { what: 'T2 refuses from its own list' },
    );
    const T4 = await current.system.terminal('T4', { acknowledge: false });
    expect((await T4.purchase({ card, amount: 100 })).outcome).to.equal('LIST_NOT_HELD');
    await T4.acknowledgeList();
    const refused = await T4.purchase({ card, amount: 100 });
    expect([refused.outcome, refused.position]).to.deep.equal(['CARD_PROHIBITED', 0]);
    expect(heldBy(await current.card(card))).to.deep.equal({ loan: 800 });
    await current.operator.changeLimit(card, 10_000);
    await until(async () => (await T2.purchase({ card, amount: 100 })).outcome === 'APPROVED', {
      what: 'the lifted card pays at T2 again',
    });
  });

  it("R7 reasons are kept apart: a deposit lifts the limit's, only the operator lifts the operator's", async () => {
    const { current } = fixture;
    const { operator } = current;
    const card = await current.issue({ storedValue: 0, loan: 800 });
    const [T1, D1] = [current.terminal('T1'), current.terminal('D1')];
    expect((await operator.prohibit(card)).reasons).to.deep.equal(['OPERATOR']);
    expect((await operator.changeLimit(card, 500)).reasons).to.have.members(['OPERATOR', 'LIMIT']);
    expect(heldBy(await D1.deposit({ card, amount: 300 }))).to.deep.equal({ loan: 500 });
    expect((await current.card(card)).reasons).to.deep.equal(['OPERATOR']);
    expect((await T1.purchase({ card, amount: 1 })).outcome).to.equal('CARD_PROHIBITED');
    expect((await operator.lift(card)).reasons).to.deep.equal([]);
    expect((await current.card(card)).reasons).to.deep.equal([]);
    await operator.changeLimit(card, 10_000);
    await until(async () => (await T1.purchase({ card, amount: 3_500, pin: PIN })).outcome === 'APPROVED', {
      what: 'the card pays again',
    });
    expect(heldBy(await current.card(card))).to.deep.equal({ loan: 4_000 });
  });
});
