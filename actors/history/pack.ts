/**
 * What is filed together: the entries of some frames, a row for each card, for each batch of a terminal and for each
 * block of ids, where a row for each entry would cost the store several times as much. All rows end with the same
 * stamp, so that an entry that one order names is in the row of its card with the same stamp.
 */
import { HISTORY_ROW_BYTES, HISTORY_TIMES_ITEMS } from '../bounds.js';
import { Arena } from './arena.js';
import { blockOf, PackedKeys } from './keys.js';
import { writeHead, writePlaceIn } from './packed.js';
import type { Place, Stamp } from './place.js';
import type { Filing, Row } from './ports.js';

/** The pieces of the arena that a row is made of: begin and end of each. */
interface Group {
  readonly pieces: number[];
  bytes: number;
}

interface BatchGroup extends Group {
  readonly batch: number;
}

interface Block {
  readonly incarnation: number;
  readonly block: number;
  readonly batches: number[];
}

interface TerminalGroup {
  readonly batches: BatchGroup[];
  readonly blocks: Block[];
}

/** A row of the order of time. */
interface TimesGroup extends Group {
  /** The last frame in it. */
  last: Stamp;
}

export class Pack {
  readonly #keys: PackedKeys;
  readonly #arena = new Arena();
  #cards = new Map<string, Group>();
  #terminals = new Map<string, TerminalGroup>();
  #times: TimesGroup[] = [];
  #first: Stamp | undefined;
  #last: Stamp = { time: 0, sequence: 0 };
  #isFull = false;
  /** Where they end in the arena, while rows are made of them. */
  #items = 0;

  constructor(partition: number) {
    this.#keys = new PackedKeys(partition);
  }

  /** One of its rows is as large as rows shall be. */
  get isFull(): boolean {
    return this.#isFull;
  }

  get bytes(): number {
    return this.#arena.length;
  }

  /** Places come in their order. */
  add({ card, terminal, batch, incarnation, number }: Filing, place: Place, event: Uint8Array): void {
    const first = (this.#first ??= place);
    this.#last = place;
    const arena = this.#arena;
    const begin = arena.length;
    writePlaceIn(arena, first, place);
    arena.bytes(event);
    this.#addPiece(this.#cardOf(card), begin, arena.length);
    const reference = arena.length;
    writePlaceIn(arena, first, place);
    arena.latin1(card);
    this.#addTime(place, reference, arena.length);
    if (terminal.length === 0) return;
    arena.uint(incarnation);
    arena.uint(number);
    const group = this.#terminalOf(terminal);
    this.#addPiece(batchOf(group, batch), reference, arena.length);
    addId(group, incarnation, blockOf(number), batch);
  }

  /** All rows, each only until the next one is asked for; then it begins anew. Only between two frames. */
  *rows(): Generator<Row> {
    const first = this.#first;
    if (first === undefined) return;
    const { time, sequence } = this.#last;
    const stamp = { time, sequence };
    this.#items = this.#arena.length;
    for (const [card, { pieces }] of this.#cards)
      yield [this.#keys.entries(card, stamp), this.#rowOf(first, stamp, pieces)];
    for (const [terminal, { batches, blocks }] of this.#terminals) {
      for (const { batch, pieces } of batches)
        yield [this.#keys.batches(terminal, batch, stamp), this.#rowOf(first, stamp, pieces)];
      for (const { incarnation, block, batches: named } of blocks)
        yield [this.#keys.ids(terminal, incarnation, block, stamp), this.#rowOfIds(named)];
    }
    for (const { last, pieces } of this.#times)
      yield [this.#keys.times(last), this.#rowOfTimes(first, last, stamp, pieces)];
    this.#clear();
  }

  #clear(): void {
    this.#arena.cut(0);
    this.#cards = new Map();
    this.#terminals = new Map();
    this.#times = [];
    this.#first = undefined;
    this.#isFull = false;
  }

  #cardOf(card: string): Group {
    let group = this.#cards.get(card);
    if (group === undefined) this.#cards.set(card, (group = { pieces: [], bytes: 0 }));
    return group;
  }

  #terminalOf(terminal: string): TerminalGroup {
    let group = this.#terminals.get(terminal);
    if (group === undefined) this.#terminals.set(terminal, (group = { batches: [], blocks: [] }));
    return group;
  }

  #addPiece(group: Group, begin: number, end: number): void {
    group.pieces.push(begin, end);
    group.bytes += end - begin;
    if (group.bytes >= HISTORY_ROW_BYTES) this.#isFull = true;
  }

  /** A row ends only between two frames. */
  #addTime(place: Place, begin: number, end: number): void {
    const { time, sequence } = place;
    let group = this.#times.at(-1);
    if (
      group === undefined ||
      (group.pieces.length >= 2 * HISTORY_TIMES_ITEMS && group.last.sequence < sequence)
    )
      this.#times.push((group = { pieces: [], bytes: 0, last: { time, sequence } }));
    else if (group.last.sequence < sequence) group.last = { time, sequence };
    group.pieces.push(begin, end);
  }

  #rowOf(first: Stamp, stamp: Stamp, pieces: readonly number[]): Uint8Array {
    const begin = this.#beginRow();
    writeHead(this.#arena, first, stamp);
    return this.#endRow(begin, pieces);
  }

  #rowOfTimes(first: Stamp, last: Stamp, stamp: Stamp, pieces: readonly number[]): Uint8Array {
    const begin = this.#beginRow();
    writeHead(this.#arena, first, last);
    writeHead(this.#arena, first, stamp);
    return this.#endRow(begin, pieces);
  }

  #rowOfIds(batches: readonly number[]): Uint8Array {
    const begin = this.#beginRow();
    for (const batch of batches) this.#arena.uint(batch);
    return this.#endRow(begin, []);
  }

  /** Rows are put together behind all items, one after the other at the same place. */
  #beginRow(): number {
    this.#arena.cut(this.#items);
    return this.#items;
  }

  #endRow(begin: number, pieces: readonly number[]): Uint8Array {
    for (let at = 0; at < pieces.length; at += 2) this.#arena.again(pieces[at] ?? 0, pieces[at + 1] ?? 0);
    return this.#arena.view(begin);
  }
}

function batchOf({ batches }: TerminalGroup, batch: number): Group {
  let group = batches.find((each) => each.batch === batch);
  if (group === undefined) batches.push((group = { batch, pieces: [], bytes: 0 }));
  return group;
}

/** The newest block is nearly always the one. */
function addId({ blocks }: TerminalGroup, incarnation: number, block: number, batch: number): void {
  let found = blocks.findLast((each) => each.block === block && each.incarnation === incarnation);
  if (found === undefined) blocks.push((found = { incarnation, block, batches: [] }));
  if (!found.batches.includes(batch)) found.batches.push(batch);
}
