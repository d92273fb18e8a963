import { expect } from 'chai';
import fc from 'fast-check';
import { ALL_LOAN, sameRule, shareDue, type ShareRule } from '../../../actors/money/shareRule.js';
import { ratio, shareRule } from './samples.js';

const cap = fc.option(fc.integer({ min: 0, max: 2_000 }), { nil: undefined });
const anyRule: fc.Arbitrary<ShareRule> = fc.oneof(
  fc.constant(ALL_LOAN),
  fc
    .record({ capTransaction: cap, capDay: cap })
    .chain((caps) =>
      fc.constantFrom(shareRule('ALL_ACCOUNT', caps), ratio(60, 40, caps), shareRule('WATERFALL', caps)),
    ),
);

describe('a due is shared (rule 2)', () => {
  it('all of one, all of the other', () => {
    expect(shareDue(ALL_LOAN, 800, 0)).to.deep.equal({ account: 0, loan: 800 });
    expect(shareDue(shareRule('ALL_ACCOUNT'), 800, 0)).to.deep.equal({ account: 800, loan: 0 });
  });

  it('A10: in a ratio, by largest remainder; ties to the loan', () => {
    expect(shareDue(ratio(60, 40), 1_001, 0)).to.deep.equal({ account: 601, loan: 400 });
    expect(shareDue(ratio(1, 1), 5, 0)).to.deep.equal({ account: 2, loan: 3 });
    expect(shareDue(ratio(0, 1), 5, 0)).to.deep.equal({ account: 0, loan: 5 });
    expect(shareDue(ratio(1, 0), 5, 0)).to.deep.equal({ account: 5, loan: 0 });
  });

  it('A10b: as a waterfall: the account up to its caps', () => {
    const rule = shareRule('WATERFALL', { capTransaction: 500, capDay: 700 });
    expect(shareDue(rule, 1_001, 0)).to.deep.equal({ account: 500, loan: 501 });
    expect(shareDue(rule, 1_001, 300)).to.deep.equal({ account: 400, loan: 601 });
    expect(shareDue(rule, 1_001, 900)).to.deep.equal({ account: 0, loan: 1_001 });
    expect(shareDue(rule, 80, 0)).to.deep.equal({ account: 80, loan: 0 });
  });

  it('not at all, where another rule’s account part is above a cap', () => {
    expect(shareDue(shareRule('ALL_ACCOUNT', { capTransaction: 500 }), 501, 0)).to.equal(undefined);
    expect(shareDue(shareRule('ALL_ACCOUNT', { capDay: 500 }), 500, 1)).to.equal(undefined);
    expect(shareDue(ratio(60, 40, { capTransaction: 600 }), 1_001, 0), '601').to.equal(undefined);
    expect(shareDue(ratio(60, 40, { capTransaction: 600 }), 1_000, 0)).to.deep.equal({
      account: 600,
      loan: 400,
    });
  });

  it('whole, never below 0, and never more of the account than its caps allow', () => {
    fc.assert(
      fc.property(anyRule, fc.integer({ min: 1, max: 5_000 }), fc.nat(3_000), (rule, due, used) => {
        const share = shareDue(rule, due, used);
        if (share === undefined) {
          expect(rule.kind).to.be.oneOf(['ALL_ACCOUNT', 'RATIO']);
          return;
        }
        expect(share.account + share.loan).to.equal(due);
        expect(Math.min(share.account, share.loan)).to.be.at.least(0);
        expect(share.account).to.be.at.most(rule.capTransaction ?? Infinity);
        if (share.account > 0) expect(share.account + used).to.be.at.most(rule.capDay ?? Infinity);
      }),
    );
  });

  it('is the same rule only if everything is', () => {
    const rule = ratio(60, 40, { capTransaction: 5, capDay: 9 });
    expect(sameRule(rule, { ...rule })).to.equal(true);
    const others = [
      { kind: 'WATERFALL' as const },
      { accountWeight: 61 },
      { loanWeight: 41 },
      { capTransaction: undefined },
      { capDay: 8 },
    ];
    for (const other of others) {
      expect(sameRule(rule, { ...rule, ...other }), JSON.stringify(other)).to.equal(false);
    }
  });
});
