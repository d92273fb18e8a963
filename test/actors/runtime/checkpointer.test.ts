import { expect } from 'chai';
import { systemClock } from '../../../actors/adapters/system/clock.js';
import { MemorySnapshotServer } from '../../../actors/adapters/memory/snapshotServer.js';
import { MemorySnapshotStore } from '../../../actors/adapters/memory/snapshotStore.js';
import { CHECKPOINT_INTERVAL_MS, INDEX_PAGES, SNAPSHOTS_ENCODED_TOGETHER } from '../../../actors/bounds.js';
import { Checkpointer, type CheckpointerParts } from '../../../actors/runtime/checkpointer.js';
import { StoreUnavailableError } from '../../../actors/runtime/errors.js';
import { fnv1a32 } from '../../../actors/runtime/placement.js';
import { EMPTY_TIP, type Tip } from '../../../actors/runtime/chain.js';
import type { Clock, Snapshot, Versioned } from '../../../actors/runtime/ports.js';
import { StoreFaults } from '../../../actors/runtime/storeFaults.js';
import { Unit, Units } from '../../../actors/runtime/units.js';
import { UnitIndex } from '../../../actors/runtime/unitIndex.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { counters, type CounterCommand, type CounterEvent, type CounterState } from './counters.js';

/** While its units are written something else happens. */
class Store extends MemorySnapshotStore {
  meanwhile: (() => void) | undefined;

  override async writeUnits(snapshots: readonly Snapshot[]): Promise<void> {
    await super.writeUnits(snapshots);
    this.meanwhile?.();
    this.meanwhile = undefined;
  }
}

