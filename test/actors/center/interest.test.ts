import { expect } from 'chai';
import { CARRY_UNIT } from '../../../actors/money/interest.js';
import { dayAfter, PARAMETERS } from '../money/samples.js';
import { Record } from './records.js';

const FIFTEEN = { ...PARAMETERS, number: 1, ratePpm: 150_000 };

describe('the center charges interest (rule 6)', () => {
  it('B2: 100,000 over 27 days: I 1,331; the run again changes nothing', () => {
    const record = new Record({ limit: 200_000, loan: 100_000 });
    const { events, tells } = record.charge(27);
    expect(events[0]).to.deep.equal({
      type: 'RecordInterestPosted',
      card: 'C1',
      amount: 1_331,
      through: dayAfter(27),
      balances: { storedValue: 1_200, loan: 100_000, interest: 1_331, fareOwed: 0, limit: 200_000 },
      carry: Number((100_000n * 180_000n * 27n) % BigInt(CARRY_UNIT)),
      dropped: 0,
    });
    expect(tells).to.deep.equal([{ type: 'PostInterest', card: 'C1', amount: 1_331, through: dayAfter(27) }]);
    expect(record.charge(27).events).to.deep.equal([]);
  });

  it('B2b: 3,000, posted daily for 30 days: I 44, the remainder carried', () => {
    const record = new Record({ loan: 3_000 });
    for (let day = 1; day <= 30; day += 1) record.charge(day);
    expect(record.owes.interest).to.equal(44);
    const once = new Record({ loan: 3_000 });
    once.charge(30);
    expect(once.state.accrual).to.deep.equal(record.state.accrual);
  });

  it('B2c: 3,000 for 10 days, 5,000 for 10, 4,000 for 9, one run: I 57', () => {
    const record = new Record({ loan: 3_000, storedValue: 0 });
    record.onDay(10).moved('PURCHASE', { loan: 2_000 });
    record.onDay(20).moved('DEPOSIT', { loan: 1_000 });
    record.charge(29);
    expect(record.owes).to.include({ loan: 4_000, interest: 57 });
  });

  it('B2d: repaid after 20 days, one run after 30: I 29, owed, not prohibited; a deposit of 1,000 leaves SV 971', () => {
    const record = new Record({ loan: 3_000, storedValue: 0 });
    record.onDay(20).moved('DEPOSIT', { loan: 3_000 });
    record.charge(30);
    expect(record.owes).to.include({ loan: 0, interest: 29, storedValue: 0 });
    expect(record.state.reasons).to.deep.equal([]);
    record.moved('DEPOSIT', { interest: 29, value: 971 });
    expect(record.owes).to.deep.equal({ loan: 0, interest: 0, storedValue: 971, fareOwed: 0 });
  });

  it('B2e: drawn and repaid on one day costs nothing: L 2,500 at its end, I 1 the next', () => {
    const record = new Record({ storedValue: 0 });
    record.moved('PURCHASE', { loan: 3_000 });
    record.moved('DEPOSIT', { loan: 1_000 });
    record.moved('PURCHASE', { loan: 500 });
    record.charge(1);
    expect(record.owes).to.include({ loan: 2_500, interest: 1 });
    const gone = new Record({ storedValue: 0 });
    gone.moved('PURCHASE', { loan: 3_000 });
    gone.moved('DEPOSIT', { loan: 3_000 });
    gone.charge(1);
    expect(gone.owes.interest).to.equal(0);
  });

  it('B2f: the rate of each date: 15 % after 10 days, run after 27: I 1,191', () => {
    const record = new Record({ limit: 200_000, loan: 100_000 });
    record.schedule = [PARAMETERS, { ...FIFTEEN, effectiveFrom: dayAfter(11) }];
    record.charge(27);
    expect(record.owes.interest).to.equal(1_191);
  });

  it('B3: 9,990 over 30 days: I 147, owed 10,137: prohibited in the same frame', () => {
    const record = new Record({ storedValue: 0, loan: 9_990 });
    const { events, tells } = record.charge(30);
    expect(record.owes).to.include({ loan: 9_990, interest: 147 });
    expect(events.map(({ type }) => type)).to.include.members([
      'RecordInterestPosted',
      'RecordProhibitionChanged',
    ]);
    expect(tells.map(({ type }) => type)).to.deep.equal(['PostInterest', 'ChangeProhibition']);
    expect(record.state.reasons).to.deep.equal(['LIMIT']);
    record.moved('DEPOSIT', { interest: 147, loan: 353 });
    expect(record.owes).to.include({ interest: 0, loan: 9_637 });
    expect(record.state.reasons).to.deep.equal([]);
  });

  it('none on interest, on fare owed, or on account shares (A12)', () => {
    const record = new Record({ storedValue: 0, interest: 5_000, fareOwed: 900 });
    record.moved('PURCHASE', { account: 4_000 });
    record.charge(365);
    expect(record.owes.interest).to.equal(5_000);
  });

  it('only from the day after the issue, for what the card was issued with', () => {
    const record = new Record({ loan: 10_000_000, limit: 20_000_000 });
    record.charge(0);
    expect(record.owes.interest).to.equal(0);
    record.charge(1);
    expect(record.owes.interest).to.equal(4_931);
  });

  describe('never reopens a charged date', () => {
    it('what arrives for one counts on the first date that is not', () => {
      const record = new Record({ storedValue: 0 });
      record.charge(10);
      const asked = record.onDay(11).moved('PURCHASE', { loan: 3_650 }, { businessDate: dayAfter(5) });
      expect(record.events.find(({ type }) => type === 'RecordMoved')).to.deep.include({
        asked,
        accrualDate: dayAfter(10),
      });
      record.charge(11);
      expect(record.owes.interest, 'one day of 1.8').to.equal(1);
      record.charge(20);
      expect(record.owes.interest, 'ten days').to.equal(18);
    });

    it('also where this record was not visited by that run yet', () => {
      const record = new Record({ storedValue: 0, loan: 3_650 });
      record.chargedThrough = dayAfter(10);
      record.onDay(11).moved('DEPOSIT', { loan: 3_650 }, { businessDate: dayAfter(5) });
      record.do({ type: 'Charge', through: dayAfter(10) });
      expect(record.owes, 'ten days of 1.8').to.include({ loan: 0, interest: 18 });
    });

    it('what arrives late for a date that is not charged counts on it', () => {
      const record = new Record({ storedValue: 0, loan: 3_650 });
      record.onDay(10).moved('DEPOSIT', { loan: 3_650 }, { businessDate: dayAfter(5) });
      record.charge(10);
      expect(record.owes, 'five days of 1.8').to.include({ loan: 0, interest: 9 });
    });
  });

  it('a payment that states an earlier time than the draw which it repays earns nothing', () => {
    const record = new Record({ storedValue: 0, interest: 5 });
    record.onDay(10).moved('PURCHASE', { loan: 3_650 });
    record.moved('DEPOSIT', { loan: 3_650 }, { businessDate: dayAfter(2) });
    record.charge(20);
    expect(record.owes).to.include({ loan: 0, interest: 5 });
  });

  it('a returned collection counts from its own business date', () => {
    const record = new Record({ storedValue: 0, limit: 100_000 });
    record.moved('PURCHASE', { account: 36_500 });
    record.onDay(3).do({ type: 'Collect', settlement: 1, partition: 0, index: 0 });
    const [share] = record.state.shares;
    record.onDay(10).operate('ReturnCollection', { order: share!.debits[0]!.order });
    record.charge(20);
    expect(record.owes, 'ten days of 18').to.include({ loan: 36_500, interest: 180 });
  });

  it('an adjustment of the principal counts from its date', () => {
    const record = new Record({ storedValue: 0, loan: 36_500, limit: 100_000 });
    const adjustment = { storedValue: 0, loan: -36_500, interest: 0, fareOwed: 0 };
    record.onDay(10).operate('AdjustCard', { reference: 'R1', adjustment, date: undefined });
    record.charge(20);
    expect(record.owes).to.include({ loan: 0, interest: 180 });
  });

  it('closing drops the fraction, on record', () => {
    const record = new Record({ storedValue: 0, loan: 3_000 });
    record.onDay(10).moved('DEPOSIT', { loan: 3_000 });
    record.charge(10);
    record.moved('DEPOSIT', { interest: record.owes.interest });
    const { carry } = record.state.accrual;
    expect(carry).to.be.above(0);
    record.moved('UNLOAD', {});
    expect(record.events.at(-1)).to.deep.include({
      type: 'RecordInterestPosted',
      amount: 0,
      carry: 0,
      dropped: carry,
    });
    expect(record.state).to.include({ closed: true });
    expect(record.state.accrual.carry).to.equal(0);
  });

  describe('a closed card', () => {
    /** Drawn at noon, repaid by a terminal whose clock was past midnight already, closed some minutes later. */
    function closedBeforeMidnight() {
      const record = new Record({ storedValue: 0 });
      const drawn = record.moved('PURCHASE', { loan: 3_000 });
      record.moved('DEPOSIT', { loan: 3_000 }, { businessDate: dayAfter(1) });
      const unload = record.moved('UNLOAD', {});
      return { record, drawn, unload };
    }

    it('has no accrual any more, whatever a terminal dated tomorrow', () => {
      const { record } = closedBeforeMidnight();
      expect(record.state.accrual).to.deep.include({ principal: 0, carry: 0, changes: [] });
      for (const day of [1, 2, 30]) record.charge(day);
      expect(record.owes).to.deep.equal({ storedValue: 0, loan: 0, interest: 0, fareOwed: 0 });
    });

    it('drops the fraction up to its own day, and not of the date after', () => {
      const record = new Record({ storedValue: 0 });
      record.moved('PURCHASE', { loan: 100 });
      record.charge(1);
      record.moved('DEPOSIT', { loan: 100 }, { businessDate: dayAfter(3) });
      record.moved('UNLOAD', {});
      expect(
        record.events.find((each) => each.type === 'RecordInterestPosted' && each.dropped > 0),
      ).to.deep.include({ amount: 0, carry: 0, dropped: 2 * 100 * PARAMETERS.ratePpm, through: dayAfter(3) });
    });

    it('bears no interest on what comes onto it later, and is visited for nothing once', () => {
      const record = new Record({ storedValue: 0, loan: 36_500, limit: 100_000 });
      const deposit = record.moved('DEPOSIT', { loan: 36_500 });
      record.moved('UNLOAD', {});
      record.onDay(2).reversed(deposit, { loan: 36_500 });
      record.charge(10);
      expect(record.owes).to.include({ loan: 36_500, interest: 0 });
      expect(record.state.listed).to.equal(false);
      expect(record.charge(20).events).to.deep.equal([]);
    });

    it('whose unload is reversed was never closed: the next run charges the dates since', () => {
      const record = new Record({ storedValue: 0, loan: 36_500, limit: 100_000 });
      const deposit = record.moved('DEPOSIT', { loan: 36_500 });
      const unload = record.moved('UNLOAD', {});
      record.onDay(2).reversed(deposit, { loan: 36_500 });
      record.charge(10);
      record.reversed(unload, {});
      expect(record.state.listed).to.equal(true);
      record.charge(12);
      expect(record.owes, 'ten days of 18').to.include({ loan: 36_500, interest: 180 });
    });

    it('that never owed anything ends without a word', () => {
      const record = new Record();
      record.moved('UNLOAD', { value: 1_200 });
      expect(record.events.map(({ type }) => type)).to.deep.equal(['RecordMoved']);
    });
  });

  it('is rounded down for each card by itself, to the whole minor unit', () => {
    const record = new Record({ storedValue: 0, loan: 1 });
    record.charge(365);
    expect(record.owes.interest, '0.18 of 1').to.equal(0);
    record.charge(365 * 6);
    expect(record.owes.interest, '1.08 of 1').to.equal(1);
    expect(record.tells.at(-1)).to.deep.include({ type: 'PostInterest', amount: 1 });
  });

  it('a card that owes nothing is not charged', () => {
    const record = new Record();
    expect(record.charge(30)).to.deep.include({ events: [], tells: [] });
    record.moved('PURCHASE', { value: 100 });
    expect(record.charge(31).events).to.deep.equal([]);
  });
});
