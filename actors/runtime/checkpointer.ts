/**
 * Writes snapshots, index pages and the checkpoint that names them, spread over time (never one burst). Only
 * acknowledged state is written (D10). Redis may lose any of it at any moment: then it is rebuilt.
 */
import {
  CHECKPOINT_INTERVAL_MS,
  INDEX_PAGES_CHECKED,
  INDEX_PAGES_TOGETHER,
  SNAPSHOTS_ENCODED_TOGETHER,
  SNAPSHOT_BATCH,
  SNAPSHOT_PAUSE_MS,
} from '../bounds.js';
import { v1 } from '../../proto/generated/emoney.js';
import { fromUnsigned } from '../../proto/guard.js';
import { EMPTY_TIP, type Tip } from './chain.js';
import type { Domain } from './domain.js';
import type { Cancel, Clock, Snapshot, SnapshotStore, Versioned } from './ports.js';
import type { Sabotage } from './sabotage.js';
import type { StoreFaults } from './storeFaults.js';
import type { UnitIndex } from './unitIndex.js';
import type { Unit, Units } from './units.js';

export const CHECKPOINT_FORMAT = 1;

/** Golden section: each further partition begins in the middle of the longest time in which no other one does. */
const TURN = (Math.sqrt(5) - 1) / 2;

/** Where the newest version of an index page stands. */
export interface PagePlace {
  readonly slot: number;
  readonly sequence: number;
}

export interface CheckpointerParts<Command, Event, State> {
  readonly partition: number;
  readonly domain: Domain<Command, Event, State>;
  readonly store: SnapshotStore;
  readonly clock: Clock;
  readonly index: UnitIndex;
  readonly units: Units<State>;
  readonly generation: number;
  /** The last acknowledged frame. */
  readonly acknowledged: () => Tip;
  /** False: that one was only found. A power cut may take it, and Redis may never be ahead of the journal. */
  readonly isOnDisk: () => boolean;
  /** Pages as the checkpoint names them from which this owner recovered. */
  readonly pages: Map<number, PagePlace>;
  /** Absent in production. */
  readonly sabotage?: Sabotage | undefined;
  /** Idle actors beyond this number leave memory after a checkpoint. */
  readonly unitsInMemory: number;
  /** Of the checkpoint from which this owner recovered; 0: none. */
  readonly fromCheckpoint: number;
  readonly faults: StoreFaults;
  readonly log: (line: string) => void;
}

export class Checkpointer<Command, Event, State> {
  readonly #parts: CheckpointerParts<Command, Event, State>;
  #timer: Cancel | undefined;
  #running: Promise<boolean> | undefined;
  #stopped = false;
  #failing = false;
  #checkpointed: number;
  /** A frame above which this owner has written no snapshot. */
  #highest = EMPTY_TIP;
  /** Pages written since the last checkpoint: only that checkpoint makes them the ones to keep. */
  readonly #written = new Map<number, PagePlace>();
  /** The page that is compared with Redis next. */
  #page = 0;

  constructor(parts: CheckpointerParts<Command, Event, State>) {
    this.#parts = parts;
    this.#checkpointed = parts.fromCheckpoint;
  }

  /** Sequence of the last checkpoint that was written. */
  get checkpointed(): number {
    return this.#checkpointed;
  }

  /** The partitions of a worker take turns: at the same moment they would hold up the payments of all. */
  start(): void {
    this.#schedule(CHECKPOINT_INTERVAL_MS * (((this.#parts.partition + 1) * TURN) % 1));
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.();
  }

  /** Tells whoever takes the partition next which frame was acknowledged, when the journal does not tell it any more. */
  async witness(): Promise<void> {
    this.#highest = this.#parts.acknowledged();
    try {
      await this.#raiseMark();
    } catch (error) {
      this.#parts.log(`Redis cannot be told which frames were acknowledged: ${String(error)}`);
    }
  }

