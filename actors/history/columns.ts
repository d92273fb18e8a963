/** Lines of terminals' own columns that are filed together: rows of several each, for each terminal's batch. */
import { HISTORY_ROW_BYTES } from '../bounds.js';
import { Arena } from './arena.js';
import { PackedKeys } from './keys.js';
import { writeHead, writePlaceIn } from './packed.js';
import { comparePlaces, type Place, type Stamp } from './place.js';
import type { Row } from './ports.js';

interface Line {
  readonly place: Place;
  readonly line: number;
  /** In the arena. */
  readonly begin: number;
  readonly end: number;
}

interface Column {
  readonly batch: number;
  readonly lines: Line[];
  isSorted: boolean;
}

const NOTHING = new Uint8Array(0);

export class Columns {
  readonly #keys: PackedKeys;
  readonly #arena = new Arena();
  #terminals = new Map<string, Column[]>();
  #first: Stamp | undefined;

  constructor(partition: number) {
    this.#keys = new PackedKeys(partition);
  }

  get bytes(): number {
    return this.#arena.length;
  }

  /** No line of an older frame is added before they are written. */
  begin(frame: Stamp): void {
    this.#first ??= frame;
  }

  /** `opening` undefined: a line by itself, which was never open. */
  add(
    terminal: string,
    batch: number,
    place: Place,
    line: number,
    opening: Uint8Array | undefined,
    event: Uint8Array,
  ): void {
    const first = (this.#first ??= place);
    const arena = this.#arena;
    const begin = arena.length;
    writePlaceIn(arena, first, place);
    arena.uint(line);
    arena.bytes(opening ?? NOTHING);
    arena.bytes(event);
    const column = this.#columnOf(terminal, batch);
    const added = { place, line, begin, end: arena.length };
    const before = column.lines.at(-1);
    if (before !== undefined && compareLines(before, added) > 0) column.isSorted = false;
    column.lines.push(added);
  }

  /** All rows, each only until the next one is asked for; then it begins anew. */
  *rows(): Generator<Row> {
    const first = this.#first;
    if (first === undefined) return;
    for (const [terminal, columns] of this.#terminals) {
      for (const column of columns) yield* this.#rowsOf(first, terminal, column);
    }
    this.#arena.cut(0);
    this.#terminals = new Map();
    this.#first = undefined;
  }

  *#rowsOf(first: Stamp, terminal: string, { batch, lines, isSorted }: Column): Generator<Row> {
    // What was opened long ago comes last, and one event may close several lines.
    if (!isSorted) lines.sort(compareLines);
    let from = 0;
    let bytes = 0;
    for (const [at, { place, line, begin, end }] of lines.entries()) {
      bytes += end - begin;
      if (bytes < HISTORY_ROW_BYTES && at < lines.length - 1) continue;
      const row = this.#arena.length;
      writeHead(this.#arena, first, place);
      for (const piece of lines.slice(from, at + 1)) this.#arena.again(piece.begin, piece.end);
      yield [this.#keys.columns(terminal, batch, place, line), this.#arena.view(row)];
      this.#arena.cut(row);
      from = at + 1;
      bytes = 0;
    }
  }

  #columnOf(terminal: string, batch: number): Column {
    let columns = this.#terminals.get(terminal);
    if (columns === undefined) this.#terminals.set(terminal, (columns = []));
    let column = columns.find((each) => each.batch === batch);
    if (column === undefined) columns.push((column = { batch, lines: [], isSorted: true }));
    return column;
  }
}

function compareLines(one: Line, other: Line): number {
  return comparePlaces(one.place, other.place) || one.line - other.line;
}
