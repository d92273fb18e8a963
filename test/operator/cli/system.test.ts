import { readdir, readFile, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { findRunning } from '../../../operator/cli/system/systemFile.js';
import type { SimulationReport } from '../../../simulator/report.js';
import { markOf } from '../../../servers/liveness.js';
import { temporaryFolder, type Folder } from '../../support/folder.js';
import { until } from '../../support/until.js';
import { emoney, startEmoney, type Running } from './emoney.js';

const CSV = `id,time,card,terminal,kind,amount
1,2024-02-29T09:00:00+09:00,C1,D1,deposit,1200
2,2024-02-29T09:01:00+09:00,C1,T1,purchase,2000
3,2024-02-29T09:02:00+09:00,C1,T2,purchase,9200
4,2024-02-29T09:03:00+09:00,C1,T1,purchase,1
5,2024-02-29T09:04:00+09:00,C2,T1,purchase,0
6,2024-02-29T09:05:00+09:00,C2,T1,purchase,-9007199254740993
7,2024-02-29T09:06:00+09:00,C2,D1,purchase,5
8,2024-02-29T09:07:00+09:00,C2,T1,deposit,5
9,2024-02-29T09:08:00+09:00,C2,D1,deposit,300
`;

const REPLAYED = {
  approved: 4,
  declined: { CREDIT_LIMIT: 1, INVALID_AMOUNT: 2, NOT_PERMITTED: 2 },
  cards: { C1: { storedValue: 0, loan: 10_000 }, C2: { storedValue: 300, loan: 0 } },
  terminals: {
    D1: { count: 0, gross: 0, value: 0, loan: 0, deposits: 1_500 },
    T1: { count: 1, gross: 2_000, value: 1_200, loan: 800, deposits: 0 },
    T2: { count: 1, gross: 9_200, value: 0, loan: 9_200, deposits: 0 },
  },
};

const SMALL = ['--cards', '50', '--terminals', '10', '--duration', '2s', '--in-flight', '32'];

/** What `simulate --json` promises. */
const KEYS = [
  ...[
    'accepted',
    'approved',
    'declined',
    'errors',
    'rejected',
    'ratePerSecond',
    'late',
    'latencyMs',
    'byKind',
  ],
  ...['prohibitionMs', 'drainSeconds', 'violations', 'verdict'],
];

describe('the embedded system', function () {
  this.timeout(180_000);
  let folder: Folder;
  let file: string;
  before(async () => {
    folder = await temporaryFolder();
    file = join(folder.path, 'day.csv');
    await writeFile(file, CSV);
  });
  after(() => folder.remove());

  it('plays a file once: the second time it gives the same document, and nothing moves', async () => {
    const data = join(folder.path, 'replay');
    const first = await emoney(['replay', file, '--data', data, '--json']);
    expect(first.code, first.stderr).to.equal(0);
    expect(JSON.parse(first.stdout)).to.deep.equal(REPLAYED);
    const second = await emoney(['replay', file, '--data', data, '--json']);
    expect(second.stdout).to.equal(first.stdout);
    const audit = await emoney(['audit', '--data', data, '--drained', '--json']);
    expect(JSON.parse(audit.stdout)).to.include({ verdict: 'pass', ids: 9, cards: 2, terminals: 3 });
    const tail = await emoney(['tail', '--data', data, '--card', 'C1', '--type', 'CardMoved', '--json']);
    const events = tail.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.map(({ id, amount }) => [id, amount])).to.deep.equal([
      ['D1#1#2', 1_200],
      ['T1#1#3', 2_000],
      ['T2#1#4', 9_200],
    ]);
    const explain = ['explain', 'purchase', '--card', 'C1', '--terminal', 'T1', '--amount', '1'];
    const explained = await emoney([...explain, '--data', data]);
    expect(explained.code, explained.stderr).to.equal(0);
    expect(explained.stdout).to.match(/^CREDIT_LIMIT {2}1\n/);
    expect(explained.stdout).to.match(/\n {2}✖ LOAN_LIMIT .* limit 10000, available 0\n$/);
    // Faster than an archiver starts: that the command ends it is no failure.
    const alerts = await emoney(['card', 'alerts', '--data', data]);
    expect([alerts.code, alerts.stderr]).to.deep.equal([0, `starting a system on ${data}\n`]);
  });

  it('has one name for ever: another is refused, and nothing is said of beginning anew', async () => {
    const data = join(folder.path, 'named');
    const play = ['replay', file, '--data', data, '--json'];
    expect((await emoney(play, { EMONEY_DEPLOYMENT: 'shop' })).code).to.equal(0);
    const { code, stderr } = await emoney(['up', '--data', data, '--deployment', 'other']);
    expect(code).to.equal(1);
    expect(stderr).to.equal(
      `emoney: ${data} holds deployment shop, not other: name it (--deployment shop, or EMONEY_DEPLOYMENT), or choose another folder\n`,
    );
    // Who only looks need not know the name.
    const audit = await emoney(['audit', '--data', data, '--json']);
    expect(JSON.parse(audit.stdout)).to.include({ verdict: 'pass', ids: 9 });
  });

  it('does its job without Redis, says so at its start, and in the report', async () => {
    const data = join(folder.path, 'noRedis');
    const { code, stdout, stderr } = await emoney(
      ['up', '--data', data, '--demo', '--exit', ...SMALL.slice(0, 4), '--duration', '1s'],
      { REDIS_URL: 'redis://127.0.0.1:1' },
    );
    expect(code, stderr).to.equal(0);
    expect(stderr).to.match(/^warning: redis at 127.0.0.1:1 cannot be asked: .* \(REDIS_URL\)/);
    expect(stdout).to.match(/^audit .*; snapshots not compared: Redis cannot be read$/m);
    for (const name of ['worker.log', 'gateway.log']) {
      const said = (await readFile(join(data, name), 'utf8')).match(/Redis at .*/g) ?? [];
      expect(said).to.have.length(1);
      expect(said[0]).to.match(/^Redis at 127.0.0.1:1 does not answer \(.*; start it, or correct REDIS_URL$/);
    }
    expect(stdout).to.match(/^verdict: pass$/m);
  });

  it('on a temporary folder leaves nothing behind', async () => {
    const temporary = await temporaryFolder();
    const ended = await emoney(['replay', file, '--loan-limit', '0', '--json'], { TMPDIR: temporary.path });
    expect(JSON.parse(ended.stdout)).to.deep.include({
      cards: { C1: { storedValue: 1_199, loan: 0 }, C2: { storedValue: 300, loan: 0 } },
    });
    expect(await readdir(temporary.path)).to.deep.equal([]);
    const said = ended.stderr.trimEnd().split('\n');
    expect(said[0]).to.match(/^no system is running here: starting one on a temporary folder/);
    expect(said.at(-1)).to.match(/^played on a temporary system, which ends now with all of it/);
    await temporary.remove();
  });

  it('listens where it is told to', async () => {
    // given
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    const data = join(folder.path, 'elsewhere');
    const args = ['up', '--data', data, '--host', '0.0.0.0', '--port', String(port)];
    // when
    const taken = await emoney(args);
    await new Promise((resolve) => listener.close(resolve));
    const up = startEmoney(args);
    const running = await until(() => findRunning(data), {
      what: 'emoney up is ready',
      deadlineMs: 120_000,
    });
    // then
    expect(taken.code).to.equal(1);
    expect(taken.stderr).to.include(`0.0.0.0:${port} is taken: name another --port`);
    expect(running.gateway).to.equal(`http://127.0.0.1:${port}`);
    up.child.kill('SIGINT');
    expect((await up.ended).code).to.equal(0);
  });

  describe('that runs', () => {
    let data: string;
    let up: Running;
    before(async () => {
      data = join(folder.path, 'up');
      up = startEmoney(['up', '--data', data]);
      await until(() => findRunning(data), { what: 'emoney up is ready', deadlineMs: 120_000 });
    });
    after(async () => {
      up.child.kill('SIGKILL');
      await up.ended;
    });

    it('takes a load, and passes the audit after it', async () => {
      const { stdout, stderr, code } = await emoney(['simulate', '--data', data, '--json', ...SMALL]);
      expect(code, `${stderr}${stdout}`).to.equal(0);
      const report = JSON.parse(stdout) as SimulationReport;
      expect(Object.keys(report)).to.include.members(KEYS);
      const { accepted, approved, declined, byKind, latencyMs } = report;
      expect(report).to.deep.include({ verdict: 'pass', errors: 0, violations: [] });
      const sum = (counts: Readonly<Record<string, number>>) =>
        Object.values(counts).reduce((total, count) => total + count, 0);
      expect(accepted).to.be.greaterThan(100);
      expect(approved + sum(declined)).to.equal(accepted);
      expect(sum(byKind)).to.equal(accepted);
      expect(approved / accepted).to.be.greaterThan(0.8);
      expect(Object.keys(latencyMs)).to.deep.equal(['p50', 'p90', 'p99', 'p999', 'max']);
    });

    it('takes arrivals at their own pace, goes on with the cards that are there, and prints the verdict', async () => {
      const { gateway } = (await findRunning(data))!;
      const { stdout, stderr, code } = await emoney([
        ...[
          'simulate',
          '--gateway',
          gateway,
          '--data',
          data,
          '--rate',
          '100',
          '--cards',
          '50',
          '--terminals',
          '10',
        ],
        ...['--duration', '1s'],
      ]);
      expect(code, stderr).to.equal(0);
      expect(stdout).to.match(/^verdict: pass$/m);
      expect(stdout).not.to.include('\u001b');
    });

    it('takes a load with more terminals than before, each of the same kind as before', async () => {
      const more = ['--cards', '50', '--terminals', '40', '--duration', '1s'];
      const { stdout, stderr, code } = await emoney(['simulate', '--data', data, '--json', ...more]);
      expect(code, stderr).to.equal(0);
      expect((JSON.parse(stdout) as SimulationReport).declined).not.to.have.property('NOT_PERMITTED');
    });

    it('keeps its secret to itself, and asks for it when it is addressed from elsewhere', async () => {
      const { gateway } = (await findRunning(data))!;
      const { code, stderr } = await emoney([
        'audit',
        '--gateway',
        gateway,
        '--data',
        join(folder.path, 'none'),
      ]);
      expect([code, stderr]).to.deep.equal([
        1,
        `emoney: the operator's secret of ${gateway} is needed: give --secret-file or --secret, or set EMONEY_OPERATOR_SECRET\n`,
      ]);
      const wrong = await emoney(['audit', '--gateway', gateway, '--secret', 'guess']);
      expect(wrong.stderr).to.include('UNAUTHORIZED');
    });

    it('gives the key of the PINs to the gateway alone', async () => {
      const key = (await readFile(join(data, 'pin.key'), 'utf8')).trim();
      const { pids } = (await findRunning(data))!;
      const environmentOf = async (pid: number) => readFile(`/proc/${pid}/environ`, 'utf8');
      expect(await environmentOf(pids.gateway!)).to.include(`EMONEY_PIN_KEY=${key}`);
      expect(await environmentOf(pids.worker!)).to.not.include(key);
      expect(up.stdout() + up.stderr()).to.not.include(key);
    });

    for (const [what, args, problem] of [
      [
        'a worker of a deployment that does not exist',
        ['worker', '--deployment', 'nope'],
        /^emoney: deployment nope does not exist: create it with `emoney create` .*\n$/,
      ],
      [
        'a second gateway at the same port',
        ['gateway', '--port', 'PORT'],
        /^emoney: 127.0.0.1:\d+ is taken: name another --port, or none for a free one\n$/,
      ],
      [
        'a load for another number of partitions',
        ['simulate', '--gateway', 'GATEWAY', '--partitions', '3'],
        /^emoney: the system at \S+ has 4 partitions for ever: leave out --partitions 3/,
      ],
      [
        'the deletion of its data',
        ['up', '--fresh', '--data', 'DATA'],
        /^emoney: already running: pid \d+, data folder \S+\/up:/,
      ],
    ] as const) {
      it(`refuses ${what}, in one line`, async () => {
        const { gateway, natsUrl, redisUrl, secretPath } = (await findRunning(data))!;
        const values: Readonly<Record<string, string>> = {
          PORT: new URL(gateway).port,
          GATEWAY: gateway,
          DATA: data,
        };
        const { code, stderr } = await emoney(
          args.map((each) => values[each] ?? each),
          {
            ...(args[0] === 'up' ? {} : { NATS_URL: natsUrl, REDIS_URL: redisUrl }),
            EMONEY_OPERATOR_SECRET: (await readFile(secretPath, 'utf8')).trim(),
            EMONEY_PIN_KEY: (await readFile(join(data, 'pin.key'), 'utf8')).trim(),
          },
        );
        expect([code, stderr]).to.satisfy(() => code === 1 && problem.test(stderr), stderr);
      });
    }

    it('starts a killed worker again', async () => {
      const before = (await findRunning(data))!.pids.worker!;
      process.kill(before, 'SIGKILL');
      await until(async () => (await findRunning(data))?.pids.worker !== before, { what: 'another worker' });
      expect(up.stderr()).to.include('the worker ended (SIGKILL) and is started again');
      const { stdout } = await emoney(['audit', '--data', data, '--json']);
      expect(JSON.parse(stdout)).to.include({ verdict: 'pass' });
    });

    it('ends in order at Ctrl-C: handed over, every process gone, no address left', async () => {
      const { pids, owner } = (await findRunning(data))!;
      up.child.kill('SIGINT');
      expect((await up.ended).code).to.equal(0);
      expect([...Object.values(pids), owner.pid].map((pid) => markOf(pid))).to.deep.equal(
        Array(5).fill(undefined),
      );
      expect(await readdir(data)).not.to.include('system.json');
      expect(await readFile(join(data, 'worker.log'), 'utf8')).to.match(/partition 3: handing over/);
    });
  });

  it('goes with the program that started it, even when that is killed', async () => {
    const data = join(folder.path, 'killed');
    const up = startEmoney(['up', '--data', data]);
    const { pids } = await until(() => findRunning(data), {
      what: 'emoney up is ready',
      deadlineMs: 120_000,
    });
    up.child.kill('SIGKILL');
    await up.ended;
    const gone = () => Object.values(pids).every((pid) => markOf(pid) === undefined);
    await until(gone, { what: 'worker, gateway and servers end', deadlineMs: 30_000 });
    expect(await findRunning(data)).to.be.undefined;
  });
});
