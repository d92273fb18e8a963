import { expect } from 'chai';
import { dayAfter, partsOf, ratio, shareRule } from '../money/samples.js';
import { Card } from './cards.js';

/** No value: everything is due. */
function sharing(rule: ReturnType<typeof shareRule>, storedValue = 0): Card {
  return new Card({ storedValue, policy: { shareRule: rule } });
}

describe('a card shares its due (rule 2)', () => {
  it('A10: 60/40: 1,001 as account 601 and loan 400', () => {
    const card = sharing(ratio(60, 40));
    const paid = card.purchase(1_001);
    expect(paid.parts).to.deep.equal(partsOf({ account: 601, loan: 400 }));
    expect(card.holds.loan).to.equal(400);
    expect(card.state?.log[0]?.parts).to.deep.equal(paid.parts);
    expect(card.tells).to.have.deep.nested.property('[0].parts', paid.parts);
  });

  it('A10b: account up to 500, the rest loan', () => {
    const card = sharing(shareRule('WATERFALL', { capTransaction: 500 }));
    expect(card.purchase(1_001).parts).to.deep.equal(partsOf({ account: 500, loan: 501 }));
    expect(card.purchase(500).parts).to.deep.equal(partsOf({ account: 500 }));
  });

  it('A10c: value first: 301 + 419 + 280', () => {
    const card = sharing(ratio(60, 40), 301);
    expect(card.purchase(1_000).parts).to.deep.equal(partsOf({ value: 301, account: 419, loan: 280 }));
  });

  it('A12: all account: 800 of the account, and no loan', () => {
    const card = sharing(shareRule('ALL_ACCOUNT'), 1_200);
    expect(card.purchase(2_000).parts).to.deep.equal(partsOf({ value: 1_200, account: 800 }));
    expect(card.holds).to.include({ storedValue: 0, loan: 0 });
  });

  it('the loan’s part within the limit, the account taking no more for it: refused', () => {
    const card = new Card({ storedValue: 0, loan: 9_700, policy: { shareRule: ratio(60, 40) } });
    expect(card.purchase(751).parts).to.deep.equal(partsOf({ account: 451, loan: 300 }));
    expect(card.purchase(2).outcome).to.equal('CREDIT_LIMIT');
    expect(card.purchase(1).parts, 'all of 1 is the account’s').to.deep.equal(partsOf({ account: 1 }));
  });

  it('no loan, no limit: what the account takes whole passes a card at its limit', () => {
    const card = new Card({
      storedValue: 0,
      loan: 10_000,
      policy: { shareRule: shareRule('ALL_ACCOUNT') },
    });
    expect(card.purchase(2_000).outcome).to.equal('APPROVED');
  });

  describe('with a cap', () => {
    it('a transaction: one more is ACCOUNT_NOT_AVAILABLE', () => {
      const card = sharing(shareRule('ALL_ACCOUNT', { capTransaction: 500 }));
      expect(card.purchase(501).outcome).to.equal('ACCOUNT_NOT_AVAILABLE');
      expect(card.purchase(500).outcome).to.equal('APPROVED');
      expect(card.purchase(500).outcome).to.equal('APPROVED');
    });

    it('a day: by business date', () => {
      const card = sharing(shareRule('ALL_ACCOUNT', { capDay: 1_000 }));
      card.purchase(700);
      expect(card.purchase(301).outcome).to.equal('ACCOUNT_NOT_AVAILABLE');
      expect(card.purchase(1_000, { businessDate: dayAfter(-1) }).outcome, 'of yesterday').to.equal(
        'APPROVED',
      );
      expect(card.purchase(300).outcome).to.equal('APPROVED');
      expect(card.purchase(1, { businessDate: dayAfter(1) }).outcome, 'of tomorrow').to.equal('APPROVED');
    });

    it('a day, in a waterfall: what the account may not take is loan', () => {
      const card = sharing(shareRule('WATERFALL', { capTransaction: 500, capDay: 700 }));
      expect(card.purchase(600).parts).to.deep.equal(partsOf({ account: 500, loan: 100 }));
      expect(card.purchase(600).parts).to.deep.equal(partsOf({ account: 200, loan: 400 }));
      expect(card.purchase(600).parts).to.deep.equal(partsOf({ loan: 600 }));
    });

    it('a day: a refusal uses nothing of it, and an account’s cap applies to its part only', () => {
      const card = sharing(ratio(50, 50, { capDay: 500 }));
      expect(card.purchase(1_001).outcome, 'account 500, loan 501').to.equal('APPROVED');
      expect(card.purchase(2).outcome).to.equal('ACCOUNT_NOT_AVAILABLE');
    });

    it('a day: reversed and voided shares make room again on their own date; refunds do not', () => {
      const card = sharing(shareRule('ALL_ACCOUNT', { capDay: 1_000 }));
      const first = card.purchase(1_000);
      card.refund(first, 1_000);
      expect(card.purchase(1).outcome, 'after a refund').to.equal('ACCOUNT_NOT_AVAILABLE');

      const second = card.purchase(1_000, { businessDate: dayAfter(-1) });
      card.reverse(second);
      expect(card.purchase(1_000, { businessDate: dayAfter(-1) }).outcome).to.equal('APPROVED');
      expect(card.purchase(1).outcome, 'today is another date').to.equal('ACCOUNT_NOT_AVAILABLE');

      card.purchase(1_000, { businessDate: dayAfter(-2) });
      card.void();
      expect(card.purchase(1_000, { businessDate: dayAfter(-2) }).outcome).to.equal('APPROVED');
    });

    it('a day: a void that is reversed uses the room again, also after another payment', () => {
      const card = sharing(shareRule('ALL_ACCOUNT', { capDay: 1_000 }));
      card.purchase(800, { businessDate: dayAfter(-1) });
      const voided = card.void();
      card.purchase(300);
      card.reverse(voided);
      const late = card.purchase(201, { businessDate: dayAfter(-1) });
      expect(late.outcome).to.equal('ACCOUNT_NOT_AVAILABLE');
      expect(card.purchase(200, { businessDate: dayAfter(-1) }).outcome).to.equal('APPROVED');
    });
  });

  it('to no account: ACCOUNT_NOT_AVAILABLE, unless the account’s part is 0', () => {
    const unnamed = (rule: ReturnType<typeof shareRule>) =>
      new Card({ storedValue: 300, policy: { shareRule: rule, account: '' } });
    expect(unnamed(shareRule('ALL_ACCOUNT')).purchase(301).outcome).to.equal('ACCOUNT_NOT_AVAILABLE');
    expect(unnamed(ratio(1, 1)).purchase(302).outcome).to.equal('ACCOUNT_NOT_AVAILABLE');
    const waterfall = shareRule('WATERFALL', { capTransaction: 500 });
    expect(unnamed(waterfall).purchase(301).outcome).to.equal('ACCOUNT_NOT_AVAILABLE');
    expect(unnamed(ratio(1, 1)).purchase(301).parts, 'a tie is the loan’s').to.include({
      account: 0,
      loan: 1,
    });
    expect(unnamed(shareRule('ALL_ACCOUNT')).purchase(300).outcome).to.equal('APPROVED');
    const partly = unnamed(shareRule('ALL_ACCOUNT')).purchase(301, { partial: true });
    expect(partly.parts).to.deep.equal(partsOf({ value: 300 }));
  });

  it('by the rule of the moment: a change binds from the next command', () => {
    const card = sharing(ratio(60, 40));
    card.purchase(100);
    const policy = { ...card.state!.policy, shareRule: shareRule('ALL_ACCOUNT') };
    card.tell({ type: 'ChangePolicy', card: 'C1', policy });
    expect(card.purchase(100).parts).to.deep.equal(partsOf({ account: 100 }));
  });
});
