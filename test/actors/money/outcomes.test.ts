import { expect } from 'chai';
import { meaningOf, type Outcome, OUTCOMES } from '../../../actors/money/outcomes.js';
import { v1 } from '../../../proto/generated/emoney.js';

describe('outcomes', () => {
  it('has every outcome of the protocol, and no other', () => {
    const wire = Object.keys(v1.Outcome).filter((name) => name.startsWith('OUTCOME_'));
    const names = wire.map((name) => name.slice('OUTCOME_'.length)).filter((name) => name !== 'UNSPECIFIED');
    expect(Object.keys(OUTCOMES)).to.have.members(names);
  });

  it('has a text for the holder that ends as a sentence', () => {
    for (const outcome of Object.keys(OUTCOMES) as Outcome[]) {
      expect(meaningOf(outcome).text, outcome).to.match(/^[A-Z].*\.$/);
    }
  });

  it('says of a reversal only what is so of every one: that of a refund charges again', () => {
    for (const outcome of ['REVERSED', 'REVERSING'] as const) {
      expect(meaningOf(outcome).text, outcome)
        .to.match(/effect/)
        .and.not.match(/charge/);
    }
  });
});
