import { expect } from 'chai';
import { ManualClock } from '../../../actors/adapters/memory/clock.js';
import { MemoryJournalStore } from '../../../actors/adapters/memory/journal.js';
import { MemoryJournalServer } from '../../../actors/adapters/memory/journalServer.js';
import { MemorySnapshotServer } from '../../../actors/adapters/memory/snapshotServer.js';
import { MemorySnapshotStore } from '../../../actors/adapters/memory/snapshotStore.js';
import { Loader } from '../../../actors/runtime/loader.js';
import { StoreFaults } from '../../../actors/runtime/storeFaults.js';
import { Tails } from '../../../actors/runtime/tails.js';
import { UnitIndex } from '../../../actors/runtime/unitIndex.js';
import { Units } from '../../../actors/runtime/units.js';
import { counters, unitOf } from './counters.js';

describe('loader', () => {
  it('gives an actor the bytes of its snapshot: one that is only read falls asleep, and is what it was', async () => {
    const clock = new ManualClock();
    const domain = counters(1);
    const key = unitOf('a');
    const state = { value: 7, open: {}, credits: [] };
    const store = new MemorySnapshotStore({
      server: new MemorySnapshotServer(),
      clock,
      deployment: 'test',
      partition: 0,
    });
    const written = store.writeUnits([
      { unit: key, generation: 1, sequence: 9, state: domain.encodeState(state) },
    ]);
    await clock.settle();
    await written;
    const journals = new MemoryJournalStore(new MemoryJournalServer(), clock);
    const created = journals.create(0).then(() => journals.open(0));
    await clock.settle();
    const index = new UnitIndex();
    index.set(key, 9);
    const units = new Units(domain);
    const loader = new Loader({
      ...{ domain, store, clock, units, generation: 1 },
      journal: await created,
      tails: new Tails(domain, index),
      acknowledged: () => 9,
      faults: new StoreFaults(clock, () => undefined),
      log: () => undefined,
      onFailure: (error) => {
        throw error;
      },
      onUnfinished: () => undefined,
    });
    const loaded = new Promise<void>((resolve) => {
      loader.load(key, resolve);
    });
    await clock.settle();
    await loaded;
    expect(units.get(key)?.state).to.deep.equal(state);
    units.passivate(10);
    units.passivate(10);
    expect([...units.values()].map(({ isAsleep }) => isAsleep)).to.deep.equal([true]);
    expect(units.get(key)?.state).to.deep.equal(state);
  });
});
