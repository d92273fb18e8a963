/**
 * Brings passive units into memory: from a snapshot if it counts (D10), else from the journal. One load a unit;
 * whoever needs the unit meanwhile waits for the same load.
 */
import { REBUILD_RETRY_PAUSE_MS } from '../bounds.js';
import type { Bases } from './bases.js';
import type { Domain } from './domain.js';
import { isPermanent, JournalDamagedError } from './errors.js';
import type { Clock, Journal, Snapshot, SnapshotStore } from './ports.js';
import { rebuildUnits } from './rebuild.js';
import type { Sabotage } from './sabotage.js';
import { RefusedSnapshots, type StoreFaults } from './storeFaults.js';
import type { UnitIndex } from './unitIndex.js';
import { Unit, type Units } from './units.js';

export interface LoaderParts<Command, Event, State> {
  readonly domain: Domain<Command, Event, State>;
  readonly journal: Journal;
  readonly store: SnapshotStore;
  readonly clock: Clock;
  readonly index: UnitIndex;
  readonly units: Units<State>;
  readonly generation: number;
  /** Absent: rebuilds read the whole journal. */
  readonly bases?: Bases | undefined;
  /** Last acknowledged sequence: a rebuild reads up to here. */
  readonly acknowledged: () => number;
  /** Absent in production. */
  readonly sabotage?: Sabotage | undefined;
  readonly faults: StoreFaults;
  readonly log: (line: string) => void;
  /** A rebuild failed: the journal cannot be read, the partition must stop. */
  readonly onFailure: (error: unknown) => void;
}

export class Loader<Command, Event, State> {
  readonly #parts: LoaderParts<Command, Event, State>;
  readonly #waiting = new Map<string, (() => void)[]>();
  #batch: string[] = [];
  #rebuild = new Set<string>();
  #rebuilding = false;
  #stopped = false;

  constructor(parts: LoaderParts<Command, Event, State>) {
    this.#parts = parts;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Calls `then` once the unit is in memory. */
  load(key: string, then: () => void): void {
    const waiters = this.#waiting.get(key);
    if (waiters !== undefined) {
      waiters.push(then);
      return;
    }
    this.#waiting.set(key, [then]);
    if (this.#batch.length === 0) {
      this.#parts.clock.soon(() => void this.#readBatch());
    }
    this.#batch.push(key);
  }

  async #readBatch(): Promise<void> {
    const keys = this.#batch;
    this.#batch = [];
    const { store, faults } = this.#parts;
    let snapshots: readonly (Snapshot | undefined)[] | undefined;
    try {
      snapshots = await store.readUnits(keys);
    } catch (error) {
      faults.snapshotsUnread(error);
    }
    if (this.#stopped) return;
    const refused = new RefusedSnapshots();
    keys.forEach((key, at) => {
      if (snapshots === undefined) this.#rebuild.add(key);
      else this.#settle(key, snapshots[at], refused);
    });
    refused.tell(faults);
    if (this.#rebuild.size > 0 && !this.#rebuilding) await this.#rebuildAll();
  }

  #settle(key: string, snapshot: Snapshot | undefined, refused: RefusedSnapshots): void {
    const { domain, index, generation, sabotage } = this.#parts;
    const position = index.get(key) ?? 0;
    const counts = snapshot?.sequence === position || sabotage?.anySnapshot === true;
    if (snapshot?.generation === generation && counts) {
      try {
        this.#add(new Unit(key, domain.decodeState(snapshot.state), position, position));
        return;
      } catch (error) {
        this.#parts.faults.snapshotUnreadable(key, error);
      }
    } else {
      refused.add(key, snapshot);
    }
    this.#rebuild.add(key);
  }

  async #rebuildAll(): Promise<void> {
    const { log, onFailure, clock } = this.#parts;
    this.#rebuilding = true;
    try {
      while (this.#rebuild.size > 0 && !this.#isStopped()) {
        const wanted = this.#rebuild;
        this.#rebuild = new Set();
        try {
          await this.#rebuildSome(wanted);
        } catch (error) {
          if (isPermanent(error)) throw error;
          // Actors in memory go on (D16); those who wait for the others are told UNAVAILABLE by their gateway.
          log(`the journal cannot be read (${String(error)}): tried again`);
          for (const key of wanted) if (this.#waiting.has(key)) this.#rebuild.add(key);
          await new Promise<void>((resolve) => {
            clock.after(REBUILD_RETRY_PAUSE_MS, resolve);
          });
        }
      }
    } catch (error) {
      onFailure(error);
    } finally {
      this.#rebuilding = false;
    }
  }

  async #rebuildSome(wanted: ReadonlySet<string>): Promise<void> {
    const { index, acknowledged } = this.#parts;
    const positions = new Map([...wanted].map((key) => [key, index.get(key) ?? 0]));
    const rebuilt = await rebuildUnits(this.#parts, positions, acknowledged());
    if (this.#isStopped()) return;
    for (const key of wanted) {
      const found = rebuilt.get(key) ?? { state: undefined, position: 0 };
      if (found.position !== (index.get(key) ?? 0)) {
        throw new JournalDamagedError(`index and journal disagree about ${key}`);
      }
      this.#add(new Unit(key, found.state, found.position, -1));
    }
  }

  #isStopped(): boolean {
    return this.#stopped;
  }

  #add(unit: Unit<State>): void {
    const { units, domain } = this.#parts;
    unit.unfinished = unit.state !== undefined && domain.isUnfinished(unit.state);
    units.add(unit);
    const waiters = this.#waiting.get(unit.key) ?? [];
    this.#waiting.delete(unit.key);
    for (const then of waiters) then();
  }
}
