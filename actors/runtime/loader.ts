/**
 * Brings passive units into memory: from a snapshot if it counts (D10), else from the journal; after a takeover with
 * what the frames since the checkpoint say. One load a unit; whoever needs the unit meanwhile waits for the same load.
 */
import { LOADED_TOGETHER, REBUILD_RETRY_PAUSE_MS } from '../bounds.js';
import { type Bases, stateOf } from './bases.js';
import type { Domain } from './domain.js';
import { isPermanent, JournalDamagedError } from './errors.js';
import type { Clock, Journal, Snapshot, SnapshotStore } from './ports.js';
import { rebuildUnits } from './rebuild.js';
import type { Replayed } from './replay.js';
import type { Sabotage } from './sabotage.js';
import { RefusedSnapshots, type StoreFaults } from './storeFaults.js';
import type { Tails } from './tails.js';
import { Unit, type Units } from './units.js';

export interface LoaderParts<Command, Event, State> {
  readonly domain: Domain<Command, Event, State>;
  readonly journal: Journal;
  readonly store: SnapshotStore;
  readonly clock: Clock;
  readonly units: Units<State>;
  readonly tails: Tails<Command, Event, State>;
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
  /** A unit has come into memory whose work must go on (D12). */
  readonly onUnfinished: (unit: Unit<State>) => void;
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

  /** Calls `then` once all of them are. */
  loadAll(keys: readonly string[], then: () => void): void {
    let left = keys.length;
    const loaded = (): void => {
      left -= 1;
      if (left === 0) then();
    };
    for (const key of keys) this.load(key, loaded);
  }

  /** What the frames since the checkpoint changed, and what was unfinished then; some at a time, between commands. */
  async loadRest(unfinished: readonly string[]): Promise<void> {
    const { clock, units, tails, log } = this.#parts;
    const began = clock.elapsed();
    const keys = [...new Set([...unfinished, ...tails.keys()])];
    for (let from = 0; from < keys.length && !this.#stopped; from += LOADED_TOGETHER) {
      const missing = keys
        .slice(from, from + LOADED_TOGETHER)
        .filter((key) => units.get(key) === undefined && tails.position(key) > 0);
      await Promise.all(missing.map((key) => new Promise<void>((resolve) => this.load(key, resolve))));
      await new Promise<void>((resolve) => {
        clock.soon(resolve);
      });
    }
    if (keys.length > 0 && !this.#stopped) {
      log(`${String(keys.length)} actors loaded while it serves, in ${String(clock.elapsed() - began)} ms`);
    }
  }

  async #readBatch(): Promise<void> {
    const keys = this.#batch;
    this.#batch = [];
    const { tails, onFailure } = this.#parts;
    try {
      const snapshots = await this.#readSnapshots(keys.filter((key) => !tails.isWhole(key)));
      if (this.#stopped) return;
      const refused = new RefusedSnapshots();
      for (const key of keys) {
        if (tails.isWhole(key)) this.#continueWithout(key, { state: undefined, position: 0 });
        else if (snapshots === undefined) this.#rebuild.add(key);
        else this.#settle(key, snapshots.get(key), refused);
      }
      refused.tell(this.#parts.faults);
    } catch (error) {
      onFailure(error);
      return;
    }
    if (this.#rebuild.size > 0 && !this.#rebuilding) await this.#rebuildAll();
  }

  /** Undefined: they cannot be read. */
  async #readSnapshots(
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, Snapshot | undefined> | undefined> {
    if (keys.length === 0) return new Map();
    const { store, faults } = this.#parts;
    try {
      const snapshots = await store.readUnits(keys);
      return new Map(keys.map((key, at) => [key, snapshots[at]]));
    } catch (error) {
      faults.snapshotsUnread(error);
      return undefined;
    }
  }

  #settle(key: string, snapshot: Snapshot | undefined, refused: RefusedSnapshots): void {
    const { domain, tails, generation, sabotage } = this.#parts;
    const position = tails.position(key);
    const counts =
      snapshot?.generation === generation &&
      // Nearly always: it has no tail. Looking twice into an index of a million units is felt.
      (snapshot.sequence === position ||
        tails.follows(key, snapshot.sequence) ||
        sabotage?.anySnapshot === true);
    if (!counts) {
      refused.add(key, snapshot);
      this.#rebuild.add(key);
      return;
    }
    const { sequence } = snapshot;
    let state: State;
    try {
      state = domain.decodeState(snapshot.state);
    } catch (error) {
      this.#parts.faults.snapshotUnreadable(key, error);
      this.#rebuild.add(key);
      return;
    }
    const unit = this.#continue(key, { state, position: sequence }, { snapshot: sequence, position });
    // With its bytes at hand it can fall asleep, also when it is only read.
    if (sequence === position && domain.maySleep(state)) unit.pack(snapshot.state);
    this.#add(unit);
  }

  /** `snapshot`: position of the unit's snapshot in Redis, −1: none. */
  #continue(
    key: string,
    from: Replayed<State>,
    { snapshot, position }: { readonly snapshot: number; readonly position: number },
  ): Unit<State> {
    return new Unit(key, this.#parts.tails.continue(key, from), position, snapshot);
  }

  /** What has no snapshot that counts. */
  #continueWithout(key: string, from: Replayed<State>): void {
    this.#add(this.#continue(key, from, { snapshot: -1, position: this.#parts.tails.position(key) }));
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

  async #rebuildSome(all: ReadonlySet<string>): Promise<void> {
    const { tails, acknowledged } = this.#parts;
    const wanted = await this.#continueBases(all);
    if (wanted.size === 0) return;
    const positions = new Map([...wanted].map((key) => [key, tails.position(key)]));
    const rebuilt = await rebuildUnits(this.#parts, positions, acknowledged());
    if (this.#isStopped()) return;
    for (const key of wanted) {
      const found = rebuilt.get(key) ?? { state: undefined, position: 0 };
      if (found.position !== tails.position(key)) {
        throw new JournalDamagedError(`index and journal disagree about ${key}`);
      }
      this.#add(new Unit(key, found.state, found.position, -1));
    }
  }

  /** Loads what a base has at an event from which the unit's tail goes on, without reading the journal. Returns the rest. */
  async #continueBases(wanted: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    const { bases, tails, domain, acknowledged } = this.#parts;
    const tailed = [...wanted].filter((key) => tails.has(key));
    if (bases === undefined || tailed.length === 0) return wanted;
    const rest = new Set(wanted);
    await bases.use(acknowledged(), async (base) => {
      const found = (await base?.read(tailed)) ?? [];
      if (this.#isStopped()) return;
      for (const unit of found) {
        if (unit === undefined || !rest.has(unit.key) || !tails.follows(unit.key, unit.sequence)) continue;
        this.#continueWithout(unit.key, { state: stateOf(domain, unit), position: unit.sequence });
        rest.delete(unit.key);
      }
    });
    return rest;
  }

  #isStopped(): boolean {
    return this.#stopped;
  }

  #add(unit: Unit<State>): void {
    const { units, domain, tails, onUnfinished } = this.#parts;
    unit.unfinished = unit.state !== undefined && domain.isUnfinished(unit.state);
    units.add(unit);
    tails.delete(unit.key);
    if (unit.unfinished) onUnfinished(unit);
    const waiters = this.#waiting.get(unit.key) ?? [];
    this.#waiting.delete(unit.key);
    for (const then of waiters) then();
  }
}
