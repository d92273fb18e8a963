/**
 * Makes the bases of a partition: the base before (or the genesis frame) and the frames after it, verifying the chain
 * (D5, D16). From the journal alone, never from Redis. In memory are the units that have changed since the base before,
 * and a piece of the journal.
 */
import { BASE_BATCH_UNITS, BASE_CHANGED_UNITS } from '../bounds.js';
import { Bases, stateOf } from './bases.js';
import type { Domain } from './domain.js';
import { Evolution } from './evolution.js';
import type { Base, BaseStore, BaseUnit, Clock, Journal } from './ports.js';
import { getCertain } from './replay.js';
import { readBeginning } from './segments.js';
import { generationOf, lastFrame } from './takeover.js';

export interface BaseMakerParts<Command, Event, State> {
  readonly domain: Domain<Command, Event, State>;
  readonly partition: number;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly bases: BaseStore;
  /** Units held changed before a base is written on the way; default BASE_CHANGED_UNITS. */
  readonly changedUnits?: number | undefined;
  readonly log: (line: string) => void;
}

/** What became of one request for a base. */
export interface MadeBase {
  /** Where the newest base stands now; 0: nothing could be made yet. */
  readonly position: number;
  /** Frames and events that were read for it. */
  readonly frames: number;
  readonly events: number;
}

/**
 * Makes a base at `to`, default: the frame before the last. The frame after it proves that it was acknowledged, so a
 * base never names what a power cut may still take. Does nothing where the newest base is not before that. Of the bases
 * of the partition two stay: the new one, and the one that it was made from.
 *
 * Throws what stops a partition (JournalDamagedError and its kin, FramesGoneError), and whatever the disk says; the
 * bases that were there are there still.
 */
export async function makeBase<Command, Event, State>(
  parts: BaseMakerParts<Command, Event, State>,
  to?: number,
): Promise<MadeBase> {
  const { journal, clock, bases: store, partition, log } = parts;
  const { frame } = await lastFrame(journal, clock);
  const last = frame.sequence;
  const target = to ?? last - 1;
  const generation = await generationOf(journal, clock, frame);
  let made: MadeBase = { position: 0, frames: 0, events: 0 };
  while (made.position < target) {
    const bases = new Bases({ store, partition, journal, clock, generation, log });
    try {
      await bases.mustBeWithin(last);
      const { position, frames, events } = await bases.use(last, (base) =>
        new Making(parts, base).run(target),
      );
      made = { position, frames: made.frames + frames, events: made.events + events };
    } finally {
      await bases.close();
    }
  }
  return made;
}

/** One base, from the one before it. */
class Making<Command, Event, State> {
  readonly #parts: BaseMakerParts<Command, Event, State>;
  /** Undefined: the journal from its genesis frame. */
  readonly #base: Base | undefined;
  readonly #evolution: Evolution<Command, Event, State>;

  constructor(parts: BaseMakerParts<Command, Event, State>, base: Base | undefined) {
    this.#parts = parts;
    this.#base = base;
    this.#evolution = new Evolution(parts, base);
  }

  async run(target: number): Promise<MadeBase> {
    const evolution = this.#evolution;
    const from = evolution.tip.sequence;
    if (from >= target) return { position: from, frames: 0, events: 0 };
    const { changedUnits = BASE_CHANGED_UNITS } = this.#parts;
    while (evolution.tip.sequence < target && evolution.changed.size < changedUnits)
      await evolution.readOn(target);
    await this.#write();
    const { sequence } = evolution.tip;
    return { position: sequence, frames: sequence - from, events: evolution.events };
  }

  async #write(): Promise<void> {
    const { bases, partition } = this.#parts;
    const { tip, generation } = this.#evolution;
    const { sequence: position, hash, time } = tip;
    const genesis = this.#base?.head.genesis ?? (await this.#genesisHash());
    await bases.write(partition, { position, hash, time, generation, genesis }, this.#units());
    const kept = [position, this.#base?.head.position];
    for (const old of await bases.list(partition))
      if (!kept.includes(old)) await bases.remove(partition, old);
  }

  async #genesisHash(): Promise<Uint8Array> {
    const { journal, clock } = this.#parts;
    return (await readBeginning(journal, (at) => getCertain(journal, clock, at))).genesisHash;
  }

  /** The base before, and what has changed since, in one order. */
  async *#units(): AsyncGenerator<readonly BaseUnit[]> {
    // As strings compare: the order of every base.
    const keys = [...this.#evolution.changed.keys()].sort();
    let at = 0;
    let merged: BaseUnit[] = [];
    for await (const batch of this.#base?.all() ?? []) {
      for (const unit of batch) {
        for (let key = keys[at]; key !== undefined && key < unit.key; key = keys[at]) {
          merged.push(this.#changedUnit(key));
          at += 1;
          if (merged.length < BASE_BATCH_UNITS) continue;
          yield merged;
          merged = [];
        }
        // One that has changed comes as it is now, when its turn has come.
        if (keys[at] !== unit.key) merged.push(this.#kept(unit));
      }
      yield merged;
      merged = [];
    }
    for (; at < keys.length; at += BASE_BATCH_UNITS) {
      yield keys.slice(at, at + BASE_BATCH_UNITS).map((key) => this.#changedUnit(key));
    }
  }

  #changedUnit(key: string): BaseUnit {
    const { domain } = this.#parts;
    const { state, position } = this.#evolution.changed.get(key) ?? { state: undefined, position: 0 };
    if (state === undefined) return { key, sequence: position, state: undefined, unfinished: false };
    return {
      key,
      sequence: position,
      state: domain.encodeState(state),
      unfinished: domain.isUnfinished(state),
    };
  }

  /** Read once more: what this version cannot read must not go on from base to base. */
  #kept(unit: BaseUnit): BaseUnit {
    const { domain } = this.#parts;
    const state = stateOf(domain, unit);
    return { ...unit, unfinished: state !== undefined && domain.isUnfinished(state) };
  }
}
