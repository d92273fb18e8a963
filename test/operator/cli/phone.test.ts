import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { connectOperator, connectPhone, connectTerminal, type Operator } from '../../../client/index.js';
import { keptSecret } from '../../../operator/cli/system/secret.js';
import { findRunning } from '../../../operator/cli/system/systemFile.js';
import { temporaryFolder, type Folder } from '../../support/folder.js';
import { until } from '../../support/until.js';
import { emoney, startEmoney, type Running } from './emoney.js';

interface Issued {
  readonly terminal: string;
  readonly card: string;
  readonly device: number;
  readonly token: string;
}

describe('emoney phone', function () {
  this.timeout(180_000);
  let folder: Folder;
  let data: string;
  let up: Running;
  let url: string;
  let operator: Operator;
  before(async () => {
    folder = await temporaryFolder();
    data = join(folder.path, 'data');
    const fares = join(folder.path, 'fares.csv');
    await writeFile(fares, 'from,to,amount\nA,B,320\n');
    up = startEmoney(['up', '--data', data, '--interest-rate', '14.6', '--fares', fares]);
    const { gateway, secretPath } = await until(() => findRunning(data), {
      what: 'emoney up is ready',
      deadlineMs: 120_000,
    });
    url = `${gateway.replace('http', 'ws')}/v1`;
    operator = await connectOperator({ url, secret: (await keptSecret(secretPath))!.value });
    await operator.issueCard('C1', { storedValue: 700, limit: 1_000 });
    await operator.registerTerminal('T1', { role: 'PURCHASE' });
  });
  after(async () => {
    await operator.close();
    up.child.kill('SIGKILL');
    await up.ended;
    await folder.remove();
  });

  async function issue(...args: readonly string[]): Promise<Issued> {
    const { code, stdout, stderr } = await emoney(['phone', ...args, '--data', data, '--json']);
    expect(code, stderr).to.equal(0);
    return JSON.parse(stdout) as Issued;
  }

  it('the system was created with what was said', async () => {
    const { rules } = await operator.describeSystem();
    expect(rules.parameters).to.deep.include({
      ...{ ratePpm: 146_000, frequency: 'DAILY', fares: [{ fromZone: 'A', toZone: 'B', amount: 320 }] },
    });
    const other = await emoney(['simulate', '--data', data, '--interest-rate', '18']);
    expect(other.code).to.equal(1);
    expect(other.stderr).to.contain('was created with another --interest-rate');
  });

  it('registers a phone, and prints what it must say; the same again', async () => {
    const issued = await issue('alice-1', '--card', 'C1');
    expect(issued).to.include({ terminal: 'alice-1', card: 'C1', device: 1 });
    expect(await issue('alice-1', '--card', 'C1')).to.deep.equal(issued);
    expect(await issue('alice-1')).to.deep.equal(issued);
    const text = await emoney(['phone', 'alice-1', '--data', data]);
    expect(text.stdout).to.equal(`card    C1\ndevice  1\ntoken   ${issued.token}\n`);
    expect(text.stderr).to.not.contain(issued.token);
    const phone = await connectPhone({ url, ...issued });
    expect(phone.balances?.storedValue).to.equal(700);
    await phone.close();
  });

  it('moves a card to another phone, once', async () => {
    const old = await connectPhone({ url, ...(await issue('alice-1')) });
    const issued = await issue('alice-2', '--card', 'C1', '--move');
    expect(issued).to.include({ card: 'C1', device: 2 });
    await until(() => old.superseded, { what: 'the old phone is told' });
    expect(await issue('alice-2', '--card', 'C1', '--move')).to.deep.equal(issued);
    const phone = await connectPhone({ url, ...issued });
    expect(phone.present()).to.deep.equal({ card: 'C1', device: 2 });
    await phone.close();
  });

  it('an explanation is that of the present device, where none is named', async () => {
    const till = await connectTerminal({ url, terminal: 'T1' });
    const tap = ['--card', 'C1', '--terminal', 'T1', '--amount', '5', '--data', data];
    expect((await emoney(['explain', 'purchase', ...tap])).stdout).to.match(/^APPROVED/);
    const old = await emoney(['explain', 'purchase', ...tap, '--device', '1']);
    expect(old.stdout).to.match(/^DEVICE_SUPERSEDED/);
    await till.close();
  });

  for (const [what, args, problem] of [
    ['a card that does not exist', ['bob-1', '--card', 'C9'], /card C9 does not exist: issue it first/],
    ['a phone that is not registered', ['bob-1'], /bob-1 is not registered: give --card/],
    ['a terminal', ['T1'], /T1 is no phone/],
    ['a terminal with a card', ['T1', '--card', 'C1'], /T1 is registered as a terminal: choose another id/],
    [
      'a phone of another device',
      ['alice-1', '--card', 'C1'],
      /alice-1 is registered for card C1, device 1: choose another id/,
    ],
  ] as const) {
    it(`refuses ${what}, in one line`, async () => {
      const { code, stdout, stderr } = await emoney(['phone', ...args, '--data', data]);
      expect([code, stdout]).to.deep.equal([1, '']);
      expect(stderr.split('\n').at(-2)).to.match(problem);
    });
  }
});