  /** Writes everything that is dirty now and a checkpoint. False: Redis could not take it. */
  async checkpoint(): Promise<boolean> {
    if (this.#running !== undefined) await this.#running;
    this.#running = this.#write();
    try {
      return await this.#running;
    } finally {
      this.#running = undefined;
    }
  }

  #schedule(afterMs: number): void {
    if (this.#stopped) return;
    this.#timer = this.#parts.clock.after(Math.ceil(afterMs), () => {
      void this.checkpoint().then(() => {
        this.#parts.units.passivate(this.#parts.unitsInMemory);
        this.#schedule(CHECKPOINT_INTERVAL_MS);
      });
    });
  }

  async #write(): Promise<boolean> {
    try {
      // Also where nothing is to be written: what is lost now would be missed when this owner is not there any more.
      await this.#noticeLoss();
      const { acknowledged, isOnDisk, units, index } = this.#parts;
      if (!isOnDisk()) return false;
      const tip = acknowledged();
      const isWritten = tip.sequence === this.#checkpointed && index.changedPages().length === 0;
      if (isWritten && units.dirtyCount === 0) return true;
      // Captured before anything is written: a unit whose work ends meanwhile is listed once too often, never too rarely.
      const unfinished = this.#unfinished();
      // The index is behind for units that were not written: a checkpoint over it would name states of before.
      if (!(await this.#writeUnits())) return false;
      if (!(await this.#writePages())) return false;
      const kept = await this.#writeCheckpoint(tip, unfinished);
      if (!kept) this.#parts.log('a newer checkpoint is in Redis: another owner has written since');
      this.#checkpointed = tip.sequence;
      if (this.#failing) this.#parts.log('snapshots are written again');
      this.#failing = false;
      return true;
    } catch (error) {
      const { faults } = this.#parts;
      faults.caught('WRITE_FAILED', `snapshots cannot be written (${String(error)}): kept in memory`);
      this.#failing = true;
      return false;
    }
  }

  /** Units with unfinished work, now or in any frame that is not acknowledged yet. */
  #unfinished(): string[] {
    const keys: string[] = [];
    for (const unit of this.#parts.units.awake()) {
      if (unit.unfinished || unit.position !== unit.acknowledgedPosition) keys.push(unit.key);
    }
    return keys;
  }

  /** Redis was emptied, set back, or lost a key behind our back: what it should hold is written again. */
  async #noticeLoss(): Promise<void> {
    const { store, units, index, generation, faults } = this.#parts;
    const [checkpoint, highest] = await Promise.all([
      store.readCheckpoint(),
      store.readHighest(),
      this.#checkPages(),
    ]);
    const lostOf = (what: string, stored: Versioned | undefined, sequence: number): readonly string[] => {
      if (sequence === 0) return [];
      if (stored === undefined) return [`${what} is missing`];
      const isOlder = (stored.generation - generation || stored.sequence - sequence) < 0;
      return isOlder ? [`${what} is older`] : [];
    };
    const lostCheckpoint = lostOf('the checkpoint', checkpoint, this.#checkpointed);
    const lostMark = lostOf('the mark of the highest snapshot', highest, this.#highest.sequence);
    const lost = [...lostCheckpoint, ...lostMark];
    if (lost.length === 0) return;
    const text = `Redis has lost what was written (${lost.join(', ')}): written again`;
    faults.caught('CHECKPOINT_LOST', text);
    if (lostMark.length > 0) await this.#raiseMark();
    if (lostCheckpoint.length === 0) return;
    index.markAllChanged();
    units.forgetSnapshots();
  }

  /** Some pages in turn: one that is missing would cost a takeover a rebuild of everything. */
  async #checkPages(): Promise<void> {
    const { store, pages, index, generation, faults } = this.#parts;
    const places = [...pages].map(([page, { slot, sequence }]) => ({ page, slot, sequence }));
    const from = this.#page >= places.length ? 0 : this.#page;
    const some = places.slice(from, from + INDEX_PAGES_CHECKED);
    this.#page = from + some.length;
    if (some.length === 0) return;
    const contents = await store.readPages(some);
    some.forEach(({ page, sequence }, at) => {
      const content = contents[at];
      if (content?.generation === generation && content.sequence === sequence) return;
      const state = content === undefined ? 'missing' : 'another than was written';
      faults.caught('PAGE_LOST', `index page ${String(page)} is ${state} in Redis: written again`);
      index.markChanged(page);
    });
  }

  /** False: it was stopped, or the last frame only found, before all was written. */
  async #writeUnits(): Promise<boolean> {
    const dirty = this.#parts.units.dirty();
    for (let from = 0; from < dirty.length; from += SNAPSHOT_BATCH) {
      const batch = dirty.slice(from, from + SNAPSHOT_BATCH).filter((unit) => unit.acknowledgedPosition > 0);
      if (!(await this.#writeBatch(batch))) return false;
      if (from + SNAPSHOT_BATCH < dirty.length) await this.#pause();
    }
    return true;
  }

  /** False, and nothing is written: as `writeUnits`. */
  async #writeBatch(batch: readonly Unit<State>[]): Promise<boolean> {
    const { store, units, index } = this.#parts;
    const written: [Unit<State>, Snapshot][] = [];
    for (let from = 0; from < batch.length; from += SNAPSHOTS_ENCODED_TOGETHER) {
      if (from > 0) await this.#othersFirst();
      if (!this.#mayWrite()) return false;
      for (const unit of batch.slice(from, from + SNAPSHOTS_ENCODED_TOGETHER)) {
        const snapshot = this.#snapshotOf(unit);
        if (snapshot !== undefined) written.push([unit, snapshot]);
      }
    }
    if (!this.#mayWrite()) return false;
    this.#highest = this.#parts.acknowledged();
    await this.#raiseMark();
    await store.writeUnits(written.map(([, snapshot]) => snapshot));
    for (const [unit, { sequence }] of written) {
      // The index is behind for units in memory, which know their position themselves; it must be right before its
      // pages are taken, and before the unit may leave.
      index.set(unit.key, sequence);
      units.confirm(unit, sequence);
    }
    return true;
  }

  #snapshotOf(unit: Unit<State>): Snapshot | undefined {
    const { domain, generation, units, sabotage } = this.#parts;
    const staged = sabotage?.snapshotEarly === true ? unit.state : undefined;
    const state = staged === undefined ? units.snapshotOf(unit) : domain.encodeState(staged);
    const sequence = staged === undefined ? unit.acknowledgedPosition : unit.position;
    return state && { unit: unit.key, generation, sequence, state };
  }

  #mayWrite(): boolean {
    return !this.#stopped && this.#parts.isOnDisk();
  }

  #raiseMark(): Promise<void> {
    const { sequence, hash } = this.#highest;
    const { store, generation } = this.#parts;
    return store.raiseHighest({ generation, sequence, bytes: hash });
  }

  /** False: the last frame was only found before all was written. */
  async #writePages(): Promise<boolean> {
    const { index, isOnDisk } = this.#parts;
    const changed = index.changedPages();
    for (let from = 0; from < changed.length; from += INDEX_PAGES_TOGETHER) {
      const writing: Promise<Error | undefined>[] = [];
      const end = Math.min(from + INDEX_PAGES_TOGETHER, changed.length);
      for (const page of changed.slice(from, end)) {
        if (!isOnDisk()) break;
        writing.push(this.#writePage(page));
        await this.#othersFirst();
      }
      // All are awaited, also where one fails: none may come after a later write of the same page.
      for (const failure of await Promise.all(writing)) if (failure !== undefined) throw failure;
      if (writing.length < end - from) return false;
    }
    return true;
  }

  /** Never rejects: nobody waits for it yet. */
  async #writePage(page: number): Promise<Error | undefined> {
    const { index, pages, store, generation } = this.#parts;
    const slot = 1 - (pages.get(page)?.slot ?? 1);
    const sequence = this.#parts.acknowledged().sequence;
    const bytes = index.takePage(page);
    try {
      await store.writePage(page, slot, { generation, sequence, bytes });
      this.#written.set(page, { slot, sequence });
      return undefined;
    } catch (error) {
      index.markChanged(page);
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async #writeCheckpoint(tip: Tip, unfinished: string[]): Promise<boolean> {
    const { store, generation, pages, index } = this.#parts;
    const places = new Map([...pages, ...this.#written]);
    const bytes = v1.Checkpoint.encode({
      format: CHECKPOINT_FORMAT,
      generation,
      sequence: fromUnsigned(tip.sequence, 'sequence'),
      hash: tip.hash,
      highestSequence: fromUnsigned(index.highest, 'highest_sequence'),
      pages: [...places].map(([page, { slot, sequence }]) => ({ page, slot, sequence })),
      unfinishedUnits: unfinished,
    }).finish();
    const kept = await store.writeCheckpoint({ generation, sequence: tip.sequence, bytes });
    for (const [page, place] of this.#written) pages.set(page, place);
    this.#written.clear();
    return kept;
  }

  #othersFirst(): Promise<void> {
    return new Promise((resolve) => {
      this.#parts.clock.soon(resolve);
    });
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#parts.clock.after(SNAPSHOT_PAUSE_MS, resolve);
    });
  }
}
