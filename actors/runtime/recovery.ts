/**
 * Brings a partition to its epoch frame: from a checkpoint or a base, the later of those that count, else from the
 * genesis frame (D10, D11, D16).
 * Redis proposes, the journal decides: whatever does not agree with it is left aside and rebuilt.
 */
import { RECOVERY_READ_BATCH, STALE_READ_LOOKS, STALE_READ_PAUSE_MS } from '../bounds.js';
import { v1 } from '../../proto/generated/emoney.js';
import { toUnsigned } from '../../proto/guard.js';
import { type Bases, stateOf } from './bases.js';
import type { Tip } from './chain.js';
import { CHECKPOINT_FORMAT, type PagePlace } from './checkpointer.js';
import type { Domain } from './domain.js';
import {
  FencedError,
  FramesGoneError,
  isPermanent,
  JournalDamagedError,
  type RuntimeError,
} from './errors.js';
import { hashOf, readFrame, sameBytes, type Frame } from './frame.js';
import { recoverFromJournal } from './journalRecovery.js';
import type { Base, Clock, Journal, Snapshot, SnapshotStore } from './ports.js';
import { rebuildUnits } from './rebuild.js';
import { evolveAll, getCertain, readChain, replayed, type Replayed } from './replay.js';
import type { Stopwatch } from './stopwatch.js';
import { RefusedSnapshots, type StoreFaults } from './storeFaults.js';
import { UnitIndex } from './unitIndex.js';
import { Unit, Units } from './units.js';

export interface RecoveryParts<Command, Event, State> {
  readonly domain: Domain<Command, Event, State>;
  readonly journal: Journal;
  readonly store: SnapshotStore;
  readonly clock: Clock;
  /** Of the epoch frame. */
  readonly generation: number;
  /** Sequence of the epoch frame: replay ends there. */
  readonly epoch: number;
  /** Absent: without a checkpoint everything is read from the genesis frame on. */
  readonly bases?: Bases | undefined;
  readonly faults: StoreFaults;
  readonly stopwatch: Stopwatch;
  readonly log: (line: string) => void;
}

export interface Recovered<State> {
  readonly tip: Tip;
  readonly index: UnitIndex;
  readonly units: Units<State>;
  readonly pages: Map<number, PagePlace>;
  readonly replayedFrames: number;
  /** Sequence of the checkpoint from which it began; 0: from none. */
  readonly fromCheckpoint: number;
  /** Position of the base from which it began; 0: from none. */
  readonly fromBase: number;
}

/** What a checkpoint names. */
interface Start {
  readonly tip: Tip;
  readonly index: UnitIndex;
  readonly pages: Map<number, PagePlace>;
  readonly unfinished: readonly string[];
}

/** What the journal says about a unit after the checkpoint. */
interface Tail<Event> {
  /** Sequence of its last event up to the checkpoint; 0: none. */
  readonly base: number;
  readonly turns: TailTurn<Event>[];
}

/** A turn, shared by all the units that it names: its events are decoded once, when the first of them needs them. */
interface TailTurn<Event> {
  readonly sequence: number;
  readonly events: () => readonly Event[];
}

/** Throws FramesGoneError, JournalDamagedError, JournalHoleError, FencedError: the partition must not serve. */
export async function recover<Command, Event, State>(
  parts: RecoveryParts<Command, Event, State>,
): Promise<Recovered<State>> {
  const { bases, epoch } = parts;
  await checkBases(parts);
  const checkpoint = await startFromCheckpoint(parts);
  const begin = async (base: Base | undefined): Promise<Start | Recovered<State>> => {
    const isLater = checkpoint !== undefined && checkpoint.tip.sequence >= (base?.head.position ?? 0);
    return isLater ? checkpoint : recoverFromJournal(parts, base, epoch);
  };
  const begun = bases === undefined ? await begin(undefined) : await bases.use(epoch - 1, begin);
  if ('unfinished' in begun) return recoverFromCheckpoint(parts, begun);
  parts.stopwatch.ended('journal');
  return begun;
}

/** A base is made of frames that were acknowledged: like a checkpoint, it may name none that are gone (D11). */
async function checkBases<Command, Event, State>(parts: RecoveryParts<Command, Event, State>): Promise<void> {
  const named = await parts.bases?.beyond(parts.epoch);
  if (named !== undefined) throw await beyond(parts, named, 'A base');
}

