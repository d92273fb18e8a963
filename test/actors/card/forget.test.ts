import { expect } from 'chai';
import { MAX_FORGOTTEN } from '../../../actors/bounds.js';
import { NOON, shareRule } from '../money/samples.js';
import { Card } from './cards.js';

const DAY = 86_400_000;

/** What it keeps of payments of which something was given back. */
function kept(card: Card): number {
  return card.state?.undone.length ?? 0;
}

describe('a card forgets what was given back of payments (rule 9)', () => {
  it('when nobody can ask about them any more, at its next access', () => {
    const card = new Card();
    const paid = card.purchase(1_000);
    card.refund(paid, 100);
    card.reverse(card.purchase(20));
    card.purchase(30);
    expect(kept(card)).to.equal(2);
    card.now = NOON + 200 * DAY;
    card.enquire();
    expect(kept(card), 'not by its own clock').to.equal(2);
    card.forgetBefore = NOON + 1;
    card.enquire();
    expect(kept(card)).to.equal(0);
    expect(card.refund(paid, 1).outcome, 'as before').to.equal('ORIGINAL_NOT_FOUND');
  });

  it('not what was changed since: a refund, its reversal, a returned collection', () => {
    const card = new Card({ storedValue: 0, policy: { shareRule: shareRule('ALL_ACCOUNT') } });
    const [refunded, taken, returned] = [card.purchase(100), card.purchase(100), card.purchase(100)];
    const refund = card.refund(taken, 10);
    card.now = NOON + DAY;
    card.refund(refunded, 10);
    card.reverse(refund);
    card.tell({
      type: 'ReturnCollection',
      card: 'C1',
      transaction: returned.id,
      amount: 100,
      time: card.now,
    });
    card.purchase(1);
    card.forgetBefore = NOON + DAY;
    card.enquire();
    expect(kept(card)).to.equal(3);
    card.forgetBefore = NOON + DAY + 1;
    card.enquire();
    expect(kept(card)).to.equal(0);
  });

  it('not of its last payment, which may still be voided: once', () => {
    const card = new Card();
    card.purchase(100);
    card.void();
    card.forgetBefore = NOON + 1;
    expect(card.void().outcome).to.equal('VOID_NOT_POSSIBLE');
    expect(kept(card)).to.equal(1);
  });

  it('a bounded number at once, the oldest first', () => {
    const card = new Card();
    const paid = Array.from({ length: MAX_FORGOTTEN + 2 }, () => card.purchase(10));
    for (const each of paid) card.refund(each, 1);
    card.purchase(10);
    card.forgetBefore = NOON + 1;
    card.enquire();
    expect(card.state?.undone.map(({ id }) => id)).to.deep.equal(paid.slice(-2).map(({ id }) => id));
    card.enquire();
    expect(kept(card)).to.equal(0);
  });
});
