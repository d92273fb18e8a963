import { expect } from 'chai';
import type { Explanation } from '../../../client/index.js';
import { explainedOtherwise } from '../../../simulator/city/explaining.js';
import { replyOf } from './replies.js';

function explained(change: Parameters<typeof replyOf>[0] = {}, pinNeeded = false): Explanation {
  const reply = replyOf({ position: 0, ...change });
  return {
    ...{ outcome: reply.outcome, reply, acknowledged: undefined },
    steps: [],
    pinNeeded,
    recorded: false,
  };
}

describe('a command that was explained before', () => {
  it('is answered as explained', () => {
    expect(explainedOtherwise(explained(), replyOf())).to.deep.equal({ kind: 'alike' });
    const forgotten = replyOf({ outcome: 'PIN_REQUIRED', parts: {}, balances: { storedValue: 1_200 } });
    expect(explainedOtherwise(explained({}, true), forgotten)).to.deep.equal({ kind: 'alike' });
  });

  it('is not compared where the card was another by then', () => {
    for (const told of [
      replyOf({ parts: { value: 1_000, loan: 1_000 }, balances: { loan: 1_000 } }),
      replyOf({ balances: { loan: 800, interest: 1 } }),
      replyOf({ outcome: 'REVERSED', parts: {}, balances: {} }),
      replyOf({ outcome: 'CARD_PROHIBITED', position: 0, parts: {} }),
    ]) {
      expect(explainedOtherwise(explained(), told)).to.deep.equal({ kind: 'moved' });
    }
  });

  it('is answered otherwise: another outcome, amount or split of the same card', () => {
    const before = { storedValue: 1_200 };
    const refused = replyOf({ outcome: 'CREDIT_LIMIT', parts: {}, balances: before });
    expect(explainedOtherwise(explained(), refused)).to.deep.equal({
      ...{ kind: 'otherwise', text: 'APPROVED, then CREDIT_LIMIT' },
    });
    const less = replyOf({ amount: 1_200, parts: { value: 1_200 }, balances: {} });
    expect(explainedOtherwise(explained(), less).kind).to.equal('otherwise');
    const shared = replyOf({ parts: { value: 1_200, account: 100, loan: 700 }, balances: { loan: 700 } });
    expect(explainedOtherwise(explained(), shared)).to.deep.equal({
      ...{ kind: 'otherwise', text: 'another split (account, loan)' },
    });
    const back = { kind: 'REFUND', amount: 500, balances: { storedValue: 300, loan: 600 } } as const;
    const split = { ...back, parts: { value: 300, loan: 200 } };
    const other = { ...back, parts: { value: 200, loan: 300 }, balances: { storedValue: 200, loan: 500 } };
    expect(explainedOtherwise(explained(split), replyOf(split)).kind).to.equal('alike');
    expect(explainedOtherwise(explained(split), replyOf(other)).kind).to.equal('otherwise');
  });
});
