import { expect } from 'chai';
import { MAX_PENDING, MAX_REFERENCE_DAYS, MAX_SETTLED_REFERENCES } from '../../../actors/bounds.js';
import type { Adjustment } from '../../../actors/money/balances.js';
import { evolveRecord, type RecordEvent } from '../../../actors/center/record.js';
import { projected } from '../../../actors/money/instruction.js';
import { C1, dayAfter, NOON, partsOf, RIGHT_PIN } from '../money/samples.js';
import { Record } from './records.js';

/** What the card would hold if all that is pending were applied now. */
function projection({ state: { balances, pending, policy } }: Record) {
  return projected(balances, pending, policy.storedValueCap);
}

/** The card has applied an instruction. */
function applied(record: Record, reference: string, parts: Parameters<typeof partsOf>[0]): void {
  const instruction = record.state.pending.find((each) => each.reference === reference)!;
  record.do({ type: 'Stored', instruction, parts: partsOf(parts) });
}

function adjustment(change: Partial<Adjustment>): Adjustment {
  return { storedValue: 0, loan: 0, interest: 0, fareOwed: 0, ...change };
}

function adjust(record: Record, reference: string, change: Partial<Adjustment>, date?: number) {
  return record.operate('AdjustCard', { reference, adjustment: adjustment(change), date });
}

const DONE = { outcome: 'APPROVED', events: [] };

