import { expect } from 'chai';
import { type CardEvent, type CardState, evolveCard } from '../../../actors/card/card.js';
import {
  type CardCommand,
  type CardContext,
  type CardDecision,
  decideCard,
} from '../../../actors/card/decideCard.js';
import type { VisitorEntry } from '../../../actors/card/visitor.js';
import type { Answer } from '../../../actors/money/answer.js';
import type { CardTerms } from '../../../actors/money/cardTerms.js';
import { NO_PARTS } from '../../../actors/money/parts.js';
import type { Asked, Kind } from '../../../actors/money/transaction.js';
import { given } from '../decider.js';
import { askedOf, C1, idOf, NOON, TODAY } from '../money/samples.js';

const card = { decide: decideCard, evolve: evolveCard };
const context: CardContext = { now: NOON, today: TODAY, position: 42 };

function issued(change: Partial<CardTerms> = {}): CardEvent {
  return { type: 'CardIssued', card: 'C1', terms: { ...C1, ...change }, time: NOON };
}

function execute(amount: number, kind: Kind = 'PURCHASE', mayDefer = true): CardCommand {
  return { type: 'Execute', asked: askedOf({ kind, amount }), mayDefer };
}

function answerOf({ event }: CardDecision): Answer {
  if (!('answer' in event)) throw new Error(`${event.type} has no answer`);
  return event.answer;
}

function after(state: CardState | undefined, { event }: CardDecision): CardState {
  const evolved = evolveCard(state, event);
  if (evolved === undefined) throw new Error('the card is gone');
  return evolved;
}

