import { expect } from 'chai';
import { C1_BALANCES, dayAfter, idOf, NOON, PARAMETERS, partsOf } from '../money/samples.js';
import { Card } from './cards.js';

describe('a card reverses (rule 9)', () => {
  it('A15: a purchase in its stored parts, also when it is prohibited and has expired', () => {
    const card = new Card({ policy: { expiryDate: dayAfter(0) } });
    const paid = card.purchase(2_000);
    card.tell({ type: 'ChangeProhibition', card: 'C1', reasons: ['OPERATOR'] });
    card.now = NOON + 86_400_000;
    const reversed = card.reverse(paid);
    const parts = partsOf({ value: 1_200, loan: 800 });
    expect(reversed).to.deep.include({
      outcome: 'REVERSED',
      amount: 2_000,
      parts,
      original: 'APPROVED',
      originalParts: parts,
      balances: C1_BALANCES,
    });
    expect(card.state?.log[0]).to.include({ reversal: true, amount: 2_000, kind: 'PURCHASE' });
  });

  it('each id once: asked again it gives the same answer', () => {
    const card = new Card();
    const paid = card.purchase(2_000);
    const first = card.reverse(paid);
    expect(card.reverse(paid)).to.deep.equal(first);
    expect(card.holds).to.include({ storedValue: 1_200, loan: 0 });
  });

  it('only what was not refunded, and says what the payment had been', () => {
    const card = new Card();
    const paid = card.purchase(2_000);
    card.refund(paid, 500);
    const reversed = card.reverse(paid);
    expect(reversed).to.deep.include({
      amount: 1_500,
      parts: partsOf({ value: 900, loan: 600 }),
      originalParts: partsOf({ value: 1_200, loan: 800 }),
    });
    expect(card.holds).to.include({ storedValue: 1_200, loan: 0 });
    expect(card.refund(paid, 1).outcome).to.equal('REFUND_EXCEEDS_ORIGINAL');
  });

  it('a loan that was paid since: what exceeds the principal goes to value', () => {
    const card = new Card();
    const paid = card.purchase(2_000);
    card.deposit(500);
    expect(card.reverse(paid).parts).to.deep.equal(partsOf({ value: 1_200, loan: 800, excess: 500 }));
    expect(card.holds).to.include({ storedValue: 1_700, loan: 0 });
  });

  it('a deposit; what was spent of it becomes loan', () => {
    const card = new Card({ storedValue: 0 });
    const paid = card.deposit(500);
    card.purchase(300);
    expect(card.reverse(paid).parts).to.deep.equal(partsOf({ value: 500, restoredLoan: 300 }));
    expect(card.holds).to.include({ storedValue: 0, loan: 300 });
    expect(card.tells.at(-1), 'the center finds out itself').to.deep.include({
      type: 'Reversed',
      parts: partsOf({ value: 500 }),
      undone: true,
    });
  });

  it('a deposit that paid: fare, interest and principal are owed again', () => {
    const card = new Card({ storedValue: 0, loan: 100, interest: 20, fareOwed: 3 });
    card.reverse(card.deposit(200));
    expect(card.holds).to.deep.equal({ storedValue: 0, loan: 100, interest: 20, fareOwed: 3 });
  });

  it('a deposit beyond the loan limit: reversals are never refused', () => {
    const card = new Card({ storedValue: 0, loan: 10_000 });
    const paid = card.deposit(9_000);
    card.purchase(8_000);
    card.reverse(paid);
    expect(card.holds.loan).to.equal(18_000);
  });

  it('an unload: the card is open again, also when there was nothing to pay out', () => {
    for (const storedValue of [1_200, 0]) {
      const card = new Card({ storedValue });
      card.reverse(card.unload());
      expect(card.state?.closed, `${storedValue}`).to.equal(false);
      expect(card.holds.storedValue).to.equal(storedValue);
    }
  });

  it('what was of 0, or of which nothing was left, is a movement all the same; an entry is none', () => {
    const card = new Card({ storedValue: 0 });
    card.schedule = [{ ...PARAMETERS, fares: [] }];
    const entered = card.enter();
    card.reverse(card.leave());
    card.reverse(entered);
    const paid = card.purchase(500);
    card.refund(paid, 500);
    card.reverse(paid);
    card.reverse(card.unload());
    const log = card.state?.log.map(({ kind, reversal, amount }) => [kind, reversal, amount]);
    expect(log?.reverse()).to.deep.equal([
      ...[
        ['FARE', false, 0],
        ['FARE', true, 0],
      ],
      ...[
        ['PURCHASE', false, 500],
        ['REFUND', false, 500],
        ['PURCHASE', true, 0],
      ],
      ...[
        ['UNLOAD', false, 0],
        ['UNLOAD', true, 0],
      ],
    ]);
  });

  it('a payment after the card was closed: the value waits on it', () => {
    const card = new Card();
    const paid = card.purchase(500);
    card.unload();
    card.reverse(paid);
    expect(card.state?.closed).to.equal(true);
    expect(card.holds.storedValue).to.equal(500);
  });

  it('an entry: the card is outside, unless it has left and entered elsewhere since', () => {
    const card = new Card();
    card.reverse(card.enter());
    expect(card.state?.inside).to.equal(undefined);
    const entry = card.enter();
    card.leave('A');
    card.now += 60_000;
    card.enter();
    card.reverse(entry);
    expect(card.state?.inside).to.include({ time: card.now });
  });

  it('a fare: the card is inside where it was, unless it has entered since', () => {
    const card = new Card();
    card.enter();
    const fare = card.leave();
    card.reverse(fare);
    expect(card.state?.inside).to.include({ zone: 'A' });
    expect(card.holds.storedValue).to.equal(1_200);
    const second = card.leave();
    card.enter('B');
    card.reverse(second);
    expect(card.state?.inside).to.include({ zone: 'B' });
  });

  it('what stayed uncollected of a fare', () => {
    const card = new Card({ storedValue: 50, policy: { creditFlag: false } });
    card.enter();
    card.reverse(card.leave());
    expect(card.holds).to.include({ storedValue: 50, fareOwed: 0 });
  });

  it('what moved nothing: an enquiry', () => {
    const card = new Card();
    const enquiry = card.enquire();
    const before = card.state;
    expect(card.reverse(enquiry)).to.include({ outcome: 'REVERSED', amount: 0, original: 'APPROVED' });
    expect(card.state).to.deep.equal(before);
  });

  it('an id that it never saw: a tombstone, under which nothing can happen any more', () => {
    const card = new Card();
    const before = card.state;
    expect(card.reverse({ id: idOf(9) })).to.include({ outcome: 'REVERSED', amount: 0, original: undefined });
    expect(card.state).to.equal(before);
    expect(card.tells).to.deep.include({
      type: 'Reversed',
      asked: card.tells.map((tell) => ('asked' in tell ? tell.asked : undefined))[0],
      parts: partsOf({}),
      undone: false,
    });
  });

  it('an id that it declined: a tombstone that says what it had answered', () => {
    const card = new Card();
    const declined = card.purchase(20_000);
    expect(card.reverse(declined)).to.include({ outcome: 'REVERSED', amount: 0, original: 'CREDIT_LIMIT' });
  });

  it('an unload that was declined: the card stays closed', () => {
    const card = new Card();
    card.unload();
    card.reverse(card.unload());
    expect(card.state?.closed).to.equal(true);
  });

  it('without an access: pending instructions stay pending', () => {
    const instruction = { reference: 'R1', amount: 100, time: NOON };
    const card = new Card();
    const paid = card.purchase(500);
    card.tell({ type: 'Instruct', card: 'C1', instruction });
    expect(card.reverse(paid).pending).to.equal(100);
    expect(card.state?.pending).to.deep.equal([instruction]);
  });
});
