import { expect } from 'chai';
import { partsOf } from '../money/samples.js';
import { Record } from './records.js';

function prohibit(record: Record, reason: 'OPERATOR' | 'LOST', prohibited = true) {
  return record.operate('ChangeProhibition', { reason, prohibited });
}

describe('the center prohibits a card while it owes more than its limit (rule 7)', () => {
  it('R7: by its limit and by an operator, each lifted by itself', () => {
    const record = new Record({ storedValue: 0, loan: 800 });
    prohibit(record, 'OPERATOR');
    record.operate('ChangeLimit', { limit: 500 });
    expect(record.state.reasons).to.deep.equal(['LIMIT', 'OPERATOR']);
    record.moved('DEPOSIT', { loan: 300 });
    expect(record.owes.loan).to.equal(500);
    expect(record.state.reasons).to.deep.equal(['OPERATOR']);
    prohibit(record, 'OPERATOR', false);
    expect(record.state.reasons).to.deep.equal([]);
  });

  it('B3b: right after an approved purchase, in the same decision', () => {
    const record = new Record({ storedValue: 0, loan: 9_500, interest: 300 });
    record.moved('PURCHASE', { loan: 400 });
    expect(record.state.balances).to.include({ loan: 9_900, interest: 300 });
    expect(record.state.reasons).to.deep.equal(['LIMIT']);
    expect(record.tells.at(-1)).to.deep.equal({ type: 'ChangeProhibition', card: 'C1', reasons: ['LIMIT'] });
  });

  it('owed may equal the limit', () => {
    const record = new Record({ storedValue: 0, loan: 9_000 });
    record.moved('PURCHASE', { loan: 1_000 });
    expect(record.state.reasons).to.deep.equal([]);
    record.moved('FARE', { fare: 1 });
    expect(record.state.reasons).to.deep.equal(['LIMIT']);
  });

  it('R11: a returned collection: order 800; L 800, prohibited; again: no change', () => {
    const record = new Record({ storedValue: 1_200, limit: 500 });
    record.moved('PURCHASE', { value: 1_200, account: 800 });
    record.do({ type: 'Collect', settlement: 1, partition: 0, index: 0 });
    const [share] = record.state.shares;
    expect(record.events.at(-1)).to.deep.include({ type: 'RecordCollectionOrdered', amount: 800 });
    expect(record.operate('ReturnCollection', { order: share!.debits[0]!.order }).outcome).to.equal(
      'APPROVED',
    );
    expect(record.owes).to.include({ storedValue: 0, loan: 800 });
    expect(record.state.reasons).to.deep.equal(['LIMIT']);
    expect(record.operate('ReturnCollection', { order: share!.debits[0]!.order })).to.deep.include({
      outcome: 'APPROVED',
      events: [],
    });
  });

  it('by a cut of the limit, and lifted by a rise', () => {
    const record = new Record({ loan: 800 });
    expect(record.operate('ChangeLimit', { limit: 799 }).tells.map(({ type }) => type)).to.deep.equal([
      'ChangeLimit',
      'ChangeProhibition',
    ]);
    expect(record.state.reasons).to.deep.equal(['LIMIT']);
    record.operate('ChangeLimit', { limit: 800 });
    expect(record.state.reasons).to.deep.equal([]);
  });

  it('lifted by a refund, a store instruction, an adjustment and a reversal', () => {
    const prohibited = () => {
      const record = new Record({ storedValue: 0, loan: 9_500, interest: 300 });
      const asked = record.moved('PURCHASE', { loan: 400 });
      return { record, asked };
    };
    const refunded = prohibited();
    refunded.record.moved('REFUND', { loan: 200 }, { original: refunded.asked.id });
    const stored = prohibited();
    const instruction = { reference: 'R1', amount: 200, time: 0 };
    stored.record.store('R1', 200);
    stored.record.do({ type: 'Stored', instruction, parts: partsOf({ interest: 200 }) });
    const adjusted = prohibited();
    const adjustment = { storedValue: 0, loan: 0, interest: -200, fareOwed: 0 };
    adjusted.record.operate('AdjustCard', { reference: 'R1', adjustment, date: undefined });
    const reversed = prohibited();
    reversed.record.reversed(reversed.asked, { loan: 400 });
    for (const { record } of [refunded, stored, adjusted, reversed]) {
      expect(record.state.reasons).to.deep.equal([]);
    }
  });

  it('and by the reversal of a deposit', () => {
    const record = new Record({ storedValue: 0, loan: 10_000 });
    const asked = record.moved('DEPOSIT', { loan: 500 });
    record.moved('PURCHASE', { loan: 1 });
    record.reversed(asked, { loan: 500 });
    expect(record.owes.loan).to.equal(10_001);
    expect(record.state.reasons).to.deep.equal(['LIMIT']);
  });

  it('an operator’s reason and a lost card’s are not lifted by money', () => {
    const record = new Record({ loan: 100 });
    prohibit(record, 'OPERATOR');
    prohibit(record, 'LOST');
    record.moved('DEPOSIT', { loan: 100 });
    expect(record.state.reasons).to.deep.equal(['OPERATOR', 'LOST']);
  });

  it('R13: replacing the card lifts "lost", and nothing else', () => {
    const record = new Record({ loan: 10_001 });
    record.operate('ChangeLimit', { limit: 9_999 });
    prohibit(record, 'OPERATOR');
    prohibit(record, 'LOST');
    const { tells } = record.operate('ReplaceCard', { device: 2 });
    expect(record.state).to.include({ device: 2 });
    expect(record.state.reasons).to.deep.equal(['LIMIT', 'OPERATOR']);
    expect(tells.map(({ type }) => type)).to.deep.equal(['Replace', 'ChangeProhibition']);
  });

  it('alerts once when four fifths of the limit are reached, and when it falls below again', () => {
    const record = new Record({ storedValue: 0 });
    record.moved('PURCHASE', { loan: 7_999 });
    record.moved('PURCHASE', { loan: 1 });
    record.moved('PURCHASE', { loan: 500 });
    record.moved('DEPOSIT', { loan: 600 });
    const alerts = record.events.flatMap((each) => (each.type === 'RecordAlerted' ? [each] : []));
    expect(alerts.map(({ above, owed }) => [above, owed])).to.deep.equal([
      [true, 8_000],
      [false, 7_900],
    ]);
  });

  it('interest of a run may prohibit, and the change has a position of its own', () => {
    const record = new Record({ storedValue: 0, loan: 9_990 });
    prohibit(record, 'OPERATOR');
    record.charge(30);
    const positions = record.events.flatMap((each) =>
      each.type === 'RecordProhibitionChanged' ? [each.position] : [],
    );
    expect(positions).to.deep.equal([42, 43]);
  });
});
