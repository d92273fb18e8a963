/**
 * What the frames after a checkpoint say of units. They are decoded before the partition serves, since what cannot be
 * read must stop it; a unit's state is brought up to them when it is loaded, since terminals wait.
 *
 * They are few as long as checkpoints are written. While Redis refuses them they become as many as there are payments,
 * so what is held is bounded: beyond that it is dropped, and where it was is noted (`longRecovery.ts` goes on).
 */
import { MAX_TAIL_BYTES } from '../bounds.js';
import type { Domain } from './domain.js';
import type { Frame, TurnRecord } from './frame.js';
import { evolveAll, replayed, type Replayed } from './replay.js';
import { pageOf, type UnitIndex } from './unitIndex.js';

/** Shared by all the units that it names. */
interface TailTurn<Event> {
  readonly sequence: number;
  readonly events: readonly Event[];
}

export class Tails<Command, Event, State> {
  readonly #domain: Domain<Command, Event, State>;
  readonly #index: UnitIndex;
  readonly #limit: number;
  readonly #tails = new Map<string, TailTurn<Event>[]>();
  readonly #dropped: number[] = [];
  #bytes = 0;

  /**
   * `index`: as of the checkpoint. A unit's place in it is brought up to the frames when the unit is in memory. `limit`:
   * bytes of turns that are held at most; one frame has room in any case.
   */
  constructor(domain: Domain<Command, Event, State>, index: UnitIndex, limit = MAX_TAIL_BYTES) {
    this.#domain = domain;
    this.#index = index;
    this.#limit = limit;
  }

  /** Of the turns that are held, as they were stored. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Ends of the pieces that were dropped to stay below the limit; what is held comes after the last. Empty: it is all. */
  get dropped(): readonly number[] {
    return this.#dropped;
  }

  /** The next frame after the checkpoint. Throws MalformedError for an event that cannot be read. */
  add({ sequence, body }: Frame): void {
    if (body.kind !== 'turns') return;
    const bytes = body.turns.reduce((sum, turn) => sum + bytesOf(turn), 0);
    if (this.#bytes > 0 && this.#bytes + bytes > this.#limit) this.#drop(sequence - 1);
    this.#bytes += bytes;
    for (const { units, events } of body.turns) {
      const turn = { sequence, events: events.map((bytes) => this.#domain.decodeEvent(bytes)) };
      for (const key of units) {
        const tail = this.#tails.get(key);
        if (tail === undefined) this.#tails.set(key, [turn]);
        else tail.push(turn);
      }
    }
  }

  #drop(end: number): void {
    this.#dropped.push(end);
    this.#tails.clear();
    this.#bytes = 0;
  }

  get size(): number {
    return this.#tails.size;
  }

  /** Units that have not been brought up to the frames yet; page by page of the index, so that few are read at once. */
  keys(): readonly string[] {
    const placed = [...this.#tails.keys()].map((key) => ({ key, page: pageOf(key) }));
    return placed.sort((one, other) => one.page - other.page).map(({ key }) => key);
  }

  has(key: string): boolean {
    return this.#tails.has(key);
  }

  /** The frames hold everything that ever happened to it. */
  isWhole(key: string): boolean {
    return this.#tails.has(key) && this.#index.get(key) === undefined;
  }

  /** Sequence of the unit's last event, up to the frames; 0: it has none. */
  position(key: string): number {
    return this.#tails.get(key)?.at(-1)?.sequence ?? this.#index.get(key) ?? 0;
  }

  /** Whether the unit's state is known from one that stands at `sequence`: its last event, or one of the frames'. */
  follows(key: string, sequence: number): boolean {
    if (sequence === (this.#index.get(key) ?? 0)) return true;
    return this.#tails.get(key)?.some((turn) => turn.sequence === sequence) === true;
  }

  /** The unit's state after the frames, from one that they follow. Throws JournalDamagedError. */
  continue(key: string, { state, position }: Replayed<State>): State | undefined {
    let evolved = state;
    for (const { sequence, events } of this.#tails.get(key) ?? []) {
      if (sequence <= position) continue;
      const before = evolved;
      evolved = replayed(sequence, () => evolveAll(this.#domain, key, before, events));
    }
    return evolved;
  }

  /** The unit is in memory. */
  delete(key: string): void {
    if (!this.#tails.has(key)) return;
    this.#index.set(key, this.position(key));
    this.#tails.delete(key);
  }
}

function bytesOf({ units, events }: TurnRecord): number {
  let bytes = 0;
  for (const { length } of units) bytes += length;
  for (const { length } of events) bytes += length;
  return bytes;
}
