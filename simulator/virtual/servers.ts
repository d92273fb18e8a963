import { MemoryBus, MemoryBusServer } from '../../actors/adapters/memory/bus.js';
import { MemoryJournalStore } from '../../actors/adapters/memory/journal.js';
import { MemoryJournalServer } from '../../actors/adapters/memory/journalServer.js';
import type { Link } from '../../actors/adapters/memory/link.js';
import {
  MemoryProhibitionServer,
  MemoryProhibitionStream,
} from '../../actors/adapters/memory/prohibitions.js';
import { MemorySnapshotServer } from '../../actors/adapters/memory/snapshotServer.js';
import { MemorySnapshotStore } from '../../actors/adapters/memory/snapshotStore.js';
import type { Archive, Clock, StoredFrame } from '../../actors/runtime/ports.js';
import type { Faults } from './faults.js';

export const DEPLOYMENT = 'world';

/** Whose key it is in Redis. */
export function partitionOf(key: string): number {
  return Number(key.split(':')[2]);
}

/** What one process sees of the servers: NATS over one connection, Redis over another. */
export interface Servers {
  readonly nats: Link;
  readonly redis: Link;
  readonly bus: MemoryBus;
  readonly journals: MemoryJournalStore;
  readonly prohibitions: MemoryProhibitionStream;
  readonly snapshots: (partition: number) => MemorySnapshotStore;
  /** The process's writes to Redis need so many ms longer. */
  readonly delaySnapshots: (ms: number) => void;
}

/** The servers of a world. */
export class ServerRoom {
  readonly bus = new MemoryBusServer();
  readonly journals: MemoryJournalServer;
  readonly snapshots: MemorySnapshotServer;
  readonly prohibitions: MemoryProhibitionServer;
  readonly #clock: Clock;
  readonly #faults: Faults;

  /** `onStored`: is shown every frame. `onAhead`: of something in Redis that no journal has (D10). */
  constructor(
    clock: Clock,
    faults: Faults,
    onStored: (partition: number, frame: StoredFrame) => void,
    onAhead: (key: string, sequence: number) => void,
  ) {
    this.snapshots = new MemorySnapshotServer((key, { sequence }) => {
      if (sequence > (this.journals.stream(partitionOf(key))?.last ?? 0)) onAhead(key, sequence);
    });
    this.#clock = clock;
    this.#faults = faults;
    this.journals = new MemoryJournalServer(clock, onStored);
    this.prohibitions = new MemoryProhibitionServer();
  }

  /** Connects a process. `archive`: where it finds frames whose streams are deleted. */
  connect(nats: Link, redis: Link, archive: Archive): Servers {
    const clock = this.#clock;
    const faults = this.#faults;
    const stores = new Map<number, MemorySnapshotStore>();
    let delayMs = 0;
    const snapshots = (partition: number): MemorySnapshotStore => {
      const known = stores.get(partition);
      if (known !== undefined) return known;
      const store = new MemorySnapshotStore({
        server: this.snapshots,
        clock,
        deployment: DEPLOYMENT,
        partition,
        link: redis,
      });
      store.delayWrites(delayMs);
      stores.set(partition, store);
      return store;
    };
    return {
      nats,
      redis,
      bus: new MemoryBus(this.bus, clock, nats, () => faults.ofMessage()),
      journals: new MemoryJournalStore(this.journals, clock, nats, () => faults.ofAppend(), archive),
      prohibitions: new MemoryProhibitionStream(this.prohibitions, clock, nats),
      snapshots,
      delaySnapshots: (ms) => {
        delayMs = ms;
        for (const store of stores.values()) store.delayWrites(ms);
      },
    };
  }
}
