/** What each name was at a moment: its newest standing before it. Two reads of the store a name, whatever came after. */
import type { Tip } from '../runtime/chain.js';
import { MalformedError } from '../runtime/errors.js';
import { atPlace, ORDER, textBeginning, nameOfStanding, textPrefix } from './keys.js';
import { comparePlaces, PLACE_BYTES, readPlace, writePlace, type Place } from './place.js';
import type { Row } from './ports.js';
import type { Source } from './reading.js';
import { bufferOf, decodeStanding } from './rows.js';

export interface StandingsQuery {
  /** What was decided in frames before this time (ms), as far as there are any. */
  readonly before: number;
  /** `next` of the page before; empty: from the first. */
  readonly after: Uint8Array;
  /** Names that are looked at. */
  readonly limit: number;
}

export interface StandingOf {
  readonly name: Uint8Array;
  /** Newest first; only the last one is whole: it says what the others do not. */
  readonly values: readonly Uint8Array[];
}

export interface StandingsPage {
  /** All pages answer as of this frame, and as of no later one. */
  readonly sequence: number;
  readonly items: readonly StandingOf[];
  /** Empty: there are no more. */
  readonly next: Uint8Array;
}

/** Where the pages of one question stand. */
interface Mark {
  readonly sequence: number;
  /** What counts is before it. */
  readonly bound: Place;
  /** The last name that was looked at; empty: none. */
  readonly name: Uint8Array;
}

const SEQUENCE_BYTES = 6;
const ROWS_AT_ONCE = 8;

/** Throws MalformedError: `after` is no `next` of an answer. */
export async function listStandings(
  source: Source,
  tip: Tip,
  { before, after, limit }: StandingsQuery,
): Promise<StandingsPage> {
  const mark = after.length === 0 ? markAt(tip, before) : readMark(after);
  const reading = new Reading(source.partition, mark, limit);
  while (reading.rowsBefore !== undefined) {
    const range = { from: reading.first, to: reading.rowsBefore, reverse: true, limit: ROWS_AT_ONCE };
    reading.take(await source.store.scan(range));
  }
  const { items, last } = reading;
  const next = last === undefined ? new Uint8Array(0) : writeMark({ ...mark, name: last });
  return { sequence: mark.sequence, items, next };
}

/** Frames never go back in time: what is to come is after the newest frame, whatever its time. */
function markAt({ sequence, time }: Tip, before: number): Mark {
  const bound =
    before <= time ? { time: before, sequence: 0, index: 0 } : { time, sequence: sequence + 1, index: 0 };
  return { sequence, bound, name: new Uint8Array(0) };
}

function writeMark({ sequence, bound, name }: Mark): Uint8Array {
  const bytes = Buffer.alloc(SEQUENCE_BYTES + PLACE_BYTES + name.length);
  bytes.writeUIntBE(sequence, 0, SEQUENCE_BYTES);
  writePlace(bytes, SEQUENCE_BYTES, bound);
  bytes.set(name, SEQUENCE_BYTES + PLACE_BYTES);
  return Uint8Array.from(bytes);
}

function readMark(after: Uint8Array): Mark {
  if (after.length <= SEQUENCE_BYTES + PLACE_BYTES)
    throw new MalformedError('after: is no `next` of an answer');
  const bytes = bufferOf(after);
  return {
    sequence: bytes.readUIntBE(0, SEQUENCE_BYTES),
    bound: readPlace(bytes, SEQUENCE_BYTES),
    name: bytes.subarray(SEQUENCE_BYTES + PLACE_BYTES),
  };
}

/** Reads names from the last to the first. */
class Reading {
  readonly items: StandingOf[] = [];
  /** Of all rows. */
  readonly first: Buffer;
  /** What is to be read next ends here; undefined: nothing is. */
  rowsBefore: Buffer | undefined;
  /** The last name that was looked at, where there may be more. */
  last: Uint8Array | undefined;
  readonly #partition: number;
  readonly #bound: Place;
  #left: number;
  #name: Buffer | undefined;
  #values: Uint8Array[] = [];
  #known = false;

  constructor(partition: number, { bound, name }: Mark, limit: number) {
    this.#partition = partition;
    this.#bound = bound;
    this.#left = limit;
    this.first = textBeginning(partition, ORDER.standings, new Uint8Array(0));
    this.rowsBefore =
      name.length === 0
        ? textBeginning(partition, (ORDER.standings + 1) as typeof ORDER.standings, new Uint8Array(0))
        : textPrefix(partition, ORDER.standings, name);
  }

  take(rows: readonly Row[]): void {
    for (const [key, value] of rows) {
      const bytes = bufferOf(key);
      const name = nameOfStanding(bytes);
      if (this.#name?.equals(name) !== true) {
        if (this.#left === 0) {
          this.last = this.#name;
          this.rowsBefore = undefined;
          return;
        }
        this.#left -= 1;
        this.#name = name;
        this.#values = [];
        this.#known = false;
      }
      if (this.#known || !this.#counts(bytes)) continue;
      const standing = decodeStanding(value);
      this.#values.push(standing.value);
      if (!standing.whole) continue;
      this.#known = true;
      this.items.push({ name, values: this.#values });
    }
    this.rowsBefore = rows.length < ROWS_AT_ONCE ? undefined : this.#after(rows.at(-1));
  }

  #counts(key: Buffer): boolean {
    return comparePlaces(readPlace(key, key.length - PLACE_BYTES), this.#bound) < 0;
  }

  /** Past all rows of the name that say nothing any more, or nothing yet. */
  #after(row: Row | undefined): Buffer | undefined {
    if (row === undefined || this.#name === undefined) return undefined;
    const key = bufferOf(row[0]);
    const prefix = textPrefix(this.#partition, ORDER.standings, this.#name);
    if (this.#known) return prefix;
    return this.#counts(key) ? key : atPlace(prefix, this.#bound);
  }
}
