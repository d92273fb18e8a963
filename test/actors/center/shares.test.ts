import { expect } from 'chai';
import type { RecordEvent } from '../../../actors/center/record.js';
import { dayAfter, NOON, partsOf } from '../money/samples.js';
import { Record } from './records.js';

function settle(record: Record, settlement: number): void {
  record.position += 1;
  record.do({ type: 'Collect', settlement, partition: 0, index: 0 });
}

function orders({ events }: Record) {
  return events
    .filter((each): each is Extract<RecordEvent, { type: 'RecordCollectionOrdered' }> => {
      return each.type === 'RecordCollectionOrdered';
    })
    .map(({ amount, credit }) => (credit ? -amount : amount));
}

function accounts({ events }: Record): readonly string[] {
  return events.flatMap((each) => (each.type === 'RecordCollectionOrdered' ? [each.account] : []));
}

function comesBack(record: Record) {
  return record.operate('ReturnCollection', { order: record.state.shares[0]!.debits[0]!.order });
}

/** A purchase of 800 from the account. */
function paid() {
  const record = new Record({ storedValue: 0 });
  const asked = record.moved('PURCHASE', { account: 800 });
  const refund = (account: number, change: object = {}) =>
    record.moved('REFUND', { account, ...change }, { original: asked.id });
  return { record, asked, refund };
}

