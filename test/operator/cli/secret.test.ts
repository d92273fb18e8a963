import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { SECRET, startTestGateway, type TestGateway } from '../../gateway/harness.js';
import { temporaryFolder, type Folder } from '../../support/folder.js';
import { emoney } from './emoney.js';

describe("the operator's secret", () => {
  let folder: Folder;
  let test: TestGateway;
  before(async () => {
    folder = await temporaryFolder();
    test = await startTestGateway();
  });
  after(async () => {
    await test.close();
    await folder.remove();
  });

  const file = async (content: string): Promise<string> => {
    const path = join(folder.path, 'secret');
    await writeFile(path, content);
    return path;
  };
  const activate = (args: readonly string[], variable?: string) =>
    emoney(
      ['card', 'activate', 'C1', '--gateway', test.http, ...args],
      variable === undefined ? {} : { EMONEY_OPERATOR_SECRET: variable },
    );

  it('is read from a file, which goes before the variable', async () => {
    const path = await file(`${SECRET}\n`);
    const { code, stdout, stderr } = await activate(['--secret-file', path], 'wrong');
    expect([code, stdout, stderr]).to.deep.equal([0, 'C1: active\n', '']);
  });

  it('that is wrong is named by where it comes from, and never repeated', async () => {
    const path = await file('mistaken\n');
    for (const [args, variable, from] of [
      [['--secret', 'mistaken'], undefined, '--secret'],
      [['--secret', 'mistaken'], SECRET, '--secret'],
      [[], 'mistaken', 'EMONEY_OPERATOR_SECRET'],
      [['--secret-file', path], undefined, path],
    ] as const) {
      const { code, stderr } = await activate(args, variable);
      expect(code).to.equal(1);
      expect(stderr).to.equal(
        `emoney: UNAUTHORIZED: the secret is wrong (it comes from ${from}): name that of ${test.http} by --secret-file\n`,
      );
    }
    const simulated = await emoney(['simulate', '--gateway', test.http, '--secret', 'mistaken']);
    expect([simulated.code, simulated.stderr]).to.satisfy(
      ([code, stderr]: [number, string]) => code === 1 && stderr.includes('(it comes from --secret)'),
    );
  });

  it('is said once, and must be there', async () => {
    const path = await file('\n');
    const twice = await activate(['--secret', 's', '--secret-file', path]);
    expect([twice.code, twice.stderr]).to.deep.equal([2, 'emoney: --secret or --secret-file, not both\n']);
    for (const none of [path, join(folder.path, 'absent')]) {
      const { code, stderr } = await activate(['--secret-file', none]);
      expect([code, stderr]).to.deep.equal([
        1,
        `emoney: --secret-file ${none}: no secret is in it, or no such file\n`,
      ]);
    }
    const without = await activate([]);
    expect(without.stderr).to.match(
      /is needed: give --secret-file or --secret, or set EMONEY_OPERATOR_SECRET\n$/,
    );
  });
});
