import { expect } from 'chai';
import { v1 } from '../../../proto/generated/emoney.js';
import { Auditor } from '../../../simulator/auditor/auditor.js';
import { expectViolation } from './audited.js';
import { Bank, LATE } from './bank.js';

const { Kind, ShareKind } = v1;

/** Drawn and repaid on one evening, the second at a terminal whose clock is past midnight already. */
function closedBeforeMidnight(): Bank {
  const bank = new Bank({});
  bank.transact('T1', Kind.KIND_PURCHASE, { amount: 3_000 });
  bank.world.time = LATE + 5 * 60_000;
  const terminalTimeMs = bank.world.time + 9 * 60_000;
  bank.transact('D1', Kind.KIND_DEPOSIT, { amount: 3_000, terminalTimeMs });
  bank.transact('D1', Kind.KIND_UNLOAD);
  return bank;
}

describe('auditor and closed cards', () => {
  it('one that was repaid by a terminal whose clock was past midnight is charged nothing', async () => {
    const bank = closedBeforeMidnight();
    expect(bank.record.closed).to.equal(true);
    bank.days(3);
    expect(bank.owes()).to.deep.equal({ storedValue: 0, loan: 0, interest: 0 });
    await bank.audit();
  });

  it('finds one whose accrual did not end', () => {
    const bank = closedBeforeMidnight();
    const auditor = new Auditor();
    for (const [partition, frames] of bank.world.journal.entries()) {
      for (const [index, bytes] of frames.entries()) {
        auditor.frame(partition, index + 1, withoutPosting(bytes));
      }
    }
    expectViolation(auditor.finish(), 'I7', /closed with a principal/);
  });

  it('bears no interest on what comes onto it later; reopened, the dates since are charged', async () => {
    const bank = new Bank({ loan: 36_500 });
    const deposit = bank.transact('D1', Kind.KIND_DEPOSIT, { amount: 36_500 });
    const unload = bank.transact('D1', Kind.KIND_UNLOAD);
    bank.reverse(deposit);
    bank.days(10);
    expect(bank.owes()).to.deep.equal({ storedValue: 0, loan: 36_500, interest: 0 });
    await bank.audit();
    bank.reverse(unload);
    bank.days(1);
    expect(bank.owes()).to.deep.equal({ storedValue: 0, loan: 36_500, interest: 180 });
    await bank.audit();
  });

  it('has its collections answered, and is adjusted: I1, I7 and I10 hold', async () => {
    const shareRule = { kind: ShareKind.SHARE_KIND_ALL_ACCOUNT };
    const bank = new Bank({ storedValue: 100 }, { shareRule, account: 'bank-1' });
    const paid = bank.transact('T1', Kind.KIND_PURCHASE, { amount: 900 });
    const refund = bank.transact('T1', Kind.KIND_REFUND, { amount: 450, original: paid });
    bank.settle(1);
    bank.operate({ confirmCollection: { card: 'C1', order: bank.order } });
    bank.transact('D1', Kind.KIND_UNLOAD);
    expect(bank.record.closed).to.equal(true);
    bank.reverse(refund);
    bank.settle(2);
    bank.operate({ returnCollection: { card: 'C1', order: bank.order } });
    expect(bank.owes(), 'value that was paid out, and the share that came back').to.include({ loan: 450 });
    bank.days(10);
    const adjustment = { loan: -450, storedValue: 20 };
    bank.operate({ adjustCard: { card: 'C1', reference: 'A1', adjustment, note: 'written off' } });
    expect(bank.owes()).to.deep.equal({ storedValue: 20, loan: 0, interest: 0 });
    await bank.audit();
  });
});

/** The same frame, as a center would have written it that forgets to end the accrual. */
function withoutPosting(bytes: Uint8Array): Uint8Array {
  const frame = v1.Frame.decode(bytes);
  for (const turn of frame.turns?.turns ?? []) {
    turn.events = (turn.events ?? []).filter((event) => v1.Event.decode(event).recordInterestPosted == null);
  }
  return v1.Frame.encode(frame).finish();
}