describe('the center collects account shares (rule 11)', () => {
  it('A12: each once, as one debit order at settlement', () => {
    const { record, asked } = paid();
    expect(record.state.shares).to.deep.include({ ...record.state.shares[0]!, id: asked.id, amount: 800 });
    settle(record, 1);
    settle(record, 2);
    expect(orders(record)).to.deep.equal([800]);
    const [share] = record.state.shares;
    expect(share).to.include({ amount: 800, ordered: 800, givenBack: 0 });
    expect(share!.debits).to.have.length(1);
  });

  describe('names the account that the share was deferred to', () => {
    it('also in a credit, whatever account the card names by then', () => {
      const { record, refund } = paid();
      settle(record, 1);
      const { policy } = record.state;
      record.operate('ChangePolicy', { policy: { ...policy, account: 'bank-2' } });
      refund(300);
      record.moved('PURCHASE', { account: 50 });
      record.operate('ChangePolicy', { policy: { ...policy, account: '' } });
      settle(record, 2);
      expect(accounts(record)).to.deep.equal(['bank-1', 'bank-1', 'bank-2']);
    });

    it('or, of one that was recorded before that was kept, the card’s of today', () => {
      const { record } = paid();
      record.state = {
        ...record.state,
        shares: record.state.shares.map((each) => ({ ...each, account: '' })),
      };
      const policy = { ...record.state.policy, account: 'bank-2' };
      record.operate('ChangePolicy', { policy });
      settle(record, 1);
      expect(accounts(record)).to.deep.equal(['bank-2']);
    });
  });

  it('less what was given back before: by refund, void or reversal', () => {
    const { record, asked, refund } = paid();
    refund(300);
    settle(record, 1);
    expect(orders(record)).to.deep.equal([500]);
    const reversed = paid();
    reversed.record.reversed(reversed.asked, { account: 800 });
    settle(reversed.record, 1);
    expect(orders(reversed.record)).to.deep.equal([]);
    const voided = paid();
    voided.record.moved('VOID', { account: 800 }, { original: voided.asked.id });
    settle(voided.record, 1);
    expect(orders(voided.record)).to.deep.equal([]);
    expect(asked.kind).to.equal('PURCHASE');
  });

  it('what is given back after its order is ordered back, as a credit', () => {
    const { record, refund } = paid();
    settle(record, 1);
    refund(300);
    settle(record, 2);
    refund(500);
    settle(record, 3);
    settle(record, 4);
    expect(orders(record)).to.deep.equal([800, -300, -500]);
  });

  it('a refund that is reversed is no credit any more', () => {
    const { record, refund } = paid();
    settle(record, 1);
    const back = refund(300);
    record.reversed(back, { account: 300 });
    settle(record, 2);
    expect(orders(record)).to.deep.equal([800]);
  });

  it('R11: one that comes back is loan, of its business date, once', () => {
    const { record } = paid();
    settle(record, 1);
    record.onDay(3);
    expect(comesBack(record).events[0]).to.deep.include({
      type: 'RecordCollectionReturned',
      amount: 800,
      businessDate: dayAfter(3),
    });
    expect(record.owes.loan).to.equal(800);
    expect(comesBack(record)).to.deep.include({ outcome: 'APPROVED', events: [] });
    expect(record.tells.filter(({ type }) => type === 'ReturnCollection')).to.have.length(1);
    settle(record, 2);
    expect(orders(record)).to.deep.equal([800]);
  });

  it('an order that is not known is refused; one that is not ordered has none', () => {
    const { record } = paid();
    expect(record.operate('ReturnCollection', { order: 'O9' }).outcome).to.equal('REFERENCE_UNKNOWN');
    expect(record.operate('ReturnCollection', { order: '' }).outcome).to.equal('REFERENCE_UNKNOWN');
  });

  it('one that the bank has paid for good does not come back, nor the other way round', () => {
    const { record } = paid();
    settle(record, 1);
    const { order } = record.state.shares[0]!.debits[0]!;
    expect(record.operate('ConfirmCollection', { order }).outcome).to.equal('APPROVED');
    expect(record.operate('ConfirmCollection', { order })).to.deep.include({ events: [] });
    expect(comesBack(record).outcome).to.equal('ALREADY_APPLIED');
    const returned = paid().record;
    settle(returned, 1);
    comesBack(returned);
    const again = returned.operate('ConfirmCollection', {
      order: returned.state.shares[0]!.debits[0]!.order,
    });
    expect(again.outcome).to.equal('ALREADY_APPLIED');
  });

  describe('what is given back of one that came back', () => {
    it('lowers the loan, and is no credit', () => {
      const { record, refund } = paid();
      settle(record, 1);
      comesBack(record);
      refund(300);
      expect(record.events.at(-1), 'the center finds out itself').to.have.deep.property(
        'parts',
        partsOf({ account: 300, accountAsLoan: 300 }),
      );
      expect(record.owes.loan).to.equal(500);
      settle(record, 2);
      expect(orders(record)).to.deep.equal([800]);
    });

    it('before it came back, and was not ordered back yet: the credit is still ordered', () => {
      const { record, refund } = paid();
      settle(record, 1);
      refund(300);
      comesBack(record);
      expect(record.owes.loan, 'the whole order').to.equal(800);
      settle(record, 2);
      settle(record, 3);
      expect(orders(record)).to.deep.equal([800, -300]);
    });

    it('and taken again by a reversal is loan, whenever it had been given back', () => {
      const before = paid();
      const early = before.refund(300);
      settle(before.record, 1);
      comesBack(before.record);
      expect(before.record.owes.loan).to.equal(500);
      before.record.reversed(early, { account: 300 });
      expect(before.record.owes.loan, 'nothing of 800 was collected').to.equal(800);

      const after = paid();
      settle(after.record, 1);
      comesBack(after.record);
      const late = after.refund(300);
      expect(after.record.owes.loan).to.equal(500);
      after.record.reversed(late, { account: 300, accountAsLoan: 300 });
      expect(after.record.owes.loan).to.equal(800);
      settle(after.record, 2);
      expect(orders(after.record)).to.deep.equal([800]);
    });
  });

  it('a refund that is reversed after the settlement which saw it: a debit more, each by itself', () => {
    const { record, refund } = paid();
    const early = refund(300);
    settle(record, 1);
    record.reversed(early, { account: 300 });
    settle(record, 2);
    expect(orders(record)).to.deep.equal([500, 300]);
    const [first, second] = record.state.shares[0]!.debits;
    record.operate('ConfirmCollection', { order: second!.order });
    record.operate('ReturnCollection', { order: first!.order });
    expect(record.owes.loan).to.equal(500);
    expect(record.operate('ReturnCollection', { order: second!.order }).outcome).to.equal('ALREADY_APPLIED');
    refund(800);
    expect(record.owes, 'what the account has paid goes to value').to.include({ loan: 0, storedValue: 300 });
  });

  it('one of which a part is ordered comes back: the rest is ordered still', () => {
    const { record, refund } = paid();
    const early = refund(300);
    settle(record, 1);
    record.reversed(early, { account: 300 });
    comesBack(record);
    expect(record.owes.loan).to.equal(500);
    settle(record, 2);
    expect(orders(record)).to.deep.equal([500, 300]);
  });

  it('R9: what lowers the loan beyond the principal goes to value', () => {
    const { record, refund } = paid();
    settle(record, 1);
    comesBack(record);
    record.moved('DEPOSIT', { loan: 700 });
    refund(800);
    expect(record.owes).to.include({ loan: 0, storedValue: 700 });
  });

  it('a fare’s share too', () => {
    const record = new Record({ storedValue: 20 });
    record.moved('FARE', { value: 20, account: 300 });
    settle(record, 1);
    expect(orders(record)).to.deep.equal([300]);
  });

  describe('and forgets a share', () => {
    const forget = (record: Record, before: number): readonly unknown[] => {
      record.forgetBefore = before;
      record.do({ type: 'Forget' });
      return record.state.shares.map(({ id }) => id);
    };
    const LATER = NOON + 86_400_000;

    it('that is final and old: paid for good, a loan, or given back whole before it was ordered', () => {
      const { record } = paid();
      record.moved('PURCHASE', { account: 500 });
      const back = record.moved('PURCHASE', { account: 70 });
      record.moved('REFUND', { account: 70 }, { original: back.id });
      settle(record, 1);
      const [one, other] = record.state.shares.map(({ debits }) => debits[0]?.order ?? '');
      record.operate('ConfirmCollection', { order: one! });
      record.operate('ReturnCollection', { order: other! });
      const last = record.moved('PURCHASE', { account: 1 });
      expect(forget(record, NOON), 'not old enough').to.have.length(4);
      expect(forget(record, LATER)).to.deep.equal([last.id]);
      expect(record.operate('ReturnCollection', { order: one! }).outcome).to.equal('REFERENCE_UNKNOWN');
    });

    it('not while it is to be ordered, or its order is outstanding', () => {
      const { record, asked } = paid();
      record.moved('PURCHASE', { account: 1 });
      expect(forget(record, LATER), 'to be ordered').to.deep.include(asked.id);
      settle(record, 1);
      expect(forget(record, LATER), 'outstanding').to.deep.include(asked.id);
    });

    it('not before what was given back of it, or taken again, is old too', () => {
      const { record, asked, refund } = paid();
      record.now = LATER;
      refund(800);
      record.moved('PURCHASE', { account: 1 });
      expect(forget(record, LATER)).to.deep.include(asked.id);
      expect(forget(record, LATER + 1)).not.to.deep.include(asked.id);
    });

    it('not the newest: it may be of the card’s last payment, which can be voided', () => {
      const { record, asked } = paid();
      settle(record, 1);
      record.operate('ConfirmCollection', { order: record.state.shares[0]!.debits[0]!.order });
      expect(forget(record, LATER)).to.deep.equal([asked.id]);
    });
  });
});
