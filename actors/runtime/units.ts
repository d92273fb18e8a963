/**
 * The actors that a partition has in memory. Those that are used again and again are awake: objects. The others are
 * asleep: their snapshot in one piece, of which an actor is made when somebody asks for it, and which the collector of
 * garbage need not look into. With load over a million cards an actor goes to sleep as soon as its frame is
 * acknowledged, before its objects have been moved to where they are costly to be rid of.
 */
import type { Domain } from './domain.js';

/** Of a domain. */
type Codec<State> = Pick<Domain<unknown, unknown, State>, 'encodeState' | 'decodeState' | 'maySleep'>;

/** One unit: its newest state (open frames included) and its newest acknowledged one. */
export class Unit<State> {
  readonly key: string;
  state: State | undefined;
  /** Sequence of the last event in `state`, 0: none. */
  position: number;
  /** Only this is ever written to Redis (D10). */
  acknowledgedState: State | undefined;
  acknowledgedPosition: number;
  /** Position that Redis confirmed, −1: none. */
  snapshotPosition: number;
  /** Number of the sweep in which the unit was last used. */
  used = 0;
  unfinished = false;
  /** `state` and `acknowledgedState`, which are the same, are only in `packed`. */
  isAsleep = false;
  /** Its snapshot at `packedPosition`, a byte a character: a string is one piece, an array of bytes four. */
  packed = '';
  packedPosition = -1;
  /** It was used twice within a short time: it stays awake until it is idle. */
  isWarm = false;

  constructor(key: string, state: State | undefined, position: number, snapshotPosition: number) {
    this.key = key;
    this.state = state;
    this.position = position;
    this.acknowledgedState = state;
    this.acknowledgedPosition = position;
    this.snapshotPosition = snapshotPosition;
  }

  /** Nothing is decided about it that is not acknowledged. */
  get isSettled(): boolean {
    return this.position === this.acknowledgedPosition;
  }

  /** The acknowledged state's bytes; undefined: there is none. */
  encoded({ encodeState }: Pick<Codec<State>, 'encodeState'>): Uint8Array | undefined {
    if (this.packedPosition === this.acknowledgedPosition) return Buffer.from(this.packed, 'latin1');
    return this.acknowledgedState === undefined ? undefined : encodeState(this.acknowledgedState);
  }

  pack(bytes: Uint8Array): void {
    this.packed = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    this.packedPosition = this.acknowledgedPosition;
  }

  /** Nothing of it would be lost if it left memory. */
  get isClean(): boolean {
    return this.isSettled && this.acknowledgedPosition === this.snapshotPosition;
  }
}

export function stateOf<State>({ state }: Unit<State>): State | undefined {
  return state;
}

/** The limit is exceeded by this part of it before any leave: each time all are looked at. */
const SLACK = 16;

export class Units<State> {
  readonly #codec: Codec<State>;
  readonly #units = new Map<string, Unit<State>>();
  readonly #awake = new Set<Unit<State>>();
  readonly #dirty = new Set<Unit<State>>();
  #sweep = 1;

  constructor(codec: Codec<State>) {
    this.#codec = codec;
  }

  get size(): number {
    return this.#units.size;
  }

  get dirtyCount(): number {
    return this.#dirty.size;
  }

  /** Awake. */
  get(key: string): Unit<State> | undefined {
    const unit = this.#units.get(key);
    if (unit === undefined) return undefined;
    if (unit.isAsleep) this.#wake(unit);
    unit.used = this.#sweep;
    return unit;
  }

  add(unit: Unit<State>): void {
    unit.used = this.#sweep;
    this.#units.set(unit.key, unit);
    this.#awake.add(unit);
    if (unit.acknowledgedPosition !== unit.snapshotPosition) this.#dirty.add(unit);
  }

  /** Units that a frame has changed, and what they became, now that it is acknowledged. */
  acknowledgeAll(
    staged: readonly Unit<State>[],
    states: readonly (State | undefined)[],
    position: number,
  ): void {
    let at = 0;
    for (const unit of staged) this.acknowledge(unit, states[at++], position);
  }

