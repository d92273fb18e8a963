/** A mini system as the auditor sees a running one: its journals, what its actors describe, what Redis holds. */
import { v1 } from '../../../proto/generated/emoney.js';
import type { AuditFrame, AuditSource } from '../../../simulator/auditor/index.js';
import { projected, type Projection } from './projection.js';
import type { MiniSystem } from './miniSystem.js';

export class RunningSystem implements AuditSource {
  readonly #system: MiniSystem;
  /** Called before each question about actors, and before each reading of a partition. */
  beforeDescribing: () => void = () => undefined;
  beforeReading: () => void = () => undefined;
  /** What actors would say now; a test may change it. Rebuilt when the journal has grown. */
  #projection: Projection;
  #projected: number;

  constructor(system: MiniSystem) {
    this.#system = system;
    this.#projection = projected(system.journal);
    this.#projected = system.journal.frames.length;
  }

  get cards(): Map<string, v1.CardDescription.$Properties> {
    return this.#projection.cards;
  }

  get terminals(): Map<string, v1.TerminalDescription.$Properties> {
    return this.#projection.terminals;
  }

  get totals(): Map<string, v1.BatchTotals.$Properties[]> {
    return this.#projection.totals;
  }

  get snapshots(): Projection['snapshots'] {
    return this.#projection.snapshots;
  }

  changeSnapshot(unit: string, change: (state: v1.UnitState) => void): void {
    const snapshot = this.snapshots.get(unit)!;
    const state = v1.UnitState.decode(snapshot.state);
    change(state);
    snapshot.state = v1.UnitState.encode(state).finish();
  }

  async partitionCount(): Promise<number> {
    return this.#system.journal.partitions.length;
  }

  async lastSequence(partition: number): Promise<number> {
    return this.#system.journal.partitions[partition]!.length;
  }

  async *readFrames(partition: number, from: number): AsyncIterable<readonly AuditFrame[]> {
    this.beforeReading();
    const frames = this.#system.journal.encode()[partition]!.slice(from - 1);
    const numbered = frames.map((bytes, index) => ({ sequence: from + index, bytes }));
    for (let start = 0; start < numbered.length; start += 7) yield numbered.slice(start, start + 7);
  }

  async describeCards(ids: readonly string[]): Promise<v1.CardDescription.$Properties[]> {
    this.#refresh();
    return ids.map((id) => this.cards.get(id) ?? { id });
  }

  async describeTerminals(ids: readonly string[]): Promise<v1.TerminalDescription.$Properties[]> {
    this.#refresh();
    return ids.map((id) => this.terminals.get(id) ?? { id, known: false });
  }

  async describeTotals(ids: readonly string[]): Promise<v1.TotalsDescription.$Properties[]> {
    this.#refresh();
    return ids.map((terminal) => ({ terminal, totals: this.totals.get(terminal) ?? [] }));
  }

  async readSnapshots(
    partition: number,
    units: readonly string[],
  ): Promise<v1.SnapshotDescription.$Properties[]> {
    return units.map(
      (unit) => this.snapshots.get(unit) ?? this.snapshots.get(`${partition}:${unit}`) ?? { unit },
    );
  }

  #refresh(): void {
    this.beforeDescribing();
    const { length } = this.#system.journal.frames;
    if (length > this.#projected) this.#projection = projected(this.#system.journal);
    this.#projected = length;
  }
}
