import { expect } from 'chai';
import { ManualClock } from '../../../../actors/adapters/memory/clock.js';
import { MemorySnapshotServer } from '../../../../actors/adapters/memory/snapshotServer.js';
import { MemorySnapshotStore } from '../../../../actors/adapters/memory/snapshotStore.js';
import { unit } from '../contract/snapshotStore.js';

describe('the twin of the snapshot store, when things go wrong', () => {
  let clock: ManualClock;
  let server: MemorySnapshotServer;
  let store: MemorySnapshotStore;

  beforeEach(() => {
    clock = new ManualClock();
    server = new MemorySnapshotServer();
    store = new MemorySnapshotStore({ server, clock, deployment: 'test', partition: 0 });
  });

  const sequences = () => server.keys().map((key) => server.get(key)!.sequence);
  const write = (name: string, sequence: number) => store.writeUnits([unit(name, 1, sequence, 'x')]);

  it('loses the last writes and has what was there before them', async () => {
    for (const [name, sequence] of [
      ['a', 1],
      ['b', 2],
      ['a', 3],
    ] as const) {
      void write(name, sequence);
      await clock.settle();
    }
    server.loseLastWrites(1);
    expect(sequences()).to.deep.equal([1, 2]);
    server.loseLastWrites(1);
    expect(sequences()).to.deep.equal([1]);
  });

  it('loses single keys', async () => {
    void write('a', 1);
    void write('b', 2);
    await clock.settle();
    expect(server.delete((key) => key.endsWith(':a'))).to.equal(1);
    expect(sequences()).to.deep.equal([2]);
  });

  it('takes the late write of a process that has stopped, but never over a newer one', async () => {
    store.delayWrites(3_000);
    void write('a', 5);
    void write('b', 5);
    store.link.stop();
    const other = new MemorySnapshotStore({ server, clock, deployment: 'test', partition: 0 });
    void other.writeUnits([unit('a', 1, 9, 'newer')]);
    await clock.advance(3_000);
    expect(sequences()).to.deep.equal([9, 5]);
  });
});
