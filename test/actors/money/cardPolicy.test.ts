import { expect } from 'chai';
import { type CardPolicy, PLAIN_POLICY, samePolicy } from '../../../actors/money/cardPolicy.js';
import { openingBalances, sameTerms } from '../../../actors/money/cardTerms.js';
import { C1, ratio, termsOf } from './samples.js';

const policy: CardPolicy = {
  ...C1.policy,
  zones: ['A', 'B'],
  hours: [{ days: 1, fromMinute: 0, toMinute: 60 }],
};

describe('a card’s policy', () => {
  it('is the same only if everything is', () => {
    const copy = { ...policy, zones: [...policy.zones], hours: policy.hours.map((each) => ({ ...each })) };
    expect(samePolicy(policy, copy)).to.equal(true);
    const others: readonly Partial<CardPolicy>[] = [
      { creditFlag: false },
      { storedValueCap: undefined },
      { expiryDate: 2024_01_01 },
      { shareRule: ratio(1, 1) },
      { cvmLimit: 1 },
      { pinForDeferral: true },
      { pinTries: 4 },
      { zones: ['A'] },
      { zones: ['B', 'A'] },
      { zones: [] },
      { hours: [] },
      { hours: [{ days: 2, fromMinute: 0, toMinute: 60 }] },
      { hours: [{ days: 1, fromMinute: 1, toMinute: 60 }] },
      { hours: [{ days: 1, fromMinute: 0, toMinute: 61 }] },
    ];
    for (const other of others) {
      const changed = { ...policy, ...other };
      expect(samePolicy(policy, changed), JSON.stringify(other)).to.equal(false);
      expect(samePolicy(changed, policy), JSON.stringify(other)).to.equal(false);
    }
  });

  it('is careful where nothing is said: no deferral, three tries', () => {
    expect(PLAIN_POLICY).to.include({ creditFlag: false, pinTries: 3, cvmLimit: undefined });
  });
});

describe('a card’s terms', () => {
  it('are the same only if everything is', () => {
    expect(sameTerms(C1, termsOf())).to.equal(true);
    const others = [
      { storedValue: 1 },
      { loan: 1 },
      { interest: 1 },
      { fareOwed: 1 },
      { limit: 1 },
      { active: false },
      { pinHash: '' },
      { policy: { creditFlag: false } },
    ];
    for (const other of others) {
      expect(sameTerms(C1, termsOf(other)), JSON.stringify(other)).to.equal(false);
    }
  });

  it('open its balances', () => {
    expect(openingBalances(termsOf({ loan: 5 }))).to.deep.equal({
      storedValue: 1_200,
      loan: 5,
      interest: 0,
      fareOwed: 0,
      limit: 10_000,
    });
  });
});