async function recoverFromCheckpoint<Command, Event, State>(
  parts: RecoveryParts<Command, Event, State>,
  { tip: from, index, pages, unfinished }: Start,
): Promise<Recovered<State>> {
  const replay = new Replay(parts, index);
  const tip = await readChain(parts.journal, parts.clock, from, parts.epoch, (frame) => {
    replay.frame(frame);
  });
  parts.stopwatch.ended('frames');
  const units = await replay.finish(unfinished);
  parts.stopwatch.ended('actors');
  const replayedFrames = tip.sequence - from.sequence;
  return { tip, index, units, pages, replayedFrames, fromCheckpoint: from.sequence, fromBase: 0 };
}

async function startFromCheckpoint<Command, Event, State>(
  parts: RecoveryParts<Command, Event, State>,
): Promise<Start | undefined> {
  try {
    return await readCheckpoint(parts);
  } catch (error) {
    if (isPermanent(error) || error instanceof FencedError) throw error;
    parts.faults.caught('READ_FAILED', `no checkpoint can be read (${String(error)}): ${REBUILDING}`);
    return undefined;
  }
}

async function readCheckpoint<Command, Event, State>(
  parts: RecoveryParts<Command, Event, State>,
): Promise<Start | undefined> {
  await checkHighest(parts);
  const stored = await parts.store.readCheckpoint();
  if (stored === undefined) {
    // The second frame of a journal is its first owner's: nobody can have written one.
    if (parts.epoch > 2) parts.faults.caught('CHECKPOINT_LOST', `Redis has no checkpoint: ${REBUILDING}`);
    return undefined;
  }
  const checkpoint = v1.Checkpoint.decode(stored.bytes);
  if (checkpoint.format !== CHECKPOINT_FORMAT || checkpoint.generation !== parts.generation) return undefined;
  const sequence = toUnsigned(checkpoint.sequence, 'sequence');
  const tip = await tipAt(parts, 'the checkpoint', sequence, checkpoint.hash);
  const highest = toUnsigned(checkpoint.highestSequence, 'highest_sequence');
  if (highest >= parts.epoch) throw await beyond(parts, highest);
  parts.stopwatch.ended('checkpoint');
  const index = new UnitIndex();
  const pages = new Map<number, PagePlace>();
  const references = checkpoint.pages.map(({ page, slot, sequence: at }) => ({
    page: page ?? 0,
    slot: slot ?? 0,
    sequence: toUnsigned(at ?? 0, 'page sequence'),
  }));
  const contents = await parts.store.readPages(references);
  for (const [at, { page, slot, sequence: captured }] of references.entries()) {
    const content = contents[at];
    if (content?.sequence !== captured || content.generation !== parts.generation) {
      const what = content === undefined ? 'is missing in Redis' : 'is not the one that the checkpoint names';
      parts.faults.caught('PAGE_LOST', `index page ${String(page)} ${what}: ${REBUILDING}`);
      return undefined;
    }
    index.restorePage(page, content.bytes);
    pages.set(page, { slot, sequence: captured });
  }
  parts.stopwatch.ended('index');
  return { tip, index, pages, unfinished: checkpoint.unfinishedUnits };
}

/**
 * No snapshot may be of a frame that the journal does not have: it would count again as soon as other frames have
 * taken those positions, although the checkpoint, being older, says nothing (D11).
 */
async function checkHighest<Command, Event, State>(
  parts: RecoveryParts<Command, Event, State>,
): Promise<void> {
  const highest = await parts.store.readHighest();
  if (highest === undefined || highest.generation < parts.generation) return;
  if (highest.generation > parts.generation) {
    throw new FramesGoneError(
      `Redis knows snapshot generation ${String(highest.generation)}, the journal only ${String(parts.generation)}: the frame that began it is gone. ${WAY_OUT}`,
    );
  }
  // Without a hash the journal could grow up to it by takeovers that were refused for it.
  if (highest.bytes.length > 0)
    await tipAt(parts, 'the mark of the highest snapshot', highest.sequence, highest.bytes);
  else if (highest.sequence >= parts.epoch) throw await beyond(parts, highest.sequence);
}

