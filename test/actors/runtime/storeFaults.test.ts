import { expect } from 'chai';
import { ManualClock } from '../../../actors/adapters/memory/clock.js';
import {
  CHECKPOINT_INTERVAL_MS,
  HEARTBEAT_MS,
  INDEX_PAGES,
  INDEX_PAGES_CHECKED,
  STORE_FAULT_LOG_MS,
  STORE_FAULT_SHOWN_MS,
} from '../../../actors/bounds.js';
import { StoreFaults } from '../../../actors/runtime/storeFaults.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { World, type Process } from './world.js';

const COUNTERS = 12;

describe('faults of the store', () => {
  it('one kind is logged once in a while, counted each time, and shown for a minute', async () => {
    const clock = new ManualClock();
    const log: string[] = [];
    const faults = new StoreFaults(clock, (line) => log.push(line));
    faults.snapshotUnreadable('a', new Error('x'));
    faults.snapshotUnreadable('b', new Error('x'));
    faults.caught('PAGE_LOST', 'a page');
    expect(log).to.have.lengthOf(2);
    await clock.advance(STORE_FAULT_LOG_MS);
    faults.snapshotUnreadable('c', new Error('x'));
    expect(log.at(-1)).to.match(/^snapshot of c cannot be read .*\(and 1 times since the last line\)$/);
    expect(faults.counts()).to.deep.equal([
      ['SNAPSHOT_UNREADABLE', 3],
      ['PAGE_LOST', 1],
    ]);
    await clock.advance(STORE_FAULT_SHOWN_MS - STORE_FAULT_LOG_MS + 1);
    expect(faults.recent()).to.deep.equal([
      'snapshot of c cannot be read (Error: x): rebuilt from the journal',
    ]);
  });

  it('has a number for every kind, by which gateways know it', () => {
    const numbers = Object.keys(v1.StoreFault).filter((name) => name.startsWith('STORE_FAULT_'));
    expect(new Set(numbers.map((name) => v1.StoreFault[name as keyof typeof v1.StoreFault])).size).to.equal(
      8,
    );
  });

  describe('in a running partition', () => {
    let world: World;
    let worker: Process;
    let expected: number;

    beforeEach(async () => {
      world = await World.create();
      worker = await world.serve('w1');
      expected = 0;
      await pay();
      await nextCheckpoint();
    });

    async function pay(): Promise<void> {
      expected += 1;
      const adds = Array.from({ length: COUNTERS }, (_, at) => `c${String(at)}`).map(
        (counter) => ({ type: 'add', counter, by: 1 }) as const,
      );
      const sent = world.send(...adds);
      await world.clock.runUntil(() => sent.every((each) => world.answer(each)), 'all answers');
    }

    async function nextCheckpoint(): Promise<void> {
      await world.clock.advance(CHECKPOINT_INTERVAL_MS + 1_000);
    }

    /** Said in the log, shown and counted in the heartbeats. */
    async function expectSaid(fault: keyof typeof v1.StoreFault, text: string): Promise<void> {
      await world.clock.advance(2 * HEARTBEAT_MS);
      expect(worker.log.join('\n')).to.include(`partition 0: ${text}`);
      const { degraded, partitions } = world.heartbeats.get('w1')!;
      expect(degraded.join('\n')).to.include(`partition 0: ${text}`);
      const counted = partitions[0]?.storeFaults?.find((each) => each.fault === v1.StoreFault[fault]);
      expect(counted?.count, fault).to.be.above(0);
    }

    /** By another owner, which finds everything in Redis. */
    async function expectWhole(): Promise<void> {
      world.kill(worker);
      const next = await world.serve('w2');
      for (let at = 0; at < COUNTERS; at += 1)
        expect(await world.value(`c${String(at)}`), `c${String(at)}`).to.equal(expected);
      expect(next.log.join('\n')).to.not.match(/rebuil/);
      expect(next.log.join('\n')).to.not.include('after checkpoint 0');
    }

    for (const key of ['checkpoint', 'highest']) {
      it(`notices that ${key} is gone although nothing is paid, and writes it again`, async () => {
        world.snapshots.delete((each) => each.endsWith(`:${key}`));
        await nextCheckpoint();
        await expectSaid('STORE_FAULT_CHECKPOINT_LOST', 'Redis has lost what was written (the ');
        expect(world.snapshots.keys().some((each) => each.endsWith(`:${key}`))).to.equal(true);
        await expectWhole();
      });
    }

    it('notices that Redis is set back, and writes everything again', async () => {
      const yesterday = world.snapshots.keys().map((key) => [key, world.snapshots.get(key)!] as const);
      await pay();
      await nextCheckpoint();
      world.snapshots.delete(() => true);
      for (const [key, value] of yesterday) world.snapshots.replace(key, value);
      await nextCheckpoint();
      await expectSaid(
        'STORE_FAULT_CHECKPOINT_LOST',
        'Redis has lost what was written (the checkpoint is older, the mark',
      );
      await expectWhole();
    });

    it('notices that its last writes are lost while it is paid', async () => {
      await pay();
      await nextCheckpoint();
      world.snapshots.loseLastWrites(5);
      await pay();
      await nextCheckpoint();
      await expectSaid('STORE_FAULT_CHECKPOINT_LOST', 'Redis has lost what was written');
      await expectWhole();
    });

    it('notices lost pages of the index in turn, and writes them again', async () => {
      const gone = world.snapshots.delete((key) => key.includes(':page:'));
      expect(gone).to.be.above(INDEX_PAGES_CHECKED);
      await nextCheckpoint();
      await expectSaid('STORE_FAULT_PAGE_LOST', 'index page ');
      await world.clock.advance(Math.ceil(INDEX_PAGES / INDEX_PAGES_CHECKED) * CHECKPOINT_INTERVAL_MS);
      await expectWhole();
    });

    it('goes on while its memory is full, says so, and writes when there is room', async () => {
      world.snapshots.setRoom(3);
      await pay();
      await nextCheckpoint();
      await expectSaid('STORE_FAULT_WRITE_FAILED', 'snapshots cannot be written (StoreUnavailableError: OOM');
      await pay();
      world.snapshots.setRoom(Infinity);
      await nextCheckpoint();
      expect(worker.log.join('\n')).to.include('snapshots are written again');
      await expectWhole();
    });

    it('a takeover after snapshots that no checkpoint names takes them, and is right', async () => {
      await pay();
      // The mark, the snapshots of one batch, and nothing after them.
      world.snapshots.setRoom(1 + COUNTERS);
      await nextCheckpoint();
      world.snapshots.setRoom(Infinity);
      await expectWhole();
    });
  });
});