/** Of which the first checkpoint fails. */
class FailingStore extends Store {
  #failed = false;

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

const domain = { ...counters(1, new Set()), encodeState: () => new Uint8Array(1) };

type Parts = CheckpointerParts<CounterCommand, CounterEvent, CounterState>;

function checkpointerOf(
  parts: Partial<Parts> & Pick<Parts, 'store'>,
): Checkpointer<CounterCommand, CounterEvent, CounterState> {
  return new Checkpointer({
    partition: 0,
    domain,
    clock: systemClock,
    index: new UnitIndex(),
    units: new Units(domain),
    generation: 1,
    acknowledged: () => EMPTY_TIP,
    isOnDisk: () => true,
    pages: new Map(),
    unitsInMemory: 10,
    fromCheckpoint: 0,
    faults: new StoreFaults(systemClock, () => undefined),
    log: () => undefined,
    ...parts,
  });
}

/** What the checkpoint names: its frame, and by actor the frame that its page of the index says. */
async function named(store: MemorySnapshotStore): Promise<{ frame: number; index: Record<string, number> }> {
  const stored = await store.readCheckpoint();
  if (stored === undefined) throw new Error('there is no checkpoint');
  const index: Record<string, number> = {};
  const { pages } = v1.Checkpoint.decode(stored.bytes);
  const places = pages.map(({ page, slot }) => ({ page: page ?? 0, slot: slot ?? 0 }));
  for (const content of await store.readPages(places)) {
    const { units, sequences } = v1.IndexPage.decode(content?.bytes ?? new Uint8Array(0));
    for (const [at, unit] of units.entries()) index[unit] = Number(sequences[at]);
  }
  return { frame: stored.sequence, index };
}

/** Two actors on one page of the index, and a checkpointer over them. */
function pair(StoreOf: typeof Store) {
  const units = new Units(domain);
  const server = new MemorySnapshotServer();
  const store = new StoreOf({ server, clock: systemClock, deployment: 'd', partition: 0 });
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
  const checkpointer = checkpointerOf({ store, units, acknowledged: () => tip });
  return { store, one, other, acknowledge, checkpointer };
}

describe('checkpointer', () => {
  it('names no page that lacks an actor, also when it is the second attempt at one frame', async () => {
    const { store, one, other, acknowledge, checkpointer } = pair(FailingStore);
    acknowledge(one, 2);
    store.meanwhile = () => {
      acknowledge(other, 3);
    };
    expect(await checkpointer.checkpoint()).to.equal(false);
    expect(await checkpointer.checkpoint()).to.equal(true);
    expect((await named(store)).index).to.have.keys([one.key, other.key]);
  });

  // A checkpoint over an index that is behind names states of before: acknowledged payments would be gone.
  it('writes no checkpoint when its owner is stopped before all actors are written', async () => {
    const { store, one, other, acknowledge, checkpointer } = pair(Store);
    acknowledge(one, 2);
    acknowledge(other, 2);
    expect(await checkpointer.checkpoint()).to.equal(true);
    const before = { frame: 2, index: { [one.key]: 2, [other.key]: 2 } };
    expect(await named(store)).to.deep.equal(before);
    acknowledge(one, 3);
    const fenced = checkpointer.checkpoint();
    checkpointer.stop();
    expect(await fenced).to.equal(false);
    expect(await named(store)).to.deep.equal(before);
  });

  it('lets the partitions of a worker take turns', () => {
    const server = new MemorySnapshotServer();
    const begins = [0, 1, 2, 3, 4, 5, 6, 7].map((partition) => {
      let after = 0;
      const clock: Clock = { ...systemClock, after: (ms) => ((after = ms), () => undefined) };
      const store = new MemorySnapshotStore({ server, clock, deployment: 'd', partition });
      checkpointerOf({ partition, store, clock }).start();
      return after;
    });
    const sorted = begins.sort((a, b) => a - b);
    expect(sorted[0]).to.be.greaterThan(0);
    expect(sorted.at(-1)).to.be.at.most(CHECKPOINT_INTERVAL_MS);
    const round = [...sorted, CHECKPOINT_INTERVAL_MS + (sorted[0] ?? 0)];
    const apart = round.slice(1).map((begin, at) => begin - (round[at] ?? 0));
    // An eighth of the interval each would be ideal.
    expect(Math.min(...apart)).to.be.greaterThan(CHECKPOINT_INTERVAL_MS / 16);
  });

  it('lets others have their turn between a few states', async () => {
    const index = new UnitIndex();
    const tip: Tip = { sequence: 1, hash: new Uint8Array(32), time: 0 };
    let together = 0;
    let most = 0;
    const encodeState = () => {
      together += 1;
      most = Math.max(most, together);
      if (together === 1) setImmediate(() => (together = 0));
      return new Uint8Array(1);
    };
    const store = new MemorySnapshotStore({
      ...{ server: new MemorySnapshotServer(), clock: systemClock, deployment: 'd', partition: 0 },
    });
    const slow = { ...domain, encodeState };
    const units = new Units(slow);
    for (let number = 0; number < 4 * SNAPSHOTS_ENCODED_TOGETHER; number += 1) {
      const unit = new Unit<CounterState>(`c${number}`, { value: 1, open: {}, credits: [] }, 1, 0);
      units.add(unit);
    }
    expect(
      await checkpointerOf({ store, units, index, domain: slow, acknowledged: () => tip }).checkpoint(),
    ).to.equal(true);
    expect(most).to.equal(SNAPSHOTS_ENCODED_TOGETHER);
    expect(units.dirtyCount).to.equal(0);
  });

  it('names no page that was left out because a frame was only found meanwhile', async () => {
    const units = new Units(domain);
    const index = new UnitIndex();
    for (let number = 0; number < 3; number += 1) index.set(`c${number}`, 1);
    expect(index.changedPages()).to.have.length(3);
    let pages = 0;
    class Pages extends MemorySnapshotStore {
      override async writePage(page: number, slot: number, content: Versioned): Promise<void> {
        pages += 1;
        await super.writePage(page, slot, content);
      }
    }
    const store = new Pages({
      ...{ server: new MemorySnapshotServer(), clock: systemClock, deployment: 'd', partition: 0 },
    });
    let asked = 0;
    const checkpointer = checkpointerOf({
      ...{ store, units, index },
      acknowledged: () => ({ sequence: 1, hash: new Uint8Array(32), time: 0 }),
      // Only while the second page would be written.
      isOnDisk: () => (pages === 1 ? (asked += 1) > 1 : true),
    });
    expect(await checkpointer.checkpoint()).to.equal(false);
    expect(await store.readCheckpoint()).to.equal(undefined);
    expect(await checkpointer.checkpoint()).to.equal(true);
    expect(pages).to.equal(3);
  });
});
