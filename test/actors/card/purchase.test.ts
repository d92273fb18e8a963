import { expect } from 'chai';
import { evolveCard } from '../../../actors/card/card.js';
import { decideCard } from '../../../actors/card/decideCard.js';
import { given } from '../decider.js';
import { askedOf, C1_BALANCES, idOf, NOON, partsOf } from '../money/samples.js';
import { Card, context, issued } from './cards.js';

describe('a card pays', () => {
  it('A1: 2,000 as value 1,200 and loan 800, and says so with balances and flag', () => {
    const { when } = given({ decide: decideCard, evolve: evolveCard }, issued());
    const asked = askedOf();
    const at = { mayDefer: true, zone: '' };
    const decision = when(
      { type: 'Execute', asked, at, pinHash: '', original: undefined, closing: undefined },
      context,
    );
    const parts = partsOf({ value: 1_200, loan: 800 });
    expect(decision.events).to.have.length(1);
    expect(decision.events[0]).to.have.property('type', 'CardMoved');
    expect(decision.events[0]).to.deep.nested.include({
      asked,
      'answer.outcome': 'APPROVED',
      'answer.amount': 2_000,
      'answer.parts': parts,
      'answer.balances': { ...C1_BALANCES, storedValue: 0, loan: 800 },
      'answer.creditFlag': true,
      'answer.receiveTime': NOON,
      'answer.position': 42,
    });
    expect(decision.tells).to.deep.equal([{ type: 'Moved', asked, parts, pinVerified: false }]);
  });

  it('A1: and has it in its log', () => {
    const card = new Card();
    card.purchase(2_000);
    expect(card.state?.log).to.deep.equal([
      {
        id: idOf(1),
        kind: 'PURCHASE',
        reversal: false,
        amount: 2_000,
        parts: partsOf({ value: 1_200, loan: 800 }),
        storedValueAfter: 0,
        loanAfter: 800,
        terminalTime: NOON,
        receiveTime: NOON,
        reference: '',
        original: undefined,
      },
    ]);
  });

  it('A5: until the principal reaches the limit, and not 1 beyond it', () => {
    const card = new Card();
    expect(card.purchase(2_000).balances).to.include({ loan: 800 });
    expect(card.purchase(9_200)).to.include({ outcome: 'APPROVED' });
    expect(card.holds).to.include({ loan: 10_000 });
    expect(card.purchase(1)).to.deep.include({ outcome: 'CREDIT_LIMIT', amount: 1, parts: partsOf({}) });
    expect(card.tells.at(-1)).to.deep.include({ type: 'Declined', outcome: 'CREDIT_LIMIT' });
  });

  it('B1: within its limit of 5,000, whatever was paid before', () => {
    const card = new Card({ storedValue: 0, limit: 5_000 });
    card.deposit(1_000);
    card.purchase(4_000);
    expect(card.holds).to.include({ storedValue: 0, loan: 3_000 });
    expect(card.purchase(2_500).outcome).to.equal('CREDIT_LIMIT');
    card.purchase(2_000);
    expect(card.holds.loan).to.equal(5_000);
  });

  it('B3b: from within its limit though interest takes it beyond: the limit is the principal’s', () => {
    const card = new Card({ storedValue: 0, loan: 9_500, interest: 300 });
    expect(card.purchase(400).balances).to.include({ loan: 9_900, interest: 300 });
  });

  it('A9: not by deferral where the terminal may not, but from the value it holds', () => {
    const card = new Card();
    expect(card.purchase(2_000, { mayDefer: false }).outcome).to.equal('DEFERRAL_NOT_PERMITTED');
    expect(card.purchase(1_200, { mayDefer: false }).outcome).to.equal('APPROVED');
  });

  describe('partially, where the terminal asks for it (rule 1)', () => {
    it('A6: flag off: 1,200 of 2,000, and 800 remain', () => {
      const card = new Card({ policy: { creditFlag: false } });
      expect(card.enquire()).to.include({ outcome: 'APPROVED', creditFlag: false });
      expect(card.purchase(2_000)).to.deep.include({ outcome: 'INSUFFICIENT_FUNDS', remainder: 0 });
      expect(card.holds.storedValue).to.equal(1_200);
      const paid = card.purchase(2_000, { partial: true });
      expect(paid).to.deep.include({
        outcome: 'APPROVED',
        amount: 1_200,
        remainder: 800,
        parts: partsOf({ value: 1_200 }),
      });
      expect(card.holds.storedValue).to.equal(0);
    });

    it('with nothing on it: the ordinary refusal', () => {
      const card = new Card({ storedValue: 0, policy: { creditFlag: false } });
      expect(card.purchase(1, { partial: true })).to.include({ outcome: 'INSUFFICIENT_FUNDS', remainder: 0 });
    });

    it('only where the due cannot be deferred', () => {
      expect(new Card().purchase(2_000, { partial: true })).to.include({ amount: 2_000, remainder: 0 });
      const atLimit = new Card({ loan: 10_000 });
      expect(atLimit.purchase(1_300, { partial: true })).to.include({ amount: 1_200, remainder: 100 });
      const noTerms = new Card().purchase(1_300, { partial: true, mayDefer: false });
      expect(noTerms).to.include({ amount: 1_200, remainder: 100 });
    });

    it('and the refund of it is of what was approved', () => {
      const card = new Card({ policy: { creditFlag: false } });
      const paid = card.purchase(2_000, { partial: true });
      expect(card.refund(paid, 1_201)).to.include({ outcome: 'REFUND_EXCEEDS_ORIGINAL', fits: 1_200 });
      expect(card.refund(paid, 1_200).parts).to.deep.equal(partsOf({ value: 1_200 }));
    });
  });

  it('A14: keeps the last 20 movements, newest first', () => {
    const card = new Card();
    for (let number = 1; number <= 21; number += 1) card.purchase(10);
    expect(card.state?.log.map(({ id }) => id?.number)).to.deep.equal(
      Array.from({ length: 20 }, (_, index) => 21 - index),
    );
  });

  it('tells its center of every refusal, and keeps none in its log', () => {
    const card = new Card();
    const before = card.state;
    card.purchase(20_000);
    expect(card.tells).to.have.length(1);
    expect(card.tells[0]).to.deep.include({ type: 'Declined', outcome: 'CREDIT_LIMIT' });
    expect(card.state).to.deep.equal(before);
  });

  it('answers an enquiry without a movement', () => {
    const card = new Card();
    const before = card.state;
    expect(card.enquire()).to.include({ outcome: 'APPROVED', amount: 0, creditFlag: true });
    expect(card.state).to.equal(before);
  });
});

