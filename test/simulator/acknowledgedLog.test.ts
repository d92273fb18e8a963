import { expect } from 'chai';
import type { Reply } from '../../client/index.js';
import { v1 } from '../../proto/generated/emoney.js';
import { AcknowledgedLog } from '../../simulator/acknowledgedLog.js';

const parts = {
  ...{ value: 1, account: 2, loan: 3, interest: 4, fare: 5 },
  ...{ restoredLoan: 6, excess: 7, accountAsLoan: 8 },
};

function replyOf(number: number): Reply {
  return {
    id: { terminal: 'T1', incarnation: 4_000_000_000, number },
    kind: 'DEPOSIT',
    card: 'C1',
    outcome: 'CAP_EXCEEDED',
    amount: 999_999_999_999,
    parts,
    balances: { storedValue: 0, loan: 0, interest: 0, fareOwed: 0, limit: 0 },
    ...{ available: 0, creditFlag: true, fits: undefined, terminalTimeMs: 0, receiveTimeMs: 0 },
    position: 2 ** 40,
    ...{ retryable: true, text: '', log: [], remainder: 0, pinVerified: false, triesLeft: undefined },
    ...{ obstacle: undefined, pending: 0, inside: undefined },
  };
}

describe('the log of what was acknowledged', () => {
  it('gives back every reply, field by field, over more than one piece', () => {
    const log = new AcknowledgedLog();
    for (let number = 1; number <= 40_000; number += 1)
      log.add('T1', 'C1', replyOf(number), number % 2 === 0);
    const replies = [...log];
    expect(log.length).to.equal(40_000);
    expect(replies.map(({ id }) => id.number)).to.deep.equal(replies.map((_, index) => index + 1));
    expect(replies.at(-1)).to.deep.equal({
      id: { terminal: 'T1', incarnation: 4_000_000_000, number: 40_000 },
      card: 'C1',
      kind: v1.Kind.KIND_DEPOSIT,
      reversal: true,
      outcome: v1.Outcome.OUTCOME_CAP_EXCEEDED,
      amount: 999_999_999_999,
      position: 2 ** 40,
      parts,
    });
  });
});
