/**
 * Recovery from a checkpoint that has more frames behind it than may wait in memory: Redis has refused what was written
 * for long. They are read in pieces, and all units that a piece names are brought up to it before the next is read. In
 * memory are one piece, and the units that have changed since, as they were in the owner before.
 */
import { SNAPSHOT_BATCH } from '../bounds.js';
import { JournalDamagedError } from './errors.js';
import type { Snapshot } from './ports.js';
import { rebuildUnits } from './rebuild.js';
import type { Recovered, RecoveryParts, Start } from './recovery.js';
import { readChain } from './replay.js';
import { Tails } from './tails.js';
import type { UnitIndex } from './unitIndex.js';
import { Unit, Units } from './units.js';

/** `ends`: the last frame of each piece. Throws as readChain does. */
export async function recoverInPieces<Command, Event, State>(
  parts: RecoveryParts<Command, Event, State>,
  { tip: from, index, pages, unfinished }: Start,
  ends: readonly number[],
): Promise<Recovered<Command, Event, State>> {
  const { domain, journal, clock, tailBytes } = parts;
  const followers = new Followers(parts, index);
  let tip = from;
  for (const end of ends) {
    const piece = new Tails(domain, index, tailBytes);
    tip = await readChain(journal, clock, tip, end, (frame) => {
      piece.add(frame);
    });
    await followers.follow(piece);
  }
  await followers.rebuildRest(tip.sequence);
  return {
    ...{ tip, index, pages, unfinished, units: followers.units, tails: new Tails(domain, index) },
    ...{ replayedFrames: tip.sequence - from.sequence, fromCheckpoint: from.sequence, fromBase: 0 },
  };
}

/** The units that the pieces name, each as of the last piece. */
class Followers<Command, Event, State> {
  readonly units: Units<State>;
  readonly #parts: RecoveryParts<Command, Event, State>;
  readonly #index: UnitIndex;
  /** Have no snapshot that counts yet: it is of a frame that is still to be read, or there is none. */
  readonly #left = new Set<string>();

  constructor(parts: RecoveryParts<Command, Event, State>, index: UnitIndex) {
    this.#parts = parts;
    this.#index = index;
    this.units = new Units<State>(parts.domain);
  }

  /** The index is brought up to the piece, too. */
  async follow(piece: Tails<Command, Event, State>): Promise<void> {
    const { clock } = this.#parts;
    const keys = piece.keys();
    for (let from = 0; from < keys.length; from += SNAPSHOT_BATCH) {
      await this.#followSome(piece, keys.slice(from, from + SNAPSHOT_BATCH));
      // The worker's other partitions serve meanwhile.
      await new Promise<void>((resolve) => {
        clock.soon(resolve);
      });
    }
  }

  async #followSome(piece: Tails<Command, Event, State>, keys: readonly string[]): Promise<void> {
    const absent: string[] = [];
    for (const key of keys) {
      const unit = this.units.get(key);
      if (unit !== undefined) this.#bringUp(unit, piece);
      else if (piece.isWhole(key)) this.#add(new Unit<State>(key, undefined, 0, -1), piece);
      else absent.push(key);
    }
    const snapshots = await this.#readSnapshots(absent);
    for (const [at, key] of absent.entries()) {
      const unit = this.#unitOf(key, snapshots[at], piece);
      if (unit === undefined) this.#left.add(key);
      else this.#add(unit, piece);
    }
    for (const key of keys) piece.delete(key);
  }

  /** None where they cannot be read. */
  async #readSnapshots(keys: readonly string[]): Promise<readonly (Snapshot | undefined)[]> {
    const { store, faults } = this.#parts;
    try {
      return await store.readUnits(keys);
    } catch (error) {
      faults.snapshotsUnread(error);
      return [];
    }
  }

  /** As its snapshot has it, if that counts (D10). */
  #unitOf(
    key: string,
    snapshot: Snapshot | undefined,
    piece: Tails<Command, Event, State>,
  ): Unit<State> | undefined {
    const { domain, generation, faults } = this.#parts;
    if (snapshot?.generation !== generation || !piece.follows(key, snapshot.sequence)) return undefined;
    const { sequence, state } = snapshot;
    try {
      return new Unit(key, domain.decodeState(state), sequence, sequence);
    } catch (error) {
      faults.snapshotUnreadable(key, error);
      return undefined;
    }
  }

  #add(unit: Unit<State>, piece: Tails<Command, Event, State>): void {
    this.#left.delete(unit.key);
    this.units.add(unit);
    this.#bringUp(unit, piece);
  }

  #bringUp(unit: Unit<State>, piece: Tails<Command, Event, State>): void {
    this.#settle(unit, piece.continue(unit.key, unit), piece.position(unit.key));
  }

  /** It sleeps at once, if it may: nobody asks for it before all pieces are read. */
  #settle(unit: Unit<State>, state: State | undefined, position: number): void {
    unit.state = state;
    unit.position = position;
    unit.unfinished = state !== undefined && this.#parts.domain.isUnfinished(state);
    unit.isWarm = false;
    this.units.acknowledge(unit, state, position);
  }

  /** All that are left together: each reading of the journal is of all of it, or from a base on. */
  async rebuildRest(to: number): Promise<void> {
    const positions = new Map([...this.#left].map((key) => [key, this.#index.get(key) ?? 0]));
    if (positions.size === 0) return;
    const rebuilt = await rebuildUnits(this.#parts, positions, to);
    for (const [key, position] of positions) {
      const found = rebuilt.get(key) ?? { state: undefined, position: 0 };
      if (found.position !== position) {
        throw new JournalDamagedError(`index and journal disagree about ${key}`);
      }
      const unit = new Unit<State>(key, undefined, 0, -1);
      this.units.add(unit);
      this.#settle(unit, found.state, position);
    }
  }
}