/** The frame that Redis names must be in the journal, with the same hash (D11). */
async function tipAt<Command, Event, State>(
  parts: RecoveryParts<Command, Event, State>,
  what: string,
  sequence: number,
  hash: Uint8Array,
): Promise<Tip> {
  if (sequence >= parts.epoch) throw await beyond(parts, sequence);
  const stored = await getCertain(parts.journal, parts.clock, sequence);
  if (!sameBytes(hashOf(stored.bytes), hash)) {
    throw new FramesGoneError(
      `${what} names frame ${String(sequence)}, which the journal has otherwise: acknowledged frames are gone. ${WAY_OUT}`,
    );
  }
  return { sequence, hash, time: readFrame(stored).time };
}

const REBUILDING = 'all actors are rebuilt from the journal';

const WAY_OUT =
  'Restore the stream from a backup, or order this partition to go on without them (worker --accept-loss).';

/**
 * What is wrong when Redis, or a base, names a frame at or after this owner's own epoch frame: it is gone, unless the journal goes on
 * after that frame. Then another owner has taken over while this one paused, and has written it.
 */
async function beyond<Command, Event, State>(
  { journal, clock, epoch }: RecoveryParts<Command, Event, State>,
  named: number,
  who = 'Redis',
): Promise<RuntimeError> {
  // More than once: a server that lags does not show it at once.
  for (let look = 0; look < STALE_READ_LOOKS; look += 1) {
    if (look > 0) await new Promise<void>((resolve) => clock.after(STALE_READ_PAUSE_MS, resolve));
    if ((await journal.lastSequence()) > epoch) {
      return new FencedError(`another owner has written frame ${String(epoch + 1)} of this journal`);
    }
  }
  return new FramesGoneError(
    `${who} names frame ${String(named)}, but the journal ended at ${String(epoch - 1)}: acknowledged frames are gone. ${WAY_OUT}`,
  );
}

/** Collects what the frames after the checkpoint say, then finds the states that they continue. */
class Replay<Command, Event, State> {
  readonly #parts: RecoveryParts<Command, Event, State>;
  readonly #index: UnitIndex;
  /** Units that began after the checkpoint: their whole history is at hand. */
  readonly #begun = new Map<string, Replayed<State>>();
  readonly #tails = new Map<string, Tail<Event>>();

  constructor(parts: RecoveryParts<Command, Event, State>, index: UnitIndex) {
    this.#parts = parts;
    this.#index = index;
  }

