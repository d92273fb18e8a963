import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { benches } from '../../../bench/benches.js';
import { withTable } from '../../../bench/support/docs.js';

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

  it('has a place for every bench', async () => {
    const page = await readFile(new URL('../../../../docs/PERFORMANCE.md', import.meta.url), 'utf8');
    for (const name of benches.keys()) expect(() => withTable(page, name, '')).not.to.throw();
  });
});
