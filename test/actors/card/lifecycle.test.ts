import { expect } from 'chai';
import { dayAfter, NOON } from '../money/samples.js';
import { Card } from './cards.js';

describe('the life of a card (rule 13)', () => {
  it('A2: expired yesterday: CARD_EXPIRED, nothing moves, nothing in the log', () => {
    const card = new Card({ policy: { expiryDate: dayAfter(-1) } });
    expect(card.purchase(100)).to.include({ outcome: 'CARD_EXPIRED', amount: 100 });
    expect(card.holds.storedValue).to.equal(1_200);
    expect(card.state?.log).to.deep.equal([]);
  });

  it('pays on its expiry date, and not on the day after, by receive time', () => {
    const card = new Card({ policy: { expiryDate: dayAfter(0) } });
    expect(card.purchase(100, { businessDate: dayAfter(1) }).outcome).to.equal('APPROVED');
    card.now = NOON + 86_400_000;
    expect(card.purchase(100, { businessDate: dayAfter(0) }).outcome).to.equal('CARD_EXPIRED');
  });

  it('does, once expired, what a prohibited card may', () => {
    for (const expired of [true, false]) {
      const card = new Card({ policy: { expiryDate: dayAfter(0) } });
      const paid = card.purchase(100);
      card.enter();
      if (expired) card.now = NOON + 86_400_000;
      else card.tell({ type: 'ChangeProhibition', card: 'C1', reasons: ['OPERATOR'] });
      const refusal = expired ? 'CARD_EXPIRED' : 'CARD_PROHIBITED';
      expect(card.enter().outcome).to.equal(refusal);
      expect(card.unload().outcome).to.equal(refusal);
      expect(card.purchase(1).outcome).to.equal(refusal);
      const allowed = [card.deposit(1), card.enquire(), card.refund(paid, 50), card.leave(), card.void()];
      expect(allowed.map(({ outcome }) => outcome)).to.deep.equal(Array(5).fill('APPROVED'));
    }
  });

  it('is not active before it is activated', () => {
    const card = new Card({ active: false });
    expect(card.deposit(1).outcome).to.equal('CARD_NOT_ACTIVE');
    expect(card.enquire().outcome).to.equal('CARD_NOT_ACTIVE');
    card.tell({ type: 'Activate', card: 'C1' });
    expect(card.purchase(1).outcome).to.equal('APPROVED');
  });

  describe('replaced', () => {
    it('R13: the old device is refused, the new one finds everything', () => {
      const instruction = { reference: 'R1', amount: 30_000, time: NOON };
      const card = new Card({ storedValue: 0, loan: 800 });
      card.enter();
      card.tell({ type: 'Instruct', card: 'C1', instruction });
      card.tell({ type: 'ChangeProhibition', card: 'C1', reasons: ['LOST'] });
      const { log, balances, inside, pending } = card.state!;
      card.tell({ type: 'Replace', card: 'C1', device: 2 });
      card.tell({ type: 'ChangeProhibition', card: 'C1', reasons: [] });
      expect(card.purchase(500).outcome, 'in flight').to.equal('DEVICE_SUPERSEDED');
      expect(card.leave().outcome).to.equal('DEVICE_SUPERSEDED');
      expect(card.state).to.deep.include({ log, balances, inside, pending, device: 2 });
      expect(card.leave('B', { device: 2 })).to.include({ outcome: 'APPROVED', amount: 320 });
      expect(card.holds.loan).to.equal(1_120);
    });

    it('what was decided before stands; its reversals and refunds go on', () => {
      const card = new Card();
      const [first, second] = [card.purchase(500), card.purchase(300)];
      card.tell({ type: 'Replace', card: 'C1', device: 2 });
      expect(card.reverse(first)).to.include({ outcome: 'REVERSED', amount: 500 });
      expect(card.refund(second, 100, { device: 2 }).outcome).to.equal('APPROVED');
      expect(card.void({ device: 2 }).outcome).to.equal('VOID_NOT_POSSIBLE');
    });

    it('a device that was never given out is refused too', () => {
      expect(new Card().purchase(1, { device: 2 }).outcome).to.equal('DEVICE_SUPERSEDED');
    });

    it('the PIN’s tries stay', () => {
      const card = new Card();
      card.purchase(1, { pinHash: 'ff'.repeat(16) });
      card.tell({ type: 'Replace', card: 'C1', device: 2 });
      expect(card.state?.triesLeft).to.equal(2);
    });
  });
});