  frame(frame: Frame): void {
    if (frame.body.kind !== 'turns') return;
    for (const turn of frame.body.turns) {
      let decoded: readonly Event[] | undefined;
      const events = (): readonly Event[] =>
        (decoded ??= turn.events.map((bytes) => this.#parts.domain.decodeEvent(bytes)));
      const shared: TailTurn<Event> = { sequence: frame.sequence, events };
      for (const unit of turn.units) {
        if (this.#continues(unit, shared)) continue;
        const state = evolveAll(this.#parts.domain, unit, this.#begun.get(unit)?.state, events());
        this.#begun.set(unit, { state, position: frame.sequence });
        this.#index.set(unit, frame.sequence);
      }
    }
  }

  /** True: the unit is older than the checkpoint; its events wait for its snapshot. */
  #continues(unit: string, turn: TailTurn<Event>): boolean {
    if (this.#begun.has(unit)) return false;
    const base = this.#index.get(unit);
    if (base === undefined) return false;
    const tail = this.#tails.get(unit) ?? { base, turns: [] };
    this.#tails.set(unit, tail);
    tail.turns.push(turn);
    this.#index.set(unit, turn.sequence);
    return true;
  }

  async finish(unfinished: readonly string[]): Promise<Units<State>> {
    const units = new Units<State>();
    for (const [key, { state, position }] of this.#begun) this.#add(units, key, state, position, -1);
    for (const key of unfinished) {
      const base = this.#index.get(key);
      if (base !== undefined && !this.#begun.has(key) && !this.#tails.has(key)) {
        this.#tails.set(key, { base, turns: [] });
      }
    }
    const missing = await this.#continueSnapshots(units);
    await this.#continueBases(units, missing);
    await this.#rebuild(units, missing);
    return units;
  }

  async #continueSnapshots(units: Units<State>): Promise<Set<string>> {
    const missing = new Set<string>();
    const keys = [...this.#tails.keys()];
    for (let from = 0; from < keys.length; from += RECOVERY_READ_BATCH) {
      const batch = keys.slice(from, from + RECOVERY_READ_BATCH);
      const snapshots = await this.#readUnits(batch);
      const refused = new RefusedSnapshots();
      batch.forEach((key, at) => {
        if (snapshots === undefined || !this.#continue(units, key, snapshots[at], refused)) missing.add(key);
      });
      refused.tell(this.#parts.faults);
    }
    return missing;
  }

  async #readUnits(keys: readonly string[]): Promise<readonly (Snapshot | undefined)[] | undefined> {
    try {
      return await this.#parts.store.readUnits(keys);
    } catch (error) {
      this.#parts.faults.snapshotsUnread(error);
      return undefined;
    }
  }

  /** A snapshot counts if it stands exactly at an event of its unit, in this generation. */
  #continue(
    units: Units<State>,
    key: string,
    snapshot: Snapshot | undefined,
    refused: RefusedSnapshots,
  ): boolean {
    if (!this.#tails.has(key)) return false;
    if (snapshot?.generation !== this.#parts.generation || !this.#isInTail(key, snapshot.sequence)) {
      refused.add(key, snapshot);
      return false;
    }
    const { sequence } = snapshot;
    const { domain } = this.#parts;
    let state: State | undefined;
    try {
      state = domain.decodeState(snapshot.state);
    } catch (error) {
      this.#parts.faults.snapshotUnreadable(key, error);
      return false;
    }
    this.#goOn(units, key, { state, position: sequence }, sequence);
    return true;
  }

  /** Takes out of `missing` what a base has, at an event of the unit from which its tail goes on. */
  async #continueBases(units: Units<State>, missing: Set<string>): Promise<void> {
    if (missing.size === 0) return;
    const { bases, epoch, domain } = this.#parts;
    await bases?.use(epoch, async (base) => {
      if (base === undefined) return;
      const keys = [...missing];
      for (let from = 0; from < keys.length; from += RECOVERY_READ_BATCH) {
        for (const unit of await base.read(keys.slice(from, from + RECOVERY_READ_BATCH))) {
          if (unit === undefined || !this.#isInTail(unit.key, unit.sequence)) continue;
          const position = unit.sequence;
          this.#goOn(units, unit.key, { state: stateOf(domain, unit), position }, -1);
          missing.delete(unit.key);
        }
      }
    });
  }

  /** Whether what the unit's tail says follows a state at `sequence`. */
  #isInTail(key: string, sequence: number): boolean {
    const tail = this.#tails.get(key);
    return sequence === tail?.base || tail?.turns.some((turn) => turn.sequence === sequence) === true;
  }

  /** `snapshot`: position of the unit's snapshot in Redis, −1: none. */
  #goOn(units: Units<State>, key: string, from: Replayed<State>, snapshot: number): void {
    let { state } = from;
    for (const turn of this.#tails.get(key)?.turns ?? []) {
      if (turn.sequence <= from.position) continue;
      const before = state;
      state = replayed(turn.sequence, () => evolveAll(this.#parts.domain, key, before, turn.events()));
    }
    this.#add(units, key, state, this.#index.get(key) ?? 0, snapshot);
  }

  async #rebuild(units: Units<State>, missing: ReadonlySet<string>): Promise<void> {
    if (missing.size === 0) return;
    const positions = new Map([...missing].map((key) => [key, this.#index.get(key) ?? 0]));
    const rebuilt = await rebuildUnits(this.#parts, positions, this.#parts.epoch);
    for (const [key, position] of positions) {
      const found = rebuilt.get(key);
      if (found?.position !== position) {
        throw new JournalDamagedError(`the index names an event of ${key} that the journal has not`);
      }
      this.#add(units, key, found.state, position, -1);
    }
  }

  #add(units: Units<State>, key: string, state: State | undefined, position: number, snapshot: number): void {
    const unit = new Unit(key, state, position, snapshot);
    unit.unfinished = state !== undefined && this.#parts.domain.isUnfinished(state);
    units.add(unit);
  }
}
