import { expect } from 'chai';
import { systemClock } from '../../../actors/adapters/system/clock.js';
import { MemorySnapshotServer } from '../../../actors/adapters/memory/snapshotServer.js';
import { MemorySnapshotStore } from '../../../actors/adapters/memory/snapshotStore.js';
import { INDEX_PAGES } from '../../../actors/bounds.js';
import { Checkpointer } from '../../../actors/runtime/checkpointer.js';
import { StoreUnavailableError } from '../../../actors/runtime/errors.js';
import { fnv1a32 } from '../../../actors/runtime/placement.js';
import type { Tip } from '../../../actors/runtime/chain.js';
import type { Snapshot, Versioned } from '../../../actors/runtime/ports.js';
import { StoreFaults } from '../../../actors/runtime/storeFaults.js';
import { Unit, Units } from '../../../actors/runtime/units.js';
import { UnitIndex } from '../../../actors/runtime/unitIndex.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { counters, type CounterCommand, type CounterEvent, type CounterState } from './counters.js';

/** A store of which the first checkpoint fails; while its units are written something else happens. */
class Store extends MemorySnapshotStore {
  meanwhile: (() => void) | undefined;
  #failed = false;

  override async writeUnits(snapshots: readonly Snapshot[]): Promise<void> {
    await super.writeUnits(snapshots);
    this.meanwhile?.();
    this.meanwhile = undefined;
  }

  override async writeCheckpoint(checkpoint: Versioned): Promise<boolean> {
    if (this.#failed) return super.writeCheckpoint(checkpoint);
    this.#failed = true;
    throw new StoreUnavailableError('Redis is away');
  }
}

/** Two units whose positions are on one page of the index. */
function neighbours(): [string, string] {
  const page = (unit: string) => fnv1a32(unit) % INDEX_PAGES;
  for (let number = 0; ; number += 1) if (page(`b${number}`) === page('a')) return ['a', `b${number}`];
}

describe('checkpointer', () => {
  it('names no page that lacks an actor, also when it is the second attempt at one frame', async () => {
    const units = new Units<CounterState>();
    const index = new UnitIndex();
    const server = new MemorySnapshotServer();
    const store = new Store({ server, clock: systemClock, deployment: 'd', partition: 0 });
    let tip: Tip = { sequence: 2, hash: new Uint8Array(32), time: 0 };
    const acknowledge = (unit: Unit<CounterState>, sequence: number) => {
      unit.state = { value: sequence, open: {}, credits: [] };
      unit.position = sequence;
      units.acknowledge(unit, unit.state, sequence);
      tip = { ...tip, sequence };
    };
    const [one, other] = neighbours().map((key) => new Unit<CounterState>(key, undefined, 0, 0));
    if (one === undefined || other === undefined) throw new Error('unreachable');
    for (const unit of [one, other]) units.add(unit);
    acknowledge(one, 2);
    store.meanwhile = () => {
      acknowledge(other, 3);
    };
    const checkpointer = new Checkpointer<CounterCommand, CounterEvent, CounterState>({
      domain: { ...counters(1, new Set()), encodeState: () => new Uint8Array(1) },
      store,
      clock: systemClock,
      index,
      units,
      generation: 1,
      acknowledged: () => tip,
      isOnDisk: () => true,
      pages: new Map(),
      unitsInMemory: 10,
      fromCheckpoint: 0,
      faults: new StoreFaults(systemClock, () => undefined),
      log: () => undefined,
    });
    expect(await checkpointer.checkpoint()).to.equal(false);
    expect(await checkpointer.checkpoint()).to.equal(true);
    const stored = await store.readCheckpoint();
    const [page] = v1.Checkpoint.decode(stored?.bytes ?? new Uint8Array(0)).pages;
    const [content] = await store.readPages([{ page: page?.page ?? 0, slot: page?.slot ?? 0 }]);
    expect(v1.IndexPage.decode(content?.bytes ?? new Uint8Array(0)).units).to.have.members([
      one.key,
      other.key,
    ]);
  });
});
