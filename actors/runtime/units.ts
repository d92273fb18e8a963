/** The actors that a partition has in memory. */

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

  constructor(key: string, state: State | undefined, position: number, snapshotPosition: number) {
    this.key = key;
    this.state = state;
    this.position = position;
    this.acknowledgedState = state;
    this.acknowledgedPosition = position;
    this.snapshotPosition = snapshotPosition;
  }

  /** Nothing of it would be lost if it left memory. */
  get isClean(): boolean {
    return this.position === this.acknowledgedPosition && this.acknowledgedPosition === this.snapshotPosition;
  }
}

export class Units<State> {
  readonly #units = new Map<string, Unit<State>>();
  readonly #dirty = new Set<Unit<State>>();
  #sweep = 1;

  get size(): number {
    return this.#units.size;
  }

  get dirtyCount(): number {
    return this.#dirty.size;
  }

  get(key: string): Unit<State> | undefined {
    const unit = this.#units.get(key);
    if (unit !== undefined) unit.used = this.#sweep;
    return unit;
  }

  add(unit: Unit<State>): void {
    unit.used = this.#sweep;
    this.#units.set(unit.key, unit);
    if (unit.acknowledgedPosition !== unit.snapshotPosition) this.#dirty.add(unit);
  }

  /** The unit's staged state of a frame that was acknowledged. */
  acknowledge(unit: Unit<State>, state: State | undefined, position: number): void {
    unit.acknowledgedState = state;
    unit.acknowledgedPosition = position;
    this.#dirty.add(unit);
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

  /** Lets units that were idle since the sweep before leave memory, the longest idle first, until `limit` are left (D16). */
  passivate(limit: number): number {
    let left = 0;
    if (this.#units.size > limit) {
      const last = this.#lastToLeave(this.#units.size - limit);
      for (const [key, unit] of this.#units) {
        if (this.#units.size <= limit) break;
        if (unit.used > last || !this.#mayLeave(unit)) continue;
        this.#units.delete(key);
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

  values(): IterableIterator<Unit<State>> {
    return this.#units.values();
  }
}