describe('the center stores value (rule 5)', () => {
  const owing = { storedValue: 0, loan: 1_500, interest: 22 };

  it('B4: at once as pending; projected SV 478, the card as it was', () => {
    const record = new Record(owing);
    const { outcome, events, tells } = record.store('R1', 2_000);
    const instruction = { reference: 'R1', amount: 2_000, time: NOON };
    expect(outcome).to.equal('APPROVED');
    expect(events).to.deep.equal([
      { type: 'RecordInstructed', card: 'C1', instruction, note: 'by telephone' },
    ]);
    expect(tells).to.deep.equal([{ type: 'Instruct', card: 'C1', instruction }]);
    expect(projection(record)).to.include({ storedValue: 478, loan: 0, interest: 0 });
    expect(record.owes).to.include({ storedValue: 0, loan: 1_500 });
    expect(record.state.pending).to.deep.equal([instruction]);
  });

  it('B4: projects against the loan as it is now: 78 after a collection of 400 came back', () => {
    const record = new Record({ ...owing, loan: 1_100 });
    record.moved('PURCHASE', { account: 400 });
    record.do({ type: 'Collect', settlement: 1, partition: 0, index: 0 });
    record.store('R1', 2_000);
    record.operate('ReturnCollection', { order: record.state.shares[0]!.debits[0]!.order });
    expect(projection(record)).to.include({ storedValue: 478, loan: 0 });
    const same = new Record(owing);
    same.moved('PURCHASE', { account: 400 });
    same.do({ type: 'Collect', settlement: 1, partition: 0, index: 0 });
    same.store('R1', 2_000);
    same.operate('ReturnCollection', { order: same.state.shares[0]!.debits[0]!.order });
    expect(projection(same)).to.include({ storedValue: 78, loan: 0 });
  });

  it('B4: cancelled while it is pending, and asked again it is cancelled already', () => {
    const record = new Record(owing);
    record.store('R1', 2_000);
    expect(record.operate('CancelStore', { reference: 'R1' }).tells).to.deep.equal([
      { type: 'CancelInstruction', card: 'C1', reference: 'R1' },
    ]);
    expect(record.state.pending).to.deep.equal([]);
    expect(record.operate('CancelStore', { reference: 'R1' })).to.deep.include({
      outcome: 'APPROVED',
      events: [],
    });
    expect(record.operate('CancelStore', { reference: 'R2' }).outcome).to.equal('REFERENCE_UNKNOWN');
  });

  it('cannot be cancelled once it is applied', () => {
    const record = new Record({ storedValue: 0 });
    record.store('R1', 100);
    applied(record, 'R1', { value: 100 });
    expect(record.state.pending).to.deep.equal([]);
    expect(record.owes.storedValue).to.equal(100);
    expect(record.operate('CancelStore', { reference: 'R1' }).outcome).to.equal('ALREADY_APPLIED');
  });

  it('B4c: checked on the projected value: 900, then 200 do not fit, and 100 would', () => {
    const record = new Record({ storedValue: 19_500 });
    const asked = record.moved('PURCHASE', { value: 500 });
    expect(record.store('R1', 900).outcome).to.equal('APPROVED');
    expect(record.store('R2', 200)).to.deep.include({ outcome: 'CAP_EXCEEDED', fits: 100, events: [] });
    record.reversed(asked, { value: 500 });
    expect(record.store('R2', 1), '900 do not fit, and nothing fits behind them').to.include({
      outcome: 'CAP_EXCEEDED',
      fits: 0,
    });
  });

  it('what is owed makes room', () => {
    const record = new Record({ storedValue: 20_000, loan: 300 });
    expect(record.store('R1', 301)).to.include({ outcome: 'CAP_EXCEEDED', fits: 300 });
    expect(record.store('R1', 300).outcome).to.equal('APPROVED');
  });

  it('the same reference is the same instruction: pending, applied or cancelled', () => {
    const record = new Record({ storedValue: 0 });
    for (const reference of ['R1', 'R2', 'R3']) record.store(reference, 100);
    applied(record, 'R1', { value: 100 });
    record.operate('CancelStore', { reference: 'R2' });
    for (const reference of ['R1', 'R2', 'R3']) {
      expect(record.store(reference, 100), reference).to.deep.include({ outcome: 'APPROVED', events: [] });
      expect(record.store(reference, 101).outcome, reference).to.equal('IDEMPOTENCY_CONFLICT');
    }
    expect(record.owes.storedValue).to.equal(100);
  });

  it('is remembered from when it was cancelled on, however long it had been pending', () => {
    const record = new Record();
    record.store('R1', 100);
    record.onDay(40).operate('CancelStore', { reference: 'R1' });
    // What is settled later makes the center forget what is older than a month.
    for (const reference of ['A1', 'A2']) adjust(record.onDay(70), reference, { storedValue: 1 });
    expect(record.store('R1', 100)).to.deep.include({ outcome: 'APPROVED', events: [] });
    expect(record.operate('CancelStore', { reference: 'R1' }).outcome).to.equal('APPROVED');
  });

  it('is remembered from its recording on where an older journal does not say when it was cancelled', () => {
    const record = new Record();
    record.store('R1', 100);
    const [event] = record.onDay(40).operate('CancelStore', { reference: 'R1' }).events;
    const before = new Record();
    before.store('R1', 100);
    const after = evolveRecord(before.state, { ...event, time: undefined } as RecordEvent);
    expect(after?.settled).to.deep.equal([{ reference: 'R1', content: 100, time: NOON, cancelled: true }]);
  });

  it('an amount like any other: 1 … 999,999,999,999', () => {
    const record = new Record({ policy: { storedValueCap: undefined } });
    for (const amount of [0, -1, 1_000_000_000_000, 2n ** 62n]) {
      const decision = record.operate('StoreValue', { reference: 'R1', amount, date: undefined });
      expect(decision.outcome).to.equal('INVALID_AMOUNT');
    }
    expect(record.store('R1', 999_999_999_999).outcome).to.equal('APPROVED');
  });

  it('so many pending at once, and so many references in a month', () => {
    const record = new Record({ storedValue: 0 });
    for (let number = 1; number <= MAX_PENDING; number += 1) record.store(`R${number}`, 1);
    expect(record.store('R0', 1).rejection?.code).to.equal('OUT_OF_WINDOW');
    const many = new Record();
    for (let number = 1; number <= MAX_SETTLED_REFERENCES; number += 1) {
      adjust(many, `R${number}`, { storedValue: 1 });
    }
    expect(adjust(many, 'R0', { storedValue: 1 }).rejection?.code).to.equal('OUT_OF_WINDOW');
    many.onDay(40);
    expect(adjust(many, 'R0', { storedValue: 1 }).outcome, 'a month later').to.equal('APPROVED');
  });

  it('one that may be forgotten is refused, when it says how old it is', () => {
    const record = new Record().onDay(MAX_REFERENCE_DAYS + 1);
    expect(record.store('R1', 1, dayAfter(0)).rejection?.code).to.equal('TOO_OLD');
    expect(record.store('R1', 1, dayAfter(1)).outcome).to.equal('APPROVED');
    expect(adjust(record, 'R2', { storedValue: 1 }, dayAfter(0)).rejection?.code).to.equal('TOO_OLD');
  });
});

