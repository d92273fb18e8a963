import { expect } from 'chai';
import { dayAfter, idOf, NOON, partsOf, ratio, shareRule } from '../money/samples.js';
import { Card } from './cards.js';

const DAY = 86_400_000;

describe('a card gives a refund (rule 9)', () => {
  it('A10: of 1,001 = 601 + 400: 500 as 300/200, 300 as 180/120, 201 as 121/80, and not 1 more', () => {
    const card = new Card({ storedValue: 0, policy: { shareRule: ratio(60, 40) } });
    const paid = card.purchase(1_001);
    const refunds = [500, 300, 201].map((amount) => card.refund(paid, amount).parts);
    expect(refunds).to.deep.equal([
      partsOf({ account: 300, loan: 200 }),
      partsOf({ account: 180, loan: 120 }),
      partsOf({ account: 121, loan: 80 }),
    ]);
    expect(card.refund(paid, 1)).to.include({ outcome: 'REFUND_EXCEEDS_ORIGINAL', fits: 0 });
    expect(card.holds).to.include({ storedValue: 0, loan: 0 });
  });

  it('A10c: of 301 + 419 + 280: 100 as 30/42/28, 333 as 100/140/93, 567 as 171/237/159', () => {
    const card = new Card({ storedValue: 301, policy: { shareRule: ratio(60, 40) } });
    const paid = card.purchase(1_000);
    const refunds = [100, 333, 567].map((amount) => card.refund(paid, amount).parts);
    expect(refunds).to.deep.equal([
      partsOf({ value: 30, account: 42, loan: 28 }),
      partsOf({ value: 100, account: 140, loan: 93 }),
      partsOf({ value: 171, account: 237, loan: 159 }),
    ]);
    expect(card.holds).to.include({ storedValue: 301, loan: 0 });
  });

  it('ties go to the loan, then the account, then the value', () => {
    const card = new Card({ storedValue: 100, policy: { shareRule: ratio(1, 1) } });
    const paid = card.purchase(300);
    expect(card.refund(paid, 1).parts).to.deep.equal(partsOf({ loan: 1 }));
    expect(card.refund(paid, 2).parts, 'of 100, 100 and 99').to.deep.equal(partsOf({ account: 1, value: 1 }));
  });

  it('R9: what exceeds the principal as it is now goes to stored value', () => {
    const card = new Card();
    const paid = card.purchase(2_000);
    card.deposit(500);
    expect(card.holds.loan).to.equal(300);
    expect(card.refund(paid, 1_000).parts).to.deep.equal(partsOf({ value: 600, loan: 400, excess: 100 }));
    expect(card.holds).to.include({ storedValue: 700, loan: 0 });
    expect(card.void().outcome).to.equal('VOID_NOT_POSSIBLE');
  });

  it('R10: 500 of 2,000 as 300 + 200', () => {
    const card = new Card();
    card.refund(card.purchase(2_000), 500);
    expect(card.holds).to.include({ storedValue: 300, loan: 600 });
  });

  it('never refused for the cap', () => {
    const card = new Card();
    const paid = card.purchase(1_200);
    card.deposit(20_000);
    expect(card.refund(paid, 1_200).balances).to.include({ storedValue: 21_200 });
  });

  it('to a card that is prohibited, or has expired', () => {
    const card = new Card({ policy: { expiryDate: dayAfter(1) } });
    const paid = card.purchase(1_000);
    card.tell({ type: 'ChangeProhibition', card: 'C1', reasons: ['LOST'] });
    card.now = NOON + 2 * DAY;
    expect(card.refund(paid, 1_000).outcome).to.equal('APPROVED');
  });

  it('at any terminal, under a log entry that names what it gives back', () => {
    const card = new Card();
    const paid = card.purchase(2_000);
    const refund = card.refund(paid, 500, { id: idOf(7, 1, 'T2') });
    expect(card.state?.log[0]).to.deep.include({ id: refund.id, kind: 'REFUND', original: paid.id });
  });

  it('of a loan lowers the loan, but leaves posted interest', () => {
    const card = new Card({ storedValue: 0, interest: 10 });
    card.refund(card.purchase(500), 500);
    expect(card.holds).to.include({ loan: 0, interest: 10 });
  });

  it('of an account share whose collection came back lowers the loan', () => {
    const card = new Card({ storedValue: 0, policy: { shareRule: shareRule('ALL_ACCOUNT') } });
    const paid = card.purchase(800);
    card.tell({ type: 'ReturnCollection', card: 'C1', transaction: paid.id, amount: 800, time: NOON });
    expect(card.holds.loan).to.equal(800);
    const parts = card.refund(paid, 500).parts;
    expect(parts).to.deep.equal(partsOf({ account: 500, accountAsLoan: 500 }));
    expect(card.holds).to.include({ storedValue: 0, loan: 300 });
    card.deposit(200);
    const last = card.refund(paid, 300).parts;
    expect(last).to.deep.equal(partsOf({ account: 300, accountAsLoan: 300, excess: 200 }));
    expect(card.holds).to.include({ storedValue: 200, loan: 0 });
  });

  describe('only of an approved purchase', () => {
    it('not of what was declined, of what it never saw, or of another kind', () => {
      const card = new Card({ storedValue: 320 });
      const declined = card.purchase(20_000);
      const deposit = card.deposit(100);
      card.enter();
      const fare = card.leave();
      expect(fare.outcome).to.equal('APPROVED');
      for (const original of [declined, { id: idOf(99) }, deposit, fare]) {
        expect(card.refund(original, 1).outcome).to.equal('ORIGINAL_NOT_FOUND');
      }
    });

    it('not after 180 days, by business date; on the 180th still', () => {
      const card = new Card();
      const paid = card.purchase(1_000);
      card.now = NOON + 180 * DAY;
      expect(card.refund(paid, 1).outcome).to.equal('APPROVED');
      card.now = NOON + 181 * DAY;
      expect(card.refund(paid, 1).outcome).to.equal('ORIGINAL_NOT_FOUND');
    });

    it('not of what was reversed or voided: nothing is left', () => {
      const card = new Card();
      const reversed = card.purchase(500);
      card.reverse(reversed);
      expect(card.refund(reversed, 1)).to.include({ outcome: 'REFUND_EXCEEDS_ORIGINAL', fits: 0 });
      const voided = card.purchase(500);
      card.void();
      expect(card.refund(voided, 1)).to.include({ outcome: 'REFUND_EXCEEDS_ORIGINAL', fits: 0 });
    });
  });

  describe('and its reversal', () => {
    it('takes again what it had given, and leaves it to be refunded again', () => {
      const card = new Card();
      const paid = card.purchase(2_000);
      const refund = card.refund(paid, 1_000);
      const before = card.holds;
      const reversed = card.reverse(refund);
      expect(reversed).to.deep.include({
        outcome: 'REVERSED',
        amount: 1_000,
        parts: partsOf({ value: 600, loan: 400 }),
        original: 'APPROVED',
      });
      expect(before).to.include({ storedValue: 600, loan: 400 });
      expect(card.holds).to.include({ storedValue: 0, loan: 800 });
      expect(card.refund(paid, 2_000).outcome).to.equal('APPROVED');
    });

    it('makes a loan of what the card does not hold any more', () => {
      const card = new Card();
      const refund = card.refund(card.purchase(1_200), 1_200);
      card.purchase(1_000);
      expect(card.reverse(refund).parts).to.deep.equal(partsOf({ value: 1_200, restoredLoan: 1_000 }));
      expect(card.holds).to.include({ storedValue: 0, loan: 1_000 });
    });

    it('takes the excess back from stored value first', () => {
      const card = new Card();
      const paid = card.purchase(2_000);
      card.deposit(500);
      const refund = card.refund(paid, 1_000);
      card.reverse(refund);
      expect(card.holds).to.include({ storedValue: 0, loan: 300 });
    });

    it('takes nothing once its payment was reversed: that has no effect, and never will have one', () => {
      const card = new Card();
      const paid = card.purchase(2_000);
      const refund = card.refund(paid, 500);
      expect(card.reverse(paid).amount, 'what was left').to.equal(1_500);
      expect(card.holds).to.include({ storedValue: 1_200, loan: 0 });
      expect(card.reverse(refund)).to.include({ outcome: 'REVERSED', amount: 0 });
      expect(card.holds).to.include({ storedValue: 1_200, loan: 0 });
      expect(card.state?.log[0], 'a line of its own').to.include({
        kind: 'REFUND',
        reversal: true,
        amount: 0,
      });
    });

    it('takes nothing either when all had been refunded before the payment was reversed', () => {
      const card = new Card();
      const paid = card.purchase(2_000);
      const refund = card.refund(paid, 2_000);
      expect(card.reverse(paid)).to.include({ outcome: 'REVERSED', amount: 0 });
      card.reverse(refund);
      expect(card.holds).to.include({ storedValue: 1_200, loan: 0 });
    });
  });
});
