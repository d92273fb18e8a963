import { expect } from 'chai';
import { v1 } from '../../../proto/generated/emoney.js';
import { Bank } from './bank.js';

const { Kind, ShareKind } = v1;

describe('auditor and returned collections', () => {
  it('a refund that is reversed after its payment came back from the bank: the account part is loan (seed 250)', async () => {
    // given: collected, refunded with a credit to come, and then the debit returns
    const shareRule = { kind: ShareKind.SHARE_KIND_ALL_ACCOUNT };
    const bank = new Bank({}, { shareRule, account: 'bank-1' });
    const paid = bank.transact('T1', Kind.KIND_PURCHASE, { amount: 720 });
    bank.settle(1);
    const debit = bank.order;
    const refund = bank.transact('T1', Kind.KIND_REFUND, { amount: 720, original: paid });
    bank.operate({ returnCollection: { card: 'C1', order: debit } });
    expect(bank.owes()).to.include({ loan: 720 });
    // when
    bank.reverse(refund);
    // then: the holder owes the purchase, and what the credit pays out
    expect(bank.owes()).to.include({ loan: 1_440 });
    bank.settle(2);
    expect(bank.world.orders.map(({ amount }) => amount)).to.deep.equal([720, -720]);
    await bank.audit();
  });
});
