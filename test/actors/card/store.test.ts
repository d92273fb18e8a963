import { expect } from 'chai';
import type { Instruction } from '../../../actors/money/instruction.js';
import { NOON, partsOf, type TermsChange, WRONG_PIN } from '../money/samples.js';
import { Card } from './cards.js';

function instruction(reference: string, amount: number): Instruction {
  return { reference, amount, time: NOON - 1_000 };
}

function instructed(change: TermsChange, ...amounts: readonly number[]): Card {
  const card = new Card(change);
  amounts.forEach((amount, index) => {
    card.tell({ type: 'Instruct', card: 'C1', instruction: instruction(`R${index + 1}`, amount) });
  });
  return card;
}

const owing = { storedValue: 0, loan: 1_500, interest: 22 };

describe('a card applies store instructions at its next access (rule 5)', () => {
  it('B4: I 0, L 0, SV 478', () => {
    const card = instructed(owing, 2_000);
    expect(card.holds).to.include({ storedValue: 0, loan: 1_500 });
    expect(card.enquire()).to.include({ outcome: 'APPROVED', pending: 0 });
    expect(card.holds).to.deep.equal({ storedValue: 478, loan: 0, interest: 0, fareOwed: 0 });
    expect(card.tells[0]).to.deep.equal({
      type: 'Stored',
      instruction: instruction('R1', 2_000),
      parts: partsOf({ interest: 22, loan: 1_500, value: 478 }),
    });
  });

  it('B4: a purchase of 400 finds the value there', () => {
    const card = instructed(owing, 2_000);
    expect(card.purchase(400).parts).to.deep.equal(partsOf({ value: 400 }));
    expect(card.holds).to.include({ storedValue: 78, loan: 0 });
  });

  it('B4: not one that was cancelled', () => {
    const card = instructed(owing, 2_000);
    card.tell({ type: 'CancelInstruction', card: 'C1', reference: 'R1' });
    card.enquire();
    expect(card.holds).to.include({ storedValue: 0, loan: 1_500, interest: 22 });
    expect(card.state?.pending).to.deep.equal([]);
  });

  it('once, in order, each with a movement that names it', () => {
    const card = instructed({ storedValue: 0 }, 100, 200);
    card.enquire();
    card.enquire();
    expect(card.holds.storedValue).to.equal(300);
    expect(card.state?.log.map(({ kind, reference, id }) => [kind, reference, id])).to.deep.equal([
      ['STORE', 'R2', undefined],
      ['STORE', 'R1', undefined],
    ]);
    expect(card.state?.log[0]).to.include({ terminalTime: NOON - 1_000, receiveTime: NOON, amount: 200 });
  });

  it('against the loan as it is then', () => {
    const card = instructed({ storedValue: 0 }, 500);
    card.tell({ type: 'PostInterest', card: 'C1', amount: 30, through: 2024_02_29 });
    card.enquire();
    expect(card.holds).to.include({ storedValue: 470, interest: 0 });
  });

  it('B4c: one that does not fit waits, with those behind it, and is tried at the next access', () => {
    const card = new Card({ storedValue: 19_500 });
    const paid = card.purchase(500);
    card.tell({ type: 'Instruct', card: 'C1', instruction: instruction('R1', 900) });
    card.reverse(paid);
    expect(card.holds.storedValue).to.equal(19_500);
    expect(card.purchase(400), '900 do not fit yet').to.include({ outcome: 'APPROVED', pending: 900 });
    expect(card.holds.storedValue).to.equal(19_100);
    expect(card.enquire()).to.include({ pending: 0 });
    expect(card.holds.storedValue).to.equal(20_000);
  });

  it('those behind one that does not fit wait too, though they would fit', () => {
    const card = instructed({ storedValue: 19_500 }, 900, 1);
    expect(card.enquire()).to.include({ pending: 901 });
    expect(card.holds.storedValue).to.equal(19_500);
  });

  describe('an access is any command that reaches the card', () => {
    it('refused ones too', () => {
      const prohibited = { type: 'ChangeProhibition', card: 'C1', reasons: ['OPERATOR'] } as const;
      for (const refuse of [
        (card: Card) => card.tell(prohibited).purchase(100),
        (card: Card) => card.purchase(20_000),
        (card: Card) => card.purchase(100, { pinHash: WRONG_PIN }),
        (card: Card) => card.deposit(30_000),
        (card: Card) => card.leave(),
        (card: Card) => card.void(),
        (card: Card) => card.refund({ id: { terminal: 'T1', incarnation: 1, number: 99 } }, 1),
      ]) {
        const card = instructed({ storedValue: 0 }, 100);
        expect(refuse(card).outcome).not.to.equal('APPROVED');
        expect(card.holds.storedValue).to.equal(100);
      }
    });

    it('of a card that is not active', () => {
      const card = instructed({ storedValue: 0, active: false }, 100);
      expect(card.enquire()).to.include({ outcome: 'CARD_NOT_ACTIVE' });
      expect(card.holds.storedValue).to.equal(100);
    });

    it('but not CARD_CLOSED, and not DEVICE_SUPERSEDED', () => {
      const replaced = instructed({ storedValue: 0 }, 100);
      replaced.tell({ type: 'Replace', card: 'C1', device: 2 });
      expect(replaced.purchase(1)).to.include({ outcome: 'DEVICE_SUPERSEDED', pending: 100 });
      expect(replaced.holds.storedValue).to.equal(0);
      const closed = new Card({ storedValue: 0 });
      closed.unload();
      closed.tell({ type: 'Instruct', card: 'C1', instruction: instruction('R1', 100) });
      expect(closed.enquire().outcome).to.equal('CARD_CLOSED');
      expect(closed.holds.storedValue).to.equal(0);
    });
  });
});
