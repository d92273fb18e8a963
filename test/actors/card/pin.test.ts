import { expect } from 'chai';
import { C1, RIGHT_PIN, termsOf, WRONG_PIN } from '../money/samples.js';
import { Card } from './cards.js';

const wrong = { pinHash: WRONG_PIN };
const right = { pinHash: RIGHT_PIN };
const none = { pinHash: '' };

function blocked(): Card {
  const card = new Card();
  for (let attempt = 0; attempt < 3; attempt += 1) card.purchase(100, wrong);
  return card;
}

describe('a card knows its holder (rule 8)', () => {
  it('A7: wrong, wrong, right; wrong three times; then only what needs no PIN and no deferral', () => {
    const card = new Card();
    expect(card.purchase(3_500, wrong)).to.include({ outcome: 'PIN_WRONG', triesLeft: 2 });
    expect(card.purchase(3_500, wrong)).to.include({ outcome: 'PIN_WRONG', triesLeft: 1 });
    expect(card.purchase(3_500, right)).to.deep.include({
      outcome: 'APPROVED',
      triesLeft: 3,
      pinVerified: true,
    });
    expect(card.holds).to.include({ storedValue: 0, loan: 2_300 });
    expect(card.purchase(3_500, wrong)).to.include({ outcome: 'PIN_WRONG', triesLeft: 2 });
    expect(card.purchase(3_500, wrong)).to.include({ outcome: 'PIN_WRONG', triesLeft: 1 });
    expect(card.purchase(3_500, wrong)).to.include({ outcome: 'PIN_BLOCKED', triesLeft: 0 });
    card.deposit(3_000);
    expect(card.holds).to.include({ storedValue: 700, loan: 0 });
    expect(card.purchase(500)).to.include({ outcome: 'APPROVED', triesLeft: undefined });
    expect(card.holds.storedValue).to.equal(200);
    expect(card.purchase(700), 'it would defer').to.include({ outcome: 'PIN_BLOCKED' });
  });

  it('A17: says that it verified the PIN', () => {
    const card = new Card();
    expect(card.purchase(3_500, right)).to.include({ outcome: 'APPROVED', pinVerified: true });
    expect(card.tells[0], 'to the center too').to.include({ pinVerified: true });
    expect(new Card().purchase(500, none)).to.include({ outcome: 'APPROVED', pinVerified: false });
  });

  it('asks for it above the CVM limit, and not at it', () => {
    const card = new Card({ storedValue: 20_000 });
    expect(card.purchase(3_000, none).outcome).to.equal('APPROVED');
    expect(card.purchase(3_001, none)).to.include({ outcome: 'PIN_REQUIRED', triesLeft: undefined });
  });

  it('asks for it for a deferral, by policy', () => {
    const card = new Card({ policy: { pinForDeferral: true } });
    expect(card.purchase(1_200).outcome).to.equal('APPROVED');
    expect(card.purchase(1).outcome).to.equal('PIN_REQUIRED');
    expect(card.purchase(1, right).outcome).to.equal('APPROVED');
  });

  it('asks for none without a CVM limit', () => {
    const card = new Card({ storedValue: 20_000, policy: { cvmLimit: undefined } });
    expect(card.purchase(20_000, none).outcome).to.equal('APPROVED');
  });

  it('checks one that is sent, needed or not, whatever it comes with', () => {
    const card = new Card();
    expect(card.purchase(1, wrong)).to.include({ outcome: 'PIN_WRONG', triesLeft: 2 });
    expect(card.deposit(1, wrong)).to.include({ outcome: 'PIN_WRONG', triesLeft: 1 });
    expect(card.holds.storedValue).to.equal(1_200);
    expect(card.deposit(1, right)).to.include({ outcome: 'APPROVED', pinVerified: true, triesLeft: 3 });
    expect(card.state?.triesLeft).to.equal(3);
  });

  it('gives the tries back with a right one, also when something else is refused then', () => {
    const card = new Card();
    card.purchase(1, wrong);
    const refused = card.purchase(20_000, right);
    expect(refused).to.include({ outcome: 'CREDIT_LIMIT', pinVerified: true, triesLeft: 3 });
    expect(card.state?.triesLeft).to.equal(3);
  });

  it('a card without a PIN can be verified by none', () => {
    const card = new Card({ pinHash: '' });
    expect(card.purchase(3_001, none).outcome).to.equal('PIN_REQUIRED');
    expect(card.purchase(3_001, right)).to.include({ outcome: 'PIN_WRONG', triesLeft: 2 });
  });

  it('keeps the money as it was while tries are counted', () => {
    const card = new Card();
    const { log } = card.state!;
    card.purchase(3_500, wrong);
    expect(card.holds).to.include({ storedValue: 1_200, loan: 0 });
    expect(card.state?.log).to.equal(log);
  });

  describe('while it is blocked', () => {
    it('goes on with value up to the CVM limit, deposits and refunds; a PIN is not looked at', () => {
      const card = blocked();
      const paid = card.purchase(100, wrong);
      expect(paid).to.include({ outcome: 'APPROVED', triesLeft: undefined });
      expect(card.deposit(3_000, right)).to.include({ outcome: 'APPROVED', pinVerified: false });
      expect(card.refund(paid, 50).outcome).to.equal('APPROVED');
      expect(card.purchase(3_001, right).outcome).to.equal('PIN_BLOCKED');
    });

    it('refuses deferral, also below the CVM limit', () => {
      expect(blocked().purchase(1_201).outcome).to.equal('PIN_BLOCKED');
    });

    it('until the center unblocks it, or sets a new one', () => {
      const unblocked = blocked().tell({ type: 'UnblockPin', card: 'C1' });
      expect(unblocked.purchase(3_001, right)).to.include({ outcome: 'APPROVED', triesLeft: 3 });
      const changed = blocked().tell({ type: 'SetPin', card: 'C1', pinHash: WRONG_PIN });
      expect(changed.purchase(3_001, { pinHash: WRONG_PIN }).outcome).to.equal('APPROVED');
    });

    it('stays so when the policy gives another number of tries', () => {
      const card = blocked();
      const policy = { ...C1.policy, pinTries: 5 };
      card.tell({ type: 'ChangePolicy', card: 'C1', policy });
      expect(card.purchase(3_001, right).outcome).to.equal('PIN_BLOCKED');
    });
  });

  describe('a change of the policy', () => {
    const change = (card: Card, pinTries: number): Card =>
      card.tell({ type: 'ChangePolicy', card: 'C1', policy: { ...C1.policy, cvmLimit: 100, pinTries } });

    it('gives no tries back: that is for the right PIN, a new one and the unblocking', () => {
      for (const tries of [3, 5]) {
        const card = new Card();
        card.purchase(50, wrong);
        expect(change(card, tries).state?.triesLeft).to.equal(2);
        expect(card.purchase(50, wrong).triesLeft).to.equal(1);
        expect(card.purchase(50, right).triesLeft, 'all of the new ones').to.equal(tries);
      }
    });

    it('leaves no more than it allows', () => {
      expect(change(new Card(), 1).state?.triesLeft).to.equal(1);
      expect(change(new Card(), 1).purchase(50, wrong).outcome).to.equal('PIN_BLOCKED');
    });
  });

  it('needs none at a gate, and looks at none at an exit, which always opens', () => {
    const card = new Card({ storedValue: 0, policy: { ...termsOf().policy, pinForDeferral: true } });
    expect(card.enter().outcome).to.equal('APPROVED');
    const exit = card.leave('B', wrong);
    expect(exit).to.include({ outcome: 'APPROVED', triesLeft: undefined });
    expect(card.holds.loan, 'deferred without a PIN').to.equal(320);
  });

  it('defers no fare while it is blocked', () => {
    const card = new Card({ storedValue: 200 });
    card.enter();
    for (let attempt = 0; attempt < 3; attempt += 1) card.purchase(100, wrong);
    expect(card.leave().outcome).to.equal('APPROVED');
    expect(card.holds).to.include({ storedValue: 0, loan: 0, fareOwed: 120 });
  });
});