  /** The unit's staged state of a frame that was acknowledged. */
  acknowledge(unit: Unit<State>, state: State | undefined, position: number): void {
    unit.acknowledgedState = state;
    unit.acknowledgedPosition = position;
    this.#dirty.add(unit);
    if (unit.isWarm || !this.#maySleep(unit)) return;
    this.snapshotOf(unit);
    this.#sleep(unit);
  }

  /** The acknowledged state's bytes, which a unit that may sleep keeps until then; undefined: there is none. */
  snapshotOf(unit: Unit<State>): Uint8Array | undefined {
    const bytes = unit.encoded(this.#codec);
    const state = unit.acknowledgedState;
    const isNew = unit.packedPosition !== unit.acknowledgedPosition;
    if (isNew && bytes !== undefined && state !== undefined && this.#codec.maySleep(state)) unit.pack(bytes);
    return bytes;
  }

  #maySleep(unit: Unit<State>): boolean {
    const { state, isSettled, unfinished } = unit;
    return state !== undefined && isSettled && !unfinished && this.#codec.maySleep(state);
  }

  #sleep(unit: Unit<State>): void {
    unit.isAsleep = true;
    unit.state = undefined;
    unit.acknowledgedState = undefined;
    this.#awake.delete(unit);
  }

  #wake(unit: Unit<State>): void {
    const state = this.#codec.decodeState(Buffer.from(unit.packed, 'latin1'));
    unit.state = state;
    unit.acknowledgedState = state;
    unit.isAsleep = false;
    unit.isWarm = unit.used + 1 >= this.#sweep;
    this.#awake.add(unit);
  }

  /** Units with acknowledged changes that Redis has not confirmed. */
  dirty(): readonly Unit<State>[] {
    return [...this.#dirty];
  }

  confirm(unit: Unit<State>, position: number): void {
    unit.snapshotPosition = position;
    if (unit.acknowledgedPosition === position) this.#dirty.delete(unit);
  }

  /** No snapshot counts as written any more. */
  forgetSnapshots(): void {
    for (const unit of this.#units.values()) {
      if (unit.acknowledgedPosition === 0) continue;
      unit.snapshotPosition = -1;
      this.#dirty.add(unit);
    }
  }

  /**
   * Lets units that were idle since the sweep before fall asleep, and leave memory, the longest idle first, until `limit`
   * are left (D16), once they are clearly more.
   */
  passivate(limit: number): number {
    for (const unit of this.#awake) {
      const isPacked = unit.packedPosition === unit.acknowledgedPosition;
      if (unit.used < this.#sweep && isPacked && this.#maySleep(unit)) this.#sleep(unit);
    }
    let left = 0;
    if (this.#units.size > limit + Math.floor(limit / SLACK)) {
      const last = this.#lastToLeave(this.#units.size - limit);
      for (const [key, unit] of this.#units) {
        if (this.#units.size <= limit) break;
        if (unit.used > last || !this.#mayLeave(unit)) continue;
        this.#units.delete(key);
        this.#awake.delete(unit);
        left += 1;
      }
    }
    this.#sweep += 1;
    return left;
  }

  /** Number of the sweep up to which units must be idle so that so many leave, if there are as many. */
  #lastToLeave(wanted: number): number {
    const idle = new Map<number, number>();
    for (const unit of this.#units.values()) {
      if (this.#mayLeave(unit)) idle.set(unit.used, (idle.get(unit.used) ?? 0) + 1);
    }
    let count = 0;
    for (const [sweep, units] of [...idle].sort(([one], [other]) => one - other)) {
      count += units;
      if (count >= wanted) return sweep;
    }
    return this.#sweep;
  }

  #mayLeave(unit: Unit<State>): boolean {
    return unit.used < this.#sweep && !unit.unfinished && unit.isClean;
  }

  /** All with unfinished work, and all about which something is decided that is not acknowledged, are among them. */
  awake(): IterableIterator<Unit<State>> {
    return this.#awake.values();
  }

  /** Awake and asleep. */
  values(): IterableIterator<Unit<State>> {
    return this.#units.values();
  }
}
