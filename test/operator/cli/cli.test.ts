import { once } from 'node:events';
import { mkdir, open, readdir, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { PARTITIONS, SECRET, startTestGateway } from '../../gateway/harness.js';
import { temporaryFolder, type Folder } from '../../support/folder.js';
import { until } from '../../support/until.js';
import { emoney, startEmoney } from './emoney.js';

const COMMANDS = [
  'up',
  'worker',
  'gateway',
  'simulate',
  'replay',
  'audit',
  'tail',
  'search',
  'explain',
  'phone',
];

describe('the emoney command', () => {
  let folder: Folder;
  before(async () => {
    folder = await temporaryFolder();
  });
  after(() => folder.remove());

  it('explains itself on standard output, with examples', async () => {
    const { code, stdout, stderr } = await emoney(['--help']);
    expect(code).to.equal(0);
    expect(stderr).to.equal('');
    for (const command of COMMANDS) expect(stdout).to.match(new RegExp(`^  ${command} `, 'm'));
    expect(stdout).to.include('Examples:');
  });

  for (const command of COMMANDS) {
    it(`${command} has help with an example, and --json`, async () => {
      const { code, stdout } = await emoney([command, '--help']);
      expect(code).to.equal(0);
      expect(stdout).to.match(/Examples?:\n {2}\$ /);
      expect(stdout).to.include('--json');
    });
  }

  it('names each default once, and in its unit', async () => {
    for (const [command, present, absent] of [
      ['power-cut', /--duration .*\(default: 20s\)/, /1 GiB/],
      ['simulate', /--jobs .*\(default: one for/, /processes \(default/],
      ['tail', /--json/, /default: false|.{121}/],
      ['worker', /--accept-loss/, /default: \{\}/],
      ['up', /emoney parameters set/, /setParameters/],
    ] as const) {
      const { stdout } = await emoney([command, '--help']);
      expect(stdout).to.match(present).and.not.match(absent);
    }
    for (const name of ['list', 'verify']) {
      const { stdout } = await emoney(['archive', name, '--help']);
      expect(stdout).to.match(new RegExp(`Example:\\n {2}\\$ emoney archive ${name} `));
    }
  });

  it('wraps its help at the width of the terminal, beside long names too', async () => {
    for (const command of ['card', 'terminal', 'up']) {
      const { stdout } = await emoney([command, '--help']);
      const [told = ''] = stdout.split(/^(?:With|Amounts|Examples)/m);
      expect(told.split('\n').filter((line) => line.length > 80)).to.deep.equal([]);
    }
  });

  for (const [what, args, problem] of [
    ['an unknown command', ['pay'], /^emoney: unknown command 'pay'/],
    ['an unknown option', ['simulate', '--speed', '9'], /^emoney: unknown option '--speed'/],
    [
      'a duration without a unit',
      ['simulate', '--duration', '20'],
      /^emoney: option '--duration .* 500ms, 20s/,
    ],
    [
      'an unknown scenario',
      ['simulate', '--scenario', 'village'],
      /^emoney: option '--scenario .* payments, city/,
    ],
    ['no cards', ['simulate', '--cards', '0'], /^emoney: option '--cards .* from 1 to/],
    [
      'open and closed loop at once',
      ['simulate', '--rate', '1', '--in-flight', '1'],
      /^emoney: option '--rate/,
    ],
    ['no file', ['replay'], /^emoney: missing required argument 'file'/],
    ['an unknown type of event', ['tail', '--type', 'Wibble'], /^emoney: option '--type .* CardMoved/],
    ['what cannot be explained', ['explain', 'audit'], /^emoney: .*'audit' is invalid.*purchase/],
    [
      'an explanation of half a purchase',
      ['explain', 'purchase', '--card', 'C1', '--terminal', 'T1'],
      /^emoney: explain purchase: --amount is missing/,
    ],
    [
      'a fraction as an amount',
      ['explain', 'purchase', '--amount', '1.5'],
      /^emoney: option '--amount .* whole number/,
    ],
    [
      'an id without number',
      ['explain', 'refund', '--original', 'T1#1'],
      /^emoney: option '--original .* T1#1#17/,
    ],
    ['a worker without servers', ['worker'], /^emoney: NATS_URL and REDIS_URL are needed/],
    [
      'an archiver without a server',
      ['archiver', '--data', 'd'],
      /^emoney: NATS_URL \(or --nats-url\) is needed\n/,
    ],
    [
      'an archiver without a folder',
      ['archiver', '--nats-url', 'nats://127.0.0.1:1'],
      /^emoney: --archive \(or --data\) is needed\n/,
    ],
    [
      'a phone that is moved without a card',
      ['phone', 'P', '--move'],
      /^emoney: --move and --device need --card/,
    ],
    [
      'a currency that does not exist',
      ['up', '--currency', 'YEN'],
      /^emoney: option '--currency .* ISO 4217/,
    ],
    ['--exit without --demo', ['up', '--exit'], /^emoney: --exit needs --demo/],
    ['a load without --demo', ['up', '--duration', '5s'], /^emoney: --duration needs --demo/],
    ['seeds without --virtual', ['simulate', '--seeds', '1..9'], /^emoney: --seeds needs --virtual/],
    ['a trace without --virtual', ['simulate', '--trace'], /^emoney: --trace needs --virtual/],
    [
      'cards of virtual worlds',
      ['simulate', '--virtual', '--cards', '5'],
      /^emoney: --virtual takes no --cards/,
    ],
  ] as const) {
    it(`refuses ${what} in one line, with exit code 2`, async () => {
      const { code, stdout, stderr } = await emoney(args);
      expect(code).to.equal(2);
      expect(stdout).to.equal('');
      expect(stderr).to.match(problem);
      expect(stderr.trimEnd().split('\n').length).to.be.at.most(2);
    });
  }

  it('says in one line what it could not do, with exit code 1, and shows the stack only with EMONEY_DEBUG', async () => {
    const file = join(folder.path, 'no-such.csv');
    const { code, stdout, stderr } = await emoney(['replay', file, '--json']);
    expect([code, stdout, stderr]).to.deep.equal([1, '', `emoney: ${file}: there is no such file\n`]);
    expect((await emoney(['replay', file], { EMONEY_DEBUG: '1' })).stderr).to.match(/\n {4}at /);
  });

  it('says in one line that its results cannot be written', async () => {
    const full = await open('/dev/full', 'w');
    const { ended } = startEmoney(['--help'], {}, undefined, full.fd);
    const { code, stderr } = await ended;
    await full.close();
    expect(code).to.equal(1);
    expect(stderr).to.match(/^emoney: standard output cannot be written: ENOSPC.*\n$/);
  });

  it('names every broken line of a file, and starts nothing', async () => {
    const file = join(folder.path, 'broken.csv');
    const data = join(folder.path, 'data');
    await writeFile(file, 'id,time,card,terminal,kind,amount\na,2018-03-31T23:00:00Z,C,T,purchase,1.5\nx\n');
    const { code, stdout, stderr } = await emoney(['replay', file, '--json', '--data', data]);
    expect([code, stdout]).to.deep.equal([1, '']);
    expect(stderr).to.match(
      /^line 2: amount "1.5" is no integer\nline 3: 1 columns instead of 6\nemoney: .*--skip-broken\n$/,
    );
    expect(await readdir(folder.path)).not.to.include('data');
  });

  it('refuses a data folder that is not its own', async () => {
    const { code, stderr } = await emoney(['up', '--data', folder.path]);
    expect(code).to.equal(1);
    expect(stderr).to.include('name an empty or a new folder');
  });

  it('a command that only looks makes nothing, and says what to do', async () => {
    await mkdir(join(folder.path, 'empty'));
    const before = await readdir(folder.path);
    for (const data of ['typo', 'empty']) {
      const { code, stdout, stderr } = await emoney(['audit', '--data', join(folder.path, data)]);
      expect([code, stdout, stderr]).to.deep.equal([
        1,
        '',
        `emoney: ${join(folder.path, data)} holds no deployment: name the data folder of one with --data, or a running system with --gateway\n`,
      ]);
    }
    for (const command of ['audit', 'tail']) {
      const { code, stderr } = await emoney([command], {}, folder.path);
      expect(code).to.equal(1);
      expect(stderr).to.match(
        /^emoney: no system is running here, .*`npm start`, or name --gateway or --data\n$/,
      );
    }
    expect(await readdir(folder.path)).to.deep.equal(before);
    expect(await readdir(join(folder.path, 'empty'))).to.deep.equal([]);
  });

  it('refuses a file as data folder', async () => {
    const file = fileURLToPath(import.meta.url);
    const { code, stderr } = await emoney(['up', '--data', file]);
    const line = `emoney: ${file} cannot be used: it is a file: name another folder\n`;
    expect([code, stderr]).to.deep.equal([1, line]);
  });

  it('names a nats-server that does not answer, without the password, before anything is made', async () => {
    const data = join(folder.path, 'unmade');
    const { code, stderr } = await emoney(['up', '--data', data], { NATS_URL: 'nats://me:pw@127.0.0.1:1' });
    expect([code, stderr]).to.deep.equal([
      1,
      'emoney: nats-server at nats://127.0.0.1:1 cannot be used (NATS_URL): connection refused: start it, or correct the address\n',
    ]);
    expect(await readdir(folder.path)).not.to.include('unmade');
  });

  it('refuses a REDIS_URL that is no address', async () => {
    const given = { REDIS_URL: 'garbage' };
    const data = join(folder.path, 'unmade');
    const up = await emoney(['up', '--data', data], given);
    expect([up.code, up.stderr]).to.deep.equal([
      2,
      'emoney: REDIS_URL is no address: An address such as redis://127.0.0.1:6379 is expected.\n',
    ]);
    const worker = await emoney(['worker'], { ...given, NATS_URL: 'nats://127.0.0.1:1' });
    expect(worker.code).to.equal(2);
    expect(worker.stderr).to.include("from env 'REDIS_URL' is invalid");
  });

  it('a worker whose server never greets ends at a signal', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const connected = once(silent, 'connection');
    const worker = startEmoney(['worker'], {
      NATS_URL: `nats://127.0.0.1:${port}`,
      REDIS_URL: 'redis://127.0.0.1:1',
    });
    await connected;
    worker.child.kill('SIGTERM');
    await worker.ended;
    expect(worker.child.signalCode).to.equal('SIGTERM');
    silent.close();
  });

  for (const args of [['create'], ['worker'], ['backup', 'folder']]) {
    it(`${args[0]} ends by itself where a server never greets`, async () => {
      // given
      const silent = createServer().listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const { port } = silent.address() as AddressInfo;
      const url = `nats://127.0.0.1:${port}`;
      // when
      const running = startEmoney(args, { NATS_URL: url, REDIS_URL: 'redis://127.0.0.1:1' }, folder.path);
      await until(() => running.child.exitCode !== null, { what: 'its end', deadlineMs: 20_000 });
      // then
      const { code, stderr } = await running.ended;
      expect(code).to.equal(1);
      expect(stderr).to.include(`nats-server at ${url} cannot be used (NATS_URL): timeout`);
      silent.close();
    });
  }

  it('says that what answers is no gateway', async () => {
    const other = createHttpServer((_, response) => response.writeHead(404).end()).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const { code, stderr } = await emoney(['audit', '--gateway', address, '--secret', 's']);
    expect(code).to.equal(1);
    expect(stderr).to.match(/^emoney: what answers at http:\S+ is no gateway of emoney \(.*404\)/);
    other.close();
  });

  it('tail --follow says that the gateway is away, and ends at a signal all the same', async () => {
    const test = await startTestGateway();
    for (let partition = 0; partition < PARTITIONS; partition += 1) await test.journals.create(partition);
    const tail = startEmoney(['tail', '--follow', '--gateway', test.http, '--secret', SECRET]);
    await until(() => tail.stdout().includes('TIME'), { what: 'tail has begun' });
    await test.close();
    await until(() => tail.stderr().includes('the gateway is away'), { what: 'tail says so' });
    tail.child.kill('SIGINT');
    const { code, stderr } = await tail.ended;
    expect(code).to.equal(0);
    expect(stderr).to.match(/^the gateway is away \(.+\); trying again for 30 s\n$/);
  });

  it('says that nobody answers at a gateway', async () => {
    const { code, stderr } = await emoney(['audit', '--gateway', 'http://127.0.0.1:1', '--secret', 's']);
    expect(code).to.equal(1);
    expect(stderr).to.match(/^emoney: no gateway answers at http:\/\/127.0.0.1:1/);
  });
});
