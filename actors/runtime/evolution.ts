/**
 * Units as a journal leads to them, from the genesis frame or from a base on. In memory are those that have changed, and
 * a piece of the journal: what it names is read from the base before it evolves.
 */
import { REPLAY_CHUNK_BYTES, REPLAY_CHUNK_FRAMES } from '../bounds.js';
import { stateOf, tipOf } from './bases.js';
import { EMPTY_TIP, type Tip } from './chain.js';
import type { Domain } from './domain.js';
import type { TurnRecord } from './frame.js';
import type { Base, Clock, Journal } from './ports.js';
import { evolveAll, readChain, replayed, type Replayed } from './replay.js';
import { FIRST_GENERATION } from './takeover.js';

export interface EvolutionParts<Command, Event, State> {
  readonly domain: Domain<Command, Event, State>;
  readonly journal: Journal;
  readonly clock: Clock;
}

type Evolving<State> = { -readonly [Name in keyof Replayed<State>]: Replayed<State>[Name] };

interface PlacedTurn extends TurnRecord {
  readonly sequence: number;
}

export class Evolution<Command, Event, State> {
  readonly #parts: EvolutionParts<Command, Event, State>;
  /** That which is continued; undefined: the genesis frame. */
  readonly #base: Base | undefined;
  readonly #changed = new Map<string, Evolving<State>>();
  #tip: Tip;
  #generation: number;
  #events = 0;
  #chunkFrames = REPLAY_CHUNK_FRAMES;

  constructor(parts: EvolutionParts<Command, Event, State>, base: Base | undefined) {
    this.#parts = parts;
    this.#base = base;
    this.#tip = base === undefined ? EMPTY_TIP : tipOf(base.head);
    this.#generation = base?.head.generation ?? FIRST_GENERATION;
  }

  get tip(): Tip {
    return this.#tip;
  }

  /** Snapshot generation in force at the tip. */
  get generation(): number {
    return this.#generation;
  }

  /** Events that were read. */
  get events(): number {
    return this.#events;
  }

  /** Units that have changed since the beginning. */
  get changed(): ReadonlyMap<string, Replayed<State>> {
    return this.#changed;
  }

  /** Reads some frames, not beyond `to`. Throws as readChain does, and BaseDamagedError. */
  async readOn(to: number): Promise<void> {
    const { journal, clock } = this.#parts;
    const waiting: PlacedTurn[] = [];
    let bytes = 0;
    const from = this.#tip.sequence;
    const end = Math.min(to, from + this.#chunkFrames);
    this.#tip = await readChain(journal, clock, this.#tip, end, ({ sequence, body }) => {
      if (body.kind === 'epoch') this.#generation = body.generation;
      if (body.kind !== 'turns') return;
      for (const { units, events } of body.turns) {
        if (this.#base === undefined) {
          this.#evolve(sequence, units, events);
          continue;
        }
        waiting.push({ sequence, units, events });
        for (const { length } of events) bytes += length;
      }
    });
    const perFrame = Math.max(1, bytes / (end - from));
    this.#chunkFrames = Math.max(1, Math.min(REPLAY_CHUNK_FRAMES, Math.floor(REPLAY_CHUNK_BYTES / perFrame)));
    if (this.#base === undefined) return;
    await this.#readUnits(this.#base, waiting);
    for (const { sequence, units, events } of waiting) {
      replayed(sequence, () => {
        this.#evolve(sequence, units, events);
      });
    }
  }

  async #readUnits(base: Base, turns: readonly TurnRecord[]): Promise<void> {
    const wanted = new Set<string>();
    for (const { units } of turns) for (const unit of units) if (!this.#changed.has(unit)) wanted.add(unit);
    for (const unit of await base.read([...wanted])) {
      if (unit === undefined) continue;
      this.#changed.set(unit.key, { state: stateOf(this.#parts.domain, unit), position: unit.sequence });
    }
  }

  #evolve(sequence: number, units: readonly string[], events: readonly Uint8Array[]): void {
    const { domain } = this.#parts;
    this.#events += events.length;
    const decoded = events.map((bytes) => domain.decodeEvent(bytes));
    for (const key of units) {
      let unit = this.#changed.get(key);
      if (unit === undefined) {
        unit = { state: undefined, position: 0 };
        this.#changed.set(key, unit);
      }
      unit.state = evolveAll(domain, key, unit.state, decoded);
      unit.position = sequence;
    }
  }
}
