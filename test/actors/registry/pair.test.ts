import { expect } from 'chai';
import { partsOf, shareRule } from '../money/samples.js';
import { Pair } from './pair.js';

const allAccount = shareRule('ALL_ACCOUNT');
const owing = { storedValue: 0, loan: 1_500, interest: 22 };

describe('a card and its record, in one turn, always agree (I3):', () => {
  it('A1: 0 and 800 on both', () => {
    const pair = new Pair();
    pair.ask('PURCHASE', 2_000);
    expect(pair.holds).to.include({ storedValue: 0, loan: 800 });
  });

  it('B1: deposit, pay, within the limit, beyond it', () => {
    const pair = new Pair({ storedValue: 0, limit: 5_000 });
    pair.ask('DEPOSIT', 1_000);
    expect(pair.unit.card.log[0]).to.include({ kind: 'DEPOSIT', amount: 1_000 });
    pair.ask('PURCHASE', 4_000);
    expect(pair.holds.loan).to.equal(3_000);
    expect(pair.ask('PURCHASE', 2_500).outcome).to.equal('CREDIT_LIMIT');
    pair.ask('PURCHASE', 2_000);
    expect(pair.holds.loan).to.equal(5_000);
    expect(pair.unit.record).to.include({ approvedCount: 3, declinedCount: 1 });
  });

  it('B2d: what is not posted yet is posted by the next run, and SV is not touched', () => {
    const pair = new Pair({ storedValue: 0, loan: 3_000 });
    pair.onDay(20).ask('DEPOSIT', 3_000);
    pair.charge(30);
    expect(pair.holds).to.include({ loan: 0, interest: 29, storedValue: 0 });
    pair.ask('DEPOSIT', 1_000);
    expect(pair.holds).to.include({ interest: 0, storedValue: 971 });
  });

  it('B3: prohibited by interest, refused, lifted by a deposit', () => {
    const pair = new Pair({ storedValue: 0, loan: 9_990 });
    pair.charge(30);
    expect(pair.holds).to.include({ interest: 147 });
    expect(pair.reasons).to.deep.equal(['LIMIT']);
    expect(pair.ask('PURCHASE', 1).outcome).to.equal('CARD_PROHIBITED');
    pair.ask('DEPOSIT', 500);
    expect(pair.holds).to.include({ interest: 0, loan: 9_637 });
    expect(pair.reasons).to.deep.equal([]);
  });

  it('B3b: an approved purchase may prohibit the card right after it', () => {
    const pair = new Pair({ storedValue: 0, loan: 9_500, interest: 300 });
    expect(pair.ask('PURCHASE', 400).outcome).to.equal('APPROVED');
    expect(pair.reasons).to.deep.equal(['LIMIT']);
    expect(pair.ask('PURCHASE', 1).outcome).to.equal('CARD_PROHIBITED');
  });

  describe('B4: a store of 2,000', () => {
    it('is projected, and applied at the access', () => {
      const pair = new Pair(owing);
      pair.store('R1', 2_000);
      expect(pair.holds).to.include({ storedValue: 0, loan: 1_500 });
      expect(pair.projected).to.include({ storedValue: 478 });
      expect(pair.ask('ENQUIRY')).to.include({ outcome: 'APPROVED', pending: 0 });
      expect(pair.holds).to.deep.equal({ storedValue: 478, loan: 0, interest: 0, fareOwed: 0 });
      expect(pair.unit.record.pending).to.deep.equal([]);
    });

    it('after a collection of 400 came back: projected and then SV 78', () => {
      const pair = new Pair({ ...owing, policy: { shareRule: allAccount } });
      pair.ask('PURCHASE', 400);
      pair.operate({ type: 'Collect', settlement: 1, partition: 0, index: 0 });
      pair.store('R1', 2_000);
      const { order } = pair.unit.record.shares[0]!.debits[0]!;
      pair.operate({ type: 'ReturnCollection', card: 'C1', order });
      expect(pair.projected).to.include({ storedValue: 78 });
      pair.ask('ENQUIRY');
      expect(pair.holds).to.include({ storedValue: 78, loan: 0, interest: 0 });
    });

    it('cancelled: pending 0, the card unchanged', () => {
      const pair = new Pair(owing);
      pair.store('R1', 2_000);
      pair.operate({ type: 'CancelStore', card: 'C1', reference: 'R1', note: '' });
      expect(pair.ask('ENQUIRY').pending).to.equal(0);
      expect(pair.holds).to.include({ storedValue: 0, loan: 1_500, interest: 22 });
    });

    it('the access is a purchase of 400: value 400 + loan 0, SV 78', () => {
      const pair = new Pair(owing);
      pair.store('R1', 2_000);
      expect(pair.ask('PURCHASE', 400).parts).to.deep.equal(partsOf({ value: 400 }));
      expect(pair.holds).to.include({ storedValue: 78, loan: 0 });
    });
  });

  it('B4c: 900 waits while it does not fit', () => {
    const pair = new Pair({ storedValue: 19_500 });
    const paid = pair.ask('PURCHASE', 500);
    expect(pair.store('R1', 900).outcome).to.equal('APPROVED');
    expect(pair.store('R2', 200)).to.include({ outcome: 'CAP_EXCEEDED', fits: 100 });
    pair.reverse(paid);
    expect(pair.holds.storedValue).to.equal(19_500);
    expect(pair.ask('PURCHASE', 400).pending).to.equal(900);
    expect(pair.holds.storedValue).to.equal(19_100);
    pair.ask('ENQUIRY');
    expect(pair.holds.storedValue).to.equal(20_000);
  });

  describe('rule 5: a card that is prohibited by its limit gets its instructions at once', () => {
    it('when they are recorded, which may lift it', () => {
      const pair = new Pair({ storedValue: 0, loan: 10_500 });
      expect(pair.reasons).to.deep.equal(['LIMIT']);
      pair.store('R1', 600);
      expect(pair.holds.loan).to.equal(9_900);
      expect(pair.reasons).to.deep.equal([]);
      expect(pair.unit.card.pending).to.deep.equal([]);
    });

    it('when it becomes prohibited: by interest, a cut of its limit, a purchase, a reversal', () => {
      const interest = new Pair({ storedValue: 0, loan: 9_990 });
      interest.store('R1', 400);
      interest.charge(30);
      expect(interest.holds).to.include({ interest: 0, loan: 9_737 });

      const limit = new Pair({ storedValue: 0, loan: 9_000 });
      limit.store('R1', 400);
      limit.changeLimit(8_700);
      expect(limit.holds.loan).to.equal(8_600);

      const purchase = new Pair({ storedValue: 0, loan: 9_000, interest: 500 });
      purchase.ask('PURCHASE', 400);
      purchase.store('R1', 50);
      expect(purchase.unit.card.pending).to.have.length(1);
      purchase.ask('PURCHASE', 550);
      expect(purchase.holds, '50 were applied before it').to.include({ loan: 9_950, interest: 450 });

      const reversal = new Pair({ storedValue: 0, loan: 9_990 });
      const deposit = reversal.ask('DEPOSIT', 300);
      reversal.ask('PURCHASE', 200);
      reversal.store('R1', 400);
      reversal.reverse(deposit);
      expect(reversal.holds.loan).to.equal(9_790);
      for (const pair of [interest, limit, reversal]) expect(pair.reasons).to.deep.equal([]);
    });

    it('but not one that an operator prohibited', () => {
      const pair = new Pair(owing);
      pair.prohibit('OPERATOR');
      pair.store('R1', 2_000);
      expect(pair.unit.card.pending).to.have.length(1);
    });
  });

  it('R7: two reasons, one left, free', () => {
    const pair = new Pair({ storedValue: 0, loan: 800 });
    pair.prohibit('OPERATOR');
    pair.changeLimit(500);
    expect(pair.reasons).to.deep.equal(['LIMIT', 'OPERATOR']);
    pair.ask('DEPOSIT', 300);
    expect(pair.holds.loan).to.equal(500);
    expect(pair.reasons).to.deep.equal(['OPERATOR']);
    pair.prohibit('OPERATOR', false);
    expect(pair.reasons).to.deep.equal([]);
  });

  it('R11: all account, limit 500: order 800; L 800 and prohibited; again: no change', () => {
    const pair = new Pair({ limit: 500, policy: { shareRule: allAccount } });
    pair.ask('PURCHASE', 2_000);
    pair.operate({ type: 'Collect', settlement: 1, partition: 0, index: 0 });
    const [share] = pair.unit.record.shares;
    expect(share).to.include({ ordered: 800 });
    const comesBack = () =>
      pair.operate({ type: 'ReturnCollection', card: 'C1', order: share!.debits[0]!.order });
    comesBack();
    expect(pair.holds.loan).to.equal(800);
    expect(pair.reasons).to.deep.equal(['LIMIT']);
    expect(comesBack()).to.deep.include({ outcome: 'APPROVED', events: [] });
    expect(pair.holds.loan).to.equal(800);
  });

  it('R13: lost and replaced: owed, pending, inside are there at the first tap of the new one', () => {
    const pair = new Pair({ storedValue: 0, loan: 800 });
    pair.ask('ENTRY', 0, { zone: 'A' });
    pair.store('R1', 100);
    pair.prohibit('LOST');
    expect(pair.ask('PURCHASE', 500).outcome).to.equal('CARD_PROHIBITED');
    expect(pair.unit.card.pending, 'that was an access').to.deep.equal([]);
    pair.store('R2', 100);
    pair.operate({ type: 'ReplaceCard', card: 'C1', device: 2, note: '' });
    expect(pair.ask('PURCHASE', 500)).to.include({ outcome: 'DEVICE_SUPERSEDED', pending: 100 });
    const exit = pair.ask('FARE', 0, { zone: 'B', device: 2 });
    expect(exit).to.deep.include({ outcome: 'APPROVED', pending: 0, parts: partsOf({ loan: 320 }) });
    expect(pair.holds.loan).to.equal(800 - 200 + 320);
  });

  describe('closing (rule 13)', () => {
    it('only when nothing is owed, interest up to that day included', () => {
      const pair = new Pair({ storedValue: 100, loan: 3_650 });
      pair.onDay(10).ask('DEPOSIT', 3_650);
      expect(pair.ask('UNLOAD')).to.include({ outcome: 'CLOSE_NOT_POSSIBLE', obstacle: 'OWED' });
      pair.charge(10);
      pair.ask('DEPOSIT', 18);
      expect(pair.ask('UNLOAD')).to.include({ outcome: 'APPROVED', amount: 100 });
      expect(pair.unit.record.closed).to.equal(true);
    });

    it('only when no collection is open: not ordered, not paid for good', () => {
      const pair = new Pair({ policy: { shareRule: allAccount } });
      pair.ask('PURCHASE', 2_000);
      const blocked = { outcome: 'CLOSE_NOT_POSSIBLE', obstacle: 'COLLECTION_OPEN' };
      expect(pair.ask('UNLOAD')).to.include(blocked);
      pair.operate({ type: 'Collect', settlement: 1, partition: 0, index: 0 });
      expect(pair.ask('UNLOAD')).to.include(blocked);
      const { order } = pair.unit.record.shares[0]!.debits[0]!;
      pair.operate({ type: 'ConfirmCollection', card: 'C1', order });
      expect(pair.ask('UNLOAD').outcome).to.equal('APPROVED');
    });

    it('a payment that is reversed after it waits on the closed card; the unload reversed opens it', () => {
      const pair = new Pair();
      const paid = pair.ask('PURCHASE', 2_000);
      pair.ask('DEPOSIT', 800);
      const unload = pair.ask('UNLOAD');
      expect(unload).to.include({ outcome: 'APPROVED', amount: 0 });
      pair.reverse(paid);
      expect(pair.holds, 'the loan was paid').to.include({ storedValue: 2_000, loan: 0 });
      expect(pair.unit.record.closed).to.equal(true);
      pair.reverse(unload);
      expect(pair.unit.record.closed).to.equal(false);
      expect(pair.ask('PURCHASE', 2_000).outcome).to.equal('APPROVED');
    });

    it('a deposit that is reversed after it becomes a loan of the closed card', () => {
      const pair = new Pair({ storedValue: 0 });
      const deposit = pair.ask('DEPOSIT', 500);
      pair.ask('UNLOAD');
      pair.reverse(deposit);
      expect(pair.holds).to.include({ storedValue: 0, loan: 500 });
    });
  });

  describe('undoing in any order', () => {
    it('refund, reversal of the purchase, reversal of the refund: nothing was ever paid', () => {
      const pair = new Pair();
      const paid = pair.ask('PURCHASE', 2_000);
      const refund = pair.ask('REFUND', 500, { original: paid.id });
      pair.reverse(paid);
      pair.reverse(refund);
      expect(pair.holds).to.include({ storedValue: 1_200, loan: 0 });
    });

    it('void, its reversal, void again', () => {
      const pair = new Pair();
      pair.ask('PURCHASE', 2_000);
      const voided = pair.ask('VOID');
      pair.reverse(voided);
      expect(pair.holds).to.include({ storedValue: 0, loan: 800 });
      pair.ask('VOID');
      expect(pair.holds).to.include({ storedValue: 1_200, loan: 0 });
    });

    it('a refund of an account share after its collection came back, and its reversal', () => {
      const pair = new Pair({ storedValue: 0, policy: { shareRule: allAccount } });
      const paid = pair.ask('PURCHASE', 800);
      const early = pair.ask('REFUND', 300, { original: paid.id });
      pair.operate({ type: 'Collect', settlement: 1, partition: 0, index: 0 });
      const { order } = pair.unit.record.shares[0]!.debits[0]!;
      pair.operate({ type: 'ReturnCollection', card: 'C1', order });
      expect(pair.holds.loan).to.equal(500);
      const late = pair.ask('REFUND', 500, { original: paid.id });
      expect(late.parts).to.deep.equal(partsOf({ account: 500, accountAsLoan: 500 }));
      pair.reverse(late);
      pair.reverse(early);
      expect(pair.holds.loan, 'all of 800 is owed').to.equal(800);
      pair.reverse(paid);
      expect(pair.holds).to.include({ storedValue: 0, loan: 0 });
    });

    it('a fare whose uncollected part a deposit has paid, voided', () => {
      const pair = new Pair({ storedValue: 50, policy: { creditFlag: false } });
      pair.ask('ENTRY', 0, { zone: 'A' });
      pair.ask('FARE', 0, { zone: 'B' });
      pair.ask('DEPOSIT', 270);
      const voided = pair.ask('VOID');
      expect(pair.holds).to.include({ storedValue: 320, fareOwed: 0 });
      pair.reverse(voided);
      expect(pair.holds).to.include({ storedValue: 0, fareOwed: 0 });
    });

    it('a deposit reversed after its value was spent, and then the purchase', () => {
      const pair = new Pair({ storedValue: 0 });
      const deposit = pair.ask('DEPOSIT', 500);
      const paid = pair.ask('PURCHASE', 500);
      pair.reverse(deposit);
      expect(pair.holds).to.include({ storedValue: 0, loan: 500 });
      pair.reverse(paid);
      expect(pair.holds, 'its value goes back to value').to.include({ storedValue: 500, loan: 500 });
    });
  });
});
