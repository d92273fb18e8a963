import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { benches } from '../../../bench/benches.js';
import { verdicts } from '../../../bench/goals.js';
import { withGoals, withTable } from '../../../bench/support/docs.js';

const PAGE = 'before\n\n<!-- engine -->\n\nold\n\n<!-- end of engine -->\n\nafter\n';

describe('the page of what was measured', () => {
  it('gets the new table in place of the old one, and nothing else changes', () => {
    const page = withTable(PAGE, 'engine', 'new\n');
    expect(page).to.equal(
      'before\n\n<!-- engine -->\n\n```text\nnew\n```\n\n<!-- end of engine -->\n\nafter\n',
    );
    expect(withTable(page, 'engine', 'new\n')).to.equal(page);
  });

  it('refuses a table for which it has no place', () => {
    expect(() => withTable(PAGE, 'full', 'new')).to.throw('no place for full');
  });

  it('gets the verdicts of this run, and keeps those of goals that it has not measured', () => {
    const bare = '<!-- goals -->\n\n<!-- end of goals -->\n';
    const first = withGoals(bare, verdicts({ scaleOut: { ratio: 1.7 } }));
    expect(first).to.match(/\| Scale-out, two workers +\| ≥ 1.60 × +\| 1.70 × +\| reached +\|/);
    expect(first).to.match(/\| Recovery +\|.*\| +\| not measured +\|/);
    const second = withGoals(first, verdicts({ recovery: { eventsPerSecond: 1, restartSeconds: 1 } }));
    expect(second).to.match(/\| Scale-out, two workers +\| ≥ 1.60 × +\| 1.70 × +\| reached +\|/);
    expect(second).to.match(/\| Recovery +\|.*\| replay 1\/s, restart 1.00 s +\| not reached +\|/);
  });

  it('has a place for every bench, and for the goals', async () => {
    const page = await readFile(new URL('../../../../docs/PERFORMANCE.md', import.meta.url), 'utf8');
    expect(() => withGoals(page, [])).not.to.throw();
    for (const name of benches.keys()) expect(() => withTable(page, name, '')).not.to.throw();
  });
});