describe('a card', () => {
  it('A1: pays 2,000 as value 1,200 and loan 800, and says so with balances and flag', () => {
    const { state, when } = given(card, issued());
    const decision = when(execute(2_000), context);
    expect(answerOf(decision)).to.deep.include({
      outcome: 'APPROVED',
      amount: 2_000,
      parts: { ...NO_PARTS, value: 1_200, loan: 800 },
      balances: { storedValue: 0, loan: 800, interest: 0, fareOwed: 0, limit: 10_000 },
      creditFlag: true,
      receiveTime: NOON,
      position: 42,
    });
    expect(decision.tell).to.deep.include({ type: 'Moved', parts: { ...NO_PARTS, value: 1_200, loan: 800 } });
    expect(after(state, decision).log).to.deep.equal([
      {
        id: idOf(1),
        kind: 'PURCHASE',
        reversal: false,
        amount: 2_000,
        parts: { ...NO_PARTS, value: 1_200, loan: 800 },
        storedValueAfter: 0,
        loanAfter: 800,
        terminalTime: NOON,
        receiveTime: NOON,
      },
    ]);
  });

  it('A5: lets the principal reach the limit, and not exceed it by 1', () => {
    const first = given(card, issued());
    const one = first.when(execute(2_000), context);
    const two = decideCard(after(first.state, one), execute(9_200), context);
    expect(answerOf(two)).to.include({ outcome: 'APPROVED' });
    const three = decideCard(after(after(first.state, one), two), execute(1), context);
    expect(answerOf(three)).to.deep.include({ outcome: 'CREDIT_LIMIT', amount: 1, parts: NO_PARTS });
  });

  it('A4: takes 3,000, then refuses 16,000 whole and says that 15,800 would fit', () => {
    const { state, when } = given(card, issued());
    const decision = when(execute(3_000, 'DEPOSIT'), context);
    expect(answerOf(decision).balances).to.include({ storedValue: 4_200 });
    const refused = decideCard(after(state, decision), execute(16_000, 'DEPOSIT'), context);
    expect(answerOf(refused)).to.include({ outcome: 'CAP_EXCEEDED', fits: 15_800 });
    const fitting = decideCard(after(state, decision), execute(15_800, 'DEPOSIT'), context);
    expect(answerOf(fitting).balances).to.include({ storedValue: 20_000 });
  });

  it('A9: does not defer where the terminal may not', () => {
    const decision = given(card, issued()).when(execute(2_000, 'PURCHASE', false), context);
    expect(answerOf(decision)).to.include({ outcome: 'DEFERRAL_NOT_PERMITTED' });
    const paid = given(card, issued()).when(execute(1_200, 'PURCHASE', false), context);
    expect(answerOf(paid)).to.include({ outcome: 'APPROVED' });
  });

  it('B1: pays the loan with a deposit before it fills stored value', () => {
    const { when } = given(card, issued({ storedValue: 0, loan: 1_500, interest: 22, fareOwed: 3 }));
    expect(answerOf(when(execute(2_000, 'DEPOSIT'), context))).to.deep.include({
      parts: { ...NO_PARTS, fare: 3, interest: 22, loan: 1_500, value: 475 },
      balances: { storedValue: 475, loan: 0, interest: 0, fareOwed: 0, limit: 10_000 },
    });
  });

  it('bounds the deposit of a card without a cap by what a number can hold', () => {
    const { when } = given(card, issued({ storedValueCap: undefined }));
    expect(answerOf(when(execute(999_999_999_999, 'DEPOSIT'), context))).to.include({ outcome: 'APPROVED' });
  });

  it('A14: keeps the last 20 movements, newest first', () => {
    let { state } = given(card, issued());
    for (let number = 1; number <= 21; number += 1) {
      const asked = askedOf({ id: idOf(number), amount: 10 });
      state = after(state, decideCard(state, { type: 'Execute', asked, mayDefer: true }, context));
    }
    expect(state?.log.map(({ id }) => id.number)).to.deep.equal(
      Array.from({ length: 20 }, (_, index) => 21 - index),
    );
  });

  it('answers an enquiry without a movement', () => {
    const { state, when } = given(card, issued({ creditFlag: false }));
    const decision = when(execute(0, 'ENQUIRY'), context);
    expect(answerOf(decision)).to.include({ outcome: 'APPROVED', amount: 0, creditFlag: false });
    expect(after(state, decision)).to.equal(state);
  });

  describe('refuses in the order of rule 17; the first that fails is the answer', () => {
    const prohibited: CardEvent = { type: 'CardProhibitionChanged', card: 'C1', reasons: ['LOST'] };
    const expired = TODAY - 1;
    const poor = { storedValue: 0, loan: 9_000, creditFlag: false };
    const refusals: readonly [string, Kind, boolean, readonly CardEvent[], string][] = [
      ['CARD_UNKNOWN', 'PURCHASE', true, [], 'a card that does not exist'],
      [
        'CARD_PROHIBITED',
        'PURCHASE',
        false,
        [issued({ expiryDate: expired, active: false }), prohibited],
        'all',
      ],
      [
        'CARD_EXPIRED',
        'PURCHASE',
        false,
        [issued({ ...poor, expiryDate: expired, active: false })],
        'expired',
      ],
      ['CARD_NOT_ACTIVE', 'PURCHASE', false, [issued({ ...poor, active: false })], 'not active'],
      ['INSUFFICIENT_FUNDS', 'PURCHASE', false, [issued(poor)], 'short, flag off'],
      ['DEFERRAL_NOT_PERMITTED', 'PURCHASE', false, [issued({ ...poor, creditFlag: true })], 'short'],
      ['CREDIT_LIMIT', 'PURCHASE', true, [issued({ ...poor, creditFlag: true })], 'over the limit'],
      ['CARD_NOT_ACTIVE', 'DEPOSIT', true, [issued({ active: false, storedValueCap: 1_200 })], 'deposit'],
      [
        'CAP_EXCEEDED',
        'DEPOSIT',
        true,
        [issued({ storedValueCap: 1_200, expiryDate: expired }), prohibited],
        'cap',
      ],
      ['CARD_NOT_ACTIVE', 'ENQUIRY', true, [issued({ active: false })], 'enquiry'],
      [
        'APPROVED',
        'ENQUIRY',
        true,
        [issued({ expiryDate: expired }), prohibited],
        'enquiry of a prohibited card',
      ],
    ];
    for (const [outcome, kind, mayDefer, events, what] of refusals) {
      it(`${outcome}: ${kind.toLowerCase()}, ${what}`, () => {
        const { state, when } = given(card, ...events);
        const decision = when(execute(kind === 'ENQUIRY' ? 0 : 2_000, kind, mayDefer), context);
        expect(answerOf(decision).outcome).to.equal(outcome);
        expect(evolveCard(state, decision.event), 'money stays as it was').to.deep.equal(state);
      });
    }

    it('lets a card pay on its expiry date, and not on the day after', () => {
      const { when } = given(card, issued({ expiryDate: TODAY }));
      expect(answerOf(when(execute(100), context)).outcome).to.equal('APPROVED');
      const tomorrow = { ...context, today: 2024_03_01 };
      expect(answerOf(when(execute(100), tomorrow)).outcome).to.equal('CARD_EXPIRED');
    });

    it('tells the center of every refusal', () => {
      const decision = given(card, issued()).when(execute(20_000), context);
      expect(decision.tell).to.deep.include({ type: 'Declined', outcome: 'CREDIT_LIMIT' });
    });
  });

  describe('reverses', () => {
    function entryOf(decision: CardDecision, asked: Asked): VisitorEntry {
      const { number } = asked.id;
      const { card: id, kind, digest } = asked;
      return { number, card: id, kind, digest, answer: answerOf(decision), reversal: undefined };
    }

    it('A15: a purchase in its stored parts, also when the card is prohibited and expired', () => {
      const { state, when } = given(card, issued({ expiryDate: TODAY }));
      const paid = when(execute(2_000), context);
      let reached: CardState | undefined = after(state, paid);
      reached = evolveCard(reached, { type: 'CardProhibitionChanged', card: 'C1', reasons: ['OPERATOR'] });
      const original = entryOf(paid, askedOf());
      const late = { ...context, today: 2025_01_01 };
      const decision = decideCard(reached, { type: 'Reverse', asked: askedOf(), original }, late);
      expect(answerOf(decision)).to.deep.include({
        outcome: 'REVERSED',
        amount: 2_000,
        parts: { ...NO_PARTS, value: 1_200, loan: 800 },
        original: 'APPROVED',
      });
      expect(answerOf(decision).balances).to.deep.equal(state?.balances);
      expect(after(reached, decision).log[0]).to.include({ reversal: true, amount: 2_000, kind: 'PURCHASE' });
    });

    it('a deposit; what was spent of it becomes loan', () => {
      const { state, when } = given(card, issued({ storedValue: 0 }));
      const paid = when(execute(500, 'DEPOSIT'), context);
      const spent = decideCard(after(state, paid), execute(300), context);
      const asked = askedOf({ kind: 'DEPOSIT', amount: 500 });
      const original = entryOf(paid, asked);
      const decision = decideCard(
        after(after(state, paid), spent),
        { type: 'Reverse', asked, original },
        context,
      );
      expect(answerOf(decision).parts).to.deep.equal({ ...NO_PARTS, value: 500, restoredLoan: 300 });
      expect(answerOf(decision).balances).to.include({ storedValue: 0, loan: 300 });
      expect(decision.tell, 'the center finds out itself').to.deep.include({
        parts: { ...NO_PARTS, value: 500 },
      });
    });

    it('an id that it never saw: a tombstone that moves nothing', () => {
      const { state, when } = given(card, issued());
      const asked = askedOf({ kind: undefined, amount: 0, digest: 0 });
      const decision = when({ type: 'Reverse', asked, original: undefined }, context);
      expect(answerOf(decision)).to.include({ outcome: 'REVERSED', amount: 0, original: undefined });
      expect(after(state, decision)).to.equal(state);
    });

    it('an id that it declined: a tombstone that says what it had answered', () => {
      const { when } = given(card, issued());
      const original = entryOf(when(execute(20_000), context), askedOf({ amount: 20_000 }));
      const decision = when({ type: 'Reverse', asked: askedOf(), original }, context);
      expect(answerOf(decision)).to.include({ outcome: 'REVERSED', amount: 0, original: 'CREDIT_LIMIT' });
    });

    it('an id of a card that does not exist', () => {
      const decision = given(card).when({ type: 'Reverse', asked: askedOf(), original: undefined }, context);
      expect(answerOf(decision)).to.include({ outcome: 'REVERSED', amount: 0, balances: undefined });
    });
  });
});
