import { expect } from 'chai';
import { dayAfter, idOf, NOON, PARAMETERS, partsOf } from '../money/samples.js';
import { Card } from './cards.js';

const HOUR = 3_600_000;

describe('a card opens gates (rule 14)', () => {
  it('A18: in; not in again; out for 200 + 120 deferred; not out again; prohibited while inside', () => {
    const card = new Card({ storedValue: 200 });
    expect(card.enter()).to.deep.include({
      outcome: 'APPROVED',
      amount: 0,
      inside: { zone: 'A', gate: 'T1', time: NOON },
    });
    expect(card.enter().outcome).to.equal('ALREADY_INSIDE');
    expect(card.leave()).to.deep.include({
      outcome: 'APPROVED',
      amount: 320,
      parts: partsOf({ value: 200, loan: 120 }),
      inside: undefined,
      entered: { zone: 'A', gate: 'T1', time: NOON },
    });
    expect(card.leave().outcome).to.equal('NOT_INSIDE');
    card.enter();
    card.tell({ type: 'ChangeProhibition', card: 'C1', reasons: ['OPERATOR'] });
    expect(card.leave()).to.deep.include({ outcome: 'APPROVED', parts: partsOf({ fare: 320 }) });
    expect(card.holds).to.include({ fareOwed: 320, loan: 120 });
    expect(card.enter().outcome).to.equal('CARD_PROHIBITED');
    card.deposit(500);
    expect(card.holds).to.deep.equal({ storedValue: 60, loan: 0, interest: 0, fareOwed: 0 });
    expect(card.state?.reasons).to.deep.equal(['OPERATOR']);
  });

  it('R14: flag off: 50 and U 270; no entry before that is paid; a deposit of 1,000 leaves 730', () => {
    const card = new Card({ storedValue: 50, policy: { creditFlag: false } });
    card.enter();
    expect(card.leave().parts).to.deep.equal(partsOf({ value: 50, fare: 270 }));
    expect(card.enter().outcome).to.equal('FARE_OWED');
    card.deposit(1_000);
    expect(card.holds).to.include({ storedValue: 730, fareOwed: 0 });
    expect(card.enter().outcome).to.equal('APPROVED');
  });

  describe('the exit always opens', () => {
    it('all of the rest is deferred, or none of it', () => {
      const card = new Card({ storedValue: 100, limit: 219 });
      card.enter();
      expect(card.leave().parts, '220 do not fit').to.deep.equal(partsOf({ value: 100, fare: 220 }));
    });

    it('nothing is deferred where the gate may not, the card has expired, or it is beyond its limit', () => {
      const gate = new Card({ storedValue: 0 });
      gate.enter();
      expect(gate.leave('B', { mayDefer: false }).parts).to.deep.equal(partsOf({ fare: 320 }));
      const expired = new Card({ storedValue: 0, policy: { expiryDate: dayAfter(0) } });
      expired.enter();
      expired.now = NOON + 24 * HOUR;
      expect(expired.leave().parts).to.deep.equal(partsOf({ fare: 320 }));
    });

    it('the account’s share of a fare is the account’s', () => {
      const shareRule = { kind: 'ALL_ACCOUNT' as const, accountWeight: 0, loanWeight: 0 };
      const capped = { ...shareRule, capTransaction: 300, capDay: undefined };
      const card = new Card({ storedValue: 20, policy: { shareRule: capped } });
      card.enter();
      expect(card.leave().parts).to.deep.equal(partsOf({ value: 20, account: 300 }));
      card.enter();
      expect(card.leave().parts, '320 are above its cap').to.deep.equal(partsOf({ fare: 320 }));
    });
  });

  describe('for the fare of its table', () => {
    it('0 is a fare, with a movement; no row: the highest', () => {
      const fares = [
        { fromZone: 'A', toZone: 'A', amount: 0 },
        { fromZone: 'A', toZone: 'B', amount: 320 },
        { fromZone: 'A', toZone: 'C', amount: 900 },
      ];
      const card = new Card();
      card.schedule = [{ ...PARAMETERS, fares }];
      card.enter('A');
      expect(card.leave('A')).to.include({ outcome: 'APPROVED', amount: 0 });
      expect(card.state?.log[0]).to.include({ kind: 'FARE', amount: 0 });
      card.enter('X');
      expect(card.leave('A').amount).to.equal(900);
    });

    it('0 where there is no table', () => {
      const card = new Card();
      card.schedule = [{ ...PARAMETERS, fares: [] }];
      card.enter();
      expect(card.leave().amount).to.equal(0);
    });

    it('that is in force on the date of the exit', () => {
      const card = new Card();
      const later = { ...PARAMETERS, number: 1, effectiveFrom: dayAfter(1) };
      card.schedule = [PARAMETERS, { ...later, fares: [{ fromZone: 'A', toZone: 'B', amount: 400 }] }];
      card.enter();
      card.now += 24 * HOUR;
      expect(card.leave().amount).to.equal(400);
      card.enter();
      expect(card.leave('B', { businessDate: dayAfter(0) }).amount, 'sent late').to.equal(320);
    });
  });

  describe('where and when its policy lets it', () => {
    it('zones', () => {
      const card = new Card({ policy: { zones: ['A', 'C'] } });
      expect(card.enter('B').outcome).to.equal('ZONE_NOT_PERMITTED');
      expect(card.enter('C').outcome).to.equal('APPROVED');
      expect(card.leave('B').outcome, 'leaving is free').to.equal('APPROVED');
    });

    it('times of the day, by the gate’s clock: from the first minute, before the last', () => {
      // 2024-02-29 is a Thursday; NOON is minute 720.
      const hours = [{ days: 0b000_1000, fromMinute: 720, toMinute: 721 }];
      const outcomes = [-60_000, 0, 59_999, 60_000].map((offset) => {
        return new Card({ policy: { hours } }).enter('A', { terminalTime: NOON + offset }).outcome;
      });
      expect(outcomes).to.deep.equal(['TIME_NOT_PERMITTED', 'APPROVED', 'APPROVED', 'TIME_NOT_PERMITTED']);
    });

    it('days of the week, any of several windows', () => {
      const days = (bits: number) => ({ days: bits, fromMinute: 0, toMinute: 1_440 });
      expect(new Card({ policy: { hours: [days(0b111_0111)] } }).enter().outcome).to.equal(
        'TIME_NOT_PERMITTED',
      );
      const both = new Card({ policy: { hours: [days(0b000_0001), days(0b000_1000)] } });
      expect(both.enter().outcome).to.equal('APPROVED');
    });
  });

  it('remembers through which gate and when it entered, by the gate’s own time', () => {
    const card = new Card();
    card.enter('A', { id: idOf(5, 1, 'G1'), terminalTime: NOON - HOUR });
    expect(card.state?.inside).to.deep.equal({ zone: 'A', gate: 'G1', time: NOON - HOUR });
  });

  it('an entry is no movement, and pays nothing', () => {
    const card = new Card();
    card.enter();
    expect(card.state?.log).to.deep.equal([]);
    expect(card.tells[0]).to.deep.include({ type: 'Moved', parts: partsOf({}) });
  });

  describe('and where it is after reversals follows from what still stands', () => {
    const IN_A = { zone: 'A', gate: 'T1', time: NOON };

    it('inside again by its last exit', () => {
      const card = new Card();
      card.enter();
      const fare = card.leave();
      expect(card.reverse(fare).inside).to.deep.equal(IN_A);
      expect(card.leave().outcome).to.equal('APPROVED');
    });

    it('outside when the entry and its fare are reversed, in either order', () => {
      for (const first of ['entry', 'fare']) {
        const card = new Card();
        const entry = card.enter();
        const fare = card.leave();
        for (const each of first === 'entry' ? [entry, fare] : [fare, entry]) card.reverse(each);
        expect(card.state?.inside, `the ${first} first`).to.equal(undefined);
        expect(card.holds.storedValue).to.equal(1_200);
        expect(card.enter().outcome).to.equal('APPROVED');
      }
    });

    it('where it has entered since, whatever becomes of a fare before that', () => {
      const card = new Card();
      card.enter('A');
      const fare = card.leave('B');
      card.enter('C');
      expect(card.reverse(fare).inside?.zone).to.equal('C');
    });

    it('outside by an older fare than its last', () => {
      const card = new Card();
      card.enter();
      const older = card.leave();
      card.enter();
      const last = card.leave();
      expect(card.reverse(older).inside).to.equal(undefined);
      expect(card.reverse(last).inside).to.deep.equal(IN_A);
    });

    it('inside by the entry that stands, when an entry at the same gate and time was reversed', () => {
      const card = new Card();
      const first = card.enter();
      card.leave();
      card.enter();
      card.reverse(first);
      expect(card.state?.inside).to.deep.equal(IN_A);
    });

    it('a void leaves it outside; the reversal of the fare does not', () => {
      const card = new Card();
      card.enter();
      const fare = card.leave();
      card.void();
      expect(card.state?.inside).to.equal(undefined);
      expect(card.reverse(fare).inside).to.deep.equal(IN_A);
    });
  });
});