describe('the center adjusts (rule 18)', () => {
  it('value, loan, interest and fare, each by what it is told, with a reason', () => {
    const record = new Record({ loan: 800, interest: 20, fareOwed: 3 });
    const change = { storedValue: 50, loan: -800, interest: -5, fareOwed: 7 };
    const { events, tells } = adjust(record, 'R1', change);
    expect(record.owes).to.deep.equal({ storedValue: 1_250, loan: 0, interest: 15, fareOwed: 10 });
    expect(events[0]).to.deep.include({
      type: 'RecordAdjusted',
      reference: 'R1',
      adjustment: adjustment(change),
      note: 'by telephone',
      businessDate: dayAfter(0),
    });
    expect(tells).to.deep.equal([
      { type: 'Adjust', card: 'C1', reference: 'R1', adjustment: adjustment(change), time: NOON },
    ]);
  });

  it('never below 0: refused whole', () => {
    const record = new Record({ loan: 800 });
    for (const change of [{ storedValue: -1_201 }, { loan: -801 }, { interest: -1 }, { fareOwed: -1 }]) {
      expect(adjust(record, 'R1', { ...change }).outcome).to.equal('BELOW_ZERO');
    }
    expect(adjust(record, 'R1', { storedValue: 9, loan: -801 }).events).to.deep.equal([]);
    expect(adjust(record, 'R1', { storedValue: -1_200, loan: -800 }).outcome).to.equal('APPROVED');
  });

  it('once for each reference, which belongs to instructions too', () => {
    const record = new Record();
    adjust(record, 'R1', { storedValue: 5 });
    expect(adjust(record, 'R1', { storedValue: 5 })).to.deep.include({ outcome: 'APPROVED', events: [] });
    expect(adjust(record, 'R1', { storedValue: 6 }).outcome).to.equal('IDEMPOTENCY_CONFLICT');
    expect(record.store('R1', 5).outcome).to.equal('IDEMPOTENCY_CONFLICT');
    record.store('R2', 5);
    expect(adjust(record, 'R2', { storedValue: 5 }).outcome).to.equal('IDEMPOTENCY_CONFLICT');
    expect(record.owes.storedValue).to.equal(1_205);
  });

  it('beyond cap and limit: it is an operator’s word', () => {
    const record = new Record();
    adjust(record, 'R1', { storedValue: 20_000, loan: 10_001 });
    expect(record.owes).to.include({ storedValue: 21_200, loan: 10_001 });
    expect(record.state.reasons).to.deep.equal(['LIMIT']);
  });
});