describe('a card takes a deposit (rule 4)', () => {
  it('A4: of 3,000; of 16,000 not at all, and says that 15,800 would fit', () => {
    const card = new Card();
    expect(card.deposit(3_000).balances).to.include({ storedValue: 4_200 });
    expect(card.deposit(16_000)).to.include({ outcome: 'CAP_EXCEEDED', fits: 15_800 });
    expect(card.deposit(15_800).balances).to.include({ storedValue: 20_000 });
  });

  it('for the fare, then interest, then principal, then value', () => {
    const card = new Card({ storedValue: 0, loan: 1_500, interest: 22, fareOwed: 3 });
    expect(card.deposit(2_000)).to.deep.include({
      parts: partsOf({ fare: 3, interest: 22, loan: 1_500, value: 475 }),
      balances: { ...C1_BALANCES, storedValue: 475 },
    });
  });

  it('B4b: of 20, which leaves I 2; of 1,502, after which it owes nothing', () => {
    const card = new Card({ storedValue: 0, loan: 1_500, interest: 22 });
    card.deposit(20);
    expect(card.holds).to.include({ interest: 2, loan: 1_500 });
    card.deposit(1_502);
    expect(card.holds).to.deep.equal({ storedValue: 0, loan: 0, interest: 0, fareOwed: 0 });
  });

  it('without a cap up to what a number can hold', () => {
    const card = new Card({ policy: { storedValueCap: undefined } });
    expect(card.deposit(999_999_999_999).outcome).to.equal('APPROVED');
  });
});
