import { expect } from 'chai';
import { NOON, partsOf, type TermsChange } from '../money/samples.js';
import { Card, type How } from './cards.js';

function obstacle(change: TermsChange, how: How = {}, prepare: (card: Card) => void = () => {}) {
  const card = new Card(change);
  prepare(card);
  const answer = card.unload(how);
  if (answer.outcome !== 'CLOSE_NOT_POSSIBLE') return answer.outcome;
  expect(card.state?.closed).to.equal(false);
  return answer.obstacle;
}

describe('a card is unloaded (rule 13)', () => {
  it('its value is paid out, and it is closed for everything', () => {
    const card = new Card();
    const paid = card.purchase(200);
    expect(card.unload()).to.deep.include({
      outcome: 'APPROVED',
      amount: 1_000,
      parts: partsOf({ value: 1_000 }),
    });
    expect(card.state).to.include({ closed: true });
    expect(card.holds.storedValue).to.equal(0);
    const refused = [card.purchase(1), card.deposit(1), card.enquire(), card.refund(paid, 1), card.unload()];
    expect(refused.map(({ outcome }) => outcome)).to.deep.equal(Array(5).fill('CARD_CLOSED'));
  });

  it('also when there is nothing on it', () => {
    expect(new Card({ storedValue: 0 }).unload()).to.include({ outcome: 'APPROVED', amount: 0 });
  });

  it('not while something is owed, pending or open, and says what', () => {
    expect(obstacle({ loan: 1 })).to.equal('OWED');
    expect(obstacle({ interest: 1 })).to.equal('OWED');
    expect(obstacle({ fareOwed: 1 })).to.equal('OWED');
    expect(obstacle({}, { closing: { interestDue: 1, collectionOpen: false } }), 'not posted').to.equal(
      'OWED',
    );
    expect(obstacle({}, { closing: { interestDue: 0, collectionOpen: true } })).to.equal('COLLECTION_OPEN');
    expect(obstacle({}, {}, (card) => card.enter())).to.equal('INSIDE');
    const instruction = { reference: 'R1', amount: 30_000, time: NOON };
    const full = (card: Card) => card.tell({ type: 'Instruct', card: 'C1', instruction });
    expect(obstacle({}, {}, full), 'one that does not fit').to.equal('PENDING');
  });

  it('says the first of several: owed, pending, collection, inside', () => {
    const all = { closing: { interestDue: 0, collectionOpen: true } };
    const instruction = { reference: 'R1', amount: 30_000, time: NOON };
    const full = (card: Card) => {
      card.enter();
      card.tell({ type: 'Instruct', card: 'C1', instruction });
    };
    expect(obstacle({ loan: 1 }, all, full)).to.equal('OWED');
    expect(obstacle({}, all, full)).to.equal('PENDING');
    expect(obstacle({}, all, (card) => card.enter())).to.equal('COLLECTION_OPEN');
  });

  it('not of a prohibited or expired card', () => {
    const prohibited = new Card().tell({ type: 'ChangeProhibition', card: 'C1', reasons: ['LOST'] });
    expect(prohibited.unload().outcome).to.equal('CARD_PROHIBITED');
    expect(new Card({ policy: { expiryDate: 2024_02_28 } }).unload().outcome).to.equal('CARD_EXPIRED');
  });

  it('an instruction that fits is applied first, and paid out', () => {
    const card = new Card();
    const instruction = { reference: 'R1', amount: 300, time: NOON };
    card.tell({ type: 'Instruct', card: 'C1', instruction });
    expect(card.unload()).to.include({ outcome: 'APPROVED', amount: 1_500 });
  });
});