describe('the center changes a card', () => {
  it('replaces it once: the next number, and no other', () => {
    const record = new Record();
    expect(record.operate('ReplaceCard', { device: 3 }).outcome).to.equal('VERSION_CONFLICT');
    expect(record.operate('ReplaceCard', { device: 2 }).tells).to.deep.equal([
      { type: 'Replace', card: 'C1', device: 2 },
    ]);
    expect(record.operate('ReplaceCard', { device: 2 })).to.deep.include({ outcome: 'APPROVED', events: [] });
    expect(record.operate('ReplaceCard', { device: 1 }).outcome).to.equal('VERSION_CONFLICT');
  });

  it('its policy, as a whole, and only when it is another', () => {
    const record = new Record();
    const policy = { ...C1.policy, creditFlag: false };
    expect(record.operate('ChangePolicy', { policy }).tells).to.deep.equal([
      { type: 'ChangePolicy', card: 'C1', policy },
    ]);
    expect(record.state.policy).to.deep.equal(policy);
    expect(record.operate('ChangePolicy', { policy: { ...policy } })).to.deep.include({ events: [] });
    expect(record.operate('ChangePolicy', { policy: C1.policy }, 1).outcome).to.equal('VERSION_CONFLICT');
  });

  it('its PIN, of which the record knows nothing but that it was set', () => {
    const record = new Record();
    expect(record.operate('SetPin', { pinHash: RIGHT_PIN }).tells).to.deep.equal([
      { type: 'SetPin', card: 'C1', pinHash: RIGHT_PIN },
    ]);
    expect(record.operate('UnblockPin', {}).tells).to.deep.equal([{ type: 'UnblockPin', card: 'C1' }]);
    expect(record.events).to.deep.equal([
      { type: 'RecordPinSet', card: 'C1' },
      { type: 'RecordPinUnblocked', card: 'C1' },
    ]);
  });

  it('every change counts for the next operator’s expected version', () => {
    const record = new Record();
    record.operate('ChangeLimit', { limit: 9_000 });
    record.store('R1', 5);
    record.operate('CancelStore', { reference: 'R1' });
    record.operate('ReplaceCard', { device: 2 });
    adjust(record, 'R2', { storedValue: 1 });
    expect(record.state.version).to.equal(6);
    expect(record.operate('ChangeLimit', { limit: 1 }, 5).outcome).to.equal('VERSION_CONFLICT');
    expect(record.operate('ChangeLimit', { limit: 8_000 }, 6).outcome).to.equal('APPROVED');
  });

  it('a change that is repeated with the version from before it is answered as done', () => {
    const record = new Record();
    const policy = { ...C1.policy, creditFlag: false };
    const lost = { reason: 'LOST', prohibited: true } as const;
    record.operate('ChangeLimit', { limit: 9_000 }, 1);
    record.operate('ChangePolicy', { policy }, 2);
    record.operate('ChangeProhibition', lost, 3);
    expect(record.operate('ChangeLimit', { limit: 9_000 }, 1)).to.deep.include(DONE);
    expect(record.operate('ChangePolicy', { policy }, 2)).to.deep.include(DONE);
    expect(record.operate('ChangeProhibition', lost, 3)).to.deep.include(DONE);
    expect(record.operate('ChangeLimit', { limit: 8_000 }, 1).outcome).to.equal('VERSION_CONFLICT');
  });

  describe('that is closed', () => {
    function closed() {
      const record = new Record({ storedValue: 100 });
      adjust(record, 'R1', { storedValue: 5 });
      record.store('S1', 5);
      record.operate('CancelStore', { reference: 'S1' });
      record.store('S2', 7);
      const instruction = record.state.pending[0]!;
      record.do({ type: 'Stored', instruction, parts: partsOf({ value: 7 }) });
      record.moved('UNLOAD', { value: 112 });
      expect(record.state.closed).to.equal(true);
      return record;
    }

    it('is stored, limited, replaced and prohibited no more', () => {
      const record = closed();
      expect(record.store('R3', 5).outcome).to.equal('CARD_CLOSED');
      expect(record.operate('CancelStore', { reference: 'R3' }).outcome).to.equal('CARD_CLOSED');
      expect(record.operate('ChangeLimit', { limit: 5 }).outcome).to.equal('CARD_CLOSED');
      expect(record.operate('ReplaceCard', { device: 2 }).outcome).to.equal('CARD_CLOSED');
      const lost = { reason: 'LOST', prohibited: true } as const;
      expect(record.operate('ChangeProhibition', lost).outcome).to.equal('CARD_CLOSED');
    });

    it('answers what was commanded before as an open card does', () => {
      const record = closed();
      expect(adjust(record, 'R1', { storedValue: 5 })).to.deep.include(DONE);
      expect(adjust(record, 'R1', { storedValue: 6 }).outcome).to.equal('IDEMPOTENCY_CONFLICT');
      expect(record.operate('CancelStore', { reference: 'S1' })).to.deep.include(DONE);
      expect(record.operate('CancelStore', { reference: 'S2' }).outcome).to.equal('ALREADY_APPLIED');
      expect(record.store('S2', 7)).to.deep.include(DONE);
      expect(record.store('S2', 8).outcome).to.equal('IDEMPOTENCY_CONFLICT');
      expect(adjust(record, 'S2', { storedValue: 7 }).outcome).to.equal('IDEMPOTENCY_CONFLICT');
    });

    it('is adjusted all the same: what came onto it since is written off', () => {
      const record = new Record({ storedValue: 0, loan: 500 });
      const deposit = record.moved('DEPOSIT', { loan: 500 });
      record.moved('UNLOAD', {});
      record.reversed(deposit, { loan: 500 });
      expect(adjust(record, 'R2', { loan: -500 }).outcome).to.equal('APPROVED');
      expect(record.owes).to.deep.equal({ storedValue: 0, loan: 0, interest: 0, fareOwed: 0 });
      expect(record.state.closed).to.equal(true);
    });

    it('has its collections confirmed and returned', () => {
      const record = new Record({ storedValue: 0 });
      const asked = record.moved('PURCHASE', { account: 800 });
      const refund = record.moved('REFUND', { account: 800 }, { original: asked.id });
      record.moved('UNLOAD', {});
      record.reversed(refund, { account: 300 });
      record.do({ type: 'Collect', settlement: 1, partition: 0, index: 0 });
      const { order } = record.state.shares[0]!.debits[0]!;
      expect(record.operate('ReturnCollection', { order }).outcome).to.equal('APPROVED');
      expect(record.owes.loan).to.equal(300);
      expect(record.operate('ConfirmCollection', { order }).outcome).to.equal('ALREADY_APPLIED');
      expect(record.operate('ConfirmCollection', { order: 'O9' }).outcome).to.equal('REFERENCE_UNKNOWN');
    });
  });
});
