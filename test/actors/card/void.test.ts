import { expect } from 'chai';
import { dayAfter, idOf, NOON, PARAMETERS, partsOf, shareRule } from '../money/samples.js';
import { Card } from './cards.js';

describe('a card voids its last payment (rule 9)', () => {
  it('whole, in its stored parts, with or without naming it', () => {
    for (const named of [true, false]) {
      const card = new Card();
      const paid = card.purchase(2_000);
      const voided = card.void(named ? { original: paid.id } : {});
      expect(voided).to.deep.include({ amount: 2_000, parts: partsOf({ value: 1_200, loan: 800 }) });
      expect(card.holds).to.include({ storedValue: 1_200, loan: 0 });
      expect(card.state?.log[0]).to.deep.include({ kind: 'VOID', original: paid.id });
      expect(card.tells.at(-1), 'the center learns which').to.have.deep.nested.property(
        'asked.original',
        paid.id,
      );
    }
  });

  it('at the same terminal, while its batch is open', () => {
    const card = new Card();
    card.purchase(100);
    expect(card.void({ id: idOf(9, 1, 'T2') }).outcome).to.equal('VOID_NOT_POSSIBLE');
    expect(card.void({ batch: 2 }).outcome).to.equal('VOID_NOT_POSSIBLE');
    expect(card.void({ id: idOf(10, 3) }).outcome, 'another incarnation').to.equal('APPROVED');
  });

  it('only the last, and nothing if there is none', () => {
    const card = new Card();
    expect(card.void().outcome).to.equal('VOID_NOT_POSSIBLE');
    const first = card.purchase(100);
    const second = card.purchase(200);
    expect(card.void({ original: first.id }).outcome).to.equal('VOID_NOT_POSSIBLE');
    expect(card.void({ original: second.id }).outcome).to.equal('APPROVED');
    expect(card.void({ original: first.id }).outcome, 'it is not the last now').to.equal('VOID_NOT_POSSIBLE');
  });

  it('deposits and refusals in between do not matter', () => {
    const card = new Card();
    card.purchase(100);
    card.deposit(500);
    card.purchase(20_000);
    expect(card.void()).to.include({ outcome: 'APPROVED', amount: 100 });
  });

  it('not when something of it was given back', () => {
    const card = new Card();
    const refunded = card.purchase(100);
    const refund = card.refund(refunded, 1);
    expect(card.void().outcome).to.equal('VOID_NOT_POSSIBLE');
    card.reverse(refund);
    expect(card.void().outcome, 'the refund was taken back').to.equal('APPROVED');
    expect(card.void().outcome, 'twice').to.equal('VOID_NOT_POSSIBLE');
    card.reverse(card.purchase(100));
    expect(card.void().outcome, 'reversed').to.equal('VOID_NOT_POSSIBLE');
  });

  it('again after its void was reversed', () => {
    const card = new Card();
    card.purchase(2_000);
    const voided = card.void();
    expect(card.reverse(voided).amount).to.equal(2_000);
    expect(card.holds).to.include({ storedValue: 0, loan: 800 });
    expect(card.void()).to.include({ outcome: 'APPROVED', amount: 2_000 });
    expect(card.holds).to.include({ storedValue: 1_200, loan: 0 });
  });

  it('and a void that is reversed after its payment takes nothing', () => {
    const card = new Card();
    const paid = card.purchase(2_000);
    const voided = card.void();
    expect(card.reverse(paid).amount).to.equal(0);
    expect(card.reverse(voided).amount).to.equal(0);
    expect(card.holds).to.include({ storedValue: 1_200, loan: 0 });
  });

  it('an account share: nothing of the card’s moves, unless its collection came back', () => {
    const card = new Card({ storedValue: 0, policy: { shareRule: shareRule('ALL_ACCOUNT') } });
    card.purchase(800);
    card.void();
    expect(card.holds).to.include({ storedValue: 0, loan: 0 });
    const paid = card.purchase(800);
    card.tell({ type: 'ReturnCollection', card: 'C1', transaction: paid.id, amount: 800, time: NOON });
    expect(card.void().parts).to.deep.equal(partsOf({ account: 800, accountAsLoan: 800 }));
    expect(card.holds).to.include({ storedValue: 0, loan: 0 });
  });

  it('a fare too: what stayed uncollected lowers the fare owed, or goes to value if it was paid', () => {
    const card = new Card({ storedValue: 50, policy: { creditFlag: false } });
    card.enter();
    card.leave();
    expect(card.holds).to.include({ storedValue: 0, fareOwed: 270 });
    card.void();
    expect(card.holds).to.include({ storedValue: 50, fareOwed: 0 });

    card.enter();
    card.leave();
    card.deposit(270);
    expect(card.void().parts).to.deep.equal(partsOf({ value: 50, fare: 270, excess: 270 }));
    expect(card.holds).to.include({ storedValue: 320, fareOwed: 0 });
  });

  describe('a fare of 0', () => {
    const free = (): Card => {
      const card = new Card();
      card.schedule = [{ ...PARAMETERS, fares: [] }];
      card.enter();
      return card;
    };

    it('once', () => {
      const card = free();
      card.leave();
      const voided = card.void();
      expect(voided).to.include({ outcome: 'APPROVED', amount: 0 });
      expect(card.void().outcome).to.equal('VOID_NOT_POSSIBLE');
      card.reverse(voided);
      expect(card.void().outcome, 'its void was reversed').to.equal('APPROVED');
      expect(card.void().outcome).to.equal('VOID_NOT_POSSIBLE');
    });

    it('not after it was reversed', () => {
      const card = free();
      card.reverse(card.leave());
      expect(card.void().outcome).to.equal('VOID_NOT_POSSIBLE');
    });
  });

  it('that is reversed counts the account’s share on the date of the payment again (rule 2)', () => {
    const rule = shareRule('WATERFALL', { capDay: 1_000 });
    const card = new Card({ storedValue: 0, policy: { shareRule: rule } });
    card.purchase(600, { businessDate: dayAfter(-1) });
    const voided = card.void();
    expect(card.state?.accountDays).to.deep.equal([]);
    card.reverse(voided);
    expect(card.events.at(-1), 'the event says which date').to.include({ bookedDate: dayAfter(-1) });
    expect(card.state?.accountDays).to.deep.equal([{ businessDate: dayAfter(-1), amount: 600 }]);
    const late = card.purchase(600, { businessDate: dayAfter(-1) });
    expect(late.parts).to.deep.equal(partsOf({ account: 400, loan: 200 }));
  });

  it('of a prohibited card', () => {
    const card = new Card();
    card.purchase(100);
    card.tell({ type: 'ChangeProhibition', card: 'C1', reasons: ['OPERATOR'] });
    expect(card.void().outcome).to.equal('APPROVED');
  });
});
