import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { CommandError } from '../../../operator/cli/errors.js';
import { ensurePinKey } from '../../../operator/cli/system/pinKey.js';
import { temporaryFolder, type Folder } from '../../support/folder.js';
import { emoney } from './emoney.js';

const KEY = '0123456789abcdef'.repeat(4);

describe('the key of the PINs', () => {
  let folder: Folder;
  let path: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
    path = join(folder.path, 'pin.key');
  });
  afterEach(() => folder.remove());

  const refusal = async (given?: string): Promise<CommandError> => {
    const error: unknown = await ensurePinKey(folder.path, given).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(CommandError);
    return error as CommandError;
  };

  it('is made once, for nobody else to read, and stays', async () => {
    const key = await ensurePinKey(folder.path, undefined);
    expect(key).to.match(/^[0-9a-f]{64}$/);
    expect(await readFile(path, 'utf8')).to.equal(`${key}\n`);
    expect((await stat(path)).mode & 0o777).to.equal(0o600);
    expect(await ensurePinKey(folder.path, undefined)).to.equal(key);
    expect(await ensurePinKey(folder.path, key.toUpperCase())).to.equal(key);
    const other = await temporaryFolder();
    expect(await ensurePinKey(other.path, undefined)).to.not.equal(key);
    await other.remove();
  });

  it('is one key, however many begin at once, and nothing else is left', async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => ensurePinKey(folder.path, undefined)));
    expect(new Set(keys).size).to.equal(1);
    expect(await readdir(folder.path)).to.deep.equal(['pin.key']);
  });

  it('is EMONEY_PIN_KEY, which is kept; later another one is refused', async () => {
    expect(await ensurePinKey(folder.path, KEY)).to.equal(KEY);
    expect(await ensurePinKey(folder.path, undefined)).to.equal(KEY);
    const other = KEY.replaceAll('0', 'f');
    const { message, exitCode } = await refusal(other);
    expect(exitCode).to.equal(2);
    expect(message).to.contain('another key').and.contain(path);
    expect(message).to.not.contain(KEY).and.not.contain(other);
  });

  it('must be a key, in the variable and in the file; it is never repeated', async () => {
    for (const wrong of ['', 'secretly', KEY.slice(1), `${KEY}00`, KEY.replace('f', 'g')]) {
      const { message } = await refusal(wrong);
      expect(message).to.contain('EMONEY_PIN_KEY must be 64 hexadecimal digits');
      if (wrong !== '') expect(message).to.not.contain(wrong);
    }
    expect(await readdir(folder.path)).to.deep.equal([]);
    await writeFile(path, 'secretly\n');
    const { message } = await refusal();
    expect(message).to.contain(path).and.not.contain('secretly');
  });

  it('is needed by a gateway that is started by itself, whose help says that all need the same', async () => {
    const env = {
      NATS_URL: 'nats://127.0.0.1:1',
      REDIS_URL: 'redis://127.0.0.1:1',
      EMONEY_OPERATOR_SECRET: 's',
    };
    const without = await emoney(['gateway'], env);
    expect(without.code).to.equal(2);
    expect(without.stderr).to.contain('EMONEY_PIN_KEY is needed');
    const wrong = await emoney(['gateway'], { ...env, EMONEY_PIN_KEY: 'secretly' });
    expect(wrong.code).to.equal(2);
    expect(wrong.stderr).to.contain('EMONEY_PIN_KEY must be').and.not.contain('secretly');
    const help = await emoney(['gateway', '--help'], { EMONEY_PIN_KEY: 'secretly' });
    expect(help.stdout)
      .to.contain('All gateways of a deployment need the same key')
      .and.not.contain('secretly');
  });
});
