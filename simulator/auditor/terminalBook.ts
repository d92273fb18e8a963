/** Terminals as the auditor rebuilds them, and what the cards' partitions know of them. */
import { NumberIndex } from './ids.js';
import type { ClosedBatch } from './settlement.js';
import { TotalsBook } from './tally.js';
import type { Version } from './wire/basics.js';

export class Incarnation {
  readonly rows = new NumberIndex();
  /** Given by a SessionOpened that was read. */
  given = false;
  source = '';
  /** The device holds the final answer of every lower number. */
  mark = 0;
}

/** A terminal. It exists as soon as anything names it; its own partition may be read later. */
export class TerminalBook {
  readonly id: string;
  readonly index: number;
  /** The partition it must live in; −1: no genesis frame was read. */
  readonly place: number;
  /** Undefined: its registration was not read. */
  role: number | undefined;
  mayDefer = false;
  /** A gate's. */
  zone = '';
  /** A phone's own card and device. */
  card = '';
  device = 0;
  session = 0;
  incarnation = 0;
  lastIncarnation = 0;
  readonly incarnations = new Map<number, Incarnation>();
  readonly sources = new Map<string, number>();
  list: Version | undefined;
  /** The open batch. */
  batch = 1;
  readonly closedBatches = new Map<number, ClosedBatch>();
  /** By batch: transactions and reversals that are booked there when they are final, and are not yet. */
  readonly #pending = new Map<number, number>();
  openIds = 0;
  /** As the terminal itself counts. */
  readonly totals = new TotalsBook();
  position = 0;

  constructor(id: string, index: number, place: number) {
    this.id = id;
    this.index = index;
    this.place = place;
  }

  /** One more, or one less, that the batch waits for. */
  waits(batch: number, change: 1 | -1): void {
    const count = this.pendingIn(batch) + change;
    if (count === 0) this.#pending.delete(batch);
    else this.#pending.set(batch, count);
  }

  pendingIn(batch: number): number {
    return this.#pending.get(batch) ?? 0;
  }

  incarnationOf(incarnation: number): Incarnation {
    let known = this.incarnations.get(incarnation);
    if (known === undefined) {
      known = new Incarnation();
      this.incarnations.set(incarnation, known);
    }
    return known;
  }
}

/** A terminal in a partition whose cards it used: two counts of the same, one from each side's events. */
export class VisitorBook {
  readonly terminal: TerminalBook;
  readonly partition: number;
  /** From the center's events. */
  readonly center = new TotalsBook();
  /** From the cards' events. */
  readonly cards = new TotalsBook();
  /** By incarnation: no lower number may still be decided here. */
  readonly marks = new Map<number, number>();
  oldestIncarnation = 0;
  position = 0;

  constructor(terminal: TerminalBook, partition: number) {
    this.terminal = terminal;
    this.partition = partition;
  }
}
