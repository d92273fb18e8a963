import { expect } from 'chai';
import pc from 'picocolors';
import { benches } from '../../bench/benches.js';
import { plans, planText } from '../../bench/plan.js';

const options = { seconds: 20, cards: 5_000, borrowers: 100_000, growth: 1_000_000, kill: true };
const text = (...names: readonly string[]) => planText(names, options, pc.createColors(false));

describe('the plan of the benches', () => {
  it('knows every bench', () => {
    expect([...plans.keys()], 'bench/plan.ts says what each does').to.have.members([...benches.keys()]);
  });

  it('lists what was chosen, and how long all of it takes', () => {
    expect(text('micro', 'hot')).to.match(/^micro +30 s .*\nhot +2 min .*\nabout 3 min in all/m);
    expect(text('micro')).not.to.include('growth');
  });

  it('counts the baselines with the engine that is compared with them, once', () => {
    expect(text('engine')).to.include('about 4 min');
    expect(text('baselines', 'engine')).to.include('about 4 min');
  });
});
