import { expect } from 'chai';
import { OUTCOMES } from '../../../actors/money/outcomes.js';
import { collectSteps, type Rule, ruleMeaning, RULES } from '../../../actors/money/trace.js';
import { v1 } from '../../../proto/generated/emoney.js';

const names = Object.keys(RULES) as Rule[];

describe('the rules of explanations', () => {
  it('are those of the protocol, in the same order', () => {
    const numbers = Object.values(v1.Rule)
      .map(Number)
      .filter((value) => value > 0);
    const sorted = numbers.sort((one, other) => one - other);
    expect(sorted.map((number) => v1.Rule[number])).to.deep.equal(names.map((name) => `RULE_${name}`));
  });

  it('say in a sentence what holds, and refuse with outcomes', () => {
    for (const name of names) {
      const { text, refuses } = ruleMeaning(name);
      expect(text, name).to.match(/^[A-Z].*\.$/);
      for (const outcome of refuses) expect(Object.keys(OUTCOMES), name).to.include(outcome);
    }
  });

  it('cover every refusal of a transaction', () => {
    const refused = new Set<string>(names.flatMap((name) => ruleMeaning(name).refuses));
    const statuses = ['REVERSED', 'REVERSING', 'PENDING', 'ID_UNKNOWN'];
    for (const outcome of Object.keys(OUTCOMES)) {
      if (!statuses.includes(outcome)) expect([...refused], outcome).to.include(outcome);
    }
  });

  it('are collected in the order in which they are told', () => {
    const { trace, steps } = collectSteps();
    trace('ID', true);
    trace('AMOUNT', false, { amount: 0 });
    expect(steps).to.deep.equal([
      { rule: 'ID', passed: true, facts: {} },
      { rule: 'AMOUNT', passed: false, facts: { amount: 0 } },
    ]);
  });
});
