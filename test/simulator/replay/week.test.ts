import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { emoney } from '../../operator/cli/emoney.js';
import { temporaryFolder, type Folder } from '../../support/folder.js';

// dist/test/simulator/replay → beside the checkout
const DATA = fileURLToPath(new URL('../../../../../shared/data/', import.meta.url));

describe('a week of real transactions', function () {
  this.timeout(600_000);
  let folder: Folder | undefined;
  before(async function () {
    if (!existsSync(join(DATA, 'taps-week.csv'))) {
      console.log(
        `    skipped: ${join(DATA, 'taps-week.csv')} is not there (its licence keeps it out of the project)`,
      );
      this.skip();
    }
    folder = await temporaryFolder();
  });
  after(async () => {
    await folder?.remove();
  });

  it('replays to what an independent program has computed: 71,792 rows, every card and terminal', async () => {
    const { code, stdout, stderr } = await emoney([
      'replay',
      join(DATA, 'taps-week.csv'),
      '--json',
      '--data',
      join(folder!.path, 'data'),
    ]);
    expect(code, stderr).to.equal(0);
    const expected: unknown = JSON.parse(await readFile(join(DATA, 'taps-week.expected.json'), 'utf8'));
    // Not deep.equal: the difference of 15,000 objects would be printed for minutes.
    const same = JSON.stringify(sorted(JSON.parse(stdout))) === JSON.stringify(sorted(expected));
    expect(same, 'the result is taps-week.expected.json').to.be.true;
  });
});

/** With the members of every object in the order of their names. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}
