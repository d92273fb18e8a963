import { expect } from 'chai';
import { SECRET, startTestGateway, turn, type TestGateway } from '../../gateway/harness.js';
import { emoney, type Ended } from './emoney.js';

describe('emoney partitions', () => {
  let test: TestGateway;
  let degraded: string[];
  beforeEach(async () => {
    degraded = [];
    test = await startTestGateway({ degraded: () => degraded });
  });
  afterEach(async () => {
    await test.close();
  });

  async function run(...args: readonly string[]): Promise<Ended> {
    for (let turns = 0; turns < 4; turns += 1) await turn();
    return emoney(['partitions', ...args, '--gateway', test.http, '--secret', SECRET]);
  }

  it('lists every partition, and ends with 0 where all are served', async () => {
    test.partitions.heartbeat();
    const { code, stdout } = await run();
    expect(stdout).to.match(/^PARTITION {2}STATE {4}WORKER {2}EPOCH {2}FRAME\n/);
    expect(stdout).to.match(/\n {8}2 {2}SERVING {2}fake {8}2 {5}42\n/);
    expect(code).to.equal(0);
  });

  it('says why one has stopped and what to do, and ends with 1', async () => {
    test.partitions.heartbeat([0, 3]);
    test.partitions.heartbeat([2], false);
    test.partitions.stopped(1, 'frame 7: bytes are no frame. Restore the stream');
    const { code, stdout } = await run();
    expect(stdout).to.include(
      'partition 1: another has stopped it: frame 7: bytes are no frame. Restore the stream\n' +
        'What to do: docs/OPERATIONS.md, "A partition that stopped".\n',
    );
    expect(stdout).to.include('partition 2: its worker reads what it must know');
    expect(code).to.equal(1);
    const { partitions } = JSON.parse((await run('--json')).stdout) as { partitions: { state: string }[] };
    expect(partitions.map(({ state }) => state)).to.deep.equal([
      'SERVING',
      'STOPPED',
      'RECOVERING',
      'SERVING',
    ]);
  });

  it('says what else is amiss, and only where all are served that payments go on', async () => {
    degraded.push('Redis does not answer');
    test.partitions.heartbeat([0]);
    expect((await run()).stdout).to.match(/\nBesides:\nRedis does not answer\n$/);
    test.partitions.heartbeat();
    expect((await run()).stdout).to.match(/\nPayments go on, but:\nRedis does not answer\n$/);
  });

  it('names a partition of which nobody was heard', async () => {
    test.partitions.heartbeat([0, 1, 2]);
    const { stdout } = await run();
    expect(stdout).to.include('partition 3: no worker is heard to have it');
  });
});
